"""The commands of README.md, docs/index.md and docs/own_corpus.md run, in order, on a user's own folder."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ser_cli.main import main

from tests.faults.serial import in_this_process
from tests.test_docs import ROOT, blocks
from tests.undrawn import undrawn

RATE = 16_000
SPEAKERS = ("ada", "ben", "cleo", "dan", "eve")
EMOTIONS = {"angry": 220.0, "neutral": 160.0, "sad": 120.0}
"""F0 of the tones of each emotion, in Hz."""

RECOMMENDED = (
    'ser manifest wavs "{speaker}_{emotion}_{}.wav"',
    "ser check wavs/wavs.csv",
    "ser extract --datasets wavs/wavs.csv --for best",
    "ser train --model best --folds 5",
    "ser predict artifacts/best new.wav",
)
"""The recommended way to begin."""

PATTERNS = (
    ("ada_joy_01.wav", "ben_sad_01.wav"),
    ("ada/s1.wav", "ben/su2.wav"),
    ("03a01Fa.wav", "08b02Wb.wav"),
    ("sad/1.wav", "joy/2.wav"),
    ("ada/1.wav", "ben/2.wav"),
)
"""Names of files in wavs, for each `ser manifest` of docs/own_corpus.md in its order."""

QUICK = {" --for best": "", "--model best": "--model logistic", "artifacts/cnn_lstm": "artifacts/logistic"}
"""What docs/own_corpus.md says of the recommended model, and of a network, is run with the quickest model."""


def commands(page: str) -> list[str]:
    """Command lines of a page without their comments, in its order."""
    lines = [
        line.partition(" #")[0].strip() for text in blocks(ROOT / page, "") for line in text.splitlines()
    ]
    return [line for line in lines if line.startswith("ser ")]


def run(line: str) -> None:
    """Run a command line in the working folder; it must succeed."""
    with in_this_process(), undrawn(), pytest.raises(SystemExit) as ended:
        main(shlex.split(line)[1:])
    assert ended.value.code in (0, None), line


def run_on_names(line: str, names: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command in a new folder with files of these names in wavs."""
    other = folder / names[0].replace("/", " ")
    for number, name in enumerate(names):
        tone(other / "wavs" / name, 150.0, number)
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(other)
        run(line)


def tone(path: Path, f0: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    time = np.arange(RATE // 2) / RATE
    sound = sum(np.sin(2 * np.pi * (f0 + rng.uniform(-8, 8)) * k * time) / k for k in range(1, 7))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.2 * sound + 0.01 * rng.standard_normal(len(time)), RATE)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A working folder with wavs/ada_angry_1.wav and others, and new.wav."""
    monkeypatch.delenv("SER_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    for number, speaker in enumerate(SPEAKERS):
        for emotion, f0 in EMOTIONS.items():
            for take in range(3):
                name = f"{speaker}_{emotion}_{take}.wav"
                tone(tmp_path / "wavs" / name, f0 + 12 * number, len(EMOTIONS) * take + number)
    tone(tmp_path / "new.wav", 180.0, 99)
    return tmp_path


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_pages_recommend_the_same_way(page):
    lines = commands(page)
    begin = lines.index(RECOMMENDED[0])
    assert tuple(lines[begin : begin + len(RECOMMENDED)]) == RECOMMENDED


@pytest.mark.long
def test_the_recommended_way(folder, capsys):
    printed: list[str] = []
    for line in RECOMMENDED:
        run(line)
        printed.append(capsys.readouterr().out)
    for line, output in zip(RECOMMENDED[1:-1], printed, strict=False):
        assert output.splitlines()[-1].removesuffix(" --store data/store") == f"next: {line}"
    assert printed[-1].startswith("file ")


def test_every_command_on_own_recordings(folder, monkeypatch):
    rows = [
        f"wavs/{speaker}_{emotion}_{take}.wav,{emotion},{speaker},{('low', 'high')[take % 2]}"
        for speaker in SPEAKERS
        for emotion in EMOTIONS
        for take in range(3)
    ]
    (folder / "mine.csv").write_text("\n".join(("path,emotion,speaker,stress", *rows)) + "\n")
    (folder / "calls.csv").write_text(
        "path,start,end,speaker\nnew.wav,0.0,0.25,caller\nnew.wav,0.25,0.5,agent\n"
    )
    for name in ("03a01Fa.wav", "08b02Wb.wav"):
        tone(folder / "data" / "raw" / "emodb" / "wav" / name, 200.0, 7)
    patterns = iter(PATTERNS)
    for line in commands("docs/own_corpus.md"):
        for words, quick in QUICK.items():
            line = line.replace(words, quick)
        if line.startswith("ser manifest"):
            run_on_names(line, next(patterns), folder, monkeypatch)
        else:
            run(line)
    assert not list(patterns)
    assert (folder / "predictions.csv").read_text().count("\n") == 3
