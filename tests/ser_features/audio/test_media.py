"""Containers that PyAV reads: length, delay, channels, damage, references to other files."""

import io
import struct

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate

from benchmarks.robustness.media_files import WRITTEN, Written, media_file
from ser_features.audio import containers, count_channels, decode, decoder, media
from ser_features.audio.stream import Stream
from ser_features.config import SPEECH16K
from ser_features.errors import (
    NotAudioError,
    TooLongError,
    TruncatedAudioError,
    UnsupportedAudioError,
)
from ser_features.pipeline import extract_bytes
from tests.cases.sounds import voice

av = pytest.importorskip("av")

M4A, AAC, WEBM, MKV = (
    next(kind for kind in WRITTEN if kind.name == name)
    for name in ("ipod-aac", "adts-aac", "webm-libopus", "matroska-flac")
)
RAW = ("amr", "adts", "ac3", "eac3", "mpegts")
"""Containers that declare no duration."""


def read(content, **options):
    return decode(content, **({"min_seconds": 0.05, "max_seconds": 600} | options))


def spoken(kind: Written, seconds: float = 1.2) -> np.ndarray:
    return voice(seconds=seconds, rate=kind.rate)


def delay(decoded: np.ndarray, original: np.ndarray) -> int:
    """By how many samples the decoded signal is later."""
    decoded, original = decoded[: len(original)], original[: len(decoded)]
    return int(np.argmax(correlate(decoded, original, method="fft"))) - (len(original) - 1)


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)
def test_every_container_gives_the_sound_that_was_encoded(kind):
    signal = spoken(kind)
    audio = read(media_file(kind, signal))
    assert (audio.sample_rate, audio.channels, audio.notes) == (kind.rate, 1, ())
    assert -0.05 <= (len(audio.signal) - len(signal)) / kind.rate <= kind.padding
    assert delay(audio.signal, signal) / kind.rate == pytest.approx(0, abs=max(kind.delay, 0.002))


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)
def test_a_cut_file_is_refused_where_the_container_declares_a_length(kind):
    content = media_file(kind, spoken(kind))
    cut = content[: len(content) * 6 // 10]
    if kind.container in RAW:
        audio = read(cut)
        assert 0.5 < len(audio.signal) / audio.sample_rate < 0.9
        assert set(audio.notes) <= {media.LAST_PACKET}
    else:
        with pytest.raises(TruncatedAudioError, match="expected a complete file: copy it again"):
            read(cut)


@pytest.mark.parametrize(
    ("container", "subtype", "demuxers"),
    [
        ("WAV", "PCM_U8", "wav"),
        ("WAV", "PCM_16", "wav"),
        ("WAV", "PCM_24", "wav"),
        ("WAV", "PCM_32", "wav"),
        ("WAV", "DOUBLE", "wav"),
        ("WAV", "ULAW", "wav"),
        ("FLAC", "PCM_24", "flac"),
        ("MP3", "MPEG_LAYER_III", "mp3"),
        ("OGG", "VORBIS", "ogg"),
        ("OGG", "OPUS", "ogg"),
    ],
)
def test_libsndfile_and_pyav_read_the_same(container, subtype, demuxers, monkeypatch):
    """Lossless files are equal, lossy ones to 1e-6 of full scale, their mel frames to 0.01 dB."""
    file = io.BytesIO()
    soundfile.write(file, voice(rate=48_000), 48_000, subtype, format=container)
    content = file.getvalue()
    expected = read(content)
    mel = extract_bytes(content, SPEECH16K, ("mel",)).frames["mel"]
    monkeypatch.setattr(decoder, "_stream", lambda content: Stream((content,), demuxers=demuxers))
    decoded = read(content)
    decoded_mel = extract_bytes(content, SPEECH16K, ("mel",)).frames["mel"]
    if demuxers in ("wav", "flac"):
        np.testing.assert_array_equal(decoded.signal, expected.signal)
        np.testing.assert_array_equal(decoded_mel, mel)
    np.testing.assert_allclose(decoded.signal, expected.signal, atol=1e-6, rtol=0)
    np.testing.assert_allclose(decoded_mel, mel, atol=0.01, rtol=0)


def test_channels():
    left, right = voice(1), voice(2)
    content = media_file(MKV, np.stack([left, right], axis=1))
    assert count_channels(content) == 2
    np.testing.assert_allclose(read(content, channel=2).signal, right, atol=1e-4)
    np.testing.assert_allclose(read(content).signal, (left + right) / 2, atol=1e-4)
    dead = read(media_file(MKV, np.stack([left, 0 * right], axis=1)))
    assert dead.notes == ("a channel without sound is not used",)
    with pytest.raises(UnsupportedAudioError, match="channel 3 is chosen and the file has 2"):
        read(content, channel=3)


def test_blocks_are_the_whole(monkeypatch):
    content = media_file(M4A, spoken(M4A))
    whole = read(content).signal
    for size in (1000, 4608, 10_000):
        monkeypatch.setattr(media, "BLOCK_SAMPLES", size)
        np.testing.assert_array_equal(read(content).signal, whole)


def test_the_length_is_checked_before_decoding_where_it_is_declared(monkeypatch):
    content = media_file(M4A, spoken(M4A, 3))
    monkeypatch.setattr(media.MediaSound, "blocks", None)
    with pytest.raises(TooLongError, match="3 s long, expected at most 2 s"):
        read(content, max_seconds=2)


def test_and_while_decoding_where_it_is_not(monkeypatch):
    monkeypatch.setattr(media, "BLOCK_SAMPLES", 1000)
    with pytest.raises(TooLongError, match=r"2\.\d+ s long, expected at most 2 s"):
        read(media_file(AAC, spoken(AAC, 3)), max_seconds=2)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (M4A, {"movflags": "frag_keyframe+empty_moov"}),
        (WEBM, {"live": "1"}),
    ],
    ids=["fragments", "live"],
)
def test_other_layouts(kind, options):
    signal = spoken(kind)
    content = media_file(kind, signal, **options)
    assert len(read(content).signal) == pytest.approx(len(signal), abs=kind.rate / 10)


def index_in_front(content: bytes) -> bytes:
    """An MP4 file with its boxes in the order that servers need; only one chunk is listed."""
    ends = {kind: (start, end) for kind, start, end in containers._boxes(content)}
    (start, end), (data, _) = ends[b"moov"], ends[b"mdat"]
    index = bytearray(content[start:end])
    count = index.index(b"stco") + 8
    chunks = struct.unpack_from(">I", index, count)[0]
    for position in range(count + 4, count + 4 + 4 * chunks, 4):
        struct.pack_into(">I", index, position, struct.unpack_from(">I", index, position)[0] + len(index))
    return content[:data] + bytes(index) + content[data:start] + content[end:]


def test_a_file_with_its_index_in_front_that_was_cut():
    content = index_in_front(media_file(M4A, spoken(M4A)))
    assert len(read(content).signal) == len(spoken(M4A))
    with pytest.raises(TruncatedAudioError, match=r"the header says \d+ bytes, the file holds \d+"):
        read(content[: len(content) // 2])


def streams(*kinds: str, form: str = "mp4") -> bytes:
    """A file of audio streams, the last of which is the default, or of pictures."""
    file = io.BytesIO()
    options = {"default_mode": "passthrough"} if form == "matroska" else {}
    with av.open(file, "w", format=form, options=options) as container:
        made = [
            container.add_stream(kind, rate=16_000, layout="mono")
            if kind == "aac"
            else container.add_stream(kind, rate=10, width=16, height=16)
            for kind in kinds
        ]
        made[-1].disposition = av.stream.Disposition.default
        for number, stream in enumerate(made, start=1):
            if stream.type == "audio":
                frame = av.AudioFrame.from_ndarray(number * voice()[None, 2000:3024] / 4, "fltp", "mono")
                frame.sample_rate = 16_000
            else:
                frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8))
            frame.pts = 0
            container.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


def test_of_several_audio_streams_the_default_is_read():
    both, one = read(streams("aac", "aac", form="matroska")), read(streams("aac"))
    assert both.notes == ("2 audio streams, only one is used",)
    assert np.abs(both.signal).max() > 1.5 * np.abs(one.signal).max()


def test_a_video_gives_its_sound_and_one_without_is_refused():
    assert read(streams("mpeg4", "aac")).channels == 1
    with pytest.raises(NotAudioError, match=r"^MP4 without sound: expected an audio stream: leave it out$"):
        read(streams("mpeg4"))


def test_nothing_but_the_bytes_is_opened(tmp_path):
    """Playlists are no media format, and the demuxer of one format opens no other, nor a protocol."""
    secret = tmp_path / "secret.wav"
    soundfile.write(secret, voice(), 16_000)
    for text in (f"ffconcat version 1.0\nfile {secret}\n", f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n"):
        with pytest.raises(NotAudioError, match="text"):
            read(text.encode())
        for demuxers in ("mov", "matroska", "wav"):
            with pytest.raises(TruncatedAudioError):
                media.MediaSound(text.encode(), demuxers)
    with pytest.raises(OSError, match="is not opened"):
        media._refuse(str(secret), 0, {})


def test_a_track_in_another_file_is_not_followed(tmp_path):
    """A QuickTime reference: the data of the track are in a file beside it."""
    kind = Written("mov", "pcm_s16le")
    soundfile.write(tmp_path / "other.wav", voice(), 16_000)
    content = media_file(kind, voice())
    position = content.index(b"url \0\0\0\1")
    elsewhere = content[:position] + b"url \0\0\0\0" + content[position + 8 :]
    assert len(read(elsewhere).signal) == len(voice())  # the file itself, whatever the reference says


def test_more_packets_than_bytes_are_refused_before_their_table_is_made():
    content = bytearray(media_file(M4A, spoken(M4A)))
    position = content.index(b"stsz") + 12
    content[position : position + 4] = b"\xff\xff\xff\xf0"
    with pytest.raises(UnsupportedAudioError, match=r"declares 4294967280 packets in \d+ bytes"):
        read(bytes(content))


def test_damage_in_the_middle_is_refused():
    content = bytearray(media_file(AAC, spoken(AAC)))
    middle = content.index(b"\xff\xf1", len(content) // 2)
    content[middle + 7 : middle + 300] = bytes(293)
    with pytest.raises(TruncatedAudioError, match=r"^AAC is truncated or damaged \(Invalid data found"):
        read(bytes(content))


def test_an_encoding_that_is_not_read(monkeypatch):
    monkeypatch.setattr(media, "DECODERS", "flac")
    with pytest.raises(UnsupportedAudioError, match=r"^M4A \(AAC\) in an encoding that is not read"):
        read(media_file(M4A, spoken(M4A)))


def test_without_the_extra(without_media):
    with pytest.raises(
        NotAudioError, match=r"^M4A \(AAC\) is not read: .*, or pip install 'ser-toolkit\[media\]'$"
    ):
        read(media_file(M4A, spoken(M4A)))
