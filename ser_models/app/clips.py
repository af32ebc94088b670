"""Recordings to try the page with: synthetic voices, made when the page starts and kept in memory only.

script, seed → `speech.utterances`, `render.render` → WAV in memory → `Clip`s (CC0 1.0, no person's voice)
"""

import io
from dataclasses import dataclass

import numpy as np
import soundfile

from ser_features.corpora.synthesis.render import OUTPUT_RATE, render
from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Clip
from ser_features.corpora.synthesis.speech import Readings, utterances

SEED = 7
"""Another one than the demo corpus has, so that a model trained on that has not heard these very clips."""
PAUSE = 0.35
"""Seconds of quiet between two sentences."""
QUIET = 10 ** (-66 / 20)
"""RMS level of the pause, as of a quiet room."""

SCRIPT = (
    ("angry", "F1", (("angry", "s2"),)),
    ("sad", "M2", (("sad", "s5"),)),
    ("neutral, happy, angry", "F3", (("neutral", "s1"), ("happy", "s4"), ("angry", "s3"))),
)
"""Title, voice, and emotion and sentence of each part."""


@dataclass(frozen=True, slots=True)
class Example:
    """A synthetic recording.

    Attributes:
        title: what was rendered, in a few words.
        seconds: its length.
        content: a WAV file.
    """

    title: str
    seconds: float
    content: bytes

    @property
    def name(self) -> str:
        """What stands where a recording has its file name."""
        return f"synthetic voice, rendered {self.title}"


def examples() -> list[Example]:
    """Make the examples; takes 2 to 3 s, and gives the same clips in every call."""
    readings = utterances()
    return [_example(title, voice, parts, readings) for title, voice, parts in SCRIPT]


def _example(title: str, voice: str, parts: tuple[tuple[str, str], ...], readings: Readings) -> Example:
    rng = np.random.default_rng(SEED)
    sentences = [_sentence(voice, emotion, code, readings) for emotion, code in parts]
    signal = sentences[0]
    for sentence in sentences[1:]:
        pause = QUIET * rng.standard_normal(round(PAUSE * OUTPUT_RATE)).astype(np.float32)
        signal = np.concatenate([signal, pause, sentence])
    return Example(title, len(signal) / OUTPUT_RATE, wav(signal, OUTPUT_RATE))


def _sentence(voice: str, emotion: str, code: str, readings: Readings) -> np.ndarray:
    clip = Clip(VOICES[voice], emotion, SENTENCES[code], "1")
    return render(clip, readings[voice, code], seed=SEED)[0]


def wav(signal: np.ndarray, sample_rate: int) -> bytes:
    """Write samples, (n,) within ±1 (more is clipped), as a WAV file of 16 bits in memory."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(signal, -1, 1), sample_rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
