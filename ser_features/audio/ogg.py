"""Ogg files: split into logical streams that libsndfile reads to their end, and checked page by page.

bytes → `pages` → links (chained streams) → pages of each link's audio stream → `Stream`

libsndfile decodes the first of several chained streams, drops pages that are damaged or missing, and reads
nothing from a stream whose last page is not marked as the last.

Source: RFC 3533, section 6 (pages) and 4 (chaining and grouping).
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ser_features.audio.stream import Stream
from ser_features.errors import AudioError, TooLongError, TruncatedAudioError, UnsupportedAudioError

MAX_PAGES = 1 << 18
"""Ten minutes have 30,000 pages if each holds one packet of 20 ms; more would take seconds."""

_FIRST, _LAST = 2, 4
"""Flags of a page: the first and the last of its stream."""

_HEADER = struct.Struct("<4sBBqIIIB")
_NO_PACKET = -1
"""Position of a page on which no packet ends."""

CODECS: dict[bytes, str] = {
    b"\x01vorbis": "Vorbis",
    b"OpusHead": "Opus",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"fishead\0": "Skeleton",
}
"""Codec by the first bytes of a stream."""

READ = ("Vorbis", "Opus", "FLAC")

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        start: position of its first byte in the file.
        end: position after its last byte.
        flags: continued (1), first (2) and last (4) page of its stream.
        position: granule position after the last packet that ends on it; −1 if none does.
        serial: number of its stream.
        sequence: number of the page within its stream.
        body: position of the first byte of its packets.
    """

    start: int
    end: int
    flags: int
    position: int
    serial: int
    sequence: int
    body: int


def stream(content: bytes) -> Stream:
    """Split an Ogg file into links that are decoded one after the other.

    Raises:
        TruncatedAudioError: if a page is incomplete, damaged or missing.
        UnsupportedAudioError: if no stream holds Vorbis, Opus or FLAC.
    """
    links = [_audio_of(content, link) for link in _links(_pages(content))]
    notes = [f"{len(links)} Ogg streams one after the other"] if len(links) > 1 else []
    whole = all(link[-1].flags & _LAST for link in links)
    if not whole:
        notes.append("the Ogg stream has no end mark")
    if len(links) == 1 and whole and links[0][0].start == 0 and _is_contiguous(links[0]):
        return Stream((content,), tuple(notes))
    return Stream(tuple(_joined(content, link) for link in links), tuple(notes))


def checksum(page: bytes) -> int:
    """CRC-32 of a page whose checksum field is zero: polynomial 0x04C11DB7, most significant bit first.

    >>> f"{checksum(b'123456789'):08X}"
    '89A1897F'
    """
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{reflected:032b}"[::-1], 2)


def _pages(content: bytes) -> Iterator[Page]:
    """Every page, each complete and as its checksum says."""
    start, count = 0, 0
    while content.startswith(b"OggS", start):
        if count == MAX_PAGES:
            raise TooLongError(f"more than {MAX_PAGES} Ogg pages: cut it into utterances")
        page = _page(content, start)
        if page is None:
            raise _broken("breaks off inside a page")
        zeroed = bytes(4).join((content[start : start + 22], content[start + 26 : page.end]))
        if checksum(zeroed) != struct.unpack_from("<I", content, start + 22)[0]:
            raise _broken(f"is damaged in page {count + 1}")
        yield page
        start, count = page.end, count + 1
    if content.find(b"OggS", start) >= 0:
        raise _broken(f"is damaged after page {count}")


def _page(content: bytes, start: int) -> Page | None:
    """The page that begins here; None if the file ends before it does."""
    if len(content) < start + _HEADER.size:
        return None
    _, _, flags, position, serial, sequence, _, segments = _HEADER.unpack_from(content, start)
    body = start + _HEADER.size + segments
    end = body + sum(content[start + _HEADER.size : body])
    return Page(start, end, flags, position, serial, sequence, body) if end <= len(content) else None


def _links(pages: Iterator[Page]) -> list[list[Page]]:
    """Pages of each link; a link begins with first pages that follow another page."""
    links: list[list[Page]] = [[]]
    first = True
    for page in pages:
        begins = bool(page.flags & _FIRST)
        if begins and not first:
            links.append([])
        links[-1].append(page)
        first = begins
    return links


def _audio_of(content: bytes, link: Sequence[Page]) -> list[Page]:
    """Pages of the first stream of a link that can be decoded, without gaps."""
    codecs = {page.serial: _codec(content, page) for page in link if page.flags & _FIRST}
    audio = [serial for serial, codec in codecs.items() if codec in READ]
    if not audio:
        held = ", ".join(codecs.values()) or "no beginning"
        raise UnsupportedAudioError(
            f"Ogg with {held} is not read: expected {', '.join(READ)}: convert it: ffmpeg -i FILE FILE.wav"
        )
    pages = [page for page in link if page.serial == audio[0]]
    for before, page in pairwise(pages):
        if page.sequence != (before.sequence + 1) % 2**32:
            raise _broken(f"lacks the pages between {before.sequence} and {page.sequence}")
    while len(pages) > 1 and pages[-1].position == _NO_PACKET:
        pages.pop()
    if not pages[-1].position and not pages[-1].flags & _LAST:
        raise _broken("breaks off before its first sample")
    return pages


def _codec(content: bytes, page: Page) -> str:
    begins = content[page.body : page.body + 8]
    return next((name for magic, name in CODECS.items() if begins.startswith(magic)), f"{begins!r}")


def _is_contiguous(pages: Sequence[Page]) -> bool:
    return all(page.start == before.end for before, page in pairwise(pages))


def _joined(content: bytes, pages: Sequence[Page]) -> bytes:
    """A link as a file of its own, its last page marked."""
    last = bytearray(content[pages[-1].start : pages[-1].end])
    last[5] |= _LAST
    last[22:26] = bytes(4)
    last[22:26] = struct.pack("<I", checksum(bytes(last)))
    return b"".join([*(content[page.start : page.end] for page in pages[:-1]), last])


def _broken(how: str) -> AudioError:
    return TruncatedAudioError(
        f"the Ogg stream {how}: expected a complete file: copy it again from its source"
    )
