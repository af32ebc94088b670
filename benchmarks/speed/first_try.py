"""A new user's first try, replayed: the README's commands on a folder of wavs, with a mistake before each.

    python -m benchmarks.speed.first_try --data data/raw --write docs/first_try.md

The wavs are recordings of RAVDESS under names of one's own (anna_angry_01.wav); those of the last speaker are
left out, and one of them is predicted. Everything runs in an empty folder, by the `ser` beside this Python.
What was typed and what came back, both streams as they came, goes into the document, with the seconds.
"""

import argparse
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

from ser_features import corpora

SER = Path(sys.executable).with_name("ser")
NAMES = [
    "anna",
    "ben",
    "carla",
    "david",
    "elena",
    "frank",
    "greta",
    "henry",
    "ida",
    "jonas",
    "karin",
    "leo",
    "mona",
    "nils",
    "olga",
    "paul",
    "rosa",
    "sven",
    "tina",
    "uwe",
]
PATTERN = '"{speaker}_{emotion}_{}.wav"'


@dataclass(frozen=True)
class Step:
    """What is typed, and what the reader is told before.

    Attributes:
        words: what is going on.
        line: the command line.
        mistake: whether it is one on purpose.
        until: text after whose line a command that runs for ever is ended; None for others.
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
    Step("", "ser app artifacts/logistic", until="open it in a browser"),
)


def main() -> None:
    """Replay the try and write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="data root with RAVDESS in it")
    parser.add_argument("--write", type=Path, help="the document; printed if left out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speakers, count = prepare(Path(folder), arguments.data)
        text = "\n".join(document(Path(folder), speakers, count))
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    else:
        print(text)


def prepare(folder: Path, data: Path) -> tuple[int, int]:
    """Put recordings under names of one's own into `folder`/wavs; return how many speakers and recordings."""
    found = corpora.scan("ravdess", data)
    *known, new = sorted({each.speaker for each in found.recordings})
    named = dict(zip(known, NAMES, strict=False))
    taken: Counter[str] = Counter()
    (folder / "wavs").mkdir()
    for each in found.recordings:
        path = found.root / each.path
        if each.speaker == new and each.emotion == "happy":
            soundfile.write(folder / "new.wav", *soundfile.read(path))
        elif each.speaker in named:
            kind = f"{named[each.speaker]}_{each.emotion}"
            taken[kind] += 1
            soundfile.write(folder / "wavs" / f"{kind}_{taken[kind]:02}.wav", *soundfile.read(path))
    (folder / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return len(named), taken.total()


def document(folder: Path, speakers: int, count: int) -> Iterator[str]:
    """Run every step and yield the lines of the document."""
    yield "# A first try"
    yield ""
    yield (
        f"A folder of {count} wavs of {speakers} people, named like `wavs/anna_angry_01.wav`, and the six "
        "commands of the README, of which the first (`source .venv/bin/activate`) says nothing. Before each "
        "of the others stands a mistake, to see what it says. Made by `python -m benchmarks.speed.first_try` "
        "on 2 shared cores; the recordings are those of RAVDESS that were at hand, under other names; "
        "`new.wav` is of somebody who is not among them."
    )
    total = 0.0
    for step in STEPS:
        began = time.monotonic()
        said, code = run(step, folder)
        seconds = time.monotonic() - began
        total += 0 if step.mistake else seconds
        yield from ("", step.words) if step.words else ()
        yield from ("", "```", f"$ {step.line}", said, "```")
        ended = "ended by Ctrl-C" if step.until else f"exit code {code}"
        yield f"*{seconds:.0f} s, {ended}*"
    yield ""
    yield f"{total:.0f} seconds for the commands without mistakes, one after the other."
    yield ""


def run(step: Step, folder: Path) -> tuple[str, int]:
    """Run a command line; return what it said on both streams, and its exit code."""
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
    """Leave out where the try happened to run."""
    return re.sub(re.escape(f"{folder}/"), "", text)


if __name__ == "__main__":
    main()
