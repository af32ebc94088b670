"""Profiles: named, frozen feature configurations whose digest is stored in every store and artifact.

`Profile` → `digest()` over every parameter and each extractor's version → store.json, artifact.json

Two stores hold comparable values if and only if their digests are equal.

>>> profile("speech16k").frames.hop_length
160
>>> profile("speech44k")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown profile 'speech44k': did you mean 'speech16k'? expected one of
speech16k, speech16k-compiled, speech16k-fast, speech16k-raw, paper48k, wide16k, wide16k-raw, each also
with +bone, +left, ...
>>> profile("speech16k+bone").audio.bone_conduction
True
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from ser_features.arguments import same, unknown
from ser_features.errors import InputError
from ser_features.parameters import (
    AudioConfig,
    Conditioning,
    EncoderConfig,
    FrameConfig,
    PitchConfig,
    TempoConfig,
)

ADDED_FIELDS = ("conditioning", "channel", "peak_normalisation", "noise_reduction", "preemphasis")
"""Fields of `AudioConfig` that the digests of older stores and artifacts do not cover."""


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
        """Every parameter as JSON values; "encoder" and some fields of "audio" are absent by default."""
        content = asdict(self)
        if self.encoder is None:
            del content["encoder"]
        default = AudioConfig(self.audio.sample_rate)
        for name in ADDED_FIELDS:
            if getattr(self.audio, name) == getattr(default, name):
                del content["audio"][name]
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
"""25 ms frames every 10 ms at 16 kHz, of the conditioned signal; F0, jitter and shimmer by Praat."""

SPEECH16K_RAW = replace(SPEECH16K, name="speech16k-raw", audio=AudioConfig(sample_rate=16_000, trim_db=40.0))
"""`speech16k` without conditioning: silence trimmed, level as recorded."""

SPEECH16K_FAST = replace(
    SPEECH16K, name="speech16k-fast", pitch=replace(SPEECH16K.pitch, method="autocorrelation")
)
"""`speech16k` with this project's own F0 tracker: Praat's contour in a third of the time."""

SPEECH16K_COMPILED = replace(
    SPEECH16K, name="speech16k-compiled", pitch=replace(SPEECH16K.pitch, method="compiled")
)
"""`speech16k` with Praat's F0, jitter and shimmer by compiled kernels, in a quarter of the time."""

DEFAULT_PROFILE = SPEECH16K_COMPILED
"""Of a new store, and of figures of one recording, unless another is requested."""

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

WIDE16K_RAW = replace(WIDE16K, name="wide16k-raw", audio=AudioConfig(sample_rate=16_000))
"""`wide16k` of the whole recording, without trimming, as the papers of its recipes do not mention any."""

PROFILES: dict[str, Profile] = {
    config.name: config
    for config in (
        SPEECH16K,
        SPEECH16K_COMPILED,
        SPEECH16K_FAST,
        SPEECH16K_RAW,
        PAPER48K,
        WIDE16K,
        WIDE16K_RAW,
    )
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

SUFFIXES: dict[str, dict[str, Any]] = {
    "+bone": {"bone_conduction": True},
    "+left": {"channel": "left"},
    "+right": {"channel": "right"},
    "+peak": {"peak_normalisation": True},
    "+denoise": {"noise_reduction": True},
    "+trim": {"trim_db": 40.0},
    "+preemphasis": {"preemphasis": 0.97},
}
"""Fields of `AudioConfig` by the suffix of a profile's name, in the order of the steps."""

RAW_SUFFIXES = ("+peak", "+trim")
"""Suffixes of raw profiles; conditioning trims, and sets the level, itself."""


def profile(name: str) -> Profile:
    """Return the profile called `name`, changed by the `SUFFIXES` at its end, such as "+bone".

    Raises:
        InputError: if there is none, the message lists the names; or if a suffix changes nothing.
    """
    plain, *words = name.split("+")
    spelled, suffixes = same(plain, PROFILES), [f"+{word}" for word in words]
    changed = [name for suffix in suffixes for name in SUFFIXES.get(suffix, ("", ""))]
    if spelled is None or len({*changed}) < len(changed):
        raise unknown(name, PROFILES, "profile", f", each also with {', '.join(SUFFIXES)}")
    held = PROFILES[spelled]
    for suffix in suffixes:
        audio = replace(held.audio, **SUFFIXES[suffix])
        if audio == held.audio or (audio.conditioning and suffix in RAW_SUFFIXES):
            raw = [other.name for other in PROFILES.values() if not other.audio.conditioning]
            raise InputError(
                f"profile {name!r}: {spelled} does {suffix} itself: leave {suffix} out, or use one of "
                f"{', '.join(other for other in raw if other != spelled)}"
            )
        held = replace(held, name=held.name + suffix, audio=audio)
    return held


def on_channel(config: Profile, channel: Literal["mix", "left", "right"]) -> Profile:
    """Return a profile with another channel.

    >>> on_channel(profile("speech16k+left+bone"), "mix") == profile("speech16k+bone")
    True
    """
    plain = "+".join(word for word in config.name.split("+") if word not in CHANNELS)
    name = plain if channel == "mix" else f"{plain}+{channel}"
    return replace(config, name=name, audio=replace(config.audio, channel=channel))
