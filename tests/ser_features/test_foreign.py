"""Names and remedies of formats that libsndfile does not read."""

import pytest

from ser_features.foreign import FORMATS, identify, of_suffix
from ser_features.formats import SUFFIXES, is_read

EBML = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84"


def ftyp(brand: bytes) -> bytes:
    return b"\0\0\0\x1cftyp" + brand + bytes(500)


@pytest.mark.parametrize(
    ("content", "name", "remedy"),
    [
        (ftyp(b"M4A "), "M4A (AAC)", "ffmpeg -i FILE.m4a FILE.wav"),
        (ftyp(b"M4V "), "MP4", "ffmpeg -i FILE.mp4 FILE.wav"),
        (ftyp(b"isom"), "MP4", "ffmpeg -i FILE.mp4 FILE.wav"),
        (ftyp(b"3gp4"), "3GP", "ffmpeg -i FILE.3gp FILE.wav"),
        (ftyp(b"qt  "), "QuickTime", "ffmpeg -i FILE.mov FILE.wav"),
        (b"\0\0\0\x08wide\0\0\0\0mdat" + bytes(9), "QuickTime", "ffmpeg -i FILE.mov FILE.wav"),
        (EBML + b"webm" + bytes(9), "WebM", "ffmpeg -i FILE.webm FILE.wav"),
        (EBML + b"matroska", "Matroska", "ffmpeg -i FILE.mka FILE.wav"),
        (b"#!AMR-WB\n" + bytes(9), "AMR", "ffmpeg -i FILE.amr FILE.wav"),
        (b"\xff\xf1\x50\x80" + bytes(9), "AAC", "ffmpeg -i FILE.aac FILE.wav"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "WMA", "ffmpeg -i FILE.wma FILE.wav"),
        (b"OggS" + bytes(24) + b"Speex   1.2", "Speex", "ffmpeg -i FILE.spx FILE.wav"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI", "ffmpeg -i FILE.avi FILE.wav"),
        (4 * (b"G" + bytes(187)), "MPEG video", "ffmpeg -i FILE.mpg FILE.wav"),
        (4 * (bytes(4) + b"G" + bytes(187)), "MPEG video", "ffmpeg -i FILE.mpg FILE.wav"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n",
            "a git-lfs pointer instead of the recording",
            "git lfs pull",
        ),
        (
            b"/annex/objects/SHA256E-s9--ab.wav\n",
            "a git-annex pointer instead of the recording",
            "git annex get",
        ),
        (b"\n<!DOCTYPE html>\n<title>Sign in</title>", "an HTML page", "signed in"),
        (b"<!-- saved --><HTML>", "an HTML page", "signed in"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML", "signed in"),
        (b'{"message": "Not Found"}', "JSON", "signed in"),
        (b"404: Not Found", "text, '404: Not Found'", "leave it out"),
        ("\ufeffNotes of a day\n".encode(), "text, 'Notes of a day'", "leave it out"),
        ("Notizen über".encode("utf-16"), "text, 'Notizen über'", "leave it out"),
        (("a" + 4000 * "ä").encode(), f"text, '{'a' + 39 * 'ä'}'", "leave it out"),
        (b"PK\x03\x04" + bytes(9), "a ZIP archive", "unpack it"),
        (bytes(257) + b"ustar", "a tar archive", "unpack it"),
        (b"\x1f\x8b\x08" + bytes(9), "a gzip archive", "unpack it"),
        (b"%PDF-1.4\n" + bytes(9), "a PDF document", "leave it out"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "a JPEG picture", "leave it out"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture", "leave it out"),
        (b"\x93NUMPY\x01\x00" + bytes(9), "a NumPy array", "soundfile.write"),
        (bytes(5000), "only zero bytes", "copy it again"),
    ],
)
def test_contents(content, name, remedy):
    form = identify(content)
    assert form.name == name
    assert form.message.endswith(remedy) or remedy in form.remedy
    assert form.message.startswith(f"{name} is not read: " if form.is_audio else f"not audio ({name}): ")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x01\x02\x03", b"caf\xe9", bytes(9) + b"\x07"])
def test_other_contents_have_no_name(content):
    assert identify(content) is None


def test_a_text_in_brackets_is_no_json():
    assert identify(b"[00:01] Hello").name == "text, '[00:01] Hello'"


def test_what_pyav_reads_is_read():
    assert identify(ftyp(b"M4A ")).is_read
    assert not identify(b"%PDF-1.4\n").is_read


def test_without_pyav_it_is_refused(without_media):
    memo = identify(ftyp(b"M4A "))
    assert not memo.is_read
    assert memo.message == (
        "M4A (AAC) is not read: expected WAV, FLAC, OGG, MP3, AIFF, AU, CAF or SPHERE: "
        "convert it: ffmpeg -i FILE.m4a FILE.wav, or pip install 'ser-toolkit[media]'"
    )


def test_suffixes():
    assert of_suffix("a.b/MEMO.M4A").name == "M4A (AAC)"
    assert of_suffix("clip.mp4").is_video
    assert not of_suffix("voice.webm").is_video
    assert of_suffix("a.wav") is of_suffix("notes.txt") is of_suffix("m4a") is None


def test_no_suffix_has_two_meanings():
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert SUFFIXES.isdisjoint(suffixes)
    assert not [form.name for form in FORMATS if is_read(form.starts[0] if form.starts else b"")]
