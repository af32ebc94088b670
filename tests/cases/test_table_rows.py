"""Siblings of reported tables: other speakers, paths and rows of the same recording."""

import unicodedata
from pathlib import Path

import pytest

from ser_features import corpora
from ser_features.manifest import Vote
from ser_models.inference.speakers import speakers_of
from tests.cases.sounds import save, voice
from tests.cases.tables import scanned


@pytest.mark.parametrize("cell", ["", "NaN", "NA", "None", "?", "N/A", "<NA>", "unk"])
def test_other_speakers_that_are_unknown(folder, cell):
    assert scanned("mine.csv", f"path,emotion,speaker\nu0.wav,sad,{cell}\n").recordings[0].speaker is None


def test_speakers_of_pandas_with_missing_ones(folder):
    scan = scanned("mine.csv", "path,emotion,speaker\nu0.wav,sad,7.0\nu1.wav,sad,\nu2.wav,sad,12.0\n")
    assert [one.speaker for one in scan.recordings] == ["7", None, "12"]


def test_similar_speakers_are_pointed_out(folder):
    scan = scanned(
        "mine.csv", "path,emotion,speaker\nu0.wav,sad,Ada\nu1.wav,sad,ada\nu2.wav,sad,s1\nu3.wav,sad,s01\n"
    )
    assert scan.notes == (
        "mine.csv: speakers that differ in case, blanks or zeros only: 'Ada' and 'ada', 's01' and 's1': "
        "one person has one name",
    )


@pytest.mark.parametrize(
    "content", ["file;speaker\nu0.wav;ada\nu1.wav;ben\n", "sep=;\nPath;Actor\nU0.WAV;ada\n.\\u1.wav;ben\n"]
)
def test_speakers_with_semicolons(folder, content):
    (folder / "who.csv").write_text(content)
    assert speakers_of(Path("who.csv"), [Path("u0.wav"), Path("u1.wav")]) == ["ada", "ben"]


@pytest.mark.parametrize(("written", "on_disk"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_umlauts_of_a_mac(folder, written, on_disk):
    name = "Müller/wütend.wav"
    save(folder / unicodedata.normalize(on_disk, name), voice(seconds=0.3))
    scan = scanned("mac.csv", f"path,emotion,speaker\n{unicodedata.normalize(written, name)},sad,a\n")
    assert [one.path for one in scan.recordings] == [unicodedata.normalize(on_disk, name)]
    assert scan.notes == ()


def test_names_that_differ_in_case_or_lack_a_suffix(folder):
    scan = scanned("mine.csv", "path,emotion,speaker\nU0.WAV,sad,a\nu1,sad,a\n")
    assert [one.file_id for one in scan.recordings] == ["mine/u0", "mine/u1"]
    assert scan.notes == (
        "mine.csv: 1 path differs from its file in case, such as 'U0.WAV', read from 'u0.wav'",
        "mine.csv: 1 path lacks the suffix of its file, such as 'u1', read from 'u1.wav'",
    )


def test_of_two_files_that_a_name_may_mean_none_is_chosen(folder):
    for name in ("a.wav", "A.wav", "b.wav", "b.flac"):
        (folder / name).touch()
    if len(list(folder.glob("[aA].wav"))) < 2:
        pytest.skip("the file system does not distinguish case")
    scan = scanned("mine.csv", "path,emotion\nu0.wav,sad\na.WAV,sad\nb,sad\n")
    assert [one.reason for one in scan.rejected] == [
        "row 3: path 'a.WAV' may be 'A.wav' or 'a.wav', expected the exact name",
        "row 4: path 'b' may be 'b.flac' or 'b.wav', expected the exact name",
    ]


def test_paths_of_other_places(folder):
    (folder / "farm").mkdir()
    (folder / "farm" / "a.wav").symlink_to(folder / "u0.wav")
    (folder / "data").mkdir()
    (folder / "data" / "d.wav").touch()
    rows = [str(folder / "u1.wav"), "../u2.wav", "a.wav", "d.wav", r".\..\u3.wav"]
    (folder / "farm" / "mine.csv").write_text(
        "\n".join(["path,emotion,speaker", *(f"{row},sad,a" for row in rows)])
    )
    scan = corpora.scan("farm/mine.csv", Path("data"))
    assert {one.path for one in scan.recordings} == {
        str(folder / "u1.wav"),
        "../u2.wav",
        "a.wav",
        str(folder / "data" / "d.wav"),
        "../u3.wav",
    }
    assert {one.stem for one in scan.recordings} == {str(folder / "u1").lstrip("/"), "u2", "a", "d", "u3"}
    assert scan.notes == (f"mine.csv: 1 recording below the data root {folder / 'data'}, such as 'd.wav'",)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            "D:\\wavs\\a.wav",
            "path 'D:\\\\wavs\\\\a.wav' is one of a Windows drive, expected one relative to the table's",
        ),
        (
            "https://example.org/a.wav",
            "path 'https://example.org/a.wav' is an address, expected a file: download it",
        ),
        ("/nowhere/a.wav", "no file '/nowhere/a.wav'"),
    ],
)
def test_paths_that_are_none_of_this_machine(folder, written, reason):
    scan = scanned("mine.csv", f"path,emotion\nu0.wav,sad\n{written},sad\n")
    assert scan.rejected[0].reason.startswith(f"row 3: {reason}")


def test_raters_that_agree(folder):
    rows = (
        "u0.wav,anger,ada,r1,4\nu0.wav,angry,ada,r2,4\nu1.wav,sad,ben,r1,3\nu1.wav,sad,ben,r1,3\n"
        "u2.wav,,a,r1,1\nu2.wav,sad,a,r1,1\n"
    )
    scan = scanned("mine.csv", f"path,emotion,speaker,rater,strength\n{rows}")
    assert [(one.emotion, one.agreement, one.raters, one.extra) for one in scan.recordings] == [
        ("angry", 1.0, 2, {"strength": 4}),
        ("sad", 1.0, 1, {"strength": 3}),
        ("sad", 1.0, 1, {"strength": 1}),
    ]
    assert scan.notes == (
        "mine.csv: anger → angry: 1 row",
        "mine.csv: unknown (1 row): stored, and left out of training",
        "mine.csv: row 5: same as an earlier row, read once",
        "mine.csv: 4 votes on the emotion of 3 recordings: the most frequent answer is the emotion",
    )


def test_raters_that_disagree(folder):
    rows = (
        "u0.wav,angry,r1,audio,2\nu0.wav,sad,r2,video,5\nu1.wav,sad,r1,audio,3\nu1.wav,joy,r2,audio,\n"
        "u1.wav,sad,r2,audio,1\n"
    )
    scan = scanned("mine.csv", f"path,emotion,annotator,modality,arousal\n{rows}")
    assert [(one.emotion, one.emotion_code, one.agreement, one.raters) for one in scan.recordings] == [
        ("no agreement", "no agreement", 0.5, 2),
        ("sad", "sad", 2 / 3, 2),
    ]
    assert [one.arousal_published for one in scan.recordings] == [3.5, 2.0]
    assert scan.votes[:3] == (
        Vote("mine/u0", "r1", "emotion", "angry", "audio"),
        Vote("mine/u0", "r1", "arousal", "2", "audio"),
        Vote("mine/u0", "r2", "emotion", "sad", "video"),
    )
    assert "1 with equally frequent ones" in scan.notes[-1]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            "u0.wav,sad,ada\nu0.wav,sad,ben",
            "speaker: row 2 says 'ada', row 3 says 'ben', expected one speaker",
        ),
        (
            "u0.wav,sad,ada\n./u0.wav,other,ada",
            "emotion: row 2 says 'sad', row 3 says 'other', expected one emotion",
        ),
        ("u0.wav,3,ada\nu0.wav,3,ada", "rows 2 and 3: emotion '3' has no letter, expected a word"),
    ],
)
def test_other_rows_that_contradict(folder, rows, reason):
    scan = scanned("mine.csv", f"path,emotion,speaker\n{rows}\nu1.wav,sad,ada\n")
    assert [one.path for one in scan.recordings] == ["u1.wav"]
    assert scan.rejected[0].reason.startswith(reason)


def parts_of(scan):
    return [(one.stem, one.start, one.end, one.audio_channel) for one in scan.recordings]


@pytest.mark.parametrize(
    "rows",
    [
        "path,start,end\nu0.wav,0.0,0.25\nu0.wav,0.25,",
        "path,start_ms,end_ms\nu0.wav,0,250\nu0.wav,250,",
        "path;begin;stop\nu0.wav;0,0;0,250\nu0.wav;0,25;",
        "file,start,end\nu0.wav,0 days,0 days 00:00:00.250000\nu0.wav,0 days 00:00:00.25,NaT",
        "path,onset,offset\nu0.wav,0:00,0:00:00.25\nu0.wav,00:00.25,",
        "audio_filepath,offset,duration\nu0.wav,0,.25\nu0.wav,2.5e-1,",
    ],
)
def test_segments_of_many_tools(folder, rows):
    header, first, second = rows.split("\n")
    delimiter = ";" if ";" in header else ","
    labelled = [header + f"{delimiter}label", first + f"{delimiter}sad", second + f"{delimiter}happy"]
    scan = scanned("calls.csv", "\n".join(labelled))
    assert parts_of(scan) == [("u0@0.000-0.250", 0.0, 0.25, None), ("u0@0.250-end", 0.25, None, None)]
    assert "calls.csv: 2 of 2 recordings are parts of 1 file" in scan.notes


def test_whole_files_and_channels(folder):
    whole = "file,start,end,label\nu0.wav,0 days,,sad\nu1.wav,0 days 00:00:00,NaT,sad\n"
    assert parts_of(scanned("mine.csv", whole)) == [("u0", None, None, None), ("u1", None, None, None)]
    rows = "u0.wav,1,,sad\nu0.wav,right,,sad\nu0.wav,mix,0.1,sad\nu0.wav,0,,sad\n"
    scan = scanned("mine.csv", f"path,channel,start,label\n{rows}")
    assert [one[0] for one in parts_of(scan)] == ["u0@0.100-end@mix", "u0@1", "u0@2"]
    assert scan.rejected[0].reason.startswith("row 5: channel is '0', expected 1, 2, … or mix")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("0.3,0.2", "row 2: the part begins at 0.3 s and ends at 0.2 s, expected a later end"),
        ("-1,0.2", "row 2: start is '-1', expected 0 s or more"),
        ("soon,0.2", "row 2: start is 'soon', expected seconds or h:mm:ss"),
        ("0:75,0:80", "row 2: start is '0:75', expected minutes and seconds below 60"),
    ],
)
def test_times_that_are_none(folder, row, reason):
    scan = scanned("calls.csv", f"path,start,end,label\nu0.wav,{row},sad\nu1.wav,0,0.1,sad\n")
    assert [one.stem for one in scan.recordings] == ["u1@0.000-0.100"]
    assert scan.rejected[0].reason.startswith(reason)
