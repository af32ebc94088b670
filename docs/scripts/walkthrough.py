"""Commands and Python of docs/walkthrough.md, and what they print.

docs/walkthrough.md → `replayed` in a folder with the files of `walkthrough_inputs` → the page as it should be

    python -m docs.scripts.walkthrough        # rewrites what the page says is printed
"""

import os
import re
import tempfile
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.speed.first_try.command import Step, run
from docs.scripts.walkthrough_inputs import write

PAGE = Path(__file__).parents[1] / "walkthrough.md"
BLOCK = re.compile(
    r"^```\n\$ (?P<line>ser .*)\n(?:.*\n)*?```$"
    r"|^```python\n(?P<code>(?:.*\n)*?)```(?:\n\n```text\n(?:.*\n)*?```)?$",
    re.MULTILINE,
)
PROGRESS = re.compile(r".*: (\d+/\d+ files|(.+, )?loss \d).*\n")
"""Lines that depend on the time a command takes, or that are many."""


def replayed(page: str, folder: Path) -> str:
    """Run what a page says, in order, and return the page with what is printed.

    Args:
        page: its text: a command in each block that begins with `$ ser`; Python, and its output in a block
            of text after it.
        folder: the working directory, with the input files.
    """
    names: dict[str, Any] = {}

    def with_output(block: re.Match[str]) -> str:
        if line := block["line"]:
            printed, _ = run(Step("", line), folder)
            return f"```\n$ {line}\n{_ended(PROGRESS.sub('', _ended(printed)))}```"
        shown = StringIO()
        with chdir(folder), redirect_stdout(shown):
            exec(compile(block["code"], PAGE.name, "exec"), names)
        output = f"\n\n```text\n{_ended(shown.getvalue())}```" if shown.getvalue() else ""
        return f"```python\n{block['code']}```{output}"

    return BLOCK.sub(with_output, page)


def _ended(text: str) -> str:
    """Lines without blanks at their ends, each followed by a newline."""
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def main() -> None:
    """Rewrite the page."""
    os.environ.pop("SER_DATA", None)  # the page has a data root of its own
    with tempfile.TemporaryDirectory() as name:
        write(Path(name))
        text = replayed(PAGE.read_text(encoding="utf-8"), Path(name))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
