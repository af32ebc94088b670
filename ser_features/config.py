"""Profiles: named, frozen feature configurations whose digest is stored in every store and artifact.

`Profile` → `digest()` over every parameter and each extractor's version → store.json, artifact.json

Two stores hold comparable values if and only if their digests are equal.

>>> profile("speech16k").frames.hop_length
160
>>> profile("speech44k")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown profile 'speech44k': did you mean 'speech16k'? expected one of
speech16k, speech16k-fast, speech16k-raw, paper48k, wide16k, each also with +bone
>>> profile("speech16k+bone").audio.bone_conduction
True
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from ser_features.arguments import same, unknown


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

    Attributes:
        sample_rate: rate of the analysed signal, in Hz.
        trim_db: of raw profiles: frames this far below the loudest one are trimmed at both ends, in dB; None:
            no trimming.
        conditioning: None in raw profiles, whose signal is trimmed at most.
        channel: of recordings with several: "mix" of those with sound, or one of `CHANNELS`.
        min_seconds: shorter recordings are rejected, in s.
        max_seconds: longer recordings are rejected before decoding, in s.
        bone_conduction: whether the signal is filtered to simulate bone conduction.
    """

    sample_rate: int
    trim_db: float | None = None
    min_seconds: float = 0.1
    max_seconds: float = 600.0
    bone_conduction: bool = False
    conditioning: Conditioning | None = None
    channel: Literal["mix", "left", "right"] = "mix"


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
        method: "praat", or "autocorrelation" for this project's faster implementation of the same algorithm.
    """

    floor: float
    ceiling: float
    time_step: float
    shortest_period: float = 0.0001
    longest_period: float = 0.02
    max_period_factor: float = 1.3
    max_amplitude_factor: float = 1.6
    method: Literal["praat", "autocorrelation"] = "praat"


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


@dataclass(frozen=True, slots=True)
class Profile:
    """A complete, named feature configuration.

    The encoder is not part of the named profiles; it is set where a feature family needs it.
    """

    name: str
    audio: AudioConfig
    frames: FrameConfig
    pitch: PitchConfig
    tempo: TempoConfig = field(default_factory=TempoConfig)
    encoder: EncoderConfig | None = None

    def to_json(self) -> dict[str, Any]:
        """Every parameter as JSON values; "encoder", "conditioning" and "channel" are absent by default."""
        content = asdict(self)
        if self.encoder is None:
            del content["encoder"]
        if self.audio.conditioning is None:
            del content["audio"]["conditioning"]
        if self.audio.channel == "mix":
            del content["audio"]["channel"]
        return content

    def digest(self, versions: Mapping[str, int]) -> str:
        """Fingerprint of every parameter and of the extractors' versions.

        Args:
            versions: version number by extractor name.

        Returns:
            16 hexadecimal digits.
        """
        parameters = self.to_json()
        if self.encoder is not None:
            del parameters["encoder"]["folder"]
        content = {"profile": parameters, "extractors": dict(sorted(versions.items()))}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


SPEECH16K = Profile(
    name="speech16k",
    audio=AudioConfig(sample_rate=16_000, conditioning=Conditioning()),
    frames=FrameConfig(n_fft=512, frame_length=400, hop_length=160, n_mels=64),
    pitch=PitchConfig(floor=75.0, ceiling=600.0, time_step=0.01),
)
"""The default: 25 ms frames every 10 ms at 16 kHz, of the conditioned signal."""

SPEECH16K_RAW = replace(SPEECH16K, name="speech16k-raw", audio=AudioConfig(sample_rate=16_000, trim_db=40.0))
"""`speech16k` without conditioning: silence trimmed, level as recorded."""

SPEECH16K_FAST = replace(
    SPEECH16K, name="speech16k-fast", pitch=replace(SPEECH16K.pitch, method="autocorrelation")
)
"""`speech16k` with this project's own F0 tracker: Praat's contour in a third of the time."""

PAPER48K = Profile(
    name="paper48k",
    audio=AudioConfig(sample_rate=48_000),
    frames=FrameConfig(n_fft=2048, frame_length=2048, hop_length=512, n_mels=128),
    pitch=PitchConfig(floor=50.0, ceiling=500.0, time_step=0.01),
)
"""librosa's defaults on the whole 48 kHz signal: what the multi-corpus CNN-LSTM paper computed."""

WIDE16K = Profile(
    name="wide16k",
    audio=AudioConfig(sample_rate=16_000, trim_db=40.0),
    frames=FrameConfig(n_fft=2048, frame_length=2048, hop_length=512, n_mels=128),
    pitch=SPEECH16K.pitch,
)
"""128 ms frames every 32 ms at 16 kHz: fine frequency resolution for 128 mel bands, few frames per second."""

PROFILES: dict[str, Profile] = {
    config.name: config for config in (SPEECH16K, SPEECH16K_FAST, SPEECH16K_RAW, PAPER48K, WIDE16K)
}


def before_conditioning(config: Profile) -> Profile:
    """The profile of this name as it was before it conditioned the signal; itself if it is raw.

    Stores and artifacts from then have its digest.
    """
    if config.audio.conditioning is None:
        return config
    raw = replace(config.audio, conditioning=None, trim_db=SPEECH16K_RAW.audio.trim_db)
    return replace(config, audio=raw)


Channel = Literal["mix", "left", "right", "each"]
"""Of recordings with several: the mix of those with sound, one alone, or each as a recording of its own."""

CHANNELS: dict[str, int] = {"mix": 0, "left": 1, "right": 2}
"""Number of a channel in a file, from 1; 0 for the mix."""

BONE = "+bone"
SUFFIXES: dict[str, dict[str, Any]] = {
    BONE: {"bone_conduction": True},
    "+left": {"channel": "left"},
    "+right": {"channel": "right"},
}
"""Fields of `AudioConfig` by the suffix of a profile's name: bone conduction on, one channel only."""


def profile(name: str) -> Profile:
    """Return the profile called `name`, changed by the `SUFFIXES` at its end, such as "+bone".

    Raises:
        InputError: if there is none; the message lists the names.
    """
    plain, *words = name.split("+")
    spelled, suffixes = same(plain, PROFILES), [f"+{word}" for word in words]
    changed = [name for suffix in suffixes for name in SUFFIXES.get(suffix, ("", ""))]
    if spelled is None or len({*changed}) < len(changed):
        raise unknown(name, PROFILES, "profile", f", each also with {BONE}")
    held = PROFILES[spelled]
    for suffix in suffixes:
        audio = replace(held.audio, **SUFFIXES[suffix])
        held = replace(held, name=held.name + suffix, audio=audio)
    return held


def on_channel(config: Profile, channel: Literal["mix", "left", "right"]) -> Profile:
    """Return a profile with another channel.

    >>> on_channel(profile("speech16k+bone+left"), "mix") == profile("speech16k+bone")
    True
    """
    plain = config.name.removesuffix("+left").removesuffix("+right")
    name = plain if channel == "mix" else f"{plain}+{channel}"
    return replace(config, name=name, audio=replace(config.audio, channel=channel))
