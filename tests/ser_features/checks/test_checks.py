"""A table with everything that is odd → one line for each; a clean one → durations only."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.checks import AUDIO_CHECKS, CHECKS, check
from ser_features.errors import InputError

RATE = 16_000
CLEAN = "durations: 0.50 to 0.50 s, median 0.50 s"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    """Write a noise of a seed, level, duration in s and sample rate."""

    def noise(name: str, seed: int, level: float = 0.1, seconds: float = 0.5, rate: int = RATE) -> None:
        signal = level * np.random.default_rng(seed).standard_normal(round(seconds * rate))
        soundfile.write(tmp_path / name, np.clip(signal, -1, 1), rate)

    return noise


def lines(tmp_path: Path, *rows: str, header: str = "path,emotion,speaker", **options: object) -> list[str]:
    (tmp_path / "mine.csv").write_text("\n".join((header, *rows)) + "\n")
    return [str(one) for one in check(str(tmp_path / "mine.csv"), workers=1, **options).findings]


def test_a_clean_table(tmp_path, write):
    for number in range(4):
        write(f"{number}.wav", number)
    rows = [
        f"{number}.wav,{'sad' if number % 2 else 'angry'},{'ada' if number < 2 else 'ben'}"
        for number in range(4)
    ]
    assert lines(tmp_path, *rows) == [CLEAN]


def test_rows(tmp_path, write):
    for number in range(3):
        write(f"{number}.wav", number)
    rows = [
        "0.wav,sad,Ada,,",
        "1.wav,angry,ada,0,0.3",
        "1.wav,sad,ada,0.2,0.4",
        "2.wav,sad,,,",
        "9.wav,sad,ada,,",
    ]
    assert lines(tmp_path, *rows, header="path,emotion,speaker,start,end")[:-1] == [
        "files: 1 recording cannot be used, the first because of row 6: no file '9.wav' beside the table: "
        "correct or remove them (9.wav)",
        "speaker names: 'Ada' and 'ada' differ in case, blanks or zeros only: give one person one name",
        "speaker names: unknown in 1 of 4 recordings: add a column speaker (2.wav)",
        "emotions per speaker: 1 of 2 speakers lack some of 2: Ada lacks angry: "
        "record them, or leave out the emotions",
        "parts: 1 pair of parts overlap, so that the same sound counts twice: correct their times "
        "(1@0.000-0.300 and 1@0.200-0.400)",
    ]


def test_audio(tmp_path, write):
    write("loud.wav", 1, level=3.0)
    write("quiet.wav", 2, level=1e-4)
    write("short.wav", 3, seconds=0.05)
    for name in ("one.wav", "two.wav"):
        write(name, 4)
    (tmp_path / "text.wav").write_text("no audio")
    soundfile.write(tmp_path / "zero.wav", np.zeros(RATE), RATE)
    names = ("loud", "quiet", "short", "one", "two", "text", "zero")
    printed = lines(tmp_path, *(f"{name}.wav,sad,ada" for name in names))
    kinds = [line.partition(":")[0] for line in printed]
    assert kinds == ["audio", "audio", "identical audio", "durations", "durations", "silence", "clipping"]
    assert printed[2] == "identical audio: 2 recordings have the same bytes: keep one (mine/one, mine/two)"
    assert printed[4:] == [
        "durations: 1 recording shorter than 0.1 s are refused: remove them (mine/short)",
        "silence: 1 recording almost silent, below -60 dB: listen to them (mine/quiet)",
        "clipping: 1 recording clipped: lower the gain, or leave them out (mine/loud)",
    ]


def test_levels_and_recording_chain_of_emotions_and_speakers(tmp_path, write):
    for number in range(20):
        is_sad = number % 4 == 0
        write(f"{number}.wav", number, 0.002 if is_sad else 0.1, rate=8_000 if is_sad else RATE)
    rows = [
        f"{number}.wav,{'angry' if number % 4 else 'sad'},{'ada' if number % 4 else 'ben'}"
        for number in range(20)
    ]
    sad, ben, *rates = [
        line for line in lines(tmp_path, *rows) if line.startswith(("levels", "recording chain"))
    ]
    assert sad.startswith("levels: emotion sad is 34 dB quieter than the median: check the gain")
    assert ben.startswith("levels: speaker ben is 34 dB quieter")
    assert [line.partition(", in")[0] for line in rates] == [
        "recording chain: 8000 Hz occur with sad only",
        "recording chain: 16000 Hz occur with angry only",
    ]


def test_a_folder_and_a_sample(tmp_path, write):
    for number in range(20):
        write(f"{number:02}.wav", number)
    calls = []
    result = check(str(tmp_path), sample=18, workers=2, on_recording=lambda *counts: calls.append(counts))
    assert (result.recordings, result.decoded, result.usable) == (20, 18, 18)
    assert calls[-1] == (18, 18)
    assert CLEAN in map(str, result.findings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no audio file below"):
        check(str(tmp_path / "empty"))


def test_every_check_finds_nothing_in_nothing(tmp_path, write):
    assert len({one.__name__ for one in (*CHECKS, *AUDIO_CHECKS)}) == len(CHECKS) + len(AUDIO_CHECKS)
    assert not [finding for one in AUDIO_CHECKS for finding in one([])]
