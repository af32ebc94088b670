"""The README's commands on a folder of wavs, with a typical mistake before each, timed.

    python -m benchmarks.speed.first_try --write docs/first_try.md

The wavs are RAVDESS recordings under other names (anna_angry_01.wav); one recording of the last speaker, who
is excluded, is predicted. Everything runs in an empty folder, by the `ser` of this Python environment.
Commands, output of both streams and seconds go into the document.
"""

import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import soundfile

from benchmarks import options
from ser_features import corpora

SER = Path(sys.executable).with_name("ser")
NAMES = (
    *("anna", "ben", "carla", "david", "elena", "frank", "greta", "henry", "ida", "jonas"),
    *("karin", "leo", "mona", "nils", "olga", "paul", "rosa", "sven", "tina", "uwe"),
)
PATTERN = '"{speaker}_{emotion}_{}.wav"'


@dataclass(frozen=True)
class Step:
    """A command with its introduction.

    Attributes:
        words: the introduction.
        line: the command line.
        mistake: whether it is a deliberate mistake.
        until: output after which a server is stopped; None for other commands.
    """

    words: str
    line: str
    mistake: bool = False
    until: str | None = None


STEPS = (
    Step("A field of the pattern misspelt:", 'ser manifest wavs "{speaker}_{emotoin}_{}.wav"', mistake=True),
    Step("Mended. The names say who speaks and how:", f"ser manifest wavs {PATTERN}"),
    Step("The wrong folder:", "ser extract --datasets wavs.csv", mistake=True),
    Step("", "ser extract --datasets wavs/wavs.csv"),
    Step("A model that does not exist:", "ser train --model forest", mistake=True),
    Step("", "ser train --model logistic --folds 5"),
    Step("A picture instead of a recording:", "ser predict artifacts/logistic cat.png", mistake=True),
    Step("", "ser predict artifacts/logistic new.wav"),
    Step("A folder that is no model:", "ser app artifacts", mistake=True),
    Step("", "ser app artifacts/logistic", until="open this address in a browser"),
)


def main() -> None:
    """Run the commands and write the document."""
    parser = options.parser(__doc__)
    parser.add_argument("--write", type=Path, help="the document (default: printed)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speakers, count = prepare(Path(folder), arguments.data)
        text = "\n".join(document(Path(folder), speakers, count))
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    else:
        print(text)


def prepare(folder: Path, data: Path) -> tuple[int, int]:
    """Copy recordings under other names into `folder`/wavs; return the numbers of speakers and recordings."""
    scan = corpora.scan("ravdess", data)
    *speakers, new = sorted({recording.speaker for recording in scan.recordings})
    named = dict(zip(speakers, NAMES, strict=False))
    counts: Counter[str] = Counter()
    (folder / "wavs").mkdir()
    for recording in scan.recordings:
        path = scan.root / recording.path
        if recording.speaker == new and recording.emotion == "happy":
            soundfile.write(folder / "new.wav", *soundfile.read(path))
        elif recording.speaker in named:
            kind = f"{named[recording.speaker]}_{recording.emotion}"
            counts[kind] += 1
            soundfile.write(folder / "wavs" / f"{kind}_{counts[kind]:02}.wav", *soundfile.read(path))
    (folder / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return len(named), counts.total()


def document(folder: Path, speakers: int, count: int) -> Iterator[str]:
    """Run every command and yield the lines of the document."""
    yield "# A first try"
    yield ""
    yield (
        f"A folder of {count} wavs of {speakers} people, named like `wavs/anna_angry_01.wav`, and the six "
        "commands of the README, of which the first (`source .venv/bin/activate`) prints nothing. Before "
        "each of the others is a typical mistake, to show its error message. Made by `python -m "
        "benchmarks.speed.first_try` on 2 shared cores; the recordings are from RAVDESS, under other names; "
        "`new.wav` is of a speaker who is not among them."
    )
    total = 0.0
    for step in STEPS:
        began = time.monotonic()
        output, code = run(step, folder)
        seconds = time.monotonic() - began
        total += 0 if step.mistake else seconds
        yield from ("", step.words) if step.words else ()
        yield from ("", "```", f"$ {step.line}", output, "```")
        ended = "ended by Ctrl-C" if step.until else f"exit code {code}"
        yield f"*{seconds:.0f} s, {ended}*"
    yield ""
    yield f"{total:.0f} seconds for the commands without mistakes, one after the other."
    yield ""


def run(step: Step, folder: Path) -> tuple[str, int]:
    """Run a command line; return its output and its exit code."""
    words = [str(SER), *shlex.split(step.line)[1:]]
    process = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    lines = []
    for line in process.stdout or ():
        lines.append(line.rstrip())
        if step.until and step.until in line:
            process.send_signal(signal.SIGINT)
    return without_folders("\n".join(lines).strip(), folder), process.wait()


def without_folders(text: str, folder: Path) -> str:
    """Remove the path of the temporary folder."""
    return re.sub(re.escape(f"{folder}/"), "", text)


if __name__ == "__main__":
    main()
