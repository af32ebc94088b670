"""Utterance and expression → one clip of synthetic emotional speech.

flat reading → pauses between words → vocal tract (formants) → pitch contour and speed (Praat's overlap-add)
→ spectral tilt → aspiration noise → 16 kHz → level → noise of the room

The numbers behind each step are explained at `recipe.Expression`.
"""

import numpy as np
import parselmouth
import soxr
from parselmouth.praat import call

from ser_features.corpora.synthesis.recipe import Expression, express, generator
from ser_features.corpora.synthesis.script import Clip, Voice
from ser_features.corpora.synthesis.speech import SAMPLE_RATE, Utterance

OUTPUT_RATE = 16_000
"""Sample rate of the clips, in Hz."""

FLOOR, CEILING = 50.0, 500.0
"""F0 stays between these, in Hz."""

CLEAR_VOICE = -38.0
"""Aspiration noise of a voice with `breath` 0, in dB relative to the voice."""

PEAK = 0.9
"""Highest sample allowed, of 1; only a clip that would exceed it is turned down."""


def render(clip: Clip, utterance: Utterance, *, seed: int = 0) -> tuple[np.ndarray, int]:
    """Make one clip; the same arguments give the same samples.

    Args:
        clip: who says what, and how.
        utterance: the flat reading of this voice and sentence.
        seed: of the corpus.

    Returns:
        Mono signal, float32 within ±1, shape (n,), and its sample rate in Hz.
    """
    expression = express(clip, seed=seed)
    rng = generator(seed, "render", clip.stem)
    signal, rate = _with_pauses(utterance, expression, rng), _tract_rate(clip.voice, expression)
    signal = _intoned(parselmouth.Sound(signal, rate), clip.voice, expression, rng)
    signal = _breathed(_tilted(signal, expression.tilt), expression.breath, rng)
    signal = soxr.resample(signal, SAMPLE_RATE, OUTPUT_RATE)
    return _recorded(signal, clip.voice, expression.level, rng), OUTPUT_RATE


def _with_pauses(utterance: Utterance, expression: Expression, rng: np.random.Generator) -> np.ndarray:
    """Silence at the gaps between words: exponential lengths, so that a few pauses stand out."""
    lengths = rng.exponential(max(expression.pause, 0.0), len(utterance.gaps))
    cuts = np.round(np.array(utterance.gaps) * SAMPLE_RATE).astype(int)
    parts = np.split(utterance.signal, cuts)
    for i, length in enumerate(np.minimum(lengths, 0.3)):
        parts[i] = np.append(parts[i], np.zeros(round(length * SAMPLE_RATE)))
    return np.concatenate(parts)


def _tract_rate(voice: Voice, expression: Expression) -> float:
    """Sample rate to read the signal at, which scales its formants (and, until `_intoned`, its pitch)."""
    return SAMPLE_RATE * voice.formants * (1 + expression.formants)


def _intoned(
    sound: parselmouth.Sound, voice: Voice, expression: Expression, rng: np.random.Generator
) -> np.ndarray:
    """Give the sound the clip's contour and speed; the result is at `SAMPLE_RATE`."""
    manipulation = call(sound, "To Manipulation", 0.01, FLOOR, CEILING)
    contour = call(manipulation, "Extract pitch tier")
    times, semitones = _flat_contour(sound, contour)
    call(contour, "Remove points between", 0, sound.duration)
    for time, f0 in zip(times, _bend(times, semitones, sound.duration, voice, expression, rng), strict=True):
        call(contour, "Add point", time, f0)
    speed = call("Create DurationTier", "speed", 0, sound.duration)
    read_faster = sound.sampling_frequency / SAMPLE_RATE
    call(speed, "Add point", 0, read_faster / max(1 + expression.rate, 0.5))
    call([manipulation, contour], "Replace pitch tier")
    call([manipulation, speed], "Replace duration tier")
    made = call(manipulation, "Get resynthesis (overlap-add)")
    return made.resample(SAMPLE_RATE).values[0]
