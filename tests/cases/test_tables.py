"""Tables as people have them: names of columns, formats, missing values, paths, several rows of a recording.

Situations with audio run `ser`; their siblings, which differ in the table only, are scanned.
"""

import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import pandas as pd
import pytest
import soundfile
from ser_cli.main import main

from ser_features import corpora
from ser_features.errors import InputError
from ser_features.manifest import Scan
from ser_features.store import open_store
from ser_models.inference.speakers import speakers_of
from tests.cases.sounds import save, voice


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with four recordings."""
    for number in range(4):
        (tmp_path / f"u{number}.wav").write_bytes(RECORDINGS[number])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _recordings() -> list[bytes]:
    contents = []
    for number in range(4):
        file = BytesIO()
        soundfile.write(file, voice(take=number, seconds=0.4), 16_000, format="WAV")
        contents.append(file.getvalue())
    return contents


RECORDINGS = _recordings()


def scanned(name: str, content: str, encoding: str = "utf-8", **options: Any) -> Scan:
    """Write a table into the working directory and scan it."""
    Path(name).write_bytes(content.encode(encoding))
    return corpora.scan(name, Path("data"), **options)


def refusal(name: str, content: str, encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as error:
        scanned(name, content, encoding)
    return str(error.value)


class Extraction(NamedTuple):
    """One run of `ser extract` over tables that users reported.

    Attributes:
        folder: of the tables and the recordings.
        out: what it printed to stdout.
        err: what it printed to stderr.
        rows: of the store, by corpus.
        failures: message by corpus.
    """

    folder: Path
    out: str
    err: str
    rows: dict[str, pd.DataFrame]
    failures: dict[str, list[str]]


TABLES = {
    "db": "file,speaker,gender,emotion\nu0.wav,ada,female,anger\nu1.wav,ben,male,sadness\n",
    "meta": "filename,label,speaker_id\nu0.wav,angry,7\nu1.wav,sad,8\n",
    "ages": "path,emotion,speaker,age\nu0.wav,angry,ada,36.5\nu1.wav,sad,ben,NA\nu2.wav,sad,cleo,30-40\n",
    "pod": "path,emotion,speaker\nu0.wav,sad,127\nu1.wav,sad,nan\nu2.wav,sad,Unknown\nu3.wav,sad,-\n",
    "votes": (
        "path,emotion,speaker,rater\nu0.wav,angry,ada,r1\nu0.wav,sad,ada,r2\nu0.wav,sad,ada,r3\n"
        "u1.wav,happy,ben,r1\n"
    ),
    "vad": "path,emotion,speaker,valence\nu0.wav,happy,s0,4\nu1.wav,happy,s1,5\nu2.wav,sad,s2,2\n",
    "calls": (
        "path,emotion,speaker\nu0.wav,frustrated,a\nu1.wav,Excited,b\nu2.wav,contempt,c\nu3.wav,neutral,d\n"
    ),
}
"""Reported tables, by name."""


@pytest.fixture(scope="module")
def extraction(tmp_path_factory: pytest.TempPathFactory) -> Extraction:
    """All reported tables in one store; a process per situation would take longer than its work."""
    folder = tmp_path_factory.mktemp("tables")
    for number, content in enumerate(RECORDINGS):
        (folder / f"u{number}.wav").write_bytes(content)
    for name, content in TABLES.items():
        (folder / f"{name}.csv").write_text(content)
    for emotion in ("angry", "sad"):
        save(folder / "set" / emotion / "0.wav", voice(1, emotion, seconds=0.3))
        save(folder / "share" / "wavs" / f"s0_{emotion}.wav", voice(2, emotion, seconds=0.3))
    (folder / "tables").mkdir()
    manifest(folder / "set", "{emotion}/{}.wav")
    manifest(
        folder / "share" / "wavs", "{speaker}_{emotion}.wav", "--out", folder / "tables" / "elsewhere.csv"
    )
    tables = [folder / f"{name}.csv" for name in (*TABLES, "set/set", "tables/elsewhere")]
    words = ["extract", "--features", "core", "--workers", 1, "--emotions", "excited=joy", "x=sad"]
    out, err = run(*words, "--store", folder / "store", "--datasets", *tables)
    store = open_store(folder / "store")
    failures: dict[str, list[str]] = {}
    for row in store.failures().to_pylist():
        failures.setdefault(row["dataset"], []).append(row["message"])
    return Extraction(folder, out, err, {name: store.files([name]) for name in store.datasets}, failures)


def run(*words: object) -> tuple[str, str]:
    """Run `ser`, which must succeed; return stdout and stderr."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended, redirect_stdout(out), redirect_stderr(err):
        main([str(word) for word in words])
    assert not ended.value.code, err.getvalue()
    return out.getvalue(), err.getvalue()


def manifest(*words: object) -> None:
    run("manifest", *words)


# Names of columns


def test_columns_of_audformat(extraction):
    assert "db.csv: columns: file → path\n" in extraction.err
    assert "meta.csv: columns: filename → path, label → emotion, speaker_id → speaker\n" in extraction.err
    assert extraction.rows["db"]["emotion"].tolist() == ["angry", "sad"]
    assert extraction.rows["meta"]["speaker"].tolist() == ["7", "8"]


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (
            "FileName,EmoClass,SpkrID\nu0.wav,sad,1\n",
            ("columns: FileName → path, EmoClass → emotion, SpkrID → speaker",),
        ),
        (
            "Unnamed: 0,wav_path,class,Actor\n0,u0.wav,sad,1.0\n",
            ("columns: wav_path → path, class → emotion, Actor → speaker",),
        ),
        (
            "file,path,emotion,speaker\nx,u0.wav,sad,1\n",
            ("path is read, file is stored as a further column",),
        ),
        ("path,emotion,speaker,,\nu0.wav,sad,1,,\n,,,,\n", ()),
        ("path,emotion,speaker,\nu0.wav,sad,1,x\n", ("column 4 has no name and is not read",)),
    ],
)
def test_other_columns(folder, content, notes):
    scan = scanned("mine.csv", content)
    assert [(one.path, one.emotion, one.speaker) for one in scan.recordings] == [("u0.wav", "sad", "1")]
    assert scan.notes == tuple(f"mine.csv: {note}" for note in notes)


def test_two_names_of_one_column(folder):
    assert refusal("mine.csv", "file,filename,emotion\nu0.wav,u1.wav,sad\n") == (
        "mine.csv: columns file and filename may both be the path, expected one: rename the other"
    )


def test_a_workbook_and_a_folder(folder):
    Path("mine.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(
        InputError, match=r"mine.xlsx is a workbook of Excel or LibreOffice.*export it as CSV"
    ):
        corpora.scan("mine.xlsx", Path("data"))
    Path("wavs").mkdir()
    with pytest.raises(InputError, match=r"wavs is a folder, expected .* ser manifest wavs"):
        corpora.scan("wavs", Path("data"))


# Formats


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(("name", "delimiter"), [("mine.csv", ";"), ("mine.tsv", "\t"), ("mine.txt", "|")])
def test_formats(folder, name, delimiter, encoding):
    rows = [("path", "emotion", "speaker"), ("u0.wav", "sad", "José")]
    scan = scanned(name, "\r\n".join(delimiter.join(row) for row in rows), encoding)
    assert [(one.speaker, one.emotion) for one in scan.recordings] == [("José", "sad")]
    assert scan.notes == ()


def test_a_table_of_excel(folder):
    scan = scanned("mine.csv", "sep=;\r\nFile;Label;Score\r\nu0.wav;Sad;4,5\r\nu1.wav;Joy;3\r\n", "cp1252")
    assert [one.extra for one in scan.recordings] == [{"Score": 4.5}, {"Score": 3.0}]


def test_windows_1252_is_read_with_a_note_and_others_are_refused(folder):
    content = "path;emotion;speaker\nu0.wav;sad;Müller\n"
    assert scanned("mine.csv", content, "cp1252").notes == (
        "mine.csv: read as Windows-1252, as it is not UTF-8: check 'Müller'; save it as UTF-8 if wrong",
    )
    for encoding, other in (("mac-roman", content), ("cp1251", content.replace("Müller", "Иванов"))):
        assert refusal("mine.csv", other, encoding) == (
            "mine.csv is no table (line 2 is neither UTF-8 nor Windows-1252): "
            "expected CSV in UTF-8: export it so"
        )


def test_an_open_quotation_mark_does_not_swallow_rows(folder):
    assert refusal("mine.csv", 'path,emotion,text\nu0.wav,sad,"so\nu1.wav,sad,x\n') == (
        "mine.csv is no table (line 2: a quotation mark is not closed, or not doubled inside a cell): "
        "expected CSV in UTF-8: export it so"
    )


# Optional cells


def test_age_of_36_5(extraction):
    assert extraction.rows["ages"]["age"].isna().tolist() == [True] * 3
    assert "ages.csv: age: 2 cells not understood, such as '36.5': stored as null\n" in extraction.err


@pytest.mark.parametrize(
    ("column", "cells", "values", "note"),
    [
        (
            "gender",
            ("2", "Diverse", "?"),
            [None, "diverse", None],
            "gender: 1 cell not understood, such as '2'",
        ),
        ("age", ("999", "-1", "n/a"), [None, None, None], "age: 2 cells not understood, such as '999'"),
        ("language", ("None", "en", "-"), [None, "en", None], None),
    ],
)
def test_other_optional_cells(folder, column, cells, values, note):
    rows = "".join(f"u{number}.wav,sad,a,{cell}\n" for number, cell in enumerate(cells))
    scan = scanned("mine.csv", f"path,emotion,speaker,{column}\n{rows}")
    assert [getattr(one, column) for one in scan.recordings] == values
    assert scan.notes == ((f"mine.csv: {note}: stored as null",) if note else ())


# Speakers


def test_speaker_nan(extraction):
    assert extraction.rows["pod"]["speaker"].fillna("unknown").tolist() == ["127", *["unknown"] * 3]
    assert "pod.csv: speaker unknown in 3 of 4 recordings\n" in extraction.err


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


def test_no_speakers_in_folders(extraction):
    assert extraction.rows["set"]["speaker"].isna().all()
    assert "set.csv: no column speaker: speakers are unknown\n" in extraction.err


@pytest.mark.parametrize(
    "content", ["file;speaker\nu0.wav;ada\nu1.wav;ben\n", "sep=;\nPath;Actor\nU0.WAV;ada\n.\\u1.wav;ben\n"]
)
def test_speakers_with_semicolons(folder, content):
    (folder / "who.csv").write_text(content)
    assert speakers_of(Path("who.csv"), [Path("u0.wav"), Path("u1.wav")]) == ["ada", "ben"]


# Paths


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


def test_table_elsewhere(extraction):
    assert extraction.rows["elsewhere"]["emotion"].tolist() == ["angry", "sad"]


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


# Several rows of a recording


def test_three_raters(extraction):
    assert extraction.rows["votes"]["path"].tolist() == ["u1.wav"]
    assert extraction.failures["votes"] == [
        "emotion: row 2 says 'angry', rows 3 and 4 say 'sad', "
        "expected one emotion per recording: keep one row"
    ]


def test_raters_that_agree(folder):
    rows = (
        "u0.wav,anger,ada,r1,4\nu0.wav,angry,ada,r2,4\nu1.wav,sad,ben,r1,3\nu1.wav,sad,ben,r1,3\n"
        "u2.wav,,a,r1,1\nu2.wav,sad,a,r1,1\n"
    )
    scan = scanned("mine.csv", f"path,emotion,speaker,rater,valence\n{rows}")
    assert [(one.emotion, one.extra) for one in scan.recordings] == [
        ("angry", {"rater": None, "valence": 4}),
        ("sad", {"rater": "r1", "valence": 3}),
        ("sad", {"rater": "r1", "valence": 1}),
    ]
    assert scan.notes == (
        "mine.csv: row 5: same as an earlier row, read once",
        "mine.csv: recordings whose rows differ, by column: rater (1): stored as null",
    )


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
        ("u0.wav,other,ada\nu0.wav,other,ada", "rows 2 and 3: unknown emotion 'other'"),
    ],
)
def test_other_rows_that_contradict(folder, rows, reason):
    scan = scanned("mine.csv", f"path,emotion,speaker\n{rows}\nu1.wav,sad,ada\n")
    assert [one.path for one in scan.recordings] == ["u1.wav"]
    assert scan.rejected[0].reason.startswith(reason)


def test_segments_in_seconds(folder):
    rows = "u0.wav,0.0,1.0,neutral,agent\nu0.wav,1.0,2.0,angry,agent\n"
    assert refusal("calls.csv", f"path,start,end,emotion,speaker\n{rows}") == (
        "calls.csv: columns start and end describe parts of recordings, which are not read yet, expected one "
        "recording per row: cut the parts into files (ffmpeg -i call.wav -ss START -to END part.wav), or "
        "remove both columns if the rows are whole recordings"
    )


def test_segments_of_other_tools(folder):
    whole = "file,start,end,label\nu0.wav,0 days,\nu1.wav,0 days 00:00:00,NaT,sad\n"
    assert len(scanned("mine.csv", whole.replace("0 days,\n", "0 days,,sad\n")).recordings) == 2
    assert "columns offset and duration describe parts" in refusal(
        "mine.csv", "audio_filepath,offset,duration,label\nu0.wav,0.5,1,sad\n"
    )
    assert len(scanned("mine.csv", "file,duration,label\nu0.wav,0.4,sad\n").recordings) == 1


# Further columns and labels


def test_numbers_of_ones_own(extraction):
    assert extraction.rows["vad"].groupby("emotion")["valence"].mean().to_dict() == {"happy": 4.5, "sad": 2.0}
    query = ("store", "query", "select avg(valence) from files where dataset = 'vad'", "--store")
    assert run(*query, extraction.folder / "store")[0].split()[-1].startswith("3.6")


@pytest.mark.parametrize(("cell", "relabelled"), [("2.5", [4.0, 5.0, 2.5]), ("low", ["4", "5", "low"])])
def test_numbers_that_become_other_ones(extraction, tmp_path, cell, relabelled):
    copytree(extraction.folder, tmp_path / "copy")
    corpus = tmp_path / "copy" / "vad.csv"
    corpus.write_text(TABLES["vad"].replace("s2,2", f"s2,{cell}"))
    out, _ = run("extract", "--datasets", corpus, "--store", tmp_path / "copy" / "store")
    assert "0 stored, 0 unchanged, 3 relabelled" in out
    assert open_store(tmp_path / "copy" / "store").files(["vad"])["valence"].tolist() == relabelled


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (("007", "010"), "string", ["007", "010"]),
        (("1e-05", "NA"), "float64", [1e-05, None]),
        (("12345678901234567890", "1"), "string", ["12345678901234567890", "1"]),
        (("none", "loud"), "string", ["none", "loud"]),
    ],
)
def test_other_further_columns(folder, cells, kind, values):
    rows = "".join(f"u{number}.wav,sad,a,{cell}\n" for number, cell in enumerate(cells))
    scan = scanned("mine.csv", f"path,emotion,speaker,code\n{rows}")
    assert [(column.name, column.type) for column in scan.own] == [("code", kind)]
    assert [one.extra["code"] for one in scan.recordings] == values


def test_other_emotions(extraction):
    assert extraction.rows["calls"]["emotion"].tolist() == ["happy", "neutral"]
    assert extraction.rows["calls"]["emotion_code"].tolist() == ["Excited", "neutral"]
    assert extraction.failures["calls"][0] == (
        "row 2: unknown emotion 'frustrated': expected one of angry, disgust, fear, happy, neutral, calm, "
        "sad, surprise, boredom; or map it: --emotions frustrated=EMOTION"
    )
    assert (
        "calls.csv: emotions that are none of the 9, refused: frustrated (1 row), contempt (1 row); "
        "map them with --emotions\n"
    ) in extraction.err
    assert "calls.csv: no row has the emotion x of --emotions\n" in extraction.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--datasets", "calls.csv", "--emotions", "fru=frustrated"),
            "unknown emotion 'frustrated': expected one of",
        ),
        (
            ("--datasets", "calls.csv", "--emotions", "fru"),
            "--emotions fru: expected CODE=EMOTION, such as W=angry",
        ),
        (("--datasets", "demo", "--emotions", "fru=angry"), "no table is among the corpora: leave it out"),
    ],
)
def test_mappings_that_are_wrong(ser, folder, words, message):
    answer = ser("extract", *words, "--data", folder, "--store", "s")
    assert (answer.code, message in answer.err) == (2, True)
