"""Example recordings for the page: those of a folder, or synthetic voices; all are in memory.

folder → the first `MOST` recordings of it → `Example`s
script, seed → `speech.utterances`, `render.render` → WAV in memory → `Example`s (CC0 1.0, no person's voice)
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ser_features.audio import decode, read_bytes
from ser_features.corpora.synthesis.render import OUTPUT_RATE, render
from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Clip
from ser_features.corpora.synthesis.speech import Utterances, utterances
from ser_models.app.limits import RECORDING
from ser_models.app.sound import wav
from ser_models.inference.collect import find_audio

MOST = 6
"""Most recordings of a folder that are shown."""
SEED = 7
"""Differs from the seed of the demo corpus, so that a demo model was not trained on these clips."""
PAUSE = 0.35
"""Seconds between two sentences."""
PAUSE_RMS = 10 ** (-66 / 20)
"""RMS level of the pause, as in a quiet room."""

SCRIPT = (
    ("angry", "F1", (("angry", "s2"),)),
    ("sad", "M2", (("sad", "s5"),)),
    ("neutral, happy, angry", "F3", (("neutral", "s1"), ("happy", "s4"), ("angry", "s3"))),
)
"""Title, voice, and the emotion and sentence of each part."""


@dataclass(frozen=True, slots=True)
class Example:
    """A recording to choose.

    Attributes:
        title: of its button: the name of the file, or the rendered emotions.
        seconds: duration.
        content: an audio file.
        name: on the page, in place of a file name.
    """

    title: str
    seconds: float
    content: bytes
    name: str


def examples(folder: Path | None = None) -> list[Example]:
    """Return the recordings of a folder, by name, or render synthetic voices, in 2 to 3 s.

    Args:
        folder: with audio files; None for the same synthetic clips in every call.

    Raises:
        InputError: if it has no audio file.
        AudioError: if one of them cannot be decoded.
    """
    if folder is not None:
        return [_of_file(file.path) for file in find_audio([folder])[:MOST]]
    spoken = utterances()
    return [_example(title, voice, parts, spoken) for title, voice, parts in SCRIPT]


def _of_file(path: Path) -> Example:
    content = read_bytes(path)
    audio = decode(content, min_seconds=0, max_seconds=RECORDING.max_seconds)
    return Example(path.stem, audio.signal.size / audio.sample_rate, content, path.name)


def _example(title: str, voice: str, parts: tuple[tuple[str, str], ...], spoken: Utterances) -> Example:
    rng = np.random.default_rng(SEED)
    sentences = [_sentence(voice, emotion, code, spoken) for emotion, code in parts]
    signal = sentences[0]
    for sentence in sentences[1:]:
        pause = PAUSE_RMS * rng.standard_normal(round(PAUSE * OUTPUT_RATE)).astype(np.float32)
        signal = np.concatenate([signal, pause, sentence])
    name = f"synthetic voice, rendered {title}"
    return Example(title, len(signal) / OUTPUT_RATE, wav(signal, OUTPUT_RATE), name)


def _sentence(voice: str, emotion: str, code: str, spoken: Utterances) -> np.ndarray:
    clip = Clip(VOICES[voice], emotion, SENTENCES[code], "1")
    return render(clip, spoken[voice, code], seed=SEED)[0]
