"""Recordings that are longer, or shorter, than their header says, as people's programs write them."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features import audio
from ser_features.audio.mpeg_frame import header_of
from ser_features.audio.ogg import checksum
from ser_features.audio.stream import LEFT_OUT, NEVER_FILLED_IN, SLIGHTLY_MORE
from ser_features.errors import AudioError, NoSamplesError, TruncatedAudioError, UnsupportedAudioError
from tests.attacks.zoo import chunk, encode, fmt, samples, wav
from tests.cases.sounds import RATE, table, voice

VOICE = voice(seconds=0.6)
OTHER = voice(2, "happy", seconds=0.4)
PCM = samples(VOICE)
DELAY = 1152 + 576
"""Most samples that an MP3 encoder puts around a recording."""


def decode(content: bytes) -> audio.Audio:
    return audio.decode(content, min_seconds=0.1, max_seconds=600)


def refusal(content: bytes, kind: type[AudioError]) -> str:
    with pytest.raises(kind) as caught:
        decode(content)
    return str(caught.value)


def mp3(signal: np.ndarray, rate: int = RATE, *, variable: bool = False, tagged: bool = True) -> bytes:
    """An MP3; without its first frame, which says how long it is, unless `tagged`."""
    file = io.BytesIO()
    mode = "VARIABLE" if variable else "CONSTANT"
    soundfile.write(file, signal, rate, format="MP3", bitrate_mode=mode, compression_level=0.6)
    content = file.getvalue()
    first = header_of(content[:4])
    assert first is not None
    return content if tagged else content[first.size :]


def id3(size: int = 3000) -> bytes:
    """An ID3v2 tag with a picture of zeros, bytes like frames, and padding."""
    body = b"APIC" + struct.pack(">IH", size, 0) + b"\xff\xfb\x90\x64" * (size // 4) + bytes(500)
    length = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + length + body


def ape() -> bytes:
    """An APEv2 tag with its header and footer."""
    item = struct.pack("<II", 5, 0) + b"Title\0hello"
    fields = struct.pack("<III", 2000, len(item) + 32, 1)
    header, footer = (struct.pack("<I", flags) + bytes(8) for flags in (0xA000_0000, 0x8000_0000))
    return b"APETAGEX" + fields + header + item + b"APETAGEX" + fields + footer


def ogg(signal: np.ndarray, codec: str = "OPUS", *, ended: bool = True, rate: int = RATE) -> bytes:
    """An Ogg file whose last page is marked as the last, or not."""
    content = bytearray(encode(signal, "OGG", codec, rate=rate))
    if not ended:
        last = content.rfind(b"OggS")
        content[last + 5] &= ~4
        content[last + 22 : last + 26] = bytes(4)
        content[last + 22 : last + 26] = struct.pack("<I", checksum(bytes(content[last:])))
    return bytes(content)


def pages(content: bytes) -> list[bytes]:
    """The pages of an Ogg file."""
    return [b"OggS" + page for page in content.split(b"OggS")[1:]]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files, contents by name, and return their folder."""

    def write(**contents: bytes) -> Path:
        for name, content in contents.items():
            (tmp_path / name.replace("_", ".")).write_bytes(content)
        return tmp_path

    return write


# Case: MP3 of variable bit rate without a Xing frame


def bursts() -> np.ndarray:
    """Speech and pauses, whose bit rates differ."""
    pause = np.zeros(RATE // 2, np.float32)
    return np.concatenate([part for take in range(3) for part in (voice(take=take), pause)] + [VOICE])


def test_variable_bit_rate_without_xing_frame_is_read_to_its_end(ser, model, folder):
    """`duration_sec` is that of the analysed signal; a pause at the end would not count."""
    signal = bursts()
    path = folder(call_mp3=mp3(signal, variable=True, tagged=False))
    answer = json.loads(ser("predict", model, path / "call.mp3", "--format", "json").out)
    assert answer[0]["seconds"] == pytest.approx(signal.size / RATE, abs=0.1)
    manifest = table(path / "calls.csv", ["call.mp3,angry,ada"])
    ser("extract", "--datasets", manifest, "--store", path / "s", "--workers", 1)
    stored = json.loads(
        ser(
            "store", "query", "select duration_sec d from files", "--store", path / "s", "--format", "json"
        ).out
    )
    assert stored[0]["d"] == pytest.approx(signal.size / RATE, abs=0.1)


@pytest.mark.parametrize(
    ("content", "size", "notes"),
    [
        (mp3(VOICE) + mp3(OTHER), VOICE.size + OTHER.size, ("2 MPEG streams one after the other",)),
        (
            id3() + mp3(VOICE) + b"TAG" + bytes(125) + id3() + mp3(OTHER),
            VOICE.size + OTHER.size,
            ("2 MPEG streams one after the other",),
        ),
        (
            wav(fmt(code=0x55, bits=0), chunk(b"data", mp3(bursts(), variable=True, tagged=False))),
            bursts().size,
            (),
        ),
        (wav(fmt(code=0x55, bits=0), chunk(b"data", mp3(VOICE), 0)), VOICE.size, ()),
        (
            mp3(VOICE) + mp3(OTHER, tagged=False),
            VOICE.size + OTHER.size,
            ("there are more MPEG frames than the first one declares",),
        ),
        (
            mp3(VOICE)[:1500] + b"lost" * 30 + mp3(VOICE)[1500:],
            VOICE.size,
            ("bytes that are no MPEG frames are left out",),
        ),
    ],
    ids=[
        "joined",
        "joined with tags",
        "in WAV",
        "in WAV without a size",
        "joined without tag",
        "bytes between",
    ],
)
def test_mpeg_frames_are_read_to_the_last(content, size, notes):
    decoded = decode(content)
    assert 0 <= decoded.signal.size - size <= 2 * DELAY
    assert decoded.notes == notes


@pytest.mark.parametrize("container", ["WAV", "FLAC"])
def test_joined_files_are_read_to_the_end_of_the_last(container):
    first, second = encode(VOICE, container), encode(OTHER, container)
    decoded = decode(first + second)
    assert decoded.signal == pytest.approx(np.concatenate([VOICE, OTHER]), abs=1e-4)
    assert decoded.notes == (f"2 {container} files one after the other",)
    assert refusal(first + second[:-500], TruncatedAudioError)
    assert refusal(second * 101, UnsupportedAudioError) == (
        f"more than 100 {container} files one after the other: expected one: split it"
    )


def test_a_second_au_file_is_not_left_out_in_silence():
    assert decode(encode(VOICE, "AU") + encode(OTHER, "AU")).notes == (LEFT_OUT,)


def test_joined_mp3_files_of_different_rates_are_refused():
    text = refusal(mp3(VOICE) + mp3(voice(rate=22_050), 22_050), UnsupportedAudioError)
    assert text == (
        "a part of 1 channels at 16000 Hz is followed by one of 1 at 22050 Hz: "
        "expected equal parts: split the file"
    )


def test_a_piece_of_an_mp3_is_read_from_its_first_frame():
    """As programs that record radio stations cut it."""
    whole = decode(mp3(bursts(), tagged=False))
    decoded = decode(mp3(bursts(), tagged=False)[1000:])
    assert 0 < whole.signal.size - decoded.signal.size < RATE // 2
    assert decoded.notes == ("bytes that are no MPEG frames are left out",)


def test_an_mp3_that_ends_within_a_frame_has_a_note():
    assert decode(mp3(VOICE, tagged=False)[:-10]).notes == ("the last MPEG frame is incomplete",)


# Case: MP3 with a cover picture


@pytest.mark.parametrize(
    "content",
    [
        id3(60_000) + mp3(VOICE, tagged=False),
        id3(60_000) + bytes(2000) + mp3(VOICE, tagged=False),
        mp3(VOICE, tagged=False) + ape() + b"TAG" + bytes(125),
        ape() + mp3(VOICE, tagged=False),
    ],
    ids=["cover", "padding behind the tag", "APE and ID3v1 at the end", "APE in front"],
)
def test_tags_are_no_audio(content):
    plain, tagged = decode(mp3(VOICE, tagged=False)), decode(content)
    assert np.array_equal(plain.signal, tagged.signal)
    assert tagged.notes == ()


def test_an_mp3_with_a_cover_is_recognised(ser, model, folder):
    path = folder(cover_mp3=id3(60_000) + mp3(VOICE, tagged=False))
    answer = ser("predict", model, path / "cover.mp3")
    assert (answer.code, "note" in answer.err) == (0, False)


def test_flac_behind_an_id3_tag():
    assert decode(id3() + encode(VOICE, "FLAC")).signal == pytest.approx(VOICE, abs=1e-4)


# Case: sizes that were never filled in


def test_a_size_of_zero_is_read_with_a_note(ser, model, folder):
    zero = wav(fmt(), chunk(b"data", PCM, 0))
    path = folder(zero_wav=zero, both_wav=zero[:4] + bytes(4) + zero[8:])
    answer = ser("predict", model, path / "zero.wav", path / "both.wav")
    assert answer.code == 0
    assert f"note {path}/zero.wav: {NEVER_FILLED_IN} (and 1 more files)" in answer.err
    manifest = table(path / "own.csv", ["zero.wav,angry,ada", "both.wav,sad,ada"])
    answer = ser("extract", "--datasets", manifest, "--store", path / "s", "--workers", 1)
    assert f"note: {NEVER_FILLED_IN} (2 files, such as 'both.wav')" in answer.err
    query = "select distinct audio_notes n from files"
    assert NEVER_FILLED_IN in ser("store", "query", query, "--store", path / "s").out


def open_au(signal: np.ndarray) -> bytes:
    content = encode(signal, "AU")
    return content[:8] + bytes(4) + content[12:]


def open_caf(signal: np.ndarray) -> bytes:
    """CAF as a program leaves it that records: the size of the data is −1."""
    content = encode(signal, "CAF")
    at = content.index(b"data") + 4
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


def open_rf64(signal: np.ndarray) -> bytes:
    content = encode(signal, "RF64")
    return content[:20] + bytes(24) + content[44:]


@pytest.mark.parametrize(
    "content",
    [
        wav(fmt(), chunk(b"data", PCM, 0)),
        wav(fmt(), chunk(b"LIST", b"INFOabcd"), chunk(b"data", PCM, 0)),
        open_au(VOICE),
        open_caf(VOICE),
        open_rf64(VOICE),
    ],
    ids=["WAV", "WAV with a list", "AU", "CAF", "RF64"],
)
def test_what_follows_a_size_of_zero_is_taken_for_samples(content):
    decoded = decode(content)
    assert decoded.signal == pytest.approx(VOICE, abs=1e-4)
    assert decoded.notes == (NEVER_FILLED_IN,)


def test_a_wav_of_no_samples_is_still_refused():
    for content in (
        wav(fmt(), chunk(b"data", b"")),
        wav(fmt(), chunk(b"data", b""), chunk(b"LIST", b"INFOabcd")),
    ):
        assert refusal(content, NoSamplesError).startswith("the header is valid, but no sample follows it")


def test_a_header_that_was_filled_in_too_early_has_a_note():
    decoded = decode(wav(fmt(), chunk(b"data", PCM, len(PCM) // 2)))
    assert decoded.signal.size == VOICE.size // 2
    assert decoded.notes == (LEFT_OUT,)


# Case: some bytes too many


@pytest.mark.parametrize("more", [36, 44, 16])
def test_a_few_bytes_too_many_are_no_reason_to_refuse(more):
    decoded = decode(wav(fmt(), chunk(b"data", PCM, len(PCM) + more)))
    assert decoded.signal == pytest.approx(VOICE, abs=1e-4)
    assert decoded.notes == (SLIGHTLY_MORE,)


@pytest.mark.parametrize("codec", ["GSM610", "ULAW", "IMA_ADPCM"])
def test_a_header_is_a_larger_part_of_a_short_file(codec):
    content = encode(VOICE, "WAV", codec)
    at = content.index(b"data") + 4
    size = struct.unpack_from("<I", content, at)[0]
    decoded = decode(content[:at] + struct.pack("<I", size + 60) + content[at + 4 :])
    assert np.array_equal(decoded.signal, decode(content).signal)
    assert decoded.notes == (SLIGHTLY_MORE,)


def test_a_size_that_reaches_into_the_next_chunk():
    decoded = decode(wav(fmt(), chunk(b"data", PCM, len(PCM) + 44), chunk(b"LIST", b"INFO" + bytes(60))))
    assert decoded.signal == pytest.approx(VOICE, abs=1e-4)
    assert decoded.notes == (SLIGHTLY_MORE,)


def test_a_few_bytes_too_many_in_aiff():
    content = encode(VOICE, "AIFF")
    at = content.index(b"SSND") + 4
    size = struct.unpack_from(">I", content, at)[0]
    decoded = decode(content[:at] + struct.pack(">I", size + 54) + content[at + 4 :])
    assert (decoded.signal.size, decoded.notes) == (VOICE.size, (SLIGHTLY_MORE,))


@pytest.mark.parametrize("lost", [0.02, 0.5])
def test_a_real_part_that_is_missing_is_still_refused(lost):
    declared = round(len(PCM) / (1 - lost))
    text = refusal(wav(fmt(), chunk(b"data", PCM, declared)), TruncatedAudioError)
    assert text.startswith(f"the header says {declared} bytes, the file holds {len(PCM)}: ")


# Case: encodings that are not read


def extensible(tag: int) -> bytes:
    """A format chunk whose subformat is the encoding."""
    guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, 2 * RATE, 2, 16, 22, 16, 0)
    return chunk(b"fmt ", form + guid)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (fmt(code=0x83, rate=8_000, bits=0), "G.729 (WAV format 0x0083)"),
        (fmt(code=0x42, rate=8_000, bits=0), "G.723.1 (WAV format 0x0042)"),
        (fmt(code=0x704F, rate=48_000, bits=0), "Opus (WAV format 0x704F)"),
        (extensible(0x0270), "ATRAC3 (WAV format 0x0270)"),
        (fmt(code=0x4321), "WAV format 0x4321"),
    ],
)
def test_encodings_in_wav_are_named(form, name):
    assert refusal(wav(form, chunk(b"data", bytes(range(250)) * 8)), UnsupportedAudioError) == (
        f"{name} is not read: expected PCM, float, A-law, µ-law, ADPCM, GSM 6.10 or MPEG: "
        "convert it: ffmpeg -i FILE.wav -c:a pcm_s16le NEW.wav"
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"\x7f\xfe\x80\x01" + bytes(9000), "DTS"), (encode(VOICE, "FLAC"), "a FLAC file")],
)
def test_compressed_data_under_a_pcm_header_are_named(data, name):
    """They were read as noise."""
    text = refusal(wav(fmt(), chunk(b"data", data)), UnsupportedAudioError)
    assert text.startswith(f"the WAV header says samples, the data are {name}: ")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (mp3(VOICE), "the WAV header says samples, the data are MPEG frames"),
        (encode(VOICE), "a WAV file within a WAV file"),
    ],
    ids=["MP3", "WAV"],
)
def test_a_file_under_a_pcm_header_is_read(data, note):
    decoded = decode(wav(fmt(), chunk(b"data", data)))
    assert (decoded.signal.size, decoded.notes) == (VOICE.size, (note,))


# Case: an Ogg stream without an end mark


@pytest.mark.parametrize("codec", ["OPUS", "VORBIS"])
def test_ogg_without_an_end_mark_is_read_with_a_note(codec):
    decoded = decode(ogg(VOICE, codec, ended=False))
    assert np.array_equal(decoded.signal, decode(ogg(VOICE, codec)).signal)
    assert decoded.notes == ("the Ogg stream has no end mark",)


def test_a_note_is_printed_and_written(ser, model, folder):
    path = folder(note_opus=ogg(VOICE, ended=False), fine_opus=ogg(OTHER))
    answer = ser("predict", model, path / "note.opus", path / "fine.opus")
    assert answer.code == 0
    assert f"note {path}/note.opus: the Ogg stream has no end mark\n" in answer.err
    rows = json.loads(ser("predict", model, path, "--format", "json").out)
    assert [row["notes"] for row in rows] == [None, "the Ogg stream has no end mark"]


@pytest.mark.parametrize("codec", ["OPUS", "VORBIS"])
def test_chained_ogg_is_read_to_its_end(codec):
    decoded = decode(ogg(VOICE, codec) + ogg(OTHER, codec))
    parts = [decode(ogg(signal, codec)).signal for signal in (VOICE, OTHER)]
    assert np.array_equal(decoded.signal, np.concatenate(parts))
    assert decoded.notes == ("2 Ogg streams one after the other",)


def test_ogg_beside_another_stream():
    """Pages of a stream of pictures between those of the sound, as a video has them."""
    sound = pages(ogg(VOICE, "VORBIS"))
    picture = bytearray(b"OggS\0\2" + bytes(8) + b"pict" + bytes(8) + b"\1\7" + b"\x80theora")
    picture[22:26] = struct.pack("<I", checksum(bytes(picture)))
    decoded = decode(b"".join([bytes(picture), *sound]))
    assert np.array_equal(decoded.signal, decode(b"".join(sound)).signal)


@pytest.mark.parametrize(
    ("content", "how"),
    [
        (
            lambda: b"".join(page for number, page in enumerate(noise()) if number != 3),
            "lacks the pages between 2 and 4",
        ),
        (lambda: b"".join(noise()).replace(noise()[3][-9:], bytes(9)), "is damaged in page 4"),
        (lambda: b"".join(noise())[:-5], "breaks off inside a page"),
        (lambda: ogg(VOICE) + ogg(OTHER)[:-5], "breaks off inside a page"),
    ],
    ids=["page missing", "page damaged", "cut", "second stream cut"],
)
def test_ogg_with_a_part_missing_is_refused(content, how):
    """Such pages are left out by libsndfile, without an error."""
    assert refusal(content(), TruncatedAudioError).startswith(f"the Ogg stream {how}: ")


def noise() -> list[bytes]:
    return pages(ogg(np.random.default_rng(0).normal(0, 0.1, 2 * RATE), "VORBIS"))
