"""Decoding of every format, and the error of every invalid file."""

import hashlib
import io
import os
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features import audio
from ser_features.audio import decoder
from ser_features.audio.files import MAX_BYTES_OF_PARTS
from ser_features.audio.stream import SLIGHTLY_MORE
from ser_features.errors import (
    AudioError,
    EmptyFileError,
    NonFiniteAudioError,
    NoSamplesError,
    NotAudioError,
    SilentAudioError,
    TooLongError,
    TooShortError,
    TruncatedAudioError,
    UnreadableFileError,
    UnsupportedAudioError,
)

RATE = 16_000
TIME = np.arange(RATE) / RATE
SIGNAL = (0.4 * np.sin(2 * np.pi * 440 * TIME) + 0.1 * np.sin(2 * np.pi * 1000 * TIME)).astype(np.float32)

# Largest error of one sample (1.5 quantisation steps), or smallest signal-to-noise ratio in dB.
LARGEST_ERROR = {
    "PCM_S8": 1.5 / 2**7,
    "PCM_U8": 1.5 / 2**7,
    "PCM_16": 1.5 / 2**15,
    "PCM_24": 1.5 / 2**23,
    "PCM_32": 1e-7,
    "FLOAT": 0,
    "DOUBLE": 0,
    "ALAC_16": 1.5 / 2**15,
    "ALAC_20": 3 / 2**19,
    "ALAC_24": 1.5 / 2**23,
    "ALAC_32": 1e-7,
}
SMALLEST_RATIO = {
    "ULAW": 35,
    "ALAW": 35,
    "IMA_ADPCM": 28,
    "MS_ADPCM": 35,
    "GSM610": 18,
    "G721_32": 28,
    "G723_24": 28,
    "G723_40": 28,
    "NMS_ADPCM_16": 25,
    "NMS_ADPCM_24": 28,
    "NMS_ADPCM_32": 30,
    "VORBIS": 30,
    "OPUS": 20,
    "MPEG_LAYER_III": 30,
}
# MPEG_LAYER_III inside WAV can be read, not written.
FORMATS = [
    (container, subtype)
    for container in ("WAV", "WAVEX", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64", "RF64")
    for subtype in soundfile.available_subtypes(container)
    if subtype in LARGEST_ERROR | SMALLEST_RATIO and (container, subtype) != ("WAV", "MPEG_LAYER_III")
]


def encode(signal: np.ndarray, rate: int = RATE, container: str = "WAV", subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    channels = 1 if signal.ndim == 1 else signal.shape[1]
    with soundfile.SoundFile(file, "w", rate, channels, subtype, format=container) as sound:
        sound.write(signal)
    return file.getvalue()


def decode(content: bytes | Path, *, max_seconds: float = 600) -> audio.Audio:
    return audio.decode(content, min_seconds=0.1, max_seconds=max_seconds)


def test_all_formats_are_tested():
    assert len(FORMATS) >= 70
    assert {subtype for _, subtype in FORMATS} == set(LARGEST_ERROR | SMALLEST_RATIO)


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_decoded_signal_equals_the_written_one(container, subtype):
    decoded = decode(encode(SIGNAL, container=container, subtype=subtype))
    error = decoded.signal[: SIGNAL.size] - SIGNAL
    assert (decoded.sample_rate, decoded.channels, decoded.signal.dtype) == (RATE, 1, np.float32)
    assert 0 <= decoded.signal.size - SIGNAL.size <= 512  # ADPCM fills its last block
    if subtype in LARGEST_ERROR:
        assert np.abs(error).max() <= LARGEST_ERROR[subtype]
    else:
        assert 10 * np.log10(np.mean(SIGNAL**2) / np.mean(error**2)) >= SMALLEST_RATIO[subtype]


@pytest.mark.parametrize("rate", [1_000, 8_000, 11_025, 22_050, 44_100, 48_000, 48_001, 192_000, 384_000])
def test_any_rate_is_kept(rate):
    decoded = decode(encode(np.resize(SIGNAL, rate), rate))
    assert (decoded.sample_rate, decoded.signal.size) == (rate, rate)


@pytest.mark.parametrize("channels", [2, 6, 64])
def test_channels_are_averaged(channels):
    weights = np.linspace(0.1, 1, channels)
    decoded = decode(encode(SIGNAL[:, None] * weights, subtype="FLOAT"))
    assert decoded.channels == channels
    assert decoded.signal == pytest.approx(SIGNAL * weights.mean(), abs=1e-6)


def test_long_files_are_decoded_in_blocks(monkeypatch):
    content = encode(np.stack([SIGNAL, 0.5 * SIGNAL], axis=1), subtype="FLOAT")
    whole = decode(content).signal
    monkeypatch.setattr(decoder, "BLOCK_SAMPLES", 1001)
    assert np.array_equal(decode(content).signal, whole)


def test_mp3_named_wav_is_accepted(tmp_path):
    path = tmp_path / "speech.wav"
    path.write_bytes(encode(SIGNAL, container="MP3"))
    assert decode(path).signal.size == SIGNAL.size


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_wav_from_a_pipe_is_accepted(size):
    content = bytearray(encode(SIGNAL, subtype="PCM_16"))
    content[4:8] = content[40:44] = struct.pack("<I", size)
    assert content[36:40] == b"data"
    assert decode(bytes(content)).signal == pytest.approx(SIGNAL, abs=1e-4)


def test_sha256_is_of_the_bytes(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"anything")
    assert audio.sha256(path) == hashlib.sha256(b"anything").hexdigest()


def refusal(content: bytes | Path, kind: type[AudioError], **limits: float) -> str:
    """Text of the error that decoding raises, which is of exactly this class and one line long."""
    with pytest.raises(AudioError) as caught:
        decode(content, **limits)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_empty():
    assert refusal(b"", EmptyFileError).startswith("the file has 0 bytes: expected audio")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"These are notes, not audio.\n" * 100, "text, 'These are notes, not audio.'"),
        (np.random.default_rng(7).bytes(5000), r"unknown format; it begins with b'\x8bJ\xe5\xf1'"),
        ("byte order mark first".encode("utf-16"), "text, 'byte order mark first'"),
        (b"\xff\xfe\x90" + bytes(range(1, 99)), r"no MPEG frame in it; it begins with b'\xff\xfe\x90\x01'"),
    ],
    ids=["text", "random", "UTF-16", "seems MPEG"],
)
def test_not_audio(content, what):
    text = refusal(content, NotAudioError)
    assert text.startswith(f"not audio ({what}): expected WAV, FLAC, OGG, MP3, AIFF, AU, CAF or SPHERE: ")


@pytest.mark.parametrize(
    ("container", "subtype", "begins"),
    [
        ("VOC", "PCM_16", "VOC is not read: expected WAV"),
        ("SVX", "PCM_16", "not audio (unknown format; it begins with b'FORM'"),
        ("MAT5", "DOUBLE", "not audio (MATLAB data): expected WAV"),
        ("XI", "DPCM_16", "not audio (unknown format; it begins with b'"),
    ],
)
def test_unsupported_formats(container, subtype, begins, without_media):
    text = refusal(encode(SIGNAL, container=container, subtype=subtype), NotAudioError)
    assert text.startswith(begins)


def test_truncated_pcm():
    content = encode(SIGNAL, subtype="PCM_16")
    text = refusal(content[:10_044], TruncatedAudioError)
    assert text == (
        "the header says 32000 bytes, the file holds 10000: "
        "expected a complete file: copy it again from its source"
    )


def test_header_with_more_than_the_file_holds():
    content = bytearray(encode(SIGNAL, subtype="PCM_16"))
    content[40:44] = struct.pack("<I", 64_000)
    text = refusal(bytes(content), TruncatedAudioError)
    assert text.startswith("the header says 64000 bytes, the file holds 32000: ")


@pytest.mark.parametrize("share", [0.95, 0.5, 0.2])
@pytest.mark.parametrize(
    ("container", "subtype", "text"),
    [
        ("WAV", "PCM_16", "the header says 96000 bytes, the file holds "),
        ("WAV", "FLOAT", "the header says 192000 bytes, the file holds "),
        ("WAV", "IMA_ADPCM", "the header says 24576 bytes, the file holds "),
        ("WAV", "GSM610", "the header says 9750 bytes, the file holds "),
        ("WAVEX", "PCM_24", "the header says 144000 bytes, the file holds "),
        ("AIFF", "PCM_16", "the header says 96008 bytes, the file holds "),
        ("AU", "PCM_16", "the header says 96000 bytes, the file holds "),
        ("W64", "PCM_16", "the header says 96104 bytes, the file holds "),
        ("RF64", "PCM_16", "the header says "),
        ("FLAC", "PCM_16", "the header says 48000 samples, 0 could be decoded (flac decoder lost sync)"),
        ("CAF", "ALAC_16", "truncated or damaged (Supported file format but file is malformed)"),
        ("OGG", "VORBIS", "the Ogg stream breaks off inside a page"),
        ("OGG", "OPUS", "the Ogg stream breaks off inside a page"),
    ],
)
def test_truncated(container, subtype, text, share):
    content = encode(np.tile(SIGNAL, 3), container=container, subtype=subtype)
    result = refusal(content[: int(share * len(content))], TruncatedAudioError)
    assert result.startswith(text)
    assert result.endswith(": expected a complete file: copy it again from its source")


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("tag", [b"", b"ID3\4\0\0\0\0\1\0" + bytes(128)])
def test_truncated_mp3(tag, channels, rate):
    content = tag + encode(np.tile(SIGNAL[:, None], (3, channels)), rate, "MP3")
    assert decode(content + b"TAG" + bytes(125)).signal.size == 48_000
    for cut in (len(content) // 10, len(content) // 2):
        text = refusal(content[:-cut], TruncatedAudioError)
        assert text.startswith(f"the header says {len(content)} bytes, the file holds {len(content) - cut}: ")
    assert decode(content[:-1]).notes == (SLIGHTLY_MORE,)


def test_truncated_mp3_without_a_size_tag():
    content = encode(np.tile(SIGNAL, 3), container="MP3").replace(b"\0\0\0\x0f", b"\0\0\0\x01", 1)
    text = refusal(content[: len(content) // 2], TruncatedAudioError)
    assert re.match(r"the header says \d+ samples, the file holds \d+: ", text)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "ULAW"])
@pytest.mark.parametrize("channels", [1, 2])
def test_truncated_sphere(channels, subtype):
    content = encode(np.tile(SIGNAL[:, None], channels), container="NIST", subtype=subtype)
    assert decode(content).channels == channels
    text = refusal(content[:-2000], TruncatedAudioError)
    assert text.startswith(f"the header says {len(content)} bytes, the file holds {len(content) - 2000}: ")
    shorter = decode(content[:-2])
    assert shorter.notes == (SLIGHTLY_MORE,)
    assert shorter.signal.size in (RATE - 1, RATE - 2)


def test_truncated_inside_the_header():
    text = refusal(encode(SIGNAL)[:30], TruncatedAudioError)
    assert text.startswith("truncated or damaged (Error in WAV file. No 'data' chunk marker): ")


def test_ogg_cut_between_two_pages():
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE)
    content = encode(noise, container="OGG")
    starts = [page.start() for page in re.finditer(b"OggS", content)]
    assert len(starts) > 4
    decoded = decode(content[: starts[-1]])  # as if the recorder had been stopped
    assert decoded.notes == ("the Ogg stream has no end mark",)
    assert RATE < decoded.signal.size < 2 * RATE
    text = refusal(content[: starts[2]], TruncatedAudioError)
    assert text.startswith("the Ogg stream breaks off before its first sample: ")


@pytest.mark.parametrize("container", ["WAV", "AIFF", "AU", "CAF", "W64"])
def test_no_samples(container):
    text = refusal(encode(np.empty(0), container=container), NoSamplesError)
    assert text.startswith("the header is valid, but no sample follows it: expected audio")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_counted(bad):
    signal = SIGNAL.copy()
    signal[[5, 7_000]] = bad
    text = refusal(encode(signal, subtype="FLOAT"), NonFiniteAudioError)
    assert text == "2 samples are NaN or infinite: expected finite samples: export it again"


def test_opposed_infinities_in_stereo():
    signal = np.stack([SIGNAL, SIGNAL], axis=1)
    signal[100] = np.inf, -np.inf
    assert refusal(encode(signal, subtype="FLOAT"), NonFiniteAudioError).startswith("1 samples are NaN")


@pytest.mark.parametrize("channels", [1, 2])
def test_digital_silence(channels):
    text = refusal(encode(np.zeros((RATE, channels))), SilentAudioError)
    assert text == "digital silence, every sample is zero: expected speech: leave it out"


def test_channels_that_cancel():
    channels = np.stack([SIGNAL, SIGNAL, -2 * SIGNAL], axis=1)
    text = refusal(encode(channels, subtype="FLOAT"), SilentAudioError)
    assert text.startswith("digital silence, the channels cancel each other out: ")


def test_channels_without_sound_and_inverted_ones():
    silent = decode(encode(np.stack([0 * SIGNAL, SIGNAL], axis=1)))
    assert np.array_equal(silent.signal, decode(encode(SIGNAL)).signal)
    assert (silent.channels, silent.notes) == (2, ("a channel without sound is not used",))
    inverted = decode(encode(np.stack([SIGNAL, -SIGNAL], axis=1), subtype="FLOAT"))
    assert np.array_equal(inverted.signal, SIGNAL)
    assert inverted.notes == ("the channels are inverted copies, only one is used",)


def test_a_chosen_channel():
    content = encode(np.stack([SIGNAL, 0.5 * SIGNAL], axis=1), subtype="FLOAT")
    right = audio.decode(content, min_seconds=0.1, max_seconds=600, channel=2)
    assert np.array_equal(right.signal, 0.5 * SIGNAL)
    assert (right.channels, right.notes) == (2, ())
    silent = encode(np.stack([SIGNAL, 0 * SIGNAL], axis=1))
    with pytest.raises(SilentAudioError, match=r"^digital silence, every sample is zero"):
        audio.decode(silent, min_seconds=0.1, max_seconds=600, channel=2)
    mono = encode(SIGNAL)
    with pytest.raises(UnsupportedAudioError, match=r"^channel 2 is chosen and the file has 1: "):
        audio.decode(mono, min_seconds=0.1, max_seconds=600, channel=2)


def test_samples_on_an_integer_scale():
    decoded = decode(encode(SIGNAL * 32_768, subtype="FLOAT"))
    assert np.array_equal(decoded.signal, SIGNAL)
    assert decoded.notes == ("samples on the scale of 16-bit integers, divided by 2^15",)


def test_the_smallest_sample_is_not_silence():
    signal = np.zeros(RATE)
    signal[500] = 1 / 2**15
    assert np.count_nonzero(decode(encode(signal)).signal) == 1


def test_shortest_accepted_duration():
    assert decode(encode(SIGNAL[:1600])).signal.size == 1600
    text = refusal(encode(SIGNAL[:1584]), TooShortError)
    assert text == "0.099 s long, expected at least 0.1 s: leave it out"


def test_longest_accepted_duration():
    assert decode(encode(SIGNAL), max_seconds=1.0).signal.size == RATE
    text = refusal(encode(SIGNAL), TooLongError, max_seconds=0.9)
    assert text == "1 s long, expected at most 0.9 s: cut it into utterances"


def flac_of_claimed_length(samples: int) -> bytes:
    """FLAC whose STREAMINFO claims this number of samples (36 bits, from the low half of byte 21)."""
    content = bytearray(encode(SIGNAL, container="FLAC"))
    content[21] = content[21] & 0xF0 | samples >> 32
    content[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)
    return bytes(content)


def test_length_is_checked_before_decoding(monkeypatch):
    def read(*_, **__):
        raise AssertionError("decoded")

    monkeypatch.setattr(soundfile.SoundFile, "read", read)
    text = refusal(flac_of_claimed_length(2**36 - 1), TooLongError)
    assert text == "4.295e+06 s long, expected at most 600 s: cut it into utterances"
    with pytest.raises(AssertionError, match="decoded"):
        decode(flac_of_claimed_length(SIGNAL.size))


def test_too_many_samples_are_rejected_before_decoding(monkeypatch):
    monkeypatch.setattr(decoder, "MAX_SAMPLES", 2 * SIGNAL.size - 1)
    text = refusal(encode(np.stack([SIGNAL, SIGNAL], axis=1)), TooLongError)
    assert text == (
        "16000 samples of 2 channels, expected at most 31999 in all: "
        "mix it down, resample it, or cut it into utterances"
    )
    assert decode(encode(SIGNAL)).signal.size == SIGNAL.size


def test_too_large_values_are_rejected():
    assert decode(encode(SIGNAL * np.float32(2**32), subtype="FLOAT")).signal.max() > 0.5
    text = refusal(encode(-SIGNAL * np.float32(2**33), subtype="FLOAT"), UnsupportedAudioError)
    assert text == (
        "the loudest sample is 4.27e+09 times full scale, expected at most 2.15e+09: export it again"
    )


def test_flac_of_open_length():
    decoded = decode(flac_of_claimed_length(0))
    assert decoded.notes == ("the FLAC header leaves the length open",)
    assert decoded.signal == pytest.approx(SIGNAL, abs=1e-4)
    text = refusal(flac_of_claimed_length(0)[:-1], TruncatedAudioError)
    assert text.startswith("the FLAC header leaves the length open, and the last frame is incomplete: ")


def test_a_declared_length_without_data():
    text = refusal(flac_of_claimed_length(599 * RATE), TruncatedAudioError)
    assert text.startswith("the header says 9584000 samples, ")


def wav_of_claimed_rate(rate: int) -> bytes:
    content = bytearray(encode(SIGNAL))
    content[24:28] = struct.pack("<I", rate)
    return bytes(content)


@pytest.mark.parametrize("rate", [999, 384_001, 2_000_000_000])
def test_absurd_rate(rate):
    text = refusal(wav_of_claimed_rate(rate), UnsupportedAudioError)
    assert text == f"sample rate is {rate} Hz, expected 1000 to 384000 Hz: convert the file"


def test_negative_rate():
    text = refusal(wav_of_claimed_rate(4_000_000_000), TruncatedAudioError)
    assert text.startswith("truncated or damaged (Internal error : SF_INFO struct incomplete): ")


def test_too_many_channels():
    text = refusal(encode(np.tile(SIGNAL[:, None], 65)), UnsupportedAudioError)
    assert text == "65 channels, expected at most 64: mix it down"


def test_unsupported_encoding():
    text = refusal(encode(SIGNAL, container="CAF").replace(b"lpcm", b"aac ", 1), UnsupportedAudioError)
    reason = "Supported file format but unsupported encoding"
    assert text.startswith(f"libsndfile cannot decode it ({reason}): expected WAV, FLAC, OGG, MP3")


def test_directory_and_missing(tmp_path):
    text = refusal(tmp_path, UnreadableFileError)
    assert text == f"cannot read {tmp_path.name}: it is a folder: expected a file: check its path"
    text = refusal(tmp_path / "gone.wav", UnreadableFileError)
    assert text == (
        "cannot read gone.wav: No such file or directory: "
        "expected a readable file: check its path and permissions"
    )


def test_pipes_and_devices_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    text = refusal(tmp_path / "pipe.wav", UnreadableFileError)
    assert text == "cannot read pipe.wav: it is a pipe, socket or device: expected a file: check its path"
    assert refusal(Path("/dev/zero"), UnreadableFileError).startswith("cannot read zero: it is a pipe")
    assert audio.sha256_if_readable(tmp_path / "pipe.wav") is None


def test_a_file_that_becomes_a_pipe_does_not_block(tmp_path, monkeypatch):
    regular = Path(__file__).stat()
    os.mkfifo(tmp_path / "pipe.wav")
    monkeypatch.setattr(Path, "stat", lambda path: regular)
    refusal(tmp_path / "pipe.wav", EmptyFileError)


def test_no_permission(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.wav").touch()
    monkeypatch.setattr(os, "open", refuse)
    assert "cannot read a.wav: Permission denied" in refusal(tmp_path / "a.wav", UnreadableFileError)


def test_huge_files_are_rejected_unread(tmp_path):
    with (tmp_path / "huge.wav").open("wb") as file:
        file.truncate(audio.MAX_BYTES + 1)  # a hole: takes no space
    text = refusal(tmp_path / "huge.wav", UnsupportedAudioError)
    assert text == "1073741825 bytes, expected at most 1073741824: cut it into utterances"
    with (tmp_path / "huge.wav").open("wb") as file:
        file.truncate(MAX_BYTES_OF_PARTS + 1)
    assert audio.sha256_if_readable(tmp_path / "huge.wav") is None
