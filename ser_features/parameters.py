"""The sections of a profile: what is done to the audio, the short-time Fourier transform, pitch, tempo.

>>> AudioConfig(sample_rate=16_000).trim_db is None
True
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What is done to a recording so that microphone, distance and export do not affect its features.

    Offset and everything below the voice are removed, silence is trimmed relative to the level of active
    speech, and speech is brought to a common level: see `ser_features.preprocess`.

    Attributes:
        stop_hz: sound below is removed, such as mains hum, in Hz.
        pass_hz: sound above is kept, in Hz; at most the F0 floor.
        silence_db: sound this far below active speech is trimmed at both ends, in dB.
        level_db: level that active speech is brought to, in dB re full scale; usual for speech codecs.
        version: raised whenever the conditioned signal changes, so that old stores have another digest.
    """

    stop_hz: float = 64.0
    pass_hz: float = 74.0
    silence_db: float = 30.0
    level_db: float = -26.0
    version: int = 1


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """Accepted durations, and the processing of a recording before analysis.

    The order of the steps is that of `ser_features.preprocess`.

    Attributes:
        sample_rate: rate of the analysed signal, in Hz.
        trim_db: of raw profiles: frames this far below the loudest one are trimmed at both ends, in dB; None:
            no trimming.
        conditioning: None in raw profiles, whose signal is trimmed at most.
        channel: of recordings with several: "mix" of those with sound, or one of `CHANNELS`.
        min_seconds: shorter recordings are rejected, in s.
        max_seconds: longer recordings are rejected before decoding, in s.
        bone_conduction: whether the signal is filtered to simulate bone conduction.
        peak_normalisation: of raw profiles: whether the largest amplitude is brought to full scale.
        noise_reduction: whether stationary noise is reduced, by noisereduce.
        preemphasis: coefficient c of y[n] = x[n] − c·x[n − 1], 0 to below 1, which the spectral features are
            computed of; 0: none. Level, zero crossings and F0 remain those of x.
    """

    sample_rate: int
    trim_db: float | None = None
    min_seconds: float = 0.1
    max_seconds: float = 600.0
    bone_conduction: bool = False
    conditioning: Conditioning | None = None
    channel: Literal["mix", "left", "right"] = "mix"
    peak_normalisation: bool = False
    noise_reduction: bool = False
    preemphasis: float = 0.0


@dataclass(frozen=True, slots=True)
class FrameConfig:
    """The short-time Fourier transform that all spectral features share.

    Attributes:
        n_fft: FFT length, in samples.
        frame_length: length of the periodic Hann window and of the level frames, in samples; ≤ n_fft.
        hop_length: distance between frames, in samples.
        n_mels: mel bands (Slaney scale and area normalisation, 0 Hz to half the sample rate).
        n_mfcc: number of cepstral coefficients.
        top_db: dynamic range below the loudest mel cell of the recording, in dB.
        delta_width: frames that Δ and ΔΔ are estimated from, odd.
        rolloff: share of the spectral magnitude below the roll-off frequency, 0 to 1.
    """

    n_fft: int
    frame_length: int
    hop_length: int
    n_mels: int
    n_mfcc: int = 13
    top_db: float = 80.0
    delta_width: int = 9
    rolloff: float = 0.85


@dataclass(frozen=True, slots=True)
class PitchConfig:
    """F0 by autocorrelation, point process, jitter and shimmer, with Praat's defaults.

    Attributes:
        floor: lowest F0, in Hz; the analysis window is three of its periods long.
        ceiling: highest F0, in Hz.
        time_step: distance between pitch frames, in s.
        shortest_period: periods below are not used for jitter and shimmer, in s.
        longest_period: periods above are not used for jitter and shimmer, in s.
        max_period_factor: largest ratio of neighbouring periods that is used.
        max_amplitude_factor: largest ratio of neighbouring peak amplitudes that is used.
        method: "praat"; "compiled" for the same algorithms in `ser_features.voice`, several times as fast; or
            "autocorrelation" for an F0 contour by arrays, whose periods are Praat's.
    """

    floor: float
    ceiling: float
    time_step: float
    shortest_period: float = 0.0001
    longest_period: float = 0.02
    max_period_factor: float = 1.3
    max_amplitude_factor: float = 1.6
    method: Literal["praat", "compiled", "autocorrelation"] = "praat"


PERIODS_PER_WINDOW = 3
"""The window of F0 by autocorrelation is this many of the longest periods long."""

SINC_DEPTH = 70
"""Samples on each side that a peak of the autocorrelation is interpolated from, as in Praat."""

SILENCE_THRESHOLD = 0.03
"""Relative to the recording's peak: frames with a lower peak tend to be unvoiced."""

VOICING_THRESHOLD = 0.45
OCTAVE_COST = 0.01
OCTAVE_JUMP_COST = 0.35
VOICED_UNVOICED_COST = 0.14
"""Praat's defaults for the path through the F0 candidates; the last two are per 10 ms."""


@dataclass(frozen=True, slots=True)
class TempoConfig:
    """Tempo as in librosa: autocorrelation of the onset strength under a log-normal prior.

    Attributes:
        start_bpm: centre of the prior, in beats per minute.
        std_bpm: spread of the prior, in octaves.
        max_bpm: upper limit of the tempo, in beats per minute.
        window_seconds: length of the local autocorrelation, in s.
    """

    start_bpm: float = 120.0
    std_bpm: float = 1.0
    max_bpm: float = 320.0
    window_seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """A pretrained speech encoder in a local folder; `extractors.encoder.configure` reads it.

    Attributes:
        folder: its path, which is not part of the digest.
        sha256: of its configuration and weights.
        layer: index of the hidden states, 0 (the input of the first layer) to the number of layers.
        size: dimension of a hidden state.
        pooling: of hidden states over time: "mean", or "mean_std" for mean and standard deviation.
    """

    folder: str
    sha256: str
    layer: int
    size: int
    pooling: Literal["mean", "mean_std"] = "mean"
