"""MPEG audio (MP3, MP2): all of its frames, without the tags around and between them.

bytes → `_walk` (frames; tags and other bytes skipped) → links → Xing frame with the true count → `Stream`

libsndfile believes the Xing tag of the first frame or, without one, estimates the length from the bit rate of
the first frame and the size of the file. It ends early in joined files and where the bit rate varies, and
takes tags for audio.

Source: ID3v2.4.0, section 3; ID3v1 (128 bytes from TAG); APEv2.
"""

import re
import struct
from dataclasses import dataclass, field

from ser_features.audio.mpeg_frame import HEADER_BYTES, Header, Tag, header_of, tag_of, xing_frame
from ser_features.audio.stream import Lack, Stream
from ser_features.errors import TooLongError

MAX_GAP = 1 << 16
"""Longest run of bytes between two frames that is skipped although it is no tag."""

MAX_STEPS = 1 << 18
"""Most frames, tags and gaps: ten minutes have at most 75,000 frames, and more would take seconds."""

MAX_TAGS = 8
"""Most tags at the beginning of a file that is no MPEG audio."""

FRAMES_OF_A_RUN = 4

LONGEST_PIECE = 4096
"""A file is recognised by frames that begin within so many bytes; the longest frame has 2,881."""

_ID3_HEADER, _ID3_FOOTER, _ID3V1 = 10, 0x10, 128
_APE_HEADER, _APE_IS_HEADER = 32, 1 << 29
_SYNC = re.compile(rb"\xff[\xe2-\xff]|ID3|TAG|APETAGEX")


@dataclass(slots=True)
class _Link:
    """Frames of one stream.

    Attributes:
        header: of the first frame.
        start: position of the first frame, or of the frame with the tag.
        tag: what the tag in front of the frames says; None if there is none.
        tag_frame: the frame with the tag; empty if there is none.
        runs: (start, end) of frames with nothing between them.
        frames: number of frames in `runs`.
    """

    header: Header
    start: int
    tag: Tag | None = None
    tag_frame: bytes = b""
    runs: list[tuple[int, int]] = field(default_factory=list)
    frames: int = 0

    def add(self, start: int, end: int) -> None:
        """Append a frame."""
        self.frames += 1
        if self.runs and self.runs[-1][1] == start:
            self.runs[-1] = self.runs[-1][0], end
        else:
            self.runs.append((start, end))


@dataclass(slots=True)
class _Walk:
    """Result of walking over a file.

    Attributes:
        links: streams, in order.
        gap: whether bytes were skipped that are no tag, nor zero.
        cut: whether the file ends within a frame.
    """

    links: list[_Link] = field(default_factory=list)
    gap: bool = False
    cut: bool = False

    def is_continued_by(self, header: Header) -> bool:
        """Whether a frame may belong to the last link."""
        return bool(self.links) and header.continues(self.links[-1].header)

    def add(self, frame: bytes, start: int, header: Header) -> None:
        """Append a frame; one with a tag, or of another rate or layer, begins a link."""
        tag = tag_of(frame, header)
        if tag is not None or not self.is_continued_by(header):
            self.links.append(_Link(header, start, tag, frame if tag else b""))
        if tag is None:
            self.links[-1].add(start, start + len(frame))


def stream(content: bytes) -> Stream:
    """Return the frames of an MPEG audio file, as links that say how long they are.

    A file whose frames cannot be counted, as they do not state their bit rate, is returned as it is.

    Raises:
        TooLongError: if there are more than `MAX_STEPS` frames and tags.
    """
    walk = _walk(content)
    links = [link for link in walk.links if link.frames]
    if not links:
        return Stream((content,))
    notes = [f"{len(links)} MPEG streams one after the other"] if len(links) > 1 else []
    if any(link.tag and link.tag.frames is not None and link.tag.frames < link.frames for link in links):
        notes.append("there are more MPEG frames than the first one declares")
    if walk.gap:
        notes.append("bytes that are no MPEG frames are left out")
    lack = next(filter(None, (_lack(link, len(content)) for link in links)), None)
    if walk.cut and not lack and not _is_complete(links[-1]):
        notes.append("the last MPEG frame is incomplete")
    return Stream(tuple(_bytes_of(link, content) for link in links), tuple(notes), lack)


def after_tags(content: bytes) -> int:
    """Position after the ID3v2 and APE tags with which a file begins, 0 if there are none."""
    position = 0
    for _ in range(MAX_TAGS):
        position += _tag_size(content, position)
    return min(position, len(content))


def is_frame(content: bytes, start: int = 0) -> bool:
    """Whether an MPEG audio frame may begin here: eleven bits set, and a version and layer that exist."""
    second = content[start + 1] if len(content) >= start + HEADER_BYTES else 0
    return content[start : start + 1] == b"\xff" and second >= 0xE0 and second & 0x18 != 8 and second & 6 != 0


def is_run(content: bytes, start: int) -> bool:
    """Whether several frames of the same kind follow each other from here on, which is no coincidence."""
    first = header_of(content[start : start + HEADER_BYTES])
    header, position = first, start
    for _ in range(FRAMES_OF_A_RUN):
        if header is None or first is None or not header.continues(first):
            return False
        position += header.size
        header = header_of(content[position : position + HEADER_BYTES])
    return True


def begins_within(content: bytes) -> bool:
    """Whether frames follow a few bytes that are none, as in a piece of a broadcast that was cut anywhere."""
    syncs = _SYNC.finditer(content, 0, LONGEST_PIECE)
    return any(is_run(content, match.start()) for match in syncs)


def _walk(content: bytes) -> _Walk:
    """Collect the frames of a file in links; tags and what is no frame are skipped."""
    walk, position, is_sure = _Walk(), 0, True
    for _ in range(MAX_STEPS):
        if position >= len(content):
            return walk
        if size := _tag_size(content, position):
            position += size
            continue
        header = header_of(content[position : position + HEADER_BYTES])
        if header and ((is_sure and walk.is_continued_by(header)) or _is_followed(content, position, header)):
            end = position + header.size
            if end > len(content):
                walk.cut = True
                return walk
            walk.add(content[position:end], position, header)
            position, is_sure = end, True
        else:
            match = _SYNC.search(content, position + 1, position + 1 + MAX_GAP)
            end = match.start() if match else len(content)
            walk.gap = walk.gap or content.count(0, position, end) < end - position
            position, is_sure = end, False
    raise TooLongError(f"more than {MAX_STEPS} MPEG frames and tags: cut it into utterances")


def _is_followed(content: bytes, position: int, header: Header) -> bool:
    """Whether a frame of the same kind, a tag or the end of the file follows a frame."""
    end = position + header.size
    following = header_of(content[end : end + HEADER_BYTES])
    return (
        end >= len(content)
        or (following is not None and following.continues(header))
        or bool(_tag_size(content, end))
    )


def _tag_size(content: bytes, start: int) -> int:
    """Size in bytes of the ID3v2, ID3v1 or APE tag that begins here, 0 if none does."""
    if content.startswith(b"ID3", start) and len(content) >= start + _ID3_HEADER:
        flags, *sizes = content[start + 5 : start + _ID3_HEADER]
        size = sum((byte & 0x7F) << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=True))
        return _ID3_HEADER + size + (_ID3_HEADER if flags & _ID3_FOOTER else 0)
    if content.startswith(b"TAG", start):
        return _ID3V1
    if content.startswith(b"APETAGEX", start) and len(content) >= start + _APE_HEADER:
        size, _, flags = struct.unpack_from("<III", content, start + 12)
        return _APE_HEADER + int(size) * bool(flags & _APE_IS_HEADER)
    return 0


def _is_complete(link: _Link) -> bool:
    return link.tag is not None and link.tag.frames is not None and link.tag.frames <= link.frames


def _lack(link: _Link, size: int) -> Lack | None:
    """What a link lacks according to its tag; the tag's own frame may be counted."""
    if link.tag is None:
        return None
    if link.tag.size is not None and link.start + link.tag.size > size:
        return Lack(link.start + link.tag.size, size, "bytes")
    if link.tag.frames is not None and link.tag.frames > link.frames + 1:
        return Lack(link.tag.frames * link.header.samples, link.frames * link.header.samples, "samples")
    return None


def _bytes_of(link: _Link, content: bytes) -> bytes:
    """A link as a file of its own, whose first frame has the true count."""
    frames = b"".join(content[start:end] for start, end in link.runs)
    if link.header.layer != 3:
        return frames
    if link.tag and link.tag.is_xing and link.tag.frames in (link.frames, link.frames + 1):
        return link.tag_frame + frames
    return xing_frame(frames[:HEADER_BYTES], link.frames, len(frames)) + frames
