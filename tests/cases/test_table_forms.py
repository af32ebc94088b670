"""Siblings of reported tables: other names of columns, formats, optional cells and further columns."""

from pathlib import Path

import pytest

from ser_features import corpora
from ser_features.errors import InputError
from tests.cases.tables import refusal, scanned


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--datasets", "calls.csv", "--emotions", "fru=3"),
            "--emotions fru=3: emotion '3' has no letter, expected a word",
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
