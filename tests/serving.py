"""The app or the service in a process of its own, as started by `ser`, and test sounds."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
import soundfile

RATE = 16_000
START_SECONDS = 120
SESSION = ".ses"
"""Name of the file that ONNX Runtime writes when it is imported; it has nothing of a recording."""
CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});?</script>", re.DOTALL)


@dataclass(frozen=True)
class Served:
    """A running app or service.

    Attributes:
        url: of the page, with a slash at the end.
        folder: of the temporary files of its process.
        process: that runs it.
    """

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def files(self) -> list[Path]:
        """Files that the process has written and not deleted."""
        return [path for path in self.folder.rglob("*") if path.is_file() and path.name != SESSION]


@contextmanager
def served(artifact: Path, folder: Path, command: str = "app", *options: str) -> Iterator[Served]:
    """Run `ser app` or `ser serve` with its temporary files in `folder` for the duration of the block."""
    extra, package = {"app": ("app", "gradio"), "serve": ("serve", "websockets")}[command]
    pytest.importorskip(package, reason=f"needs {package}: pip install 'ser-toolkit[{extra}]'")
    words = [command, str(artifact), "--port", "0", *options]
    command_line = [sys.executable, "-c", "from ser_cli.main import main; main()", *words]
    environment = {**os.environ, "TMPDIR": str(folder), "MPLCONFIGDIR": str(folder.parent)}
    with (folder.parent / "stderr.txt").open("w") as errors:
        process = subprocess.Popen(
            command_line, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
        timeout = Timer(START_SECONDS, process.kill)
        timeout.start()
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), (folder.parent / "stderr.txt").read_text()
            timeout.cancel()
            yield Served(url, folder, process)
        finally:
            timeout.cancel()
            process.terminate()
            process.wait(timeout=20)
    assert process.returncode == 0, "a regular exit"
    left = [path for path in folder.iterdir() if path.name != SESSION]
    assert left == [], "no temporary folder is left"


def config_of(page: str) -> dict:
    """Return Gradio's configuration in the HTML of a page."""
    return json.loads(CONFIG.search(page).group(1))


def wav(signal: np.ndarray, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, signal, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def voice(seconds: float, pitch: float = 150.0) -> bytes:
    """Return a recording like those of the `recordings` fixture: a buzzing tone."""
    time = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 8))
    return wav(0.2 * buzz + 0.01 * np.random.default_rng(1).standard_normal(len(time)))


def noise(seconds: float) -> bytes:
    return wav(0.1 * np.random.default_rng(0).standard_normal(int(seconds * RATE)))


def music(seconds: float) -> bytes:
    """Return plucked chords."""
    time = np.arange(int(seconds * RATE)) / RATE
    plucked = np.exp(-3 * (time % 0.5))
    return wav(sum(0.08 * np.sin(2 * np.pi * hertz * time) for hertz in (262, 330, 392, 523)) * plucked)


def empty_room(seconds: float) -> bytes:
    """Return near silence: digital silence is refused."""
    return wav(3e-4 * np.random.default_rng(2).standard_normal(int(seconds * RATE)))
