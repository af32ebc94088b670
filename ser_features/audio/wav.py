r"""WAV files: the true size of their data, and the MPEG frames in them.

bytes → chunks → format tag and data → the file, with its true size or its MPEG frames where needed → `Stream`

>>> header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
>>> stream(header + b"data\0\0\0\0" + bytes(32_000)).notes
('the header has no size of the samples, all that follows is taken for them',)

Source: Multimedia Programming Interface and Data Specifications 1.0, chapters 2 (RIFF) and 3 (WAVE).
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ser_features.audio import mpeg
from ser_features.audio.stream import (
    LEFT_OUT,
    LONGEST_HEADER,
    MAX_JOINED,
    NEVER_FILLED_IN,
    SLIGHTLY_MORE,
    UNKNOWN_LENGTH,
    Stream,
    joined,
)
from ser_features.audio.wav_codecs import name_of
from ser_features.errors import UnsupportedAudioError
from ser_features.foreign import demuxers_of

READ: frozenset[int] = frozenset([1, 2, 3, 6, 7, 0x11, 0x31, 0x38, 0x40])
"""Format tags of what libsndfile decodes: PCM, Microsoft ADPCM, float, A-law, µ-law, IMA ADPCM, GSM 6.10, NMS
ADPCM, G.721."""

MPEG: frozenset[int] = frozenset([0x50, 0x55])
EXTENSIBLE = 0xFFFE

_DISGUISED: dict[bytes, str] = {
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"\x7f\xfe\x80\x01": "DTS",
    b"\xfe\x7f\x01\x80": "DTS",
    b"\x1f\xff\xe8\x00": "DTS",
    b"\xff\x1f\x00\xe8": "DTS",
    b"\x72\xf8\x1f\x4e": "AC-3 or DTS (IEC 61937)",
}
"""First bytes of compressed data under a header that says PCM; read as samples they would be noise."""

OPEN = "the WAV header leaves the length open"

MAX_CHUNKS = 10_000
TAIL_SECONDS = 0.1
"""Bytes behind the last chunk are mentioned if they are worth this many seconds."""

_FIRST_CHUNK, _CHUNK_HEADER = 12, 8


class _Chunk(NamedTuple):
    """A chunk of a RIFF file.

    Attributes:
        name: four printable characters.
        start: position of its content.
        size: of its content, as declared.
    """

    name: bytes
    start: int
    size: int

    @property
    def end(self) -> int:
        """Where the next chunk begins; sizes are rounded up to even numbers."""
        return self.start + self.size + self.size % 2


def stream(content: bytes) -> Stream:
    """Return a WAV file as the decoder reads it: the file itself, unless its sizes are wrong or it is MPEG.

    Raises:
        UnsupportedAudioError: if the encoding is not read.
    """
    first, rest = _first(content)
    if not rest:
        return first
    streams = [first]
    while rest and len(streams) <= MAX_JOINED:
        following, rest = _first(rest)
        streams.append(following)
    return joined(streams, "WAV")


def _first(content: bytes) -> tuple[Stream, bytes]:
    """The first of several files that were joined, and the others."""
    order = ">" if content.startswith(b"RIFX") else "<"
    chunks = [*_chunks(content, _FIRST_CHUNK, order)]
    if another := next((chunk for chunk in chunks if chunk.name in (b"RIFF", b"RIFX")), None):
        end = another.start - _CHUNK_HEADER
        return _first(content[:end])[0], content[end:]
    return _one(content, chunks, order), b""


def _one(content: bytes, chunks: list[_Chunk], order: str) -> Stream:
    """A file by itself."""
    data = next((chunk for chunk in chunks if chunk.name == b"data"), None)
    form = next((chunk for chunk in chunks if chunk.name == b"fmt "), None)
    if content[8:12] != b"WAVE" or data is None or form is None or form.end > data.start:
        return Stream((content,), demuxers=demuxers_of(content))
    tag = _tag(content, form, order)
    if tag in MPEG:
        return _mpeg(content, data)
    if tag not in READ:
        raise UnsupportedAudioError(
            f"{name_of(tag)} is not read: expected PCM, float, A-law, µ-law, ADPCM, GSM 6.10 or MPEG: "
            "convert it: ffmpeg -i FILE.wav -c:a pcm_s16le NEW.wav"
        )
    if other := _disguised(content, data):
        return other
    if data.size and _fill(content, chunks):
        return Stream((content,))
    size, notes = _true_size(content, data, order, _byte_rate(content, form, order))
    return Stream((_resized(content, data, size, order),), notes)


def _chunks(content: bytes, position: int, order: str) -> Iterator[_Chunk]:
    """The chunks from a position on, as far as their names are printable; the last may be too long."""
    for _ in range(MAX_CHUNKS):
        if position + _CHUNK_HEADER > len(content):
            return
        name, size = struct.unpack_from(f"{order}4sI", content, position)
        chunk = _Chunk(name, position + _CHUNK_HEADER, size)
        if not (name.isascii() and name.decode("ascii").isprintable()):
            return
        yield chunk
        position = chunk.end


def _fill(content: bytes, chunks: list[_Chunk]) -> bool:
    """Whether the last chunk ends with the file; the byte that makes its size even may be missing."""
    return bool(chunks) and chunks[-1].end - len(content) in (0, 1)


def _tag(content: bytes, form: _Chunk, order: str) -> int:
    """The encoding: the format tag, or the first two bytes of the subformat."""
    if form.start + 2 > len(content):
        return 0
    tag = int(struct.unpack_from(f"{order}H", content, form.start)[0])
    if tag == EXTENSIBLE and form.size >= 26 and form.start + 26 <= len(content):
        return int(struct.unpack_from(f"{order}H", content, form.start + 24)[0])
    return tag


def _byte_rate(content: bytes, form: _Chunk, order: str) -> int:
    """Bytes per second, as the format says."""
    return int(struct.unpack_from(f"{order}I", content, form.start + 8)[0]) if form.size >= 12 else 0


def _mpeg(content: bytes, data: _Chunk) -> Stream:
    """The MPEG frames in the data; a size that was never filled in does not matter."""
    is_open = data.size == 0 or data.size >= UNKNOWN_LENGTH
    return mpeg.stream(content[data.start : len(content) if is_open else data.start + data.size])


def _disguised(content: bytes, data: _Chunk) -> Stream | None:
    """What the data are if they are no samples although the header says so; None if they may be.

    Raises:
        UnsupportedAudioError: if they are compressed by something that is not read.
    """
    begins = content[data.start : data.start + 12]
    if name := _DISGUISED.get(begins[:4]):
        raise UnsupportedAudioError(
            f"the WAV header says samples, the data are {name}: expected samples: "
            "convert it with the program that made it"
        )
    if begins[:4] == b"RIFF" and begins[8:] == b"WAVE":
        return Stream((content[data.start :],), ("a WAV file within a WAV file",))
    if begins[:1] == b"\xff" and mpeg.is_run(content, data.start):
        frames = _mpeg(content, data)
        return replace(frames, notes=("the WAV header says samples, the data are MPEG frames", *frames.notes))
    return None


def _true_size(content: bytes, data: _Chunk, order: str, byte_rate: int) -> tuple[int, tuple[str, ...]]:
    """Size of the data in bytes, and what is to be said about it."""
    held = len(content) - data.start
    if data.size >= UNKNOWN_LENGTH:
        return held, (OPEN,)
    if data.size > held:
        return data.size, ()  # compared with what the decoder finds
    tail = [*_chunks(content, data.end, order)]
    if not data.size:
        return (0, ()) if _fill(content, tail) or not held else (held, (NEVER_FILLED_IN,))
    for position in range(data.end - 2, max(data.end - LONGEST_HEADER, data.start), -2):
        if _fill(content, [*_chunks(content, position, order)]):
            return position - data.start, (SLIGHTLY_MORE,)
    end = tail[-1].end if tail else data.end
    left = content[end:]
    if left.count(0) < len(left) and len(left) >= TAIL_SECONDS * byte_rate:
        return data.size, (LEFT_OUT,)
    return data.size, ()


def _resized(content: bytes, data: _Chunk, size: int, order: str) -> bytes:
    """The file with another size of its data; with the same size as it is."""
    if size == data.size:
        return content
    return b"".join(
        (content[: data.start - 4], struct.pack(f"{order}I", size), content[data.start : data.start + size])
    )
