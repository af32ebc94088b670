"""Every feature equals librosa's or Praat's, on synthetic signals in every profile and on real recordings.

Each case is computed once: the project's analysis, and the same quantities by the other implementation. One
test per case compares all of them, so that a failure lists every quantity that differs.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import librosa
import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from ser_features.audio import decode
from ser_features.config import PROFILES, SPEECH16K, Profile
from ser_features.extractors import FAMILIES, Analysis
from ser_features.extractors.core import Level, MfccStatistics, Prosody, Spectral, ZeroCrossings
from ser_features.extractors.rhythm import Rhythm, mean_autocorrelation
from ser_features.framing import zero_crossing_rate
from ser_features.preprocess import prepare

REAL = (
    *("03-01-01-01-01-01-01", "03-01-03-02-01-01-05", "03-01-04-01-02-02-08"),
    *("03-01-05-02-02-01-12", "03-01-06-02-01-01-15", "03-01-08-01-01-02-20"),
    *("OAF_back_angry", "OAF_keg_sad", "OAF_join_happy", "YAF_date_fear", "YAF_void_ps", "YAF_back_neutral"),
    *("03a01Fa", "08a02Tb", "11b02Ab", "03a01Nc", "1001_DFA_ANG_XX", "1002_DFA_SAD_XX"),
)
ANALYSES = [
    profile for name, profile in PROFILES.items() if name not in ("speech16k-raw", "speech16k-compiled")
]
"""Profiles that differ in more than the preparation of the signal, or in F0 alone (see tests of `voice`)."""

CHROMA_SILENCE = 1e-12
"""Frame energies below this share of the largest are rounding errors of the Fourier transform."""

CONTRAST_ROUNDING = 3e-5
"""Valleys this far below the frame's strongest bin are rounding errors of the Fourier transform."""


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


SYNTHETIC = {make.__name__: make for make in (vowel, noise, clicks, chirp, faint, late)}


class Compared(NamedTuple):
    """One quantity of both implementations, with its tolerance."""

    name: str
    ours: Any
    reference: Any
    rtol: float = 0.0
    atol: float = 0.0


class Case:
    """One signal under one profile: the project's analysis, and librosa's arrays as (features, frames)."""

    def __init__(self, source: str, signal: np.ndarray, profile: Profile) -> None:
        self.source, self.signal, self.profile = source, signal, profile
        self.analysis = Analysis(signal, profile)
        frames = profile.frames
        self.rate, self.hop = profile.audio.sample_rate, frames.hop_length
        self.sizes = {"frame_length": frames.frame_length, "hop_length": self.hop}
        stft = librosa.stft(signal, n_fft=frames.n_fft, hop_length=self.hop, win_length=frames.frame_length)
        self.magnitude = np.abs(stft)
        mel = librosa.feature.melspectrogram(S=self.magnitude**2, sr=self.rate, n_mels=frames.n_mels)
        self.mel_db = librosa.power_to_db(mel)
        self.mfcc = librosa.feature.mfcc(S=self.mel_db, n_mfcc=13)
        self.rms = librosa.feature.rms(y=signal, **self.sizes)[0]
        self.zero_crossings = librosa.feature.zero_crossing_rate(signal, **self.sizes)[0]
        self.onsets = librosa.onset.onset_strength(
            S=self.mel_db, sr=self.rate, n_fft=frames.n_fft, hop_length=self.hop
        )

    @cached_property
    def chroma(self) -> np.ndarray:
        return librosa.feature.chroma_stft(S=self.magnitude**2, sr=self.rate, tuning=0)

    def features(self, family: str) -> Any:
        return FAMILIES[family].extractor.extract(self.analysis)

    def compared(self) -> Iterator[Compared]:
        """Every quantity."""
        yield from self._frames()
        yield from self._tonal()
        yield from self._columns()
        yield from self._tempo()
        yield from self._pitch()

    def _frames(self) -> Iterator[Compared]:
        ours, peak = self.analysis, float(self.magnitude.max())
        yield Compared("magnitude", ours.magnitude, self.magnitude.T, 1e-4, 1e-6 * peak)
        yield Compared("rms", ours.rms, self.rms, 1e-5, 1e-9)
        yield Compared("onset strength", ours.onset_strength, self.onsets, 1e-4, 1e-4)
        yield Compared("zcr", zero_crossing_rate(self.signal, **self.sizes), self.zero_crossings)
        yield Compared("mel", self.features("mel"), self.mel_db.T, 1e-4, 1e-3)
        deltas = (librosa.feature.delta(self.mfcc, order=order) for order in (1, 2))
        yield Compared("mfcc", self.features("mfcc"), np.vstack([self.mfcc, *deltas]).T, 1e-4, 3e-3)
        if (
            self.profile.name == "wide16k"
        ):  # the input of `chunked_conv3d`, from the signal by librosa's defaults
            mel = librosa.feature.melspectrogram(
                y=self.signal, sr=16_000, n_fft=2048, hop_length=512, n_mels=128
            )
            yield Compared("mel by defaults", self.features("mel"), librosa.power_to_db(mel).T, 1e-4, 1e-3)

    def _tonal(self) -> Iterator[Compared]:
        energy = self.analysis.power.sum(axis=1)
        loud = energy > CHROMA_SILENCE * energy.max()
        yield Compared("chroma", self.features("chroma")[loud], self.chroma.T[loud], 1e-3, 1e-5)
        tonnetz = librosa.feature.tonnetz(chroma=self.chroma, sr=self.rate).T
        yield Compared("tonnetz", self.features("tonnetz")[loud], tonnetz[loud], 1e-3, 1e-4)
        radii = np.linalg.norm(self.features("tonnetz").reshape(-1, 3, 2), axis=2)
        yield Compared(
            "tonnetz radii", np.maximum(radii, [1, 1, 0.5]), np.tile([1, 1, 0.5], (len(radii), 1)), 1e-5
        )
        if self.source != "faint":  # whose valleys lie below the lower limit of decibels
            contrast = librosa.feature.spectral_contrast(S=self.magnitude, sr=self.rate)
            linear = librosa.feature.spectral_contrast(S=self.magnitude, sr=self.rate, linear=True)
            valleys = linear / np.maximum(10 ** (contrast / 10) - 1, 1e-12)
            clear = valleys > CONTRAST_ROUNDING * self.magnitude.max(axis=0)
            assert clear.any()
            yield Compared("contrast", self.features("contrast").T[clear], contrast[clear], atol=0.01)

    def _columns(self) -> Iterator[Compared]:
        signal, rms, mfcc = (array.astype(np.float64) for array in (self.signal, self.rms, self.mfcc))
        level = {
            "duration_sec": librosa.get_duration(y=signal, sr=self.rate),
            "sample_rate": self.rate,
            "mean_amplitude": np.abs(signal).mean(),
            "peak_amplitude": np.abs(signal).max(),
            "rms_mean": rms.mean(),
            "rms_std": rms.std(),
            "intensity_db_mean": (20 * np.log10(np.maximum(rms, 1e-5))).mean(),
        }
        yield Compared("level", Level().extract(self.analysis), level, 1e-5, 1e-9)
        crossings = {"zcr_mean": self.zero_crossings.mean(), "zcr_std": self.zero_crossings.std()}
        yield Compared("zero crossings", ZeroCrossings().extract(self.analysis), crossings, 1e-9)
        moments = moments_of("mfcc", mfcc)
        yield Compared("mfcc statistics", MfccStatistics().extract(self.analysis), moments, 1e-4, 1e-4)
        spectrum = {"S": self.magnitude, "sr": self.rate}
        spectral = {
            "spectral_centroid_mean": librosa.feature.spectral_centroid(**spectrum).mean(),
            "spectral_rolloff_mean": librosa.feature.spectral_rolloff(**spectrum).mean(),
            "spectral_flux_mean": self.onsets.mean(),
        }
        yield Compared("spectral", Spectral().extract(self.analysis), spectral, 1e-4, 1e-6)
        statistics = moments_of("mel", self.mel_db)
        for order, name in enumerate(("mfcc_delta", "mfcc_delta2"), start=1):
            statistics |= moments_of(name, librosa.feature.delta(self.mfcc, order=order))
        statistics |= spread_of("zcr", self.zero_crossings) | spread_of("rms", rms)
        assert list(self.features("statistics")) == list(statistics)
        yield Compared("statistics", self.features("statistics"), statistics, 1e-4, 2e-4)

    def _tempo(self) -> Iterator[Compared]:
        window = int(8 * self.rate / self.hop)
        tempogram = librosa.feature.tempogram(
            onset_envelope=self.onsets, sr=self.rate, win_length=window, norm=None
        )
        similarity = (tempogram / np.where(tempogram[0] > 1e-30, tempogram[0], 1)).mean(axis=1)
        ours = mean_autocorrelation(self.analysis.onset_strength, window)
        yield Compared("tempogram", ours, similarity, atol=1e-4)
        tempo = librosa.feature.tempo(onset_envelope=self.onsets, sr=self.rate, hop_length=self.hop)
        yield Compared("tempo", Rhythm().extract(self.analysis), {"tempo_bpm": tempo[0]}, 1e-9)

    def _pitch(self) -> Iterator[Compared]:
        floor, ceiling = (50, 500) if self.profile.name == "paper48k" else (75, 600)
        reference = praat_prosody(self.signal, self.rate, floor, ceiling)
        ours = Prosody().extract(self.analysis)
        if self.profile.pitch.method != "praat":
            # A pure tone far above the ceiling fits every multiple of its period equally well.
            tolerance = 0.2 if self.source == "chirp" else 5e-3
            yield Compared("prosody, own tracker", ours, reference, tolerance, 1e-9)
            return
        yield Compared("prosody", ours, reference, 1e-6, 1e-9)
        sound = parselmouth.Sound(self.signal.astype(np.float64), self.rate)
        pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=floor, pitch_ceiling=ceiling)
        f0 = self.features("pitch")[:, 0]
        nearest = np.rint((np.arange(f0.size) * (self.hop / self.rate) - pitch.x1) / pitch.dx).astype(int)
        inside = (nearest >= 0) & (nearest < pitch.n_frames)
        expected = np.where(inside, pitch.selected_array["frequency"][nearest * inside], 0)
        yield Compared("f0 frames", f0, np.where(expected > 0, expected, np.nan), 1e-6)


def moments_of(name: str, frames: np.ndarray) -> dict[str, float]:
    """Mean and standard deviation of librosa's (bands, frames), in double precision."""
    statistics = {"mean": frames.mean(axis=1, dtype=np.float64), "std": frames.std(axis=1, dtype=np.float64)}
    return {
        f"{name}_{statistic}_{band}": value
        for statistic, values in statistics.items()
        for band, value in enumerate(values)
    }


def spread_of(name: str, frames: np.ndarray) -> dict[str, float]:
    values = {
        "min": frames.min(),
        "max": frames.max(),
        "median": np.median(frames),
        "q25": np.percentile(frames, 25),
        "q75": np.percentile(frames, 75),
        "range": np.ptp(frames),
    }
    return {f"{name}_{short}": value for short, value in values.items()}


def praat_prosody(signal: np.ndarray, rate: int, floor: float, ceiling: float) -> dict[str, float]:
    """The prosody columns by Praat's commands, with every default written out."""
    sound = parselmouth.Sound(signal.astype(np.float64), rate)
    pitch = call(sound, "To Pitch (ac)...", 0.01, floor, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, ceiling)
    voiced = call(pitch, "Count voiced frames")
    pulses = call([sound, pitch], "To PointProcess (cc)")
    mean = call(pitch, "Get mean...", 0, 0, "Hertz")
    # Praat divides by n - 1.
    deviation = call(pitch, "Get standard deviation...", 0, 0, "Hertz") * np.sqrt(1 - 1 / max(voiced, 1))
    return {
        "pitch_mean": mean,
        "pitch_median": call(pitch, "Get quantile...", 0, 0, 0.5, "Hertz"),
        "pitch_std": deviation,
        "pitch_variation": 100 * deviation / mean,
        "voiced_ratio": voiced / call(pitch, "Get number of frames"),
        "jitter": call(pulses, "Get jitter (local)...", 0, 0, 1e-4, 0.02, 1.3),
        "shimmer": call([sound, pulses], "Get shimmer (local)...", 0, 0, 1e-4, 0.02, 1.3, 1.6),
    }


def differences(case: Case) -> list[str]:
    """What differs by more than its tolerance, in numpy's words."""
    failures = []
    for compared in case.compared():
        ours, reference = compared.ours, compared.reference
        if isinstance(ours, dict):
            assert ours.keys() == reference.keys(), compared.name
            names = list(reference)
            ours = np.array([ours[name] for name in names], np.float64)
            reference = np.array([reference[name] for name in names], np.float64)
        elif ours.dtype != np.float32 and compared.name in FAMILIES:
            failures.append(f"{compared.name}: {ours.dtype}, expected float32")
        try:
            np.testing.assert_allclose(ours, reference, rtol=compared.rtol, atol=compared.atol)
        except AssertionError as error:
            failures.append(f"{compared.name}: {error}")
    return failures


@pytest.mark.parametrize("profile", ANALYSES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("source", SYNTHETIC)
def test_synthetic_signals(source, profile):
    signal = SYNTHETIC[source](profile.audio.sample_rate).astype(np.float32)
    case = Case(source, signal, profile)
    assert not differences(case)
    strongest = case.features("chroma").max(axis=1)
    assert case.features("chroma").min() >= 0
    assert set(np.unique(strongest)) <= {np.float32(0), np.float32(1)}


@pytest.mark.real
@pytest.mark.parametrize("stem", REAL)
def test_real_recordings(stem, real):
    signal = prepare(decode(real(stem), min_seconds=0.1, max_seconds=600), SPEECH16K.audio).signal
    assert not differences(Case(stem, signal, SPEECH16K))
