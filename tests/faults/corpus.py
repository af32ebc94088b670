"""Small corpora of tones, no two alike, made on the spot."""

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
    """Write tones that are named as recordings of TESS.

    Args:
        data: folder that gets a folder tess.
        count: how many, up to 9464.
    """
    (data / "tess").mkdir(parents=True)
    words = product(string.ascii_lowercase, repeat=2)
    names = product(words, EMOTIONS, SPEAKERS)
    for number, (word, emotion, speaker) in zip(range(count), names, strict=False):
        write_tone(data / "tess" / f"{speaker}_{''.join(word)}_{emotion}.wav", 100 + number / 4)


def make_own(data: Path, name: str, count: int, pitch: float) -> Path:
    """Write tones, and the table that lists them.

    Args:
        data: folder that gets the table, and a folder of its name.
        name: of the corpus.
        count: how many tones.
        pitch: of the first one, in Hz; each has 1 Hz more.

    Returns:
        The table.
    """
    (data / name).mkdir(parents=True)
    paths = [f"{name}/{number:03d}.wav" for number in range(count)]
    for number, path in enumerate(paths):
        write_tone(data / path, pitch + number)
    table = data / f"{name}.csv"
    write_labels(table, paths, ("angry", "sad"))
    return table


def write_labels(table: Path, paths: Iterable[str], emotions: Sequence[str]) -> None:
    """Replace a table by one rename; the emotions take turns."""
    lines = (f"{path},{emotions[index % len(emotions)]},s{index % 3}" for index, path in enumerate(paths))
    scratch = table.with_suffix(".new")
    scratch.write_text("\n".join(("path,emotion,speaker", *lines, "")))
    scratch.replace(table)


def write_tone(path: Path, pitch: float) -> None:
    """Write a quarter of a second of a tone of so many Hz that swells and fades."""
    time = np.arange(int(RATE * SECONDS)) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch * time) * np.hanning(time.size), RATE)
