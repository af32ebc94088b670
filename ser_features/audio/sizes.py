r"""Sizes of the data that were never filled in, in AU, CAF and RF64 files.

bytes → where the header states the size → what follows it, if the size is 0 or left open → `Stream`

>>> au(b".snd" + struct.pack(">5I", 24, 0, 3, 8_000, 1) + bytes(16_000)).notes
('the header has no size of the samples, all that follows is taken for them',)

Source: the AU manual page of Sun; Apple Core Audio Format Specification 1.0, Audio Data Chunk; EBU Tech 3306.
"""

import struct

from ser_features.audio.stream import LEFT_OUT, NEVER_FILLED_IN, Lack, Stream

_CAF_HEADER, _CAF_CHUNK = 8, struct.Struct(">4sq")
_CAF_OPEN = -1
_RF64_SIZE, _RF64_OPEN = 28, 2**64 - 1
_MAX_CHUNKS = 10_000
_APPENDED = 1024
"""Most bytes that a program may append."""


def au(content: bytes) -> Stream:
    """Return an AU file with the size of its data; one of 2³² − 1, which means unknown, stays.

    Nothing but data follows the header, so that what is behind them was not declared.
    """
    order = ">" if content.startswith(b".snd") else "<"
    if len(content) < 12:
        return Stream((content,))
    start, size = struct.unpack_from(f"{order}II", content, 4)
    if size == 0:
        return _filled(content, f"{order}I", 8, start)
    behind = content[start + size :]
    return Stream(
        (content,),
        (LEFT_OUT,) if len(behind) > max(_APPENDED, size // 100) and behind.count(0) < len(behind) else (),
    )


def caf(content: bytes) -> Stream:
    """Return a CAF file with the size of its data, which programs that record leave open."""
    position = _CAF_HEADER
    for _ in range(_MAX_CHUNKS):
        if not 0 < position <= len(content) - _CAF_CHUNK.size:
            break
        name, size = _CAF_CHUNK.unpack_from(content, position)
        start = position + _CAF_CHUNK.size
        if name == b"data" and size in (0, _CAF_OPEN):
            return _filled(content, ">q", position + 4, start)
        position = start + size
    return Stream((content,))


def rf64(content: bytes) -> Stream:
    """Return an RF64 file with the size of its data, or what it lacks: libsndfile accepts any size."""
    if content[12:16] != b"ds64" or len(content) < _RF64_SIZE + 8:
        return Stream((content,))
    size = int(struct.unpack_from("<Q", content, _RF64_SIZE)[0])
    if size in (0, _RF64_OPEN):
        start = content.find(b"data", _RF64_SIZE) + 8
        return _filled(content, "<Q", _RF64_SIZE, start) if start > 8 else Stream((content,))
    return Stream((content,), lack=Lack(size, len(content), "bytes") if size > len(content) else None)


def _filled(content: bytes, form: str, field: int, start: int) -> Stream:
    """The file with the number of bytes from `start` on as its size, in the format `form` at `field`."""
    held = len(content) - start
    if held <= 0:
        return Stream((content,))
    end = field + struct.calcsize(form)
    return Stream((content[:field] + struct.pack(form, held) + content[end:],), (NEVER_FILLED_IN,))
