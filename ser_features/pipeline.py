"""One recording → its features. Training and prediction both call this, so they cannot disagree.

path → `audio.decode` → `preprocess.prepare` → `Analysis` → extractors → `Features`

>>> import numpy, soundfile, tempfile, pathlib
>>> from ser_features.config import SPEECH16K
>>> path = pathlib.Path(tempfile.mkdtemp(), "tone.wav")
>>> soundfile.write(path, numpy.sin(2 * numpy.pi * 220 * numpy.arange(16000) / 16000), 16000)
>>> features = extract(path, SPEECH16K)
>>> round(features.columns["pitch_median"]), features.frames["mel"].shape
(220, (101, 64))
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ser_features import audio, extractors
from ser_features.config import Profile
from ser_features.preprocess import prepare


@dataclass(frozen=True, slots=True)
class Features:
    """Everything that is computed of one recording, from that recording alone.

    Attributes:
        columns: the core columns by name, each a float32 value; NaN where it cannot be computed.
        frames: by family, float32 of shape (frames, bands); all families have the same number of frames.
        source_sample_rate: of the file, in Hz.
        channels: of the file.
        audio_sha256: of the file's bytes.
    """

    columns: Mapping[str, float]
    frames: Mapping[str, np.ndarray]
    source_sample_rate: int
    channels: int
    audio_sha256: str


def extract(path: Path, profile: Profile, families: Sequence[str] = extractors.FAMILIES) -> Features:
    """Decode a recording and compute its features.

    Args:
        path: an audio file.
        profile: the feature configuration.
        families: which frame families to return; the core columns always are.

    Returns:
        The features, with float32 values as they are stored.

    Raises:
        AudioError: a subclass for each reason to refuse the file.
    """
    return extract_bytes(audio.read_bytes(path), profile, families)


def extract_bytes(content: bytes, profile: Profile, families: Sequence[str]) -> Features:
    """As `extract`, of an audio file's bytes."""
    config = profile.audio
    decoded = audio.decode(content, min_seconds=config.min_seconds, max_seconds=config.max_seconds)
    analysis = extractors.Analysis(prepare(decoded, config), profile)
    return Features(
        columns=core_columns(analysis),
        frames={
            name: extractors.FRAMES[name].extract(analysis) for name in families if name in extractors.FRAMES
        },
        source_sample_rate=decoded.sample_rate,
        channels=decoded.channels,
        audio_sha256=hashlib.sha256(content).hexdigest(),
    )


def core_columns(analysis: extractors.Analysis) -> dict[str, float]:
    """The 46 core columns of an analysed signal, rounded to float32 as the store keeps them."""
    values: dict[str, float] = {}
    for extractor in extractors.CORE:
        values |= extractor.extract(analysis)
    return {name: float(np.float32(value)) for name, value in values.items()}


@lru_cache(maxsize=8)
def digest(profile: Profile) -> str:
    """Fingerprint of a profile together with the extractors that implement it."""
    return profile.digest(extractors.versions())
