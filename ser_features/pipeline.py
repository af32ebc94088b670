"""One recording → its features; extraction and prediction share this code, so their features are equal.

path → `audio.decode` → `preprocess.prepare` → `Analysis` [→ `augment`] → extractors → `Features`
path → `audio.decode` → `preprocess.filtered` → `augment_decoded` → `Analysis` → extractors → `Features`

>>> import numpy, soundfile, tempfile, pathlib
>>> from ser_features.config import SPEECH16K
>>> path = pathlib.Path(tempfile.mkdtemp(), "tone.wav")
>>> soundfile.write(path, numpy.sin(2 * numpy.pi * 220 * numpy.arange(16000) / 16000), 16000)
>>> features = extract(path, SPEECH16K)
>>> round(features.columns["pitch_median"]), features.frames["mel"].shape
(220, (101, 64))
"""

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ser_features import audio, extractors
from ser_features.audio import excerpts
from ser_features.config import CHANNELS, Profile
from ser_features.manifest import NOTE_SEPARATOR
from ser_features.preprocess import filtered, levelled, prepare, prepare_filtered, resample
from ser_features.sources import AudioSource, Part, source_of

if TYPE_CHECKING:  # copies alone need them
    from ser_features.augment import AnyTransform, Parameters, SignalTransform, Variant


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one recording, computed from that recording alone.

    Attributes:
        columns: float32 values of the column families by name, NaN where they cannot be computed.
        frames: by family, float32 of shape (frames, bands); all families have the same number of frames.
        wide: by wide family, float32 of shape (columns,), NaN where a value cannot be computed.
        seconds: duration of the analysed signal, in s.
        source_sample_rate: of the file, in Hz.
        channels: of the file.
        audio_sha256: of the file's bytes.
        audio_notes: what is unusual about the file or its analysis, separated by semicolons; None if nothing
            is.
    """

    columns: Mapping[str, float]
    frames: Mapping[str, np.ndarray]
    seconds: float
    source_sample_rate: int
    channels: int
    audio_sha256: str
    wide: Mapping[str, np.ndarray] = field(default_factory=dict)
    audio_notes: str | None = None


def extract(
    recording: AudioSource, profile: Profile, families: Sequence[str] = extractors.DEFAULT_FAMILIES
) -> Features:
    """Decode a recording and compute its features.

    Args:
        recording: an audio file, its bytes, or a signal with its rate; see `ser_features.sources`.
        profile: the feature configuration.
        families: the feature families to compute; nothing else is computed.

    Returns:
        The features, with float32 values as they are stored.

    Raises:
        AudioError: a subclass for each reason to reject the file.
        InputError: if it is no recording.
    """
    source = source_of(recording).audio
    if isinstance(source, Part):
        return extract_part(source, profile, families)
    content = source if isinstance(source, bytes) else audio.read_bytes(source)
    return extract_bytes(content, profile, families)


def extract_bytes(
    content: bytes, profile: Profile, families: Sequence[str], channel: int | None = None
) -> Features:
    """As `extract`, from an audio file's bytes and of a channel as in `decode`."""
    decoded, analysis = analyse(content, profile, channel)
    return features_of(decoded, analysis, families, hashlib.sha256(content).hexdigest())


def extract_part(part: Part, profile: Profile, families: Sequence[str]) -> Features:
    """As `extract`, of a part of a file; `audio_sha256` is that of the whole file.

    Raises:
        AudioError: a subclass for each reason to reject the file or the part.
    """
    decoded = decode_part(part, profile)
    digest = excerpts.sha256_of(Path(part.path)) or ""
    return features_of(decoded, analysis_of(decoded, profile), families, digest)


def features_of(
    decoded: audio.Audio, analysis: extractors.Analysis, families: Sequence[str], audio_sha256: str = ""
) -> Features:
    """Compute the features of a decoded recording, or of a part of one.

    Args:
        decoded: the recording.
        analysis: the analysis of it.
        families: the feature families to compute.
        audio_sha256: of the file's bytes; empty if there is no file.
    """
    return features_of_each(decoded, [analysis], families, audio_sha256)[0]


def features_of_each(
    decoded: audio.Audio,
    analyses: Sequence[extractors.Analysis],
    families: Sequence[str],
    audio_sha256: str = "",
) -> list[Features]:
    """Compute the features of several parts of a decoded recording, as `features_of` one by one.

    Args:
        decoded: the recording.
        analyses: of its parts, of one profile.
        families: the feature families to compute.
        audio_sha256: of the file's bytes; empty if there is no file.
    """
    if not analyses:
        return []
    columns, frames = columns_of_each(analyses, families), frames_of_each(analyses, families)
    wide = wide_of_each(analyses, families)
    return [
        Features(
            columns=columns[index],
            frames=frames[index],
            seconds=analysis.seconds,
            source_sample_rate=decoded.sample_rate,
            channels=decoded.channels,
            audio_sha256=audio_sha256,
            wide=wide[index],
            audio_notes=NOTE_SEPARATOR.join((*decoded.notes, *analysis.notes)) or None,
        )
        for index, analysis in enumerate(analyses)
    ]


def analyse(
    content: bytes, profile: Profile, channel: int | None = None
) -> tuple[audio.Audio, extractors.Analysis]:
    """Decode an audio file's bytes, of a channel as in `decode`, and prepare them for the extractors.

    Raises:
        AudioError: a subclass for each reason to reject the file.
    """
    decoded = decode(content, profile, channel)
    return decoded, analysis_of(decoded, profile)


def analysis_of(decoded: audio.Audio, profile: Profile) -> extractors.Analysis:
    """Prepare a decoded recording, or a part of one, for the extractors."""
    prepared = prepare(decoded, profile.audio)
    return extractors.Analysis(prepared.signal, profile, prepared.gain_db)


def decode(content: bytes, profile: Profile, channel: int | None = None) -> audio.Audio:
    """Decode an audio file's bytes, and check the duration against the profile.

    Args:
        content: of the file.
        profile: the feature configuration.
        channel: number from 1, or 0 for the mix; None for the channel of the profile.

    Raises:
        AudioError: a subclass for each reason to reject the file.
    """
    config = profile.audio
    return audio.decode(
        content,
        min_seconds=config.min_seconds,
        max_seconds=config.max_seconds,
        channel=CHANNELS[config.channel] if channel is None else channel,
    )


def decode_part(part: Part, profile: Profile) -> audio.Audio:
    """Decode a part of a file as `decode` does a file.

    Raises:
        AudioError: a subclass for each reason to reject the file or the part.
    """
    cut = excerpts.excerpt(Path(part.path), part.start, part.end, longest=profile.audio.max_seconds)
    decoded = decode(cut.content, profile, part.channel)
    return replace(decoded, notes=(*cut.notes, *decoded.notes))


def augment(
    analysis: extractors.Analysis, transform: "AnyTransform", parameters: "Parameters"
) -> extractors.Analysis:
    """The analysis of an augmented copy of a recording.

    An altered signal is brought to the common level again, as a recording of that sound would be.

    Args:
        analysis: of the recording itself.
        transform: of the signal, or of the log-mel spectrogram.
        parameters: as drawn for this recording.
    """
    from ser_features.augment import SpectrogramTransform

    if isinstance(transform, SpectrogramTransform):
        return analysis.with_mel_db(transform.apply(analysis.mel_db, parameters))
    signal = transform.apply(analysis.signal, analysis.sample_rate, parameters)
    signal, gain_db = levelled(signal, analysis.profile.audio)
    return extractors.Analysis(signal, analysis.profile, analysis.gain_db + gain_db)


def augment_decoded(
    decoded: audio.Audio,
    profile: Profile,
    transform: "SignalTransform",
    parameters: "Parameters",
    sample_rate: int,
) -> extractors.Analysis:
    """The analysis of a copy that is altered before it is resampled to the profile's rate.

    Args:
        decoded: the recording.
        profile: the feature configuration.
        transform: of the signal.
        parameters: as drawn for this recording.
        sample_rate: at which the transform is applied, in Hz.
    """
    before = filtered(decoded, profile.audio)
    signal = resample(before.signal, before.sample_rate, sample_rate)
    altered = transform.apply(signal, sample_rate, parameters)
    prepared = prepare_filtered(replace(before, signal=altered, sample_rate=sample_rate), profile.audio)
    return extractors.Analysis(prepared.signal, profile, prepared.gain_db)


def copy_of(
    decoded: audio.Audio, original: extractors.Analysis, variant: "Variant", parameters: "Parameters"
) -> extractors.Analysis:
    """The analysis of a variant of a recording, altered at the rate that the variant says.

    Args:
        decoded: the recording.
        original: its analysis.
        variant: of a signal or a spectrogram.
        parameters: as drawn for this recording.
    """
    from ser_features.augment import SignalTransform

    transform = variant.kind
    if variant.sample_rate is not None and isinstance(transform, SignalTransform):
        return augment_decoded(decoded, original.profile, transform, parameters, variant.sample_rate)
    return augment(original, transform, parameters)


def columns_of(analysis: extractors.Analysis, families: Sequence[str]) -> dict[str, float]:
    """Values of the column families among `families`, rounded to float32 as in the store."""
    return columns_of_each([analysis], families)[0]


def columns_of_each(
    analyses: Sequence[extractors.Analysis], families: Sequence[str]
) -> list[dict[str, float]]:
    """As `columns_of`, of several recordings."""
    values: list[dict[str, float]] = [{} for _ in analyses]
    for family in extractors.of_kind("columns", families):
        for own, of_family in zip(values, family.extractor.extract_each(analyses), strict=True):
            own |= of_family
    return [dict(zip(own, array("f", own.values()), strict=True)) for own in values]


def frames_of(analysis: extractors.Analysis, families: Sequence[str]) -> dict[str, np.ndarray]:
    """Frames of the frame families among `families`, float32 of shape (frames, bands) each."""
    return frames_of_each([analysis], families)[0]


def frames_of_each(
    analyses: Sequence[extractors.Analysis], families: Sequence[str]
) -> list[dict[str, np.ndarray]]:
    """As `frames_of`, of several recordings."""
    return _by_family(analyses, extractors.of_kind("frames", families))


def wide_of(analysis: extractors.Analysis, families: Sequence[str]) -> dict[str, np.ndarray]:
    """Values of the wide families among `families`, float32 of shape (columns,) each."""
    return wide_of_each([analysis], families)[0]


def wide_of_each(
    analyses: Sequence[extractors.Analysis], families: Sequence[str]
) -> list[dict[str, np.ndarray]]:
    """As `wide_of`, of several recordings."""
    return _by_family(analyses, extractors.of_kind("wide", families))


def _by_family(
    analyses: Sequence[extractors.Analysis], families: Sequence[extractors.Family]
) -> list[dict[str, np.ndarray]]:
    """Arrays of each recording by family, float32."""
    values: list[dict[str, np.ndarray]] = [{} for _ in analyses]
    for family in families:
        for own, computed in zip(values, family.extractor.extract_each(analyses), strict=True):
            own[family.name] = computed.astype(np.float32, copy=False)
    return values
