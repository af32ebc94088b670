"""Locating corpus folders and listing their files, with TESS as the example."""

import errno
import os
from pathlib import Path

import pytest

from ser_features.corpora import get
from ser_features.corpora.base import lookup, one_of, split_name
from ser_features.corpora.tess import Tess
from ser_features.errors import FileNameError, InputError
from ser_features.manifest import Duplicate

NAME = "OAF_back_angry.wav"


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def paths_of(data: Path) -> list[str]:
    return [recording.path for recording in Tess().scan(data).recordings]


def reasons_of(data: Path) -> list[tuple[str, str]]:
    return [(recording.path, recording.reason) for recording in Tess().scan(data).rejected]


@pytest.mark.parametrize("folder", ["tess", "TESS", "TESS Toronto emotional speech set data"])
def test_folder_names(tmp_path, folder):
    touch(tmp_path / folder / NAME)
    assert paths_of(tmp_path) == [f"{folder}/{NAME}"]


def test_root_may_be_the_corpus_folder_itself(tmp_path):
    touch(tmp_path / "tess" / "OAF_angry" / NAME)
    scan = Tess().scan(tmp_path / "tess")
    assert scan.root == tmp_path
    assert scan == Tess().scan(tmp_path)


def test_root_may_be_relative(tmp_path, monkeypatch):
    touch(tmp_path / "tess" / "OAF_angry" / NAME)
    monkeypatch.chdir(tmp_path / "tess" / "OAF_angry")
    assert Tess().scan(Path("..")).root == tmp_path


def test_several_folders_of_one_corpus_are_searched(tmp_path):
    touch(tmp_path / "tess" / NAME, tmp_path / "TESS Toronto emotional speech set data" / "YAF_back_sad.wav")
    assert paths_of(tmp_path) == [f"tess/{NAME}", "TESS Toronto emotional speech set data/YAF_back_sad.wav"]


def test_any_depth_and_extension_sorted_by_key(tmp_path):
    touch(
        tmp_path / "tess" / "YAF_back_sad.FLAC",
        tmp_path / "tess" / "a" / "b c" / "ünï\ncode" / "OAF_youth_ps.ogg",
        tmp_path / "tess" / "z" / NAME,
    )
    assert paths_of(tmp_path) == [
        f"tess/z/{NAME}",
        "tess/a/b c/ünï\ncode/OAF_youth_ps.ogg",
        "tess/YAF_back_sad.FLAC",
    ]


@pytest.mark.parametrize("litter", ["._" + NAME, ".hidden/" + NAME, "__MACOSX/" + NAME, "notes.txt", "a.png"])
def test_hidden_and_other_files_are_ignored(tmp_path, litter):
    touch(tmp_path / "tess" / litter, tmp_path / "tess" / "YAF_back_sad.wav")
    assert paths_of(tmp_path) == ["tess/YAF_back_sad.wav"]
    assert reasons_of(tmp_path) == []


def test_a_folder_may_be_named_like_a_file(tmp_path):
    touch(tmp_path / "tess" / "YAF_back_sad.wav" / NAME)
    assert paths_of(tmp_path) == [f"tess/YAF_back_sad.wav/{NAME}"]


def test_other_names_are_rejected_with_their_reason(tmp_path):
    touch(*(tmp_path / "tess" / name for name in (NAME, "holi day\n.wav", "OAF_back_bored.wav")))
    assert reasons_of(tmp_path) == [
        (
            "tess/OAF_back_bored.wav",
            "'OAF_back_bored.wav': emotion is 'bored', expected angry, disgust, fear, happy, neutral, ps, "
            "sad, pleasant_surprise, pleasant_surprised",
        ),
        ("tess/holi day\n.wav", r"'holi day\n.wav': 1 of 3 fields, expected speaker_word_emotion"),
    ]


def test_duplicates_of_the_published_archive(tmp_path):
    nested = "TESS Toronto emotional speech set data"
    names = (NAME, "YAF_back_sad.wav")
    touch(*(tmp_path / "tess" / name for name in names))
    touch(*(tmp_path / "tess" / nested / name for name in names))
    scan = Tess().scan(tmp_path)
    assert [recording.path for recording in scan.recordings] == [f"tess/{name}" for name in names]
    assert scan.duplicates == tuple(Duplicate(f"tess/{name}", f"tess/{nested}/{name}") for name in names)


def test_of_duplicates_at_the_same_depth_the_first_by_name_is_used(tmp_path):
    touch(tmp_path / "tess" / "b" / NAME, tmp_path / "tess" / "a" / NAME)
    assert Tess().scan(tmp_path).duplicates == (Duplicate(f"tess/a/{NAME}", f"tess/b/{NAME}"),)


def test_links_out_of_the_corpus_are_followed(tmp_path):
    touch(tmp_path / "blob", tmp_path / "tess" / "YAF_back_sad.wav", tmp_path / "away" / "YAF_dog_sad.wav")
    (tmp_path / "tess" / NAME).symlink_to(tmp_path / "blob")
    (tmp_path / "tess" / "linked").symlink_to(tmp_path / "away")
    assert paths_of(tmp_path) == [f"tess/{NAME}", "tess/YAF_back_sad.wav", "tess/linked/YAF_dog_sad.wav"]
    assert reasons_of(tmp_path) == []


def test_links_inside_the_corpus(tmp_path):
    touch(tmp_path / "tess" / "b" / "YAF_back_sad.wav")
    (tmp_path / "tess" / NAME).symlink_to(tmp_path / "tess" / "b" / "YAF_back_sad.wav")
    (tmp_path / "tess" / "again").symlink_to(tmp_path / "tess" / "b")
    (tmp_path / "tess" / "b" / "up").symlink_to("..")
    (tmp_path / "tess" / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "tess" / "lost.wav").symlink_to("gone.wav")
    assert paths_of(tmp_path) == [f"tess/{NAME}", "tess/b/YAF_back_sad.wav"]
    assert Tess().scan(tmp_path).duplicates == ()
    assert reasons_of(tmp_path) == [
        ("tess/loop.wav", "link to 'loop.wav', where no file is: restore the file"),
        ("tess/lost.wav", "link to 'gone.wav', where no file is: restore the file"),
    ]


def test_recordings_in_formats_that_are_not_read_are_rejected_and_videos_counted(tmp_path, without_media):
    names = ("memo.m4a", "OAF_back_angry.flv", "OAF_dog_sad.flv", "YAF_back_sad.m4a")
    touch(*(tmp_path / "tess" / folder / name for folder in ("a", "b") for name in names))
    touch(tmp_path / "tess" / NAME, tmp_path / "tess" / "YAF_back_sad.wav")
    (tmp_path / "tess" / "a" / "named.m4a").write_bytes(b"RIFF")
    scan = Tess().scan(tmp_path)
    assert [recording.path for recording in scan.recordings] == [f"tess/{NAME}", "tess/YAF_back_sad.wav"]
    assert [(one.path, one.error_class) for one in scan.rejected] == [
        ("tess/a/memo.m4a", "NotAudioError"),
        ("tess/a/named.m4a", "FileNameError"),  # WAV by its content, but no recording of TESS by its name
        ("tess/b/memo.m4a", "NotAudioError"),
    ]
    assert "ffmpeg -i FILE.m4a FILE.wav" in scan.rejected[0].reason
    assert scan.notes == (
        "tess: 2 videos are not read, such as 'tess/a/OAF_dog_sad.flv': to use their sound, convert it: "
        "ffmpeg -i FILE.mp4 FILE.wav",
    )


def test_formats_that_pyav_reads_are_recordings_and_videos_only_without_others(tmp_path):
    touch(tmp_path / "tess" / "OAF_back_angry.m4a", tmp_path / "tess" / "deep" / "OAF_back_angry.wav")
    touch(tmp_path / "tess" / "YAF_back_sad.m4a", tmp_path / "tess" / "YAF_dog_sad.mp4")
    scan = Tess().scan(tmp_path)
    assert [one.path for one in scan.recordings] == ["tess/deep/OAF_back_angry.wav", "tess/YAF_back_sad.m4a"]
    assert [one.dropped for one in scan.duplicates] == ["tess/OAF_back_angry.m4a"]  # lossy
    assert scan.notes[0].startswith("tess: 1 videos are not read, such as 'tess/YAF_dog_sad.mp4'")


def test_of_a_corpus_of_videos_the_sound_is_read(tmp_path):
    touch(tmp_path / "tess" / "YAF_dog_sad.mp4", tmp_path / "tess" / "trailer.mp4")
    scan = Tess().scan(tmp_path)
    assert [one.path for one in scan.recordings] == ["tess/YAF_dog_sad.mp4"]
    assert ([one.path for one in scan.rejected], scan.notes) == (["tess/trailer.mp4"], ())


def test_a_folder_of_nothing_but_other_formats_names_them(tmp_path, without_media):
    touch(tmp_path / "tess" / "OAF_back_angry.m4a")
    with pytest.raises(InputError, match=r"1 audio files in .*OAF_back_angry\.m4a: M4A \(AAC\) is not read"):
        Tess().scan(tmp_path)


def test_the_corpus_folder_may_be_a_link(tmp_path):
    touch(tmp_path / "disk" / NAME)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tess").symlink_to(tmp_path / "disk")
    assert paths_of(tmp_path / "data") == [f"tess/{NAME}"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_not_opened(tmp_path):
    touch(tmp_path / "tess" / NAME)
    os.mkfifo(tmp_path / "tess" / "YAF_back_sad.wav")
    assert reasons_of(tmp_path) == [("tess/YAF_back_sad.wav", "not a regular file")]


def test_names_that_no_table_can_hold(tmp_path):
    touch(tmp_path / "tess" / NAME)
    folder = os.fsencode(tmp_path / "tess") + b"/caf\xe9"
    try:
        os.mkdir(folder)  # noqa: PTH102  a name of bytes
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    Path(os.fsdecode(folder + b"/YAF_back_sad.wav")).touch()
    assert reasons_of(tmp_path) == [
        (r"tess/caf\udce9/YAF_back_sad.wav", "name is not valid UTF-8: rename it")
    ]


def test_unreadable_folders_are_reported(tmp_path, monkeypatch):
    touch(tmp_path / "tess" / NAME, tmp_path / "tess" / "closed" / NAME)
    scandir = os.scandir

    def refuse_closed(folder):
        if Path(folder).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse_closed)
    assert reasons_of(tmp_path) == [("tess/closed", "folder cannot be read: Permission denied")]


def test_missing_data_root(tmp_path):
    with pytest.raises(InputError) as error:
        Tess().scan(tmp_path / "none")
    assert str(error.value) == (
        f"tess: no data folder {tmp_path}/none (No such file or directory): "
        f"expected {tmp_path}/none/tess/OAF_angry/OAF_back_angry.wav: pass --data or set SER_DATA, "
        f"or run ser download tess --to {tmp_path}/none"
    )


@pytest.mark.parametrize(("inside", "holds"), [((), "no folder"), (("emodb", "savee"), "emodb, savee")])
def test_missing_corpus_folder(tmp_path, inside, holds):
    for folder in inside:
        (tmp_path / folder).mkdir()
    with pytest.raises(InputError) as error:
        Tess().scan(tmp_path)
    assert str(error.value) == (
        f"tess: no folder named 'tess' or 'TESS Toronto emotional speech set data' in {tmp_path}, "
        f"which holds {holds}: expected {tmp_path}/tess/OAF_angry/OAF_back_angry.wav: run ser download tess, "
        "or pass the folder above it as --data"
    )


def test_long_lists_of_folders_are_abbreviated(tmp_path):
    for number in range(14):
        (tmp_path / f"{number:02}").mkdir()
    with pytest.raises(InputError, match=r"which holds 00, .*, 11 and 2 more: expected"):
        Tess().scan(tmp_path)


def test_folder_without_audio(tmp_path):
    (tmp_path / "tess").mkdir()
    with pytest.raises(InputError) as error:
        Tess().scan(tmp_path)
    assert str(error.value) == (
        f"tess: 0 audio files in {tmp_path}/tess, none of them a recording of TESS: expected "
        "tess/OAF_angry/OAF_back_angry.wav: unpack the corpus there with its own file names "
        "(https://doi.org/10.5683/SP2/E8H2MF)"
    )


def test_folder_with_other_audio(tmp_path):
    touch(tmp_path / "tess" / "b.wav", tmp_path / "tess" / "a.wav")
    with pytest.raises(InputError, match=r"2 audio files in .*, the first one: tess/a\.wav: 'a\.wav': 1 of"):
        Tess().scan(tmp_path)


def test_split_name_keeps_separators_in_the_last_field():
    assert split_name("x/a-b-c.wav", "-", ("one", "two")) == ["a", "b-c"]


def test_long_lists_of_codes_are_shown_as_a_range():
    with pytest.raises(FileNameError, match=r"^'x\.wav': actor is '99', expected 01–24$"):
        one_of([f"{n:02}" for n in range(1, 25)], "99", "actor", "x.wav")


def test_lookup():
    assert lookup({"W": "angry"}, "W", "emotion", "x.wav") == "angry"


def test_count_generates_nothing(tmp_path):
    for name in ("OAF_back_angry.wav", "OAF_back_sad.wav", "notes.wav"):
        (tmp_path / "tess").mkdir(exist_ok=True)
        (tmp_path / "tess" / name).touch()
    assert Tess().count(tmp_path) == 2
    assert Tess().count(tmp_path / "none") == 0
    assert get("demo").count(tmp_path) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tess"]
