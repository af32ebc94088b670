"""Contents that are no audio, folders with other formats and of links, channels, scales of samples."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.robustness.media_files import WRITTEN, media_file
from ser_features.corpora.walk import audio_files
from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.inference.loading import load
from tests.cases.sounds import save, table, voice

M4A = b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom" + bytes(400)
MP4 = b"\0\0\0\x1cftypisom" + bytes(400)
AMR = b"#!AMR\n" + bytes(90)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"ab" * 32 + b"\nsize 72862\n"
QUICK = ("--features", "core", "--workers", 1)
LOGIN = b"<!DOCTYPE html>\n<html><title>Sign in</title></html>\n"


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# A voice memo of a telephone, and a corpus fetched as a ZIP (python-soundfile#389, CREMA-D#3 and #6)


def test_a_voice_memo_is_named_with_the_command_that_converts_it(ser, model, tmp_path, without_media):
    memo = write(tmp_path / "memo.m4a", M4A)
    answer = ser("predict", model, memo)
    assert answer.code == 1
    assert f"failed {memo}: M4A (AAC) is not read: expected WAV" in answer.err
    remedy = f"convert it: ffmpeg -i {memo} {tmp_path}/memo.wav, or pip install 'ser-toolkit[media]'\n"
    assert remedy in answer.err


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (POINTER, "not audio (a git-lfs pointer instead of the recording)", "git lfs pull"),
        pytest.param(
            LOGIN,
            "not audio (an HTML page)",
            "download the recording again, signed in",
            marks=pytest.mark.long,
        ),
        pytest.param(
            bytes(900), "not audio (only zero bytes)", "copy it again from its source", marks=pytest.mark.long
        ),
    ],
    ids=["git-lfs", "login page", "zeros"],
)
def test_a_corpus_of_something_else_is_named_once(ser, tmp_path, content, what, remedy):
    for name in ("1001_DFA_ANG_XX", "1002_DFA_SAD_XX", "1003_DFA_HAP_XX"):
        write(tmp_path / "cremad" / "AudioWAV" / f"{name}.wav", content)
    answer = ser("extract", "--datasets", "cremad", "--data", tmp_path, "--store", tmp_path / "store", *QUICK)
    assert answer.code == 1
    [line] = [line for line in answer.err.splitlines() if what in line]
    assert line.startswith("failed 3 files such as 'cremad/AudioWAV/1001_DFA_ANG_XX.wav': NotAudioError: ")
    assert remedy in line


def test_a_memo_that_was_renamed_is_not_overwritten_by_the_command(ser, model, tmp_path, without_media):
    answer = ser("predict", model, write(tmp_path / "memo.wav", M4A))
    assert f"ffmpeg -i {tmp_path}/memo.wav {tmp_path}/memo-converted.wav, or" in answer.err


# A folder of voice memos: some .wav, some of a telephone (python-soundfile#389, librosa#1015)


MEMOS = {
    "two.m4a": "ipod-aac",
    "three.aac": "adts-aac",
    "four.amr": "amr-libopencore_amrnb",
    "sub/zoom.mp4": "mp4-mp3",
    "sub/page.webm": "webm-libopus",
    "sub/old.wma": "asf-wmav2",
    "sub/camera.avi": "avi-pcm_s16le",
}
"""Name of a file → its container and codec."""


def test_recordings_of_telephones_cameras_and_browsers_are_read(ser, model, tmp_path):
    kinds = {kind.name: kind for kind in WRITTEN}
    save(tmp_path / "one.wav", voice(1, "angry"))
    for take, (name, kind) in enumerate(MEMOS.items()):
        write(tmp_path / name, media_file(kinds[kind], voice(1, "angry", take, rate=kinds[kind].rate)))
    answer = ser("predict", model, tmp_path, "--format", "csv")
    assert (answer.code, answer.err.count("failed")) == (0, 0)
    assert len(answer.out.splitlines()) == 2 + len(MEMOS)
    renamed = write(tmp_path / "renamed.wav", (tmp_path / "two.m4a").read_bytes())
    assert ser("predict", model, renamed).code == 0


def test_what_only_seems_to_be_one_is_refused_in_one_line(ser, model, tmp_path):
    answer = ser("predict", model, write(tmp_path / "memo.m4a", M4A))
    assert answer.code == 1
    [line] = [line for line in answer.err.splitlines() if "failed" in line]
    assert "M4A (AAC) is truncated or damaged (Invalid data found when processing input): expected" in line


def test_memos_become_a_store(ser, tmp_path):
    kind = WRITTEN[0]
    for speaker, emotion in (("ada", "angry"), ("ben", "sad")):
        write(tmp_path / f"{speaker}_{emotion}.m4a", media_file(kind, voice(1, emotion, rate=kind.rate)))
    assert ser("manifest", tmp_path, "{speaker}_{emotion}.m4a", "--out", tmp_path / "own.csv").code == 0
    answer = ser("extract", "--datasets", tmp_path / "own.csv", "--store", tmp_path / "store", *QUICK)
    assert (answer.code, "2 stored, 0 unchanged, 0 failed" in answer.out) == (0, True)


def test_no_recording_of_a_folder_is_passed_over(ser, model, tmp_path, without_media):
    save(tmp_path / "one.wav", voice(1, "angry"))
    for name, content in (("two.m4a", M4A), ("three.aac", b""), ("four.amr", AMR), ("sub/zoom.mp4", MP4)):
        write(tmp_path / name, content)
    write(tmp_path / "notes.txt", b"no recording")
    answer = ser("predict", model, tmp_path)
    assert answer.code == 1
    assert answer.out.count("one.wav") == 1
    forms = {"two.m4a": "M4A (AAC)", "three.aac": "AAC", "four.amr": "AMR", "sub/zoom.mp4": "MP4"}
    for name, form in forms.items():
        assert f"failed {tmp_path}/{name}: {form} is not read" in answer.err
    assert "notes.txt" not in answer.out + answer.err


def test_a_memo_that_was_converted_beside_itself_is_one_recording(ser, model, tmp_path):
    save(tmp_path / "memo.wav", voice(1, "sad"))
    write(tmp_path / "memo.m4a", M4A)
    answer = ser("predict", model, tmp_path)
    assert (answer.code, "failed" in answer.err) == (0, False)


def test_audio_under_the_wrong_extension_is_read(ser, model, tmp_path):
    save(tmp_path / "memo.m4a", voice(1, "sad"))
    answer = ser("predict", model, tmp_path)
    assert answer.code == 0
    assert "memo.m4a" in answer.out


def test_a_manifest_of_other_formats_only(ser, tmp_path, without_media):
    for name in ("ada_angry.m4a", "ben_sad.m4a"):
        write(tmp_path / name, M4A)
    answer = ser("manifest", tmp_path, "{speaker}_{emotion}.m4a")
    assert answer.code == 2
    assert f"none of 2 recordings below {tmp_path} is read, such as ada_angry.m4a: M4A (AAC)" in answer.err


@pytest.mark.long
def test_videos_beside_the_recordings_of_a_corpus(ser, tmp_path, without_media):
    for name in ("03-01-05-01-01-01-01", "03-01-04-01-01-01-02"):
        save(tmp_path / "ravdess" / f"{name}.wav")
        write(tmp_path / "ravdess" / "video" / f"{name}.mp4", MP4)  # the same recording
        write(tmp_path / "ravdess" / "video" / f"02{name[2:]}.mp4", MP4)
    write(tmp_path / "ravdess" / "03-01-03-01-01-01-01.m4a", M4A)
    words = ("--data", tmp_path, "--store", tmp_path / "store", *QUICK)
    answer = ser("extract", "--datasets", "ravdess", *words)
    assert answer.code == 0
    assert "2 stored, 0 unchanged, 1 failed" in answer.out
    assert "ravdess: 2 videos are not read, such as 'ravdess/video/02-01-04-01-01-01-02.mp4'" in answer.err
    assert "failed 'ravdess/03-01-03-01-01-01-01.m4a': NotAudioError: M4A (AAC) is not read" in answer.err


# A corpus in the cache of Hugging Face's hub, and on a cluster (datasets#6764)


def test_links_to_files_elsewhere_are_read(ser, model, tmp_path):
    farm = tmp_path / "snapshots" / "abc"
    farm.mkdir(parents=True)
    for number, emotion in enumerate(("angry", "sad", "sad")):
        blob = save(tmp_path / "blobs" / f"{number:040x}", voice(1, emotion, number))
        (farm / f"ada_{emotion}_{number}.wav").symlink_to(blob)
    answer = ser("predict", model, farm)
    assert (answer.code, answer.out.count("ada_")) == (0, 3)
    assert "3 recordings" in ser("manifest", farm, "{speaker}_{emotion}_{}.wav").out


def test_a_farm_of_linked_folders_with_a_cycle_is_read_once(ser, tmp_path):
    for number, speaker in enumerate(("DC", "JE")):
        save(tmp_path / "disk" / speaker / f"{speaker}_a0{number + 1}.wav")
    farm = tmp_path / "data" / "savee"
    farm.mkdir(parents=True)
    for speaker in ("DC", "JE"):
        (farm / speaker).symlink_to(tmp_path / "disk" / speaker)
    (farm / "again").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "up").symlink_to(tmp_path / "data")
    assert sorted(file.path for file in audio_files(tmp_path / "data", "savee")) == [
        "savee/DC/DC_a01.wav",
        "savee/JE/JE_a02.wav",
    ]
    words = ("--data", tmp_path / "data", "--store", tmp_path / "store", *QUICK)
    answer = ser("extract", "--datasets", "savee", *words)
    assert (answer.code, "2 stored, 0 unchanged, 0 failed" in answer.out) == (0, True)


def test_a_link_whose_target_is_gone_is_named(ser, model, tmp_path):
    save(tmp_path / "calls" / "one.wav")
    (tmp_path / "calls" / "two.wav").symlink_to("../blobs/f00")
    answer = ser("predict", model, tmp_path / "calls")
    assert answer.code == 1
    assert "two.wav: link to '../blobs/f00', where no file is: restore the file" in answer.err


@pytest.mark.long
def test_a_table_with_a_video(ser, tmp_path):
    save(tmp_path / "one.wav")
    write(tmp_path / "two.mp4", MP4)
    own = table(tmp_path / "own.csv", ["one.wav,sad,ada", "two.mp4,sad,ben"])
    answer = ser("extract", "--datasets", own, "--store", tmp_path / "store", *QUICK)
    assert "failed 'two.mp4': TruncatedAudioError: MP4 is truncated or damaged" in answer.err


# Floating-point WAVs on the scale of integers, integers of another width (python-soundfile#226, scipy#16515)


def peaks(ser, folder: Path, names: list[str]) -> tuple[dict[str, float], str]:
    """Peak amplitude by name of extracted files, and what the extraction wrote."""
    own = table(folder / "own.csv", [f"{name},sad,ada" for name in names])
    answer = ser("extract", "--datasets", own, "--store", folder / "store", *QUICK)
    assert answer.code == 0
    rows = open_store(folder / "store").files()
    return dict(zip(rows["path"], rows["peak_amplitude"], strict=True)), answer.err


@pytest.mark.long
def test_integers_in_other_files_have_the_level_of_the_right_file(ser, tmp_path):
    signal = voice(1, "sad")
    files = {
        "right.wav": (signal, "FLOAT"),
        "times_32767.wav": (signal * 32767, "FLOAT"),
        "whole.wav": (np.rint(signal * 32767), "DOUBLE"),
        "unsigned.wav": (np.rint(signal * 127 + 128), "FLOAT"),
        "int16_in_int32.wav": ((signal * 32767).astype(np.int32), "PCM_32"),
    }
    for name, (samples, subtype) in files.items():
        save(tmp_path / name, samples, subtype=subtype)
    levels, err = peaks(ser, tmp_path, list(files))
    for name, level in levels.items():
        assert level == pytest.approx(levels["right.wav"], rel=0.06), name
    assert "note: samples on the scale of 16-bit integers, divided by 2^15 (2 files, such as 'times_" in err
    assert "note: samples of 16 bits in a file of 32, multiplied by 2^16 (1 files" in err
    assert "right.wav" not in err


def test_loud_and_quiet_floats_are_taken_as_they_are(ser, tmp_path):
    signal = voice(1, "sad")
    unit = signal / np.abs(signal).max()
    for name, peak in (("loud.wav", 6), ("z_score.wav", 12), ("quiet.wav", 2**-15)):
        save(tmp_path / name, unit * np.float32(peak), subtype="FLOAT")
    levels, err = peaks(ser, tmp_path, ["loud.wav", "z_score.wav", "quiet.wav"])
    assert levels["loud.wav"] == pytest.approx(6, rel=0.05)
    assert levels["z_score.wav"] == pytest.approx(12, rel=0.05)
    assert re.findall(r"note: .*", err) == [
        "note: samples above 8 times full scale, taken as they are (1 files, such as 'z_score.wav')"
    ]


# Stereo with one silent channel, or with inverted ones (advanced-audio-recorder#57, #59; RAVDESS)


def test_a_channel_without_sound_changes_nothing(ser, model, tmp_path):
    signal = voice(1, "angry")
    noise = 1e-5 * np.random.default_rng(0).standard_normal(signal.size)
    channels = {
        "mono": [signal],
        "left": [signal, 0 * signal],
        "noise": [noise, signal],
        "same": [signal] * 2,
    }
    channels["inverted"] = [signal, -signal]
    for name, several in channels.items():
        save(tmp_path / f"{name}.wav", np.stack(several, axis=1), subtype="FLOAT")
    answer = ser("predict", model, tmp_path, "--format", "json")
    best = {Path(one["file"]).stem: one["top"][0] for one in json.loads(answer.out)}
    assert set(best) == set(channels)
    for emotion in best.values():
        assert emotion == {
            **best["mono"],
            "probability": pytest.approx(best["mono"]["probability"], abs=1e-9),
        }
    assert answer.code == 0
    assert f"note {tmp_path}/left.wav: a channel without sound is not used (and 1 more files)" in answer.err
    assert f"note {tmp_path}/inverted.wav: the channels are inverted copies, only one is used" in answer.err


# A call whose channels are two people


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Folder of a stereo call and a mono recording, with a table."""
    left, right = voice(1, "angry"), voice(2, "sad")
    save(tmp_path / "calls" / "call.wav", np.stack([left, right], axis=1))
    save(tmp_path / "calls" / "left.wav", left)
    table(tmp_path / "calls" / "own.csv", ["call.wav,sad,ada", "left.wav,sad,ben"])
    return tmp_path / "calls"


def test_a_prediction_for_each_channel(ser, model, calls):
    answer = ser("predict", model, calls, "--channel", "each", "--format", "csv")
    rows = [line.split(",") for line in answer.out.splitlines()]
    assert rows[0][:3] == ["file", "channel", "emotion"]
    assert [(Path(row[0]).name, row[1]) for row in rows[1:]] == [
        ("call.wav", "1"),
        ("call.wav", "2"),
        ("left.wav", "1"),
    ]
    first = rows[0].index("p_angry")
    assert float(rows[1][first]) == pytest.approx(float(rows[3][first]), abs=1e-9)
    out = calls / "each.csv"
    assert ser("predict", model, calls, "--channel", "each", "--out", out).code == 0
    assert out.read_text() == answer.out


def test_one_channel_that_a_mono_file_lacks(ser, model, calls):
    answer = ser("predict", model, calls, "--channel", "right")
    assert answer.code == 1
    assert "call.wav channel 2" in answer.out
    assert "left.wav channel 2: channel 2 is chosen and the file has 1: expected a channel" in answer.err


def test_a_channel_in_python(model, calls):
    predictor = load(model)
    left, right = predictor.predict(calls / "call.wav", channel="each")
    assert (left.channel, right.channel) == (1, 2)
    mono = predictor.predict(calls / "left.wav")
    assert left.probabilities == pytest.approx(mono.probabilities)
    assert (mono.channel, "channel" in mono.to_json(), left.to_json()["channel"]) == (None, False, 1)
    table_of_channels = predictor.table([calls / "call.wav"], channel="each")
    assert list(table_of_channels["channel"]) == [1, 2]
    with pytest.raises(InputError, match=r"channel is 'both' .*expected mix, left, right, each"):
        predictor.predict(calls / "call.wav", channel="both")


def test_a_row_of_the_store_for_each_channel(ser, calls, tmp_path):
    words = ("--datasets", calls / "own.csv", "--store", tmp_path / "store", *QUICK)
    answer = ser("extract", *words, "--channel", "each")
    assert (answer.code, "3 stored" in answer.out, "identical" in answer.err) == (0, True, False)
    rows = open_store(tmp_path / "store").files()
    assert list(rows["file_id"]) == ["own/call@1", "own/call@2", "own/left@1"]
    assert list(rows["audio_channel"]) == [1, 2, 1]
    assert rows["pitch_median"][0] == rows["pitch_median"][2] != rows["pitch_median"][1]
    assert "0 stored, 3 unchanged" in ser("extract", *words, "--channel", "each").out


@pytest.mark.long
def test_a_store_of_one_channel_is_another_than_that_of_the_mix(ser, calls, tmp_path):
    words = ("--datasets", calls / "own.csv", "--store", tmp_path / "store", *QUICK)
    answer = ser("extract", *words, "--channel", "right")
    assert "1 stored, 0 unchanged, 1 failed" in answer.out
    assert "failed 'left.wav': UnsupportedAudioError: channel 2 is chosen and the file has 1" in answer.err
    assert open_store(tmp_path / "store").profile.name == "speech16k-compiled+right"
    refused = ser("extract", *words, "--channel", "mix")
    assert refused.code == 2
    assert "has profile speech16k-compiled+right" in refused.err
