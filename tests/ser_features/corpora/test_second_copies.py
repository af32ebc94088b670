"""The best of several files of one recording."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.corpora.second_copies import without_second_copies
from ser_features.formats import LOSSY, SUFFIXES
from ser_features.manifest import Duplicate, Recording


def write(path: Path, seconds: float = 0.5, rate: int = 16_000, **options: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, int(seconds * rate)), rate, **options)


def ordered(root: Path, *paths: str) -> list[str]:
    """Paths of one recording, the best first."""
    copies = [Recording("x", "a", path, "s", "sad", "sad") for path in paths]
    [best], duplicates = without_second_copies(copies, root)
    assert duplicates == tuple(Duplicate(best.path, path) for path in sorted(best.alternatives))
    return [best.path, *best.alternatives]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"seconds": 0.9}, {"seconds": 0.5}),
        ({"rate": 24_000}, {"rate": 16_000}),
        ({"subtype": "PCM_24"}, {"subtype": "PCM_16"}),
        ({"seconds": 0.9, "rate": 8_000}, {"seconds": 0.5, "rate": 16_000}),
    ],
)
def test_longer_then_of_a_higher_rate_then_larger(tmp_path, better, worse):
    write(tmp_path / "1" / "a.wav", **worse)
    write(tmp_path / "2" / "b" / "a.wav", **better)
    assert ordered(tmp_path, "1/a.wav", "2/b/a.wav") == ["2/b/a.wav", "1/a.wav"]


@pytest.mark.parametrize("suffix", sorted(LOSSY))
def test_lossless_before_lossy_even_if_it_is_shorter(tmp_path, suffix):
    lossy = f"a{suffix}"
    write(tmp_path / lossy, 0.9, format="MP3")
    write(tmp_path / "deep" / "er" / "a.flac", 0.5)
    write(tmp_path / "a.wav", 0.5)
    assert ordered(tmp_path, lossy, "deep/er/a.flac", "a.wav")[-1] == lossy
    assert suffix in SUFFIXES


def test_an_empty_file_comes_last_and_equal_files_by_depth_and_name(tmp_path):
    (tmp_path / "a.wav").touch()
    for folder in ("z", "y/y", "b"):
        write(tmp_path / folder / "a.wav")
    paths = ["a.wav", "z/a.wav", "y/y/a.wav", "b/a.wav"]
    assert ordered(tmp_path, *paths) == ["b/a.wav", "z/a.wav", "y/y/a.wav", "a.wav"]


def test_a_file_that_vanished_is_no_error(tmp_path):
    write(tmp_path / "a.wav")
    assert ordered(tmp_path, "gone/a.wav", "a.wav")[0] == "a.wav"
