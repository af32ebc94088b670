"""Files to recognise → their segments of speech, each recognised as a recording of its own.

`AudioFile`s → `by_speech` → `AudioFile`s with start, end and channel, and the files without speech
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ser_features.config import Channel
from ser_features.errors import AudioError, InputError
from ser_features.extras import VAD, require
from ser_features.sources import Part
from ser_models.inference.collect import AudioFile, Collected

if TYPE_CHECKING:
    from ser_features.vad import SegmentConfig, Segmented


@dataclass(frozen=True, slots=True)
class Spoken:
    """Segments of several files.

    Attributes:
        files: one per segment, in order; files that cannot be read are as they were, to be refused.
        silent: files without speech.
    """

    files: list[AudioFile]
    silent: list[Path]


def by_speech(
    files: Sequence[AudioFile], channel: Channel | None, on_file: Callable[[], None] = lambda: None
) -> Spoken:
    """Find the segments of each file.

    Args:
        files: whole files, or rows of a table that name a channel.
        channel: of files with several, as in `PredictOptions`; None for the mix. The speakers of "each" are
            those on each channel of each file.
        on_file: called after every file.

    Raises:
        InputError: if one of them is a part of a file.
        MissingExtraError: if the extra vad is not installed.
    """
    require("segments of speech", VAD)
    segments: list[AudioFile] = []
    silent: list[Path] = []
    for file in files:
        try:
            spoken = () if file.problem else segmented(file, channel).segments
        except AudioError:  # the prediction of the file says why
            segments.append(file)
        else:
            segments += [_part(file, one.start, one.end, one.channel) for one in spoken]
            if file.problem:
                segments.append(file)
            elif not spoken:
                silent.append(file.path)
        on_file()
    return Spoken(segments, silent)


def segmented(
    file: AudioFile, channel: Channel | None = None, config: "SegmentConfig | None" = None
) -> "Segmented":
    """Find the segments of one file, of its own channel if a table names it.

    Args:
        file: a whole file.
        channel: as in `by_speech`.
        config: thresholds and durations; None for the defaults.

    Raises:
        AudioError: a subclass for each reason to refuse the file.
        InputError: if it is a part of a file.
        MissingExtraError: if the extra vad is not installed.
    """
    from ser_features.vad import segments_of

    if file.start is not None:
        raise InputError(
            f"{file.path} is named with a part already, expected whole files: name them without times, "
            "or leave --segments out"
        )
    return segments_of(file.path, (channel or "mix") if file.channel is None else file.channel, config)


def spoken_parts(
    collected: Collected, speakers: Sequence[str] | None, channel: Channel | None
) -> tuple[Collected, list[str] | None]:
    """Return the segments of speech of recordings, and the speaker of each.

    Args:
        collected: files; bytes and signals have no segments, which are parts of files.
        speakers: of each recording; None if unknown.
        channel: as in `by_speech`.

    Raises:
        InputError: if a recording is no file.
        MissingExtraError: if the extra vad is not installed.
    """
    audio: list[Path | bytes | Part] = []
    names: list[str] = []
    own: list[str] = []
    for index, (recording, name) in enumerate(zip(collected.audio, collected.names, strict=True)):
        if not isinstance(recording, Path):
            raise InputError("segments are found in files, expected a path: save the recording as a file")
        spoken = [file.recording for file in by_speech([AudioFile(recording)], channel).files]
        audio += spoken
        names += [name] * len(spoken)
        own += [speakers[index]] * len(spoken) if speakers else []
    return Collected(audio, names, is_one=False), own if speakers else None


def _part(file: AudioFile, start: float, end: float, channel: int | None) -> AudioFile:
    speaker = file.speaker or (f"{file.path} channel {channel}" if channel else None)
    return file._replace(start=start, end=end, channel=channel or file.channel, speaker=speaker)
