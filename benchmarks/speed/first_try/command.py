"""One command line of `ser`, and what it prints."""

import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SER = Path(sys.executable).with_name("ser")
"""The `ser` of this Python environment."""


@dataclass(frozen=True)
class Step:
    """A command with its introduction.

    Attributes:
        words: the introduction; empty for none.
        line: the command line.
        mistake: whether it is a deliberate mistake.
        until: output after which a server is stopped; None for other commands.
    """

    words: str
    line: str
    mistake: bool = False
    until: str | None = None


def run(step: Step, folder: Path, ser: Path = SER) -> tuple[str, int]:
    """Run a command line; return what both streams got, without the path of `folder`, and the exit code.

    Args:
        step: the command.
        folder: its working directory.
        ser: the program for the word `ser`.
    """
    words = [str(ser), *shlex.split(step.line)[1:]]
    process = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    lines = []
    for line in process.stdout or ():
        lines.append(line.rstrip())
        if step.until and step.until in line:
            process.send_signal(signal.SIGINT)
    return re.sub(re.escape(f"{folder}/"), "", "\n".join(lines).strip()), process.wait()
