"""Example recordings for the page: synthetic voices, rendered at start-up and kept in memory.

script, seed → `speech.utterances`, `render.render` → WAV in memory → `Example`s (CC0 1.0, no person's voice)
"""

import io
from dataclasses import dataclass

import numpy as np
import soundfile

from ser_features.corpora.synthesis.render import OUTPUT_RATE, render
from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Clip
from ser_features.corpora.synthesis.speech import Utterances, utterances

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
    """A synthetic recording.

    Attributes:
        title: the rendered emotions.
        seconds: duration.
        content: a WAV file.
    """

    title: str
    seconds: float
    content: bytes

    @property
    def name(self) -> str:
        """Name on the page, in place of a file name."""
        return f"synthetic voice, rendered {self.title}"


def examples() -> list[Example]:
    """Render the examples, in 2 to 3 s; the same clips in every call."""
    spoken = utterances()
    return [_example(title, voice, parts, spoken) for title, voice, parts in SCRIPT]


def _example(title: str, voice: str, parts: tuple[tuple[str, str], ...], spoken: Utterances) -> Example:
    rng = np.random.default_rng(SEED)
    sentences = [_sentence(voice, emotion, code, spoken) for emotion, code in parts]
    signal = sentences[0]
    for sentence in sentences[1:]:
        pause = PAUSE_RMS * rng.standard_normal(round(PAUSE * OUTPUT_RATE)).astype(np.float32)
        signal = np.concatenate([signal, pause, sentence])
    return Example(title, len(signal) / OUTPUT_RATE, wav(signal, OUTPUT_RATE))


def _sentence(voice: str, emotion: str, code: str, spoken: Utterances) -> np.ndarray:
    clip = Clip(VOICES[voice], emotion, SENTENCES[code], "1")
    return render(clip, spoken[voice, code], seed=SEED)[0]


def wav(signal: np.ndarray, sample_rate: int) -> bytes:
    """Encode samples, (n,), clipped to ±1, as a 16-bit WAV file in memory."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(signal, -1, 1), sample_rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
