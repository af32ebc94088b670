"""One recording → what every model reads of it, and what the app shows.

file or bytes → `read` → decoded `Audio` → `analyse_recording` → `RecordingAnalysis` (features, windows)
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ser_features.audio import Audio, read_bytes
from ser_features.config import Profile
from ser_features.errors import SilentAudioError
from ser_features.extractors import Analysis
from ser_features.extractors.windows import Windows
from ser_features.framing import FAINTEST_DB, active_level, levels_of
from ser_features.pipeline import Features, analysis_of, decode, decode_part, features_of, features_of_each
from ser_features.preprocess import prepare
from ser_features.sources import Part
from ser_models.inference.prediction import PredictOptions

BATCH_WINDOWS = 64
"""Windows whose samples or features are in memory at the same time."""

SILENCE_DB = 30.0
"""A window whose active sound is this many dB below the active speech of the recording counts as silence."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a long recording.

    Attributes:
        start: in s.
        end: in s.
        features: of this part alone; None for silence.
        level: of its active sound, in dB re full scale.
    """

    start: float
    end: float
    features: Features | None
    level: float


@dataclass(frozen=True, slots=True)
class RecordingAnalysis:
    """A recording with its features.

    Attributes:
        seconds: duration of the whole recording.
        signal: the trimmed part that features are computed of, float32 mono, (n,).
        sample_rate: of `signal`, in Hz.
        start_sec: where `signal` starts in the recording, in s.
        features: of `signal`; of a long recording, those that are shown.
        windows: in order of time; empty if the recording is short, or neither long nor requested.
        is_long: whether it is recognised by its windows, as it is longer than the training recordings.
    """

    seconds: float
    signal: np.ndarray
    sample_rate: int
    start_sec: float
    features: Features
    windows: list[Window] = field(default_factory=list)
    is_long: bool = False

    @property
    def of_windows(self) -> list[Features]:
        """Features of the windows with sound."""
        return [window.features for window in self.windows if window.features]

    @property
    def recognised(self) -> list[Features]:
        """Features that the answer is of: the recording's, or of a long one its windows'."""
        return self.of_windows if self.is_long else [self.features]

    @property
    def notes(self) -> str | None:
        """What is unusual about the file or its analysis; None if nothing is."""
        return next(iter(self.recognised), self.features).audio_notes


def read(audio: Path | bytes) -> bytes:
    """Return the bytes of an audio file, or those that are read already.

    Raises:
        AudioError: if the file cannot be read.
    """
    return audio if isinstance(audio, bytes) else read_bytes(audio)


def decode_recording(recording: Path | bytes | Part, profile: Profile, channel: int | None = None) -> Audio:
    """Decode a recording.

    Args:
        recording: an audio file, its bytes, or a part of a file.
        profile: the feature configuration.
        channel: as in `pipeline.decode`; a part has its own if it names one.

    Raises:
        AudioError: a subclass for each reason to refuse it.
    """
    if not isinstance(recording, Part):
        return decode(read(recording), profile, channel)
    return decode_part(
        replace(recording, channel=channel) if recording.channel is None else recording, profile
    )


def analyse_recording(
    audio: Audio,
    profile: Profile,
    families: Sequence[str],
    options: PredictOptions,
    shown: Sequence[str] = (),
    *,
    longest: float = math.inf,
) -> RecordingAnalysis:
    """Compute the features of a recording, and of its windows if it is long or `options` request them.

    Args:
        audio: the decoded recording.
        profile: the feature configuration.
        families: feature families to compute.
        options: of the prediction; a recording that is not longer than a window and a hop has no windows.
        shown: further families of the whole recording, not of its windows; of a long one no others are
            computed.
        longest: longest recording, trimmed, that the model recognises as a whole, in s.
    """
    seconds = audio.signal.size / audio.sample_rate
    windows: list[Window] = []
    is_long = False
    analysis: Analysis
    if seconds > options.win_dur + options.hop_dur and (options.windows or seconds > longest):
        divided = Windows(audio, profile)
        analysis, start_sec = divided.whole, divided.start_sec
        is_long = analysis.seconds > longest
        if options.windows or is_long:
            bounds = window_bounds(seconds, options.win_dur, options.hop_dur)
            windows = list(analyse_windows(audio, divided, families, bounds, silence_of(analysis)))
    else:
        prepared = prepare(audio, profile.audio)
        analysis = Analysis(prepared.signal, profile, prepared.gain_db)
        start_sec = prepared.start_sec
    of_whole = shown if is_long else (*shown, *families)
    features = features_of(audio, analysis, tuple(dict.fromkeys(of_whole)))
    return RecordingAnalysis(
        seconds, analysis.signal, analysis.sample_rate, start_sec, features, windows, is_long
    )


def analyse_windows(
    audio: Audio,
    divided: Windows,
    families: Sequence[str],
    bounds: Sequence[tuple[float, float]],
    silence: float,
) -> Iterator[Window]:
    """Yield the windows of a recording, each analysed as a recording of its own.

    Each is trimmed and brought to the common level by itself, as the recordings that models are trained on
    are: in a call, a soft voice is measured like the loud one. See `ser_features.extractors.windows`.
    `BATCH_WINDOWS` of them are analysed together, as they are requested.

    Args:
        audio: the decoded recording.
        divided: the same, prepared.
        families: feature families to compute.
        bounds: start and end of each window, in s.
        silence: level at and below which a window is silent, in dB re full scale.
    """
    for start in range(0, len(bounds), BATCH_WINDOWS):
        batch = bounds[start : start + BATCH_WINDOWS]
        yield from _windows(audio, divided.analyses(batch), families, batch, silence)


def read_window(audio: Audio, profile: Profile, families: Sequence[str], silence: float) -> Window:
    """Compute the features of a window of a stream, unless it is silent.

    Args:
        audio: of the window.
        profile: the feature configuration.
        families: feature families to compute.
        silence: level at and below which it is silent, in dB re full scale.
    """
    try:
        analysis = analysis_of(audio, profile)
    except SilentAudioError:
        analysis = None
    bounds = (0.0, audio.signal.size / audio.sample_rate)
    return _windows(audio, [analysis], families, [bounds], silence)[0]


def _windows(
    audio: Audio,
    analyses: Sequence[Analysis | None],
    families: Sequence[str],
    bounds: Sequence[tuple[float, float]],
    silence: float,
) -> list[Window]:
    """Windows, of which those with sound have their features computed together."""
    levels = [FAINTEST_DB if one is None else level_of(one) for one in analyses]
    audible = [one for one, level in zip(analyses, levels, strict=True) if one and level > silence]
    features = iter(features_of_each(audio, audible, families))
    return [
        Window(*one, next(features) if analysis and level > silence else None, level)
        for one, analysis, level in zip(bounds, analyses, levels, strict=True)
    ]


def silence_of(analysis: Analysis) -> float:
    """Level at and below which a window of a recording is silent, in dB re full scale."""
    return level_of(analysis) - SILENCE_DB


def level_of(analysis: Analysis) -> float:
    """Level of active sound as recorded, in dB re full scale."""
    conditioning = analysis.profile.audio.conditioning
    if conditioning:
        return conditioning.level_db - analysis.gain_db
    return active_level(levels_of(analysis.signal, analysis.sample_rate).sustained) - analysis.gain_db


def window_bounds(seconds: float, win_dur: float, hop_dur: float) -> list[tuple[float, float]]:
    """Return start and end of each window in s; the last window ends with the recording.

    >>> window_bounds(2.5, 3.0, 1.0), window_bounds(5.2, 3.0, 1.0)
    ([(0.0, 2.5)], [(0.0, 3.0), (1.0, 4.0), (2.0, 5.0), (2.2, 5.2)])
    """
    if seconds <= win_dur:
        return [(0.0, seconds)]
    starts = [*np.arange(0, seconds - win_dur, hop_dur).tolist(), seconds - win_dur]
    return [(round(start, 3), round(start + win_dur, 3)) for start in starts]
