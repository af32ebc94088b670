"""What a recording may be in Python → its name, and its file or bytes.

path, bytes, open binary file, (signal, rate), `Part` → `source_of` → `Source`

A signal is encoded as WAV, so that it passes the same checks as a file.

>>> import numpy as np
>>> source_of("call.wav")
Source(name='call.wav', audio=PosixPath('call.wav'))
>>> source_of((np.zeros(4, np.int16), 16_000)).audio[:4]
b'RIFF'
>>> source_of(np.zeros(4))
Traceback (most recent call last):
...
ser_features.errors.InputError: an array of shape (4,) has no sample rate: pass (signal, rate)
"""

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ser_features.errors import InputError, shown
from ser_features.formats import MAX_CHANNELS


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an audio file, or a channel of one, as a recording of its own.

    Attributes:
        path: of the file.
        start: in s from the beginning of the file.
        end: in s; None for the end of the file.
        channel: number from 1, or 0 for the mix; None for that of the profile.

    Raises:
        InputError: if the path is none, a time is no number, or the end is not behind the start.

    >>> Part("call.wav", 2, 1)
    Traceback (most recent call last):
    ...
    ser_features.errors.InputError: the part is from 2 to 1 s, expected an end behind a start of 0 s or more
    """

    path: str | os.PathLike[str]
    start: float = 0.0
    end: float | None = None
    channel: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.path, str | os.PathLike):
            raise InputError(f"path is {shown(self.path)}, expected that of an audio file")
        for name, value in (("start", self.start), ("end", self.end or 0.0)):
            if not _is_number(value) or not isfinite(value):
                raise InputError(f"{name} is {shown(value)}, expected seconds")
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            end = "the end" if self.end is None else f"{self.end:g} s"
            raise InputError(
                f"the part is from {self.start:g} to {end}, expected an end behind a start of 0 s or more"
            )


AudioSource = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | BinaryIO
    | tuple[Any, float]
    | Mapping[str, Any]
    | Part
)
"""One recording: a path; the bytes of an audio file; a file opened with "rb"; a signal with its sample rate
in Hz, in either order; or both as {"array", "sampling_rate"}, as Hugging Face's datasets has them; or a
`Part` of a file."""

EXPECTED = "a path, bytes, an open binary file or (signal, rate)"


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that is not read yet.

    Attributes:
        name: its path; empty if it has none.
        audio: an audio file, the bytes of one, or a part of one.
    """

    name: str
    audio: Path | bytes | Part


def is_one(value: object) -> bool:
    """Whether a value is one recording rather than several, or none."""
    return isinstance(value, str | os.PathLike | bytes | bytearray | memoryview | Mapping | Part) or (
        hasattr(value, "read") or _signal_and_rate(value) is not None
    )


def source_of(value: object) -> Source:
    """Return a recording as a file or as bytes.

    Args:
        value: an `AudioSource`.

            - Signals are floating-point with full scale at ±1, or integers of 8, 16 or 32 bits with the full
              scale of their type. Other integers have no known full scale.
            - Shape (n,), (n, channels) or (channels, n): the shorter axis are the channels.
            - An open file is read from its position, or from its start if it stands at its end.

    Raises:
        InputError: if it is none, with its type.
    """
    if isinstance(value, str | os.PathLike):
        return _of_path(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return Source("", bytes(value))
    if isinstance(value, Part):
        return Source(_of_path(value.path).name, value)
    if hasattr(value, "read"):
        return _of_file(value)
    if isinstance(value, Mapping) and {"array", "sampling_rate"} <= value.keys():
        value = (value["array"], value["sampling_rate"])
    if (pair := _signal_and_rate(value)) is not None:
        return Source("", encoded(*pair))
    if isinstance(getattr(value, "shape", None), tuple) and not isinstance(value, Real):
        raise InputError(f"an array of shape {value.shape} has no sample rate: pass (signal, rate)")  # type: ignore[attr-defined]
    raise InputError(f"{shown(value)} is no recording: expected {EXPECTED}")


def sources_of(values: object) -> list[Source]:
    """Return several recordings, or one, in order.

    Args:
        values: an `AudioSource`, or any iterable of them.

    Raises:
        InputError: if one of them is no recording.
    """
    if is_one(values):
        return [source_of(values)]
    dtype = getattr(values, "dtype", None)
    if hasattr(values, "columns"):
        raise InputError("a table is no recording: pass one of its columns, such as table['path']")
    if not isinstance(values, Iterable) or (dtype is not None and getattr(dtype, "kind", "O") in "biufc"):
        return [source_of(values)]
    return [source_of(value) for value in values]


def encoded(signal: Any, rate: Any) -> bytes:
    """Return a signal as a WAV file.

    Args:
        signal: array, or list of numbers, as in `source_of`.
        rate: in Hz, a whole number.

    Raises:
        InputError: if it is no signal, or the rate no whole number.
    """
    import soundfile

    samples = _samples(signal)
    if not 1 <= rate < 2**31 or rate != int(rate):
        raise InputError(f"the sample rate is {rate!r}, expected a whole number of Hz")
    content = io.BytesIO()
    subtype = {"i2": "PCM_16", "i4": "PCM_32"}.get(samples.dtype.str[1:], "FLOAT")
    soundfile.write(content, samples, int(rate), subtype, format="WAV")
    return content.getvalue()


def _samples(signal: Any) -> np.ndarray:
    """Return samples of a type that WAV has, (n,) or (n, channels)."""
    try:
        with np.errstate(over="ignore"):  # infinite samples are refused as in a file
            samples = np.asarray(signal)
            if samples.dtype.kind == "f":
                samples = samples.astype(np.float32)
    except Exception as error:  # a tensor on another device, or ragged lists
        raise InputError(f"{shown(signal)} is no signal ({error}): expected an array of numbers") from error
    samples = _time_first(samples)
    if samples.dtype == np.uint8:
        return (samples.astype(np.int16) - 128) << 8
    if samples.dtype == np.int8:
        return samples.astype(np.int16) << 8
    if samples.dtype not in (np.int16, np.int32, np.float32):
        raise InputError(
            f"the signal is of type {samples.dtype}, whose full scale is unknown: expected floating-point "
            "numbers from -1 to 1, or int16: convert it"
        )
    return samples


def _time_first(samples: np.ndarray) -> np.ndarray:
    shape = samples.shape
    if samples.size == 0:
        return samples.reshape(0)
    if samples.ndim == 1:
        return samples
    if samples.ndim != 2 or shape[0] == shape[1] or min(shape) > MAX_CHANNELS:
        raise InputError(f"the signal has the shape {shape}, expected (n,) or (n, channels)")
    return samples if shape[0] > shape[1] else samples.T


def _signal_and_rate(value: object) -> tuple[Any, Any] | None:
    """Return the signal and the rate of a pair in either order; None for another value."""
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    for signal, rate in (value, value[::-1]):
        if _is_number(rate) and (isinstance(signal, list) or getattr(signal, "ndim", None)):
            return signal, rate
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _of_path(value: str | os.PathLike[Any]) -> Source:
    name = os.fsdecode(value)
    if not name or "\0" in name:
        raise InputError(f"{name!r} is no path: expected an audio file")
    return Source(name, Path(name))


def _of_file(file: Any) -> Source:
    """Read an open file."""
    name = getattr(file, "name", "")
    name = name if isinstance(name, str) else ""
    try:
        content = file.read()
        if isinstance(content, bytes) and not content and file.seekable():
            file.seek(0)
            content = file.read()
    except (OSError, ValueError) as error:
        raise InputError(f"the open file {name} cannot be read ({error}): pass its path") from error
    if not isinstance(content, bytes):
        kind = type(content).__name__
        raise InputError(f"the open file {name} gives {kind}, expected bytes: open it with 'rb'")
    return Source(name, content)
