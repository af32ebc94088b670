"""Build every hostile artifact and load it as `ser predict` does; print a JSON object per attack.

    SER_CANARY=/tmp/canary python -m tests.attacks FOLDER

It runs in its own process, so that crashes, hangs and memory are observed.
"""

import json
import shutil
import sys
import time
from pathlib import Path

from ser_features.errors import ArtifactError
from ser_models import inference
from tests.attacks.base import PARAMETERS, Hostile, valid
from tests.attacks.registry import HOSTILE


def main(root: Path) -> None:
    """Load the valid artifacts, then the hostile ones."""
    for name in PARAMETERS:
        valid(name, root / name)
        inference.load(root / name)
    for index, hostile in enumerate(HOSTILE):
        folder = shutil.copytree(root / hostile.model, root / f"hostile{index}")
        hostile.spoil(folder)
        say(attempt(hostile, folder))
        shutil.rmtree(folder)
    for name in PARAMETERS:
        inference.load(root / name)
    say({"name": "valid artifacts still load"})


def attempt(hostile: Hostile, folder: Path) -> dict[str, object]:
    """Load an artifact; return the exception, the seconds and the additional bytes of memory."""
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before, begin = memory("VmRSS"), time.perf_counter()
    try:
        inference.load(folder)
        kind, message = "", ""
    except ArtifactError as error:
        kind, message = "ArtifactError", str(error)
    except Exception as error:  # is the finding
        kind, message = type(error).__name__, str(error)
    seconds = time.perf_counter() - begin
    return {
        "name": f"{hostile.model}: {hostile.name}", "kind": kind, "message": message,
        "seconds": seconds, "memory": memory("VmHWM") - before,
    }  # fmt: skip


def say(outcome: dict[str, object]) -> None:
    """Write a line at once: what follows may be a crash."""
    sys.stdout.write(json.dumps(outcome) + "\n")
    sys.stdout.flush()


def memory(field: str) -> int:
    """Return a field of this process's status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise KeyError(field)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
