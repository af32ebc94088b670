"""The recordings of the session, and its commands."""

from collections import Counter
from pathlib import Path

import soundfile

from benchmarks.speed.first_try.command import Step
from ser_features import corpora
from ser_features.corpora.base import Recording

NAMES = ("ben", "david", "frank", "henry", "jonas", "leo", "nils", "paul")
"""Names of the speakers of the training data."""
PATTERN = '"{speaker}_{emotion}_{}.wav"'

STEPS = (
    Step("Misspelt command:", "ser predcit builtin new.wav", mistake=True),
    Step("The model that comes with `ser`, on a voice from another room:", "ser predict builtin new.wav"),
    Step("Misspelt field of the pattern:", 'ser manifest wavs "{speaker}_{emotoin}_{}.wav"', mistake=True),
    Step("Speaker and emotion from the file names:", f"ser manifest wavs {PATTERN}"),
    Step("Wrong path:", "ser check wavs.csv", mistake=True),
    Step("What is odd about recordings and labels:", "ser check wavs/wavs.csv"),
    Step(
        "A table without emotions instead of the manifest:",
        "ser extract --datasets takes.csv --for best",
        True,
    ),
    Step("", "ser extract --datasets wavs/wavs.csv --for best"),
    Step("More folds than speakers:", "ser train --model best --folds 10", mistake=True),
    Step("", "ser train --model best --folds 5"),
    Step("An image instead of a recording:", "ser predict artifacts/best cat.png", mistake=True),
    Step("", "ser predict artifacts/best new.wav"),
    Step("A recording that is not there:", "ser explain artifacts/best now.wav", mistake=True),
    Step("Why this answer:", "ser explain artifacts/best new.wav"),
    Step("Unknown model:", "ser train --model forest --folds 5", mistake=True),
    Step("Another model on the same recordings:", "ser train --model logistic --folds 5"),
    Step("One model alone:", "ser compare artifacts/best", mistake=True),
    Step("", "ser compare artifacts/best artifacts/logistic --out models.html"),
    Step("Unknown format:", "ser store export --format excel --out speech.xlsx", mistake=True),
    Step("A table for other programs:", "ser store export --format csv --out speech.csv"),
    Step("A folder without a model:", "ser app artifacts", mistake=True),
    Step("", "ser app artifacts/best", until="open this address in a browser"),
    Step("A port that does not exist:", "ser serve artifacts/best --port 99999", mistake=True),
    Step("", "ser serve artifacts/best", until="Ctrl-C"),
)


def prepare(folder: Path, data: Path) -> int:
    """Copy recordings of men of RAVDESS under other names into `folder`/wavs; return their number.

    `new.wav` is a recording of a man who is not among them, `cat.png` no recording, and `takes.csv` a table
    without emotions.
    """
    scan = corpora.scan("ravdess", data)
    men = sorted({str(one.speaker) for one in scan.recordings if one.gender == "male"})
    named = dict(zip(men, NAMES, strict=False))
    new = next(man for man in men if man not in named)
    counts: Counter[str] = Counter()
    (folder / "wavs").mkdir()
    for one in scan.recordings:
        if one.speaker in named:
            kind = f"{named[str(one.speaker)]}_{one.emotion}"
            counts[kind] += 1
            _copy(scan.root, one, folder / "wavs" / f"{kind}_{counts[kind]:02}.wav")
        elif one.speaker == new and one.emotion == "happy":
            _copy(scan.root, one, folder / "new.wav")
    (folder / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (folder / "takes.csv").write_text("path,take\nwavs/ben_angry_01.wav,1\n", encoding="utf-8")
    return counts.total()


def _copy(root: Path, recording: Recording, to: Path) -> None:
    """Write a recording as WAV."""
    soundfile.write(to, *soundfile.read(root / recording.path))
