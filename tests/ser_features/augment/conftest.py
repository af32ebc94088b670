"""Synthetic vowels, real recordings, and Praat's F0 of both."""

from collections.abc import Callable

import numpy as np
import parselmouth
import pytest
from scipy.signal import lfilter

from ser_features import audio
from ser_features.augment import TRANSFORMS, SignalTransform
from ser_features.config import SPEECH16K
from ser_features.preprocess import prepare

RATE = 16_000
STEMS = ["03-01-05-01-01-01-03", "03-01-06-02-01-01-15", "YAF_void_ps", "11b02Ab", "1002_DFA_SAD_XX"]

Apply = Callable[..., np.ndarray]


@pytest.fixture(scope="session")
def apply() -> Apply:
    """Apply a transform of the signal by name, at 16 kHz, with the given parameters."""

    def call(name: str, signal: np.ndarray, **parameters: float) -> np.ndarray:
        transform = TRANSFORMS[name]
        assert isinstance(transform, SignalTransform)
        return transform.apply(signal, RATE, parameters)

    return call


@pytest.fixture(params=STEMS)
def speech(request, real) -> np.ndarray:
    """A real recording as it is analysed: 16 kHz, trimmed."""
    decoded = audio.decode(real(request.param), min_seconds=0.1, max_seconds=600)
    return prepare(decoded, SPEECH16K.audio).signal


def say(
    low: float, high: float, formants: tuple[float, ...] = (600, 1200, 2500, 3500), seconds: float = 2.0
) -> np.ndarray:
    """Return a vowel: pulses whose rate glides from `low` to `high` Hz, through resonances in Hz."""
    pitch = np.geomspace(low, high, round(seconds * RATE))
    signal = np.diff(np.floor(np.cumsum(pitch / RATE)), prepend=0)
    signal = lfilter([1], [1, -0.95], signal)
    for frequency, bandwidth in zip(formants, (60, 80, 120, 150), strict=True):
        radius, angle = np.exp(-np.pi * bandwidth / RATE), 2 * np.pi * frequency / RATE
        poles = [1, -2 * radius * np.cos(angle), radius**2]
        signal = lfilter([sum(poles)], poles, signal)
    return (0.3 * signal / np.abs(signal).max()).astype(np.float32)


@pytest.fixture(scope="session")
def voice() -> Callable[..., np.ndarray]:
    """See `say`."""
    return say


@pytest.fixture(scope="session")
def vowel() -> np.ndarray:
    """Two seconds of a low voice, rising from 110 to 150 Hz."""
    return say(110, 150)


def praat_pitch(signal: np.ndarray) -> np.ndarray:
    """F0 every 10 ms in Hz, by Praat; 0 where nothing is voiced."""
    sound = parselmouth.Sound(signal.astype(np.float64), RATE)
    output = sound.to_pitch_ac(time_step=0.01, pitch_floor=75, pitch_ceiling=600)
    return output.selected_array["frequency"]


@pytest.fixture(scope="session")
def pitch() -> Callable[[np.ndarray], np.ndarray]:
    """See `praat_pitch`."""
    return praat_pitch


@pytest.fixture(scope="session")
def cents() -> Callable[[np.ndarray, np.ndarray], float]:
    """Median distance of the pitch of two signals of one length, in cents, over frames voiced in both."""

    def distance(signal: np.ndarray, other: np.ndarray) -> float:
        one, two = praat_pitch(signal), praat_pitch(other)
        voiced = (one > 0) & (two > 0)
        assert voiced.mean() > 0.2
        return float(np.median(1200 * np.log2(two[voiced] / one[voiced])))

    return distance


@pytest.fixture(scope="session")
def level() -> Callable[[np.ndarray], float]:
    """Root mean square of a signal."""
    return lambda signal: float(np.sqrt(np.mean(signal.astype(np.float64) ** 2)))
