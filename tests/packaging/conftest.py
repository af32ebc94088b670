"""The wheel of this checkout, installed alone into a new environment by the steps of the Dockerfile."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def docker_commands(instruction: str) -> list[str]:
    """Arguments of every line of the Dockerfile with this instruction."""
    return re.findall(rf"^{instruction} (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def run(*words: object, **options: object) -> subprocess.CompletedProcess:
    """Run a command; its output is in the result, and in the error if it fails."""
    check = options.pop("check", True)
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(list(map(str, words)), capture_output=True, text=True, env=outside, **options)
    if check and result.returncode:
        raise AssertionError(f"{' '.join(map(str, words))}: {result.stdout}{result.stderr}")
    return result


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bin folder of a new virtual environment after the pip commands of the Dockerfile, without the extra."""
    folder = tmp_path_factory.mktemp("installed")
    python = folder / "venv" / "bin" / "python"
    run(sys.executable, "-m", "venv", folder / "venv")
    places = {"/src": ROOT, "/wheels": folder / "wheels", "/constraints.txt": ROOT / "constraints.txt"}
    for line in docker_commands("RUN"):
        words = [str(places.get(word, word)) for word in shlex.split(line)]
        words = [re.sub(r"^(ser-toolkit)\[.+\]$", r"\1", word) for word in words]
        if words[0] == "pip":
            run(python, "-m", "pip", "--quiet", *words[1:])
    return python.parent
