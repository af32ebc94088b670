"""What extraction is compared with: a typical notebook loop, and lower bounds on one core.

- notebook: one file at a time, librosa load at 48 kHz, pyin 50–500 Hz, each librosa feature computed from the
  waveform, Praat jitter and shimmer.
- floor: decode, resample, one STFT, F0, pulses, jitter and shimmer by the compiled kernels, nothing else. The
  last three are computed of the signal that the default profile analyses; its conditioning is not timed.
- floor, Praat: the same with Praat's F0, pulses, jitter and shimmer.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.child import Work, each

Voice = Callable[[np.ndarray], object]
"""F0, pulses, jitter and shimmer of a signal, float64."""


def notebook(paths: Sequence[str]) -> Work:
    """The notebook loop; the first file is processed before, as librosa compiles on first use."""
    return each(_cell, paths)


def floor(paths: Sequence[str]) -> Work:
    """The lower bound with this project's kernels."""
    from ser_features.config import DEFAULT_PROFILE
    from ser_features.voice.contour import Limits, jitter, pulses, shimmer, track

    rate, pitch = DEFAULT_PROFILE.audio.sample_rate, DEFAULT_PROFILE.pitch

    def voice(signal: np.ndarray) -> object:
        contour = track(signal, Limits.of(rate, pitch))
        points = pulses(signal, rate, contour)
        return jitter(points, pitch), shimmer(signal, rate, points, pitch)

    return _floor(paths, voice)


def floor_of_praat(paths: Sequence[str]) -> Work:
    """The lower bound with Praat."""
    from ser_features.config import DEFAULT_PROFILE
    from ser_features.praat import call, parselmouth

    rate, pitch = DEFAULT_PROFILE.audio.sample_rate, DEFAULT_PROFILE.pitch
    limits = {"pitch_floor": pitch.floor, "pitch_ceiling": pitch.ceiling}

    def voice(signal: np.ndarray) -> object:
        sound = parselmouth.Sound(signal, rate)
        contour = sound.to_pitch_ac(time_step=pitch.time_step, **limits)
        pulses = call([sound, contour], "To PointProcess (cc)")
        jitter = call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
        return jitter, call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6)

    return _floor(paths, voice)


CONTENDERS = {"notebook": notebook, "floor": floor, "floor, Praat": floor_of_praat}


def _cell(path: str) -> dict[str, Any]:
    """A typical notebook cell: every feature is computed from the waveform."""
    import librosa
    import parselmouth
    from parselmouth.praat import call

    y, sr = librosa.load(path, sr=48_000)
    f0, _, _ = librosa.pyin(y, fmin=50, fmax=500, sr=sr)
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    sound = parselmouth.Sound(y, sr)
    pulses = call(sound, "To PointProcess (periodic, cc)", 50, 500)
    values = {
        "pitch": np.nanmean(f0),
        "rms": librosa.feature.rms(y=y).mean(),
        "zcr": librosa.feature.zero_crossing_rate(y).mean(),
        "centroid": librosa.feature.spectral_centroid(y=y, sr=sr).mean(),
        "rolloff": librosa.feature.spectral_rolloff(y=y, sr=sr).mean(),
        "flux": librosa.onset.onset_strength(y=y, sr=sr).mean(),
        "tempo": librosa.feature.tempo(y=y, sr=sr)[0],
        "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr)).mean(),
        "delta": librosa.feature.delta(mfcc).mean(),
        "delta2": librosa.feature.delta(mfcc, order=2).mean(),
        "jitter": call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3),
        "shimmer": call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6),
    }
    return values | {f"mfcc_{i}": row.mean() for i, row in enumerate(mfcc)}


def _floor(paths: Sequence[str], voice: Voice) -> Work:
    """Decode, resample and one STFT of every file, and a voice analysis of its conditioned signal."""
    import scipy.fft
    import soundfile
    import soxr

    from ser_features.config import DEFAULT_PROFILE
    from ser_features.pipeline import analyse

    conditioned = [analyse(Path(path).read_bytes(), DEFAULT_PROFILE)[1].signal for path in paths]
    frames, rate = DEFAULT_PROFILE.frames, DEFAULT_PROFILE.audio.sample_rate
    window = np.hanning(frames.n_fft).astype(np.float32)

    def one(path: str, prepared: np.ndarray) -> None:
        signal, source_rate = soundfile.read(path, dtype="float32", always_2d=True)
        soxr.resample(signal[:, 0] if signal.shape[1] == 1 else signal.mean(axis=1), source_rate, rate)
        padded = np.pad(prepared, frames.n_fft // 2)
        views = np.lib.stride_tricks.sliding_window_view(padded, frames.n_fft)[:: frames.hop_length]
        scipy.fft.rfft(views * window, axis=1)
        voice(prepared.astype(np.float64))

    one(paths[0], conditioned[0])

    def work() -> int:
        for path, prepared in zip(paths, conditioned, strict=True):
            one(path, prepared)
        return len(paths)

    return work
