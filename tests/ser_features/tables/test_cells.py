"""Bytes → cells, in any encoding, delimiter and quoting; cells → values."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_features.tables.cells import UnreadableError, age, decode, gender, parse, read_sheet, values
from ser_features.tables.columns import recognised

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


@pytest.mark.parametrize(
    ("cell", "value"), [("36", 36), ("36.0", 36), ("36,00", 36), ("0", 0), ("120", 120), ("NA", None)]
)
def test_ages(cell, value):
    assert age(cell) == value


@pytest.mark.parametrize("cell", ["36.5", "30-40", "-1", "999", "thirty", "1e1"])
def test_ages_that_are_not_understood(cell):
    with pytest.raises(UnreadableError):
        age(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("F", "female"), ("Man", "male"), ("Diverse", "diverse"), ("", None)]
)
def test_genders(cell, value):
    assert gender(cell) == value


@pytest.mark.parametrize("cell", ["0", "2", "x", "nb"])
def test_codes_are_no_genders(cell):
    with pytest.raises(UnreadableError):
        gender(cell)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**15) + 1, 10**15 - 1)), min_size=1).filter(any))
def test_integers_come_back(numbers):
    cells = ["" if number is None else str(number) for number in numbers]
    assert values(cells, decimal_comma=False) == ("float64", numbers)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.booleans())
def test_floats_come_back(numbers, comma):
    cells = [repr(number).replace(".", ",") if comma else repr(number) for number in numbers]
    kind, read = values(cells, decimal_comma=comma)
    if kind == "float64":
        assert read == numbers
    else:  # a mantissa without a point, as in 1e+16, or more digits than a float64 holds
        assert kind == "string"


@pytest.mark.parametrize(
    "cells", [["007"], ["1", "x"], ["1.2.3"], ["inf"], ["0x10"], ["1 000"], ["1,5"], ["+"], ["."], ["١"]]
)
def test_texts_stay(cells):
    kind, read = values(cells, decimal_comma=False)
    assert (kind, read) == ("string", cells)


def test_empty_text_is_null_and_words_are_kept():
    assert values(["none", "", "loud"], decimal_comma=False) == ("string", ["none", None, "loud"])
    assert values(["", ""], decimal_comma=False) == ("string", [None, None])
