"""What is passed to a predictor in Python → the recordings to recognise.

path, folder, pattern, bytes, open file, (signal, rate), or any iterable of these → `collect` → `Collected`

>>> collect(["a.wav", b"RIFF"]).names
['a.wav', '']
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.errors import InputError, shown
from ser_features.sources import AudioSource, Source, is_one, sources_of
from ser_models.inference.files import find_audio

Recordings = AudioSource | Iterable[AudioSource]
"""One recording, or several."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Recordings to recognise.

    Attributes:
        audio: of each, a file or bytes.
        names: of each; empty for bytes and signals.
        is_one: whether a single recording was passed, and not a sequence, a folder or a pattern.
    """

    audio: list[Path | bytes]
    names: list[str]
    is_one: bool


def collect(recordings: Recordings, names: Sequence[str] | None = None) -> Collected:
    """Return the recordings of an argument, with the files of folders and patterns in their place.

    Args:
        recordings: one or several.
        names: of the recordings; None for their paths.

    Raises:
        InputError: if one is no recording, a folder has no audio file, nothing matches a pattern, or the
            number of names is another.
    """
    given = sources_of(recordings)
    expanded = [one for source in given for one in _expanded(source)]
    return Collected(
        [source.audio for source in expanded],
        [source.name for source in expanded] if names is None else one_for_each("names", names, expanded),
        is_one(recordings) and expanded == given,
    )


def one_for_each(what: str, values: Iterable[str], recordings: Sequence[object]) -> list[str]:
    """Return values of recordings as a list.

    Raises:
        InputError: if there are more or fewer than recordings, or it is no sequence.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{what} is {shown(values)}, expected one for each recording")
    several = [str(value) for value in values]
    if len(several) != len(recordings):
        raise InputError(f"{len(several)} {what} for {len(recordings)} recordings, expected one for each")
    return several


def _expanded(source: Source) -> list[Source]:
    if isinstance(source.audio, bytes) or os.path.isfile(source.audio):  # noqa: PTH113  raises for some names
        return [source]
    files = [file.path for file in find_audio([source.audio])]
    return [source] if files == [source.audio] else [Source(str(file), file) for file in files]
