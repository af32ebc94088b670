"""An audio file's container, recognised before libsndfile reads it.

bytes → `STREAMS`, else `other` → module of the container → `Stream`, or an `AudioError`

libsndfile also reads formats of samplers, numerical software and historical computers. Many of them declare
no length, so truncation cannot be detected, and their parsers are rarely used. Only common formats of
recordings are accepted. Of these, libsndfile does not detect truncated SPHERE, MP3 and Ogg files, and accepts
any size in RF64: these checks are made here and in `mpeg` and `ogg`.

>>> other(b"These are notes.")
Traceback (most recent call last):
...
ser_features.errors.NotAudioError: not audio (text, 'These are notes.'): expected WAV, ...: leave it out
"""

import re
from collections.abc import Callable

from ser_features.audio import flac, mpeg, ogg, refusals, sizes, wav
from ser_features.audio.stream import Lack, Stream
from ser_features.foreign import demuxers_of, identify
from ser_features.formats import is_read

_SPHERE_FIELD = re.compile(rb"^(sample_count|channel_count|sample_n_bytes) -(?:i|s\d+) (\d{1,12})\s*$", re.M)
_SPHERE_HEADER = re.compile(rb"NIST_1A\n *(\d{1,6})\n")


def other(content: bytes) -> Stream:
    """Return a file that is none of `STREAMS` as the decoder reads it.

    Args:
        content: the complete file, not empty.

    Raises:
        AudioError: if it has none of the accepted formats, or is incomplete by the rules of its container.
    """
    tags = mpeg.after_tags(content)
    begins = content[tags : tags + 12]
    if tags and is_read(begins) and not begins.startswith(b"ID3"):
        return STREAMS.get(begins[:4], other)(content[tags:])
    if tags or mpeg.is_frame(content):
        return mpeg.stream(content)
    if is_read(content):
        return Stream((content,))
    if not identify(content) and mpeg.begins_within(content):
        return mpeg.stream(content)
    if demuxers := demuxers_of(content):
        return Stream((content,), demuxers=demuxers)
    raise refusals.not_audio(content, "unknown format")


def _ogg(content: bytes) -> Stream:
    """An Ogg file; libsndfile does not read Speex."""
    demuxers = demuxers_of(content)
    return Stream((content,), demuxers=demuxers) if demuxers else ogg.stream(content)


def _sphere(content: bytes) -> Stream:
    declared = _sphere_bytes(content)
    return Stream((content,), lack=Lack(declared, len(content), "bytes") if declared > len(content) else None)


def _sphere_bytes(content: bytes) -> int:
    """Size declared by a SPHERE header, 0 if there is none or the samples are compressed."""
    header = _SPHERE_HEADER.match(content)
    if header is None:
        return 0
    size = int(header[1])
    fields = {name: int(value) for name, value in _SPHERE_FIELD.findall(content[:size])}
    if len(fields) < 3 or b"shorten" in content[:size]:
        return 0
    return size + fields[b"sample_count"] * fields[b"channel_count"] * fields[b"sample_n_bytes"]


STREAMS: dict[bytes, Callable[[bytes], Stream]] = {
    b"RIFF": wav.stream,
    b"RIFX": wav.stream,
    b"OggS": _ogg,
    b"fLaC": flac.stream,
    b"RF64": sizes.rf64,
    b"caff": sizes.caf,
    b".snd": sizes.au,
    b"dns.": sizes.au,
    b"NIST": _sphere,
}
"""Containers by the first four bytes of a file: those that libsndfile alone does not read to their end."""
