"""Headers → columns, and the documented list of their names."""

from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_features.tables.columns import DURATIONS, ENDS, STARTS, USUAL_NAMES, read_table, recognised

PAGE = Path(__file__).parents[3] / "docs" / "own_corpus.md"


def read(tmp_path, text, required=("path",), **options):
    (tmp_path / "mine.csv").write_text(text)
    return read_table(tmp_path / "mine.csv", required, **options)


@pytest.mark.parametrize(("column", "names"), USUAL_NAMES.items())
def test_every_name_stands_for_one_column_and_is_documented(column, names):
    text = PAGE.read_text(encoding="utf-8")
    for name in (column, *names):
        assert recognised(name) == column
        assert f"`{name}`" in text


def test_names_of_parts_are_no_columns():
    assert not any(map(recognised, (*STARTS, *ENDS, *DURATIONS)))


@pytest.mark.parametrize("name", ["FILE_NAME", "File-Name", "file name", " fileName "])
def test_the_spelling_of_names_does_not_matter(tmp_path, name):
    assert read(tmp_path, f"{name}\na.wav\n").index == {"path": 0}


def test_the_exact_name_goes_before_others(tmp_path):
    table = read(tmp_path, "file,path,actor,speaker\na,b,c,d\n")
    assert (table.index, table.further) == ({"path": 1, "speaker": 3}, {"file": 0, "actor": 2})


def test_cells_of_short_rows_are_empty(tmp_path):
    table = read(tmp_path, "path,room,sex\na.wav\nb.wav,hall,f\n")
    assert table.cells(table.further["room"]) == ["", "hall"]
    assert [table.cell(row, "gender") for row in table.rows] == ["", "f"]


@pytest.mark.parametrize("header", ["path,Room,room", "path,channel,channel_of_table"])
def test_further_columns_have_names_of_their_own(tmp_path, header):
    with pytest.raises(InputError, match="have the same name, expected two: rename one"):
        read(tmp_path, f"{header}\na.wav,x,y\n", is_taken=lambda name: name == "channel")


@pytest.mark.parametrize(
    "header", ["start,end", "Onset,Offset", "start_time,end_time", "start,duration", "offset,dur"]
)
def test_parts_of_recordings_are_refused(tmp_path, header):
    with pytest.raises(InputError, match="describe parts of recordings, which are not read yet"):
        read(tmp_path, f"path,{header}\na.wav,0.5,1\n")


@pytest.mark.parametrize(
    "row", ["start,end\na.wav,0,", "start,end\na.wav,,NaT", "start,duration\na.wav,0,3", "start,x\na.wav,7,1"]
)
def test_whole_recordings_are_not(tmp_path, row):
    assert len(read(tmp_path, f"path,{row}\n").rows) == 1
