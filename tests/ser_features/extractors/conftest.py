"""What the extractors are checked on: analytic signals and real recordings, with librosa's own results."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import librosa
import numpy as np
import pytest

from ser_features.audio import decode
from ser_features.config import PROFILES, Profile
from ser_features.extractors import Analysis
from ser_features.preprocess import prepare

REAL = (
    "03-01-01-01-01-01-01",
    "03-01-03-02-01-01-05",
    "03-01-04-01-02-02-08",
    "03-01-05-02-02-01-12",
    "03-01-06-02-01-01-15",
    "03-01-08-01-01-02-20",
    "OAF_back_angry",
    "OAF_keg_sad",
    "OAF_join_happy",
    "YAF_date_fear",
    "YAF_void_ps",
    "YAF_back_neutral",
    "03a01Fa",
    "08a02Tb",
    "11b02Ab",
    "03a01Nc",
    "1001_DFA_ANG_XX",
    "1002_DFA_SAD_XX",
)


def vowel(rate: int) -> np.ndarray:
    """Twenty harmonics of a gliding F0, four syllables per second."""
    time = np.arange(2 * rate) / rate
    phase = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * time)) / rate
    harmonics = sum(np.sin(k * phase) / k for k in range(1, 21))
    return 0.2 * harmonics * (0.55 - 0.45 * np.cos(8 * np.pi * time))


def noise(rate: int) -> np.ndarray:
    return np.random.default_rng(5).normal(scale=0.1, size=2 * rate)


def clicks(rate: int) -> np.ndarray:
    """Ten seconds of clicks at 120 beats per minute."""
    signal = np.zeros(10 * rate)
    signal[:: rate // 2] = 0.5
    return signal


def chirp(rate: int) -> np.ndarray:
    """From 100 Hz to 40 % of the rate, linearly, in 2 s."""
    time = np.arange(2 * rate) / rate
    return 0.5 * np.sin(2 * np.pi * (100 * time + (0.4 * rate - 100) * time**2 / 4))


def faint(rate: int) -> np.ndarray:
    return 1e-4 * vowel(rate)


def late(rate: int) -> np.ndarray:
    """A second of digital silence first."""
    return np.concatenate([np.zeros(rate), vowel(rate)])


SYNTHETIC: dict[str, Callable[[int], np.ndarray]] = {
    make.__name__: make for make in (vowel, noise, clicks, chirp, faint, late)
}


@dataclass(frozen=True)
class Librosa:
    """The signal's features as librosa computes them; (features, frames)."""

    signal: np.ndarray
    profile: Profile

    @property
    def sizes(self) -> dict[str, int]:
        return {
            "frame_length": self.profile.frames.frame_length,
            "hop_length": self.profile.frames.hop_length,
        }

    @property
    def rate(self) -> int:
        return self.profile.audio.sample_rate

    @cached_property
    def magnitude(self) -> np.ndarray:
        frames = self.profile.frames
        transform = librosa.stft(
            self.signal, n_fft=frames.n_fft, hop_length=frames.hop_length, win_length=frames.frame_length
        )
        return np.abs(transform)

    @cached_property
    def mel_db(self) -> np.ndarray:
        mel = librosa.feature.melspectrogram(
            S=self.magnitude**2, sr=self.rate, n_mels=self.profile.frames.n_mels
        )
        return librosa.power_to_db(mel)

    @cached_property
    def mfcc(self) -> np.ndarray:
        return librosa.feature.mfcc(S=self.mel_db, n_mfcc=13)

    @cached_property
    def onset_strength(self) -> np.ndarray:
        frames = self.profile.frames
        return librosa.onset.onset_strength(
            S=self.mel_db, sr=self.rate, n_fft=frames.n_fft, hop_length=frames.hop_length
        )

    @cached_property
    def chroma(self) -> np.ndarray:
        return librosa.feature.chroma_stft(S=self.magnitude**2, sr=self.rate, tuning=0)

    @cached_property
    def rms(self) -> np.ndarray:
        return librosa.feature.rms(y=self.signal, **self.sizes)[0]


@dataclass(frozen=True)
class Case:
    """One signal under one profile."""

    source: str
    analysis: Analysis
    librosa: Librosa


@pytest.fixture(scope="session", params=PROFILES.values(), ids=lambda profile: profile.name)
def profile(request: Any) -> Profile:
    """Each profile in turn."""
    return request.param


@pytest.fixture(scope="session")
def analyse(profile: Profile) -> Callable[[np.ndarray], Analysis]:
    """Analyse a signal under the profile."""
    return lambda signal: Analysis(np.asarray(signal, np.float32), profile)


@pytest.fixture(scope="session", params=(*SYNTHETIC, *REAL))
def case(request: Any, profile: Profile) -> Case:
    """Each signal in turn; real ones prepared as the pipeline does."""
    name, rate = request.param, profile.audio.sample_rate
    if name in SYNTHETIC:
        signal = SYNTHETIC[name](rate).astype(np.float32)
    else:
        path = request.getfixturevalue("real")(name)
        signal = prepare(decode(path, min_seconds=0.1, max_seconds=600), profile.audio)
    return Case(name, Analysis(signal, profile), Librosa(signal, profile))
