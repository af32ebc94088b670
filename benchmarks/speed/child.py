"""One contender in a process of its own, so that no library's threads or caches affect another one.

    python -m benchmarks.speed.child benchmarks.speed.loops notebook

standard input (JSON: core, arguments) → `prepare` → `Work`, timed → standard output (JSON of a `Spent`)

The module has a dictionary `CONTENDERS` of functions. Each imports what it needs, computes once what is not
to be timed, and returns the work.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from typing import Any

from benchmarks.clock import ONE_THREAD, Spent, measured, pinned

Work = Callable[[], int]
"""Returns the number of recordings that it has processed."""

ENVIRONMENT = ONE_THREAD | {"PYTHONDONTWRITEBYTECODE": ""}
"""Of every contender. Modules are compiled to byte code once, as those of an installed package are: where the
variable is set, each process would compile this project's again, and no other contender's."""

NOT_INSTALLED = 3
"""Exit code of a contender whose package is not installed."""


class NotInstalledError(Exception):
    """A contender's package is not installed."""


def spent_by(
    module: str,
    name: str,
    arguments: Mapping[str, Any],
    core: int | None = None,
    python: str = sys.executable,
) -> Spent:
    """Have a contender measured.

    Args:
        module: with the dictionary `CONTENDERS`.
        name: of the contender in it.
        arguments: of the function, as JSON values.
        core: to which the process and its descendants are pinned; None for all cores.
        python: the interpreter, which may belong to another environment.

    Raises:
        NotInstalledError: if the contender's package is not installed there.
        RuntimeError: if it fails otherwise.
    """
    command = [python, "-m", "benchmarks.speed.child", module, name]
    done = subprocess.run(
        command,
        input=json.dumps({"core": core, "arguments": arguments}),
        capture_output=True,
        text=True,
        env=os.environ | ENVIRONMENT,
    )
    if done.returncode == NOT_INSTALLED:
        raise NotInstalledError(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise RuntimeError(f"{name} failed: {done.stderr[-2000:]}")
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def each(function: Callable[[str], object], paths: Sequence[str]) -> Work:
    """Work of a function of a path; it is called once before, which fills caches."""
    function(paths[0])

    def work() -> int:
        for path in paths:
            function(path)
        return len(paths)

    return work


def main() -> None:
    """Prepare, measure and print."""
    module, name = sys.argv[1:]
    request = json.load(sys.stdin)
    with pinned(request["core"]):
        try:
            work = import_module(module).CONTENDERS[name](**request["arguments"])
        except ModuleNotFoundError as error:
            print(f"{name} is left out: {error.name} is not installed", file=sys.stderr)
            sys.exit(NOT_INSTALLED)
        items: list[int] = []
        spent = measured(lambda: items.append(work()), 0)
    print(f"\n{json.dumps(asdict(spent) | {'items': items[0]})}")


if __name__ == "__main__":
    main()
