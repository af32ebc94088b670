"""What is written outside of docs/ and belongs on the site → pages of their own, and links that lead there.

benchmarks/README.md → benchmarks.md; notebooks/tour.ipynb with its stored outputs → notebook.md

Links between the files stay as they are for those who read them where they lie; here they are turned.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
PAGES = {"../benchmarks/README.md": "benchmarks.md", "../notebooks/tour.ipynb": "notebook.md"}
"""Path as seen from docs/ → page."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file."""
    for path, name in PAGES.items():
        text = (ROOT / "docs" / path).read_text(encoding="utf-8")
        content = notebook(json.loads(text)) if path.endswith(".ipynb") else text
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that leave docs/ to the pages that were made, and those that come back."""
    for path, name in PAGES.items():
        markdown = markdown.replace(f"]({path}", f"]({name}")
    if page.file.src_uri in PAGES.values():
        markdown = markdown.replace("](../docs/", "](")
    return markdown


def notebook(content: dict[str, Any]) -> str:
    """A notebook as Markdown: text, code and what the code printed and drew."""
    return "\n\n".join(part for cell in content["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        yield f'<div class="output">\n{_shown(output)}\n</div>'


def _shown(output: dict[str, Any]) -> str:
    """One output as HTML: a picture, a table or text, the first of them that there is."""
    data = output.get("data", {})
    if "image/png" in data:
        text = "".join(data.get("text/plain", "figure")).strip("<>")
        return f'<img alt="{text}" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        return _plain_table("".join(data["text/html"]))
    text = "".join(output.get("text", data.get("text/plain", "")))
    escaped = text.rstrip().replace("&", "&amp;").replace("<", "&lt;")
    return f"<pre><code>{escaped}</code></pre>"


def _plain_table(html: str) -> str:
    """A table of pandas without its own style, in one block: Markdown ends HTML at an empty line."""
    html = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", re.sub(r' (border|class|style)="[^"]*"', "", html)).strip()
