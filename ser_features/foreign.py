"""File formats that libsndfile does not read: those that PyAV reads, and those that are named and refused.

suffix → `of_suffix` → `Foreign`
first bytes of a file → `identify` → `Foreign` → `Foreign.demuxers`, or `Foreign.message` if it is not read

>>> print(identify(b"#!AMR" + bytes(99)).message)
AMR is not read: expected WAV, FLAC, OGG, MP3, AIFF, AU, CAF or SPHERE: convert it:
ffmpeg -i FILE.amr FILE.wav, or pip install 'ser-toolkit[media]'
>>> of_suffix("memo.M4A").name
'M4A (AAC)'
"""

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from shlex import quote

from ser_features.extras import MEDIA, available, installation
from ser_features.formats import EXPECTED, LOSSY

HEAD = 4096
"""Bytes of a file that are examined."""

SHOWN = 40
"""Characters of a text that are quoted."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A format that libsndfile does not read.

    Attributes:
        name: of the format.
        remedy: what to do.
        suffixes: lower-case file extensions.
        starts: first bytes, any of them.
        is_audio: whether it holds sound.
        is_video: whether files with these extensions usually hold pictures as well.
        demuxers: FFmpeg's names of those that read it through PyAV; empty if it is never read.
    """

    name: str
    remedy: str
    suffixes: tuple[str, ...] = ()
    starts: tuple[bytes, ...] = ()
    is_audio: bool = True
    is_video: bool = False
    demuxers: str = ""

    @property
    def is_read(self) -> bool:
        """Whether it is read, as the extra media is installed."""
        return bool(self.demuxers) and is_media_installed()

    @property
    def message(self) -> str:
        """What it is, what was expected, and what to do."""
        what = f"{self.name} is not read" if self.is_audio else f"not audio ({self.name})"
        return f"{what}: expected {EXPECTED}: {self.remedy}"


@cache
def is_media_installed() -> bool:
    """Whether PyAV is installed."""
    return available(MEDIA)


def _audio(name: str, suffixes: str, *starts: bytes, demuxers: str, is_video: bool = False) -> Foreign:
    """A format that ffmpeg converts, and PyAV reads."""
    names = tuple(suffixes.split())
    remedy = f"convert it: ffmpeg -i FILE{names[0]} FILE.wav, or {installation(MEDIA)}"
    return Foreign(name, remedy, names, starts, is_video=is_video, demuxers=demuxers)


def _other(name: str, remedy: str, *starts: bytes) -> Foreign:
    """Content that is no sound."""
    return Foreign(name, remedy, starts=starts, is_audio=False)


DOWNLOAD_AGAIN = "if a server sent it, download the recording again, signed in and from its own address"
UNPACK = "unpack it"
LEAVE_OUT = "leave it out"
SAVE = "save its samples as WAV with soundfile.write"

M4A = _audio("M4A (AAC)", ".m4a .m4b .m4p .m4r", demuxers="mov")
MP4 = _audio("MP4", ".mp4 .m4v .f4v", demuxers="mov", is_video=True)
MOV = _audio("QuickTime", ".mov .qt", demuxers="mov", is_video=True)
THREE_GP = _audio("3GP", ".3gp .3gpp .3ga .3g2", demuxers="mov")
WEBM = _audio("WebM", ".webm .weba", demuxers="matroska")
MATROSKA = _audio("Matroska", ".mka .mkv .mk3d", demuxers="matroska")
SPEEX = _audio("Speex", ".spx", demuxers="ogg")
AVI = _audio("AVI", ".avi", demuxers="avi", is_video=True)
MPEG = _audio(
    "MPEG video",
    ".mpg .mpeg .vob .m2ts .mts",
    b"\0\0\1\xba",
    b"\0\0\1\xb3",
    demuxers="mpeg,mpegts,mpegvideo",
    is_video=True,
)
HEADERLESS = Foreign(
    "a file of samples without a header",
    "give it one: ffmpeg -f s16le -ar RATE -ac 1 -i FILE FILE.wav",
    (".pcm", ".raw", ".sln", ".vox", ".g722", ".g729", ".gsm"),
)
ZEROS = _other("only zero bytes", "copy it again from its source")
TEXT = _other("text", LEAVE_OUT)
HTML = _other("an HTML page", DOWNLOAD_AGAIN)
JSON = _other("JSON", DOWNLOAD_AGAIN)

FORMATS: tuple[Foreign, ...] = (
    M4A,
    MP4,
    MOV,
    THREE_GP,
    WEBM,
    MATROSKA,
    SPEEX,
    AVI,
    HEADERLESS,
    _audio(
        "AAC",
        ".aac .adts .loas",
        b"\xff\xf0",
        b"\xff\xf1",
        b"\xff\xf8",
        b"\xff\xf9",
        b"ADIF",
        b"\x56\xe0",
        demuxers="aac,loas",
    ),
    _audio("AMR", ".amr .awb", b"#!AMR", demuxers="amr"),
    _audio("WMA", ".wma .asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", demuxers="asf"),
    _audio("WMV", ".wmv", demuxers="asf", is_video=True),
    _audio("AC-3", ".ac3 .eac3", b"\x0b\x77", demuxers="ac3,eac3"),
    _audio("DTS", ".dts", b"\x7f\xfe\x80\x01", demuxers="dts,dtshd"),
    _audio("Monkey's Audio", ".ape", b"MAC ", demuxers="ape"),
    _audio("WavPack", ".wv", b"wvpk", demuxers="wv"),
    _audio("True Audio", ".tta", b"TTA1", demuxers="tta"),
    _audio("TAK", ".tak", b"tBaK", demuxers="tak"),
    _audio("Musepack", ".mpc .mpp", b"MPCK", b"MP+", demuxers="mpc,mpc8"),
    _audio("DSD", ".dsf .dff", b"DSD ", b"FRM8", demuxers="dsf,iff"),
    _audio("RealAudio", ".ra .rm .rmvb", b".RMF", b".ra\xfd", demuxers="rm"),
    _audio("VOC", ".voc", b"Creative Voice File", demuxers="voc"),
    _audio("Flash video", ".flv", b"FLV\x01", demuxers="flv", is_video=True),
    MPEG,
    _audio("Ogg video", ".ogv", demuxers="ogg", is_video=True),
    _other(
        "a git-lfs pointer instead of the recording",
        "fetch the recordings in its folder: git lfs pull",
        b"version https://git-lfs.github.com/spec/",
    ),
    _other(
        "a git-annex pointer instead of the recording",
        "fetch the recordings in its folder: git annex get .",
        b"/annex/objects/",
        b"../.git/annex/objects/",
        b".git/annex/objects/",
    ),
    HTML,
    _other("XML", DOWNLOAD_AGAIN, b"<?xml"),
    _other("RTF text", LEAVE_OUT, b"{\\rtf"),
    _other("a PDF document", LEAVE_OUT, b"%PDF"),
    _other("a PNG picture", LEAVE_OUT, b"\x89PNG"),
    _other("a JPEG picture", LEAVE_OUT, b"\xff\xd8\xff"),
    _other("a GIF picture", LEAVE_OUT, b"GIF8"),
    _other("a TIFF picture", LEAVE_OUT, b"II*\0", b"MM\0*"),
    _other("a MIDI score", LEAVE_OUT, b"MThd"),
    _other("a ZIP archive", UNPACK, b"PK\x03\x04", b"PK\x05\x06"),
    _other("a gzip archive", UNPACK, b"\x1f\x8b"),
    _other("a bzip2 archive", UNPACK, b"BZh"),
    _other("an xz archive", UNPACK, b"\xfd7zXZ"),
    _other("a Zstandard archive", UNPACK, b"\x28\xb5\x2f\xfd"),
    _other("a 7z archive", UNPACK, b"7z\xbc\xaf\x27\x1c"),
    _other("a RAR archive", UNPACK, b"Rar!"),
    _other("a NumPy array", SAVE, b"\x93NUMPY"),
    _other("HDF5", SAVE, b"\x89HDF"),
    _other("MATLAB data", "save its samples with audiowrite", b"MATLAB 5.0"),
    _other(
        "a pickle of Python objects", "save its samples as WAV with soundfile.write", b"\x80\x04", b"\x80\x05"
    ),
    _other("Parquet", "save its recordings as files", b"PAR1"),
)
"""All formats that are named. Those without first bytes are recognised by `_SPECIAL`, or by suffix only."""

_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|script)\b", re.I | re.S
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_COMMAND = re.compile(r"ffmpeg -i FILE\.\w+ FILE\.wav")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def of_suffix(name: str) -> Foreign | None:
    """The format that a file name's extension stands for; None for formats that are read, and for others."""
    return _BY_SUFFIX.get(os.path.splitext(name)[1].lower())  # noqa: PTH122  a million names


def is_lossy(path: str) -> bool:
    """Whether a file has a suffix of a lossy format; nearly all of those that libsndfile does not read are.

    >>> is_lossy("call.MP3"), is_lossy("memo.m4a"), is_lossy("call.wav")
    (True, True, False)
    """
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    return suffix in LOSSY or suffix in _BY_SUFFIX


def identify(content: bytes) -> Foreign | None:
    """The format of a file that is not read; None if it is not recognised.

    Args:
        content: the complete file.
    """
    head = content[:HEAD]
    for form in FORMATS:
        if form.starts and head.startswith(form.starts):
            return form
    special = next(filter(None, (recognise(head) for recognise in _SPECIAL)), None)
    if special or any(head):
        return special
    return ZEROS if content and content.count(0) == len(content) else None


def demuxers_of(content: bytes) -> str:
    """FFmpeg's names of the demuxers that read a file; empty if none does, or PyAV is not installed."""
    form = identify(content)
    return form.demuxers if form and form.is_read else ""


def name_file(message: str, path: str) -> str:
    """Put a file's path into the command of a message; the command does not overwrite it.

    >>> name_file("convert it: ffmpeg -i FILE.m4a FILE.wav", "my memo.m4a")
    "convert it: ffmpeg -i 'my memo.m4a' 'my memo.wav'"
    """
    stem, suffix = os.path.splitext(path)  # noqa: PTH122
    target = f"{stem}.wav" if suffix.lower() != ".wav" else f"{stem}-converted.wav"
    return _COMMAND.sub(lambda _: f"ffmpeg -i {quote(path)} {quote(target)}", message)


def _mpeg4(head: bytes) -> Foreign | None:
    """ISO base media by its brand (ISO/IEC 14496-12), and QuickTime from before it."""
    if head[4:8] in _QUICKTIME:
        return MOV
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand.startswith(b"M4"):
        return MP4 if brand == b"M4V " else M4A
    return MOV if brand == b"qt  " else THREE_GP if brand.startswith(b"3g") else MP4


def _matroska(head: bytes) -> Foreign | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"webm" in head[:64] else MATROSKA


def _inside_of_others(head: bytes) -> Foreign | None:
    """Contents of containers that are read for other contents: RIFF and Ogg."""
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _other("a WebP picture", LEAVE_OUT)
    return SPEEX if head.startswith(b"OggS") and b"Speex   " in head[:64] else None


def _transport(head: bytes) -> Foreign | None:
    """MPEG transport streams: packets of 188 bytes, each after four bytes of time in those of cameras."""
    streams = ((0, 188), (4, 192))
    return MPEG if any(head[at : at + 4 * step : step] == b"GGGG" for at, step in streams) else None


def _tar(head: bytes) -> Foreign | None:
    return _other("a tar archive", UNPACK) if head[257:262] == b"ustar" else None


def _text(head: bytes) -> Foreign | None:
    """Text: printable characters in UTF-8 or, with its mark, UTF-16."""
    if _HTML.match(head):
        return HTML
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return None
    line = text.strip().partition("\n")[0].strip()
    if not line or not all(letter.isprintable() or letter in "\t\r\n\f" for letter in text):
        return None
    if _JSON.match(text):
        return JSON
    return replace(TEXT, name=f"text, {line[:SHOWN]!r}")


_SPECIAL: tuple[Callable[[bytes], Foreign | None], ...] = (
    _mpeg4,
    _matroska,
    _inside_of_others,
    _transport,
    _tar,
    _text,
)
"""Recognition of contents that more than their first bytes identify."""
