"""Bytes → cells: any encoding, delimiter and quoting comes back as it was written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_features.tables.columns import recognised
from ser_features.tables.text import decode, parse, read_sheet

HEADER = ("path", "emotion", "speaker")
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).map(str.strip)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), max_size=4)


def usual(names):
    return len({recognised(name) for name in names} - {None})


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    declared=st.booleans(),
)
def test_what_was_written_is_read(rows, delimiter, encoding, quoting, end, declared):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([HEADER, *rows])
    content = (f"sep={delimiter}{end}" if declared else "") + text.getvalue()
    decoded, guessed = decode(content.encode(encoding))
    sheet = parse(decoded, usual)
    assert (sheet.header, sheet.delimiter, guessed) == (HEADER, delimiter, None)
    assert [row.cells for row in sheet.rows] == rows
    assert [row.number for row in sheet.rows] == list(range(2, len(rows) + 2))


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(content):
    try:
        text, _ = decode(content)
    except UnicodeError:
        return
    assert isinstance(text, str)


def test_rows_are_numbered_as_in_a_spreadsheet():
    sheet = parse('\n\npath,text\na.wav,"two\nlines"\n,\nb.wav,x\n', usual)
    assert [(row.number, row.cells[0]) for row in sheet.rows] == [(4, "a.wav"), (6, "b.wav")]


@pytest.mark.parametrize(
    ("start", "what"),
    [(b"PK\x03\x04", "workbook of Excel"), (b"PAR1", "a Parquet file"), (b"<html>", "HTML"), (b"{}", "JSON")],
)
def test_other_formats_are_named(tmp_path, start, what):
    (tmp_path / "mine.csv").write_bytes(start + b"\xff" * 20)
    with pytest.raises(InputError, match=rf"mine\.csv is .*{what}.*, expected a table as CSV"):
        read_sheet(tmp_path / "mine.csv", usual)


@pytest.mark.parametrize("word", ["Müller", "l’été", "Größe", "çà et là"])
def test_western_words_are_windows_1252(word):
    assert decode(word.encode("cp1252"))[0] == word


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("Größe", "mac-roman"), ("Łódź", "cp1250"), ("Привет", "cp1251"), ("感情", "gbk"), ("Ελλάδα", "cp1253")],
)
def test_other_encodings_are_not_taken_for_it(word, encoding):
    with pytest.raises(UnicodeError, match="line 1 is neither UTF-8 nor Windows-1252"):
        decode(word.encode(encoding))
