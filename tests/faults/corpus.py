"""Small corpora of tones, no two alike."""

import string
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000
SECONDS = 0.25
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")
SPEAKERS = ("OAF", "YAF")


def make_tess(data: Path, count: int) -> None:
    """Write tones named as TESS recordings.

    Args:
        data: folder that gets a folder tess.
        count: number of tones, up to 9464.
    """
    (data / "tess").mkdir(parents=True)
    words = product(string.ascii_lowercase, repeat=2)
    names = product(words, EMOTIONS, SPEAKERS)
    for number, (word, emotion, speaker) in zip(range(count), names, strict=False):
        write_tone(data / "tess" / f"{speaker}_{''.join(word)}_{emotion}.wav", 100 + number / 4)


def make_own(data: Path, name: str, count: int, pitch: float) -> Path:
    """Write tones and their manifest.

    Args:
        data: folder that gets the manifest, and a folder of its name.
        name: of the corpus.
        count: number of tones.
        pitch: frequency of the first one in Hz; each has 1 Hz more.

    Returns:
        The manifest.
    """
    (data / name).mkdir(parents=True)
    paths = [f"{name}/{number:03d}.wav" for number in range(count)]
    for number, path in enumerate(paths):
        write_tone(data / path, pitch + number)
    manifest = data / f"{name}.csv"
    write_labels(manifest, paths, ("angry", "sad"))
    return manifest


def write_labels(manifest: Path, paths: Iterable[str], emotions: Sequence[str]) -> None:
    """Replace a manifest by one rename; the emotions alternate."""
    lines = (f"{path},{emotions[index % len(emotions)]},s{index % 3}" for index, path in enumerate(paths))
    scratch = manifest.with_suffix(".new")
    scratch.write_text("\n".join(("path,emotion,speaker", *lines, "")))
    scratch.replace(manifest)


def write_tone(path: Path, pitch: float) -> None:
    """Write a quarter of a second of a tone of `pitch` Hz with a Hann envelope."""
    time = np.arange(int(RATE * SECONDS)) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch * time) * np.hanning(time.size), RATE)
