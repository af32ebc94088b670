"""Neutral utterance and expression → one clip of synthetic emotional speech.

neutral speech → pauses between words → vocal tract (formants) → pitch contour and speed (Praat's overlap-add)
→ 16 kHz → spectral tilt → aspiration noise → level → noise of the room

`recipe.Expression` documents the parameters of each step.
"""

import numpy as np
import soxr

from ser_features.corpora.synthesis.recipe import Expression, express, generator
from ser_features.corpora.synthesis.script import Clip, Voice
from ser_features.corpora.synthesis.speech import SAMPLE_RATE, Utterance
from ser_features.praat import call, parselmouth, run

OUTPUT_RATE = 16_000
"""Sample rate of the clips, in Hz."""

FLOOR, CEILING = 50.0, 500.0
"""Lower and upper limit of F0, in Hz."""

CONTOUR_STEP = 0.004
"""Time step of the F0 contour, in s."""

MIN_RANGE, MIN_SPEED = 0.1, 0.5
"""Lower limits of the factors on F0 range and speed."""

TREMOR_HZ = 6.0
"""Frequency of the F0 modulation."""

CLEAR_VOICE = -38.0
"""Aspiration noise of a voice with `breath` 0, in dB relative to the voice."""

MAX_PAUSE = 0.3
"""Upper limit of pauses between words, in s."""

PEAK = 0.9
"""Largest sample allowed, of 1; only clips that would exceed it are attenuated."""


def render(clip: Clip, utterance: Utterance, *, seed: int = 0) -> tuple[np.ndarray, int]:
    """Render one clip; the same arguments give the same samples.

    Args:
        clip: voice, sentence and emotion.
        utterance: neutral speech of this voice and sentence.
        seed: of the corpus; any integer.

    Returns:
        Mono signal, float32 within ±`PEAK`, shape (n,), and its sample rate in Hz.
    """
    expression = express(clip, seed=seed)
    return perform(utterance, clip.voice, expression, generator(seed, "render", clip.stem)), OUTPUT_RATE


def perform(
    utterance: Utterance, voice: Voice, expression: Expression, rng: np.random.Generator
) -> np.ndarray:
    """Apply an expression to an utterance.

    Args:
        utterance: neutral speech of this voice.
        voice: neutral pitch, vocal tract, levels of speech and room noise.
        expression: the changes.
        rng: for pauses, jitter, breath, room noise, and the silence before and after the speech.

    Returns:
        Mono signal at `OUTPUT_RATE`, float32 within ±`PEAK`, shape (n,).
    """
    signal = _with_pauses(utterance, expression.pause, rng)
    signal = _intoned(signal, voice, expression, rng)
    signal = _breathed(_tilted(signal, expression.tilt), expression.breath, rng)
    return _recorded(signal, voice, expression.level, rng)


def _with_pauses(utterance: Utterance, mean: float, rng: np.random.Generator) -> np.ndarray:
    """Insert pauses of exponentially distributed length between words."""
    lengths = np.minimum(rng.exponential(max(mean, 0.0), len(utterance.gaps)), MAX_PAUSE)
    cuts = np.round(np.array(utterance.gaps) * SAMPLE_RATE).astype(int)
    silences = [np.zeros(round(length * SAMPLE_RATE)) for length in (*lengths, 0)]
    words = np.split(utterance.signal, cuts)
    return np.concatenate([part for pair in zip(words, silences, strict=True) for part in pair])


def _intoned(
    signal: np.ndarray, voice: Voice, expression: Expression, rng: np.random.Generator
) -> np.ndarray:
    """Apply vocal tract, F0 contour and speed; the result is at `OUTPUT_RATE`."""
    # Changing the nominal rate scales formants, pitch and speed; the latter two are then replaced.
    tract = voice.formants * (1 + expression.formants)
    sound = parselmouth.Sound(signal, SAMPLE_RATE * tract)
    speed = call("Create DurationTier", "speed", 0, sound.duration)
    call(speed, "Add point", 0, tract / max(1 + expression.rate, MIN_SPEED))
    reading = sound.to_pitch_ac(time_step=0.01, pitch_floor=FLOOR, pitch_ceiling=CEILING)
    manipulation = call([sound, reading], "To Manipulation")
    contour = _pitch_tier(_contour(reading, voice, expression, rng))
    call([manipulation, contour], "Replace pitch tier")
    call([manipulation, speed], "Replace duration tier")
    # Overlap-add uses Praat's own random generator to stretch unvoiced parts.
    run(f"random_initializeWithSeedUnsafelyButPredictably: {rng.integers(1, 1 << 31)}")
    speech = call(manipulation, "Get resynthesis (overlap-add)")
    run("random_initializeSafelyAndUnpredictably()")
    return soxr.resample(speech.values[0], speech.sampling_frequency, OUTPUT_RATE)


def _contour(
    reading: parselmouth.Pitch, voice: Voice, expression: Expression, rng: np.random.Generator
) -> np.ndarray:
    """F0 in Hz every `CONTOUR_STEP`, about a period, so that each period has its own jitter."""
    times = np.arange(CONTOUR_STEP / 2, reading.duration, CONTOUR_STEP)
    position = times / reading.duration
    semitones = (
        expression.pitch
        + max(1 + expression.range, MIN_RANGE) * _excursions(reading, times)
        + expression.slope * (position - 0.5)
        + expression.inflection * np.clip(4 * position - 3, 0, 1)
        + max(expression.tremor, 0.0) * np.sin(2 * np.pi * (TREMOR_HZ * times + rng.random()))
    )
    jitter = rng.normal(0, max(expression.jitter, 0.0) / 100, times.size)
    return np.clip(voice.pitch * 2 ** (semitones / 12) * (1 + jitter), FLOOR, CEILING)


def _pitch_tier(contour: np.ndarray) -> parselmouth.Data:
    # Adding the points one by one would take longer than everything else together.
    matrix = call(parselmouth.Sound(contour, 1 / CONTOUR_STEP), "Down to Matrix")
    return call(call(matrix, "To Pitch"), "Down to PitchTier")


def _excursions(reading: parselmouth.Pitch, times: np.ndarray) -> np.ndarray:
    """F0 of the neutral speech in semitones above its median, interpolated where it is unvoiced."""
    f0 = reading.selected_array["frequency"]
    voiced = f0 > 0
    semitones = 12 * np.log2(f0[voiced] / np.median(f0[voiced]))
    return np.interp(times, reading.xs()[voiced], semitones)


def _tilted(signal: np.ndarray, tilt: float) -> np.ndarray:
    """Tilt the spectrum around 1 kHz by `tilt` dB per octave; the gain below 100 Hz is that at 100 Hz."""
    spectrum = np.fft.rfft(signal)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(signal.size, 1 / OUTPUT_RATE), 100.0) / 1000)
    return np.fft.irfft(spectrum * 10 ** (tilt * octaves / 20), signal.size)


def _breathed(signal: np.ndarray, breath: float, rng: np.random.Generator) -> np.ndarray:
    """Add noise with a slope of 6 dB per octave and the envelope of the voice."""
    window = OUTPUT_RATE // 100
    envelope = np.convolve(np.abs(signal), np.full(window, 1 / window), "same")
    noise = np.diff(rng.normal(size=signal.size), prepend=0.0) * envelope
    return signal + noise * (_rms(signal) / _rms(noise)) * _gain(CLEAR_VOICE + breath)


def _recorded(signal: np.ndarray, voice: Voice, level: float, rng: np.random.Generator) -> np.ndarray:
    """Scale the speech to its level, pad it with silence, and add room noise."""
    speech = signal * (_gain(voice.level + level) / _rms(signal))
    before, after = (rng.uniform(0.1, 0.25, 2) * OUTPUT_RATE).astype(int)
    speech = np.pad(speech, (before, after))
    noise = _tilted(rng.normal(size=speech.size), -3.0)
    mixed = speech + noise * (_gain(voice.room) / _rms(noise))
    return (mixed * min(1.0, PEAK / np.abs(mixed).max())).astype(np.float32)


def _rms(signal: np.ndarray) -> float:
    return float(np.sqrt(np.mean(signal**2)))


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))
