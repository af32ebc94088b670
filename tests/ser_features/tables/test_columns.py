"""Headers → columns, and the documented list of their names."""

from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_features.tables.columns import read_table, recognised
from ser_features.tables.names import DURATIONS, USUAL_NAMES

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


def test_durations_are_further_columns():
    assert not any(map(recognised, DURATIONS))


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
    ("header", "index", "further"),
    [
        ("start,end", {"start": 1, "end": 2}, {}),
        ("Onset,Offset", {"start": 1, "end": 2}, {}),
        ("offset,dur", {"start": 1, "duration": 2}, {}),
        ("offset,end", {"start": 1, "end": 2}, {}),
        ("start,duration", {"start": 1, "duration": 2}, {}),
        ("end,duration", {"end": 1}, {"duration": 2}),
        ("onset,room", {}, {"onset": 1, "room": 2}),
        ("start_ms,room", {"start": 1}, {"room": 2}),
    ],
)
def test_columns_of_parts(tmp_path, header, index, further):
    table = read(tmp_path, f"path,{header}\na.wav,0.5,1\n")
    assert (table.index, table.further) == ({"path": 0} | index, further)


@pytest.mark.parametrize(("cells", "is_audio"), [("1 mix", True), ("left 2.0", True), ("phone 1", False)])
def test_a_column_channel_is_of_audio_if_all_its_cells_are(tmp_path, cells, is_audio):
    first, second = cells.split()
    table = read(tmp_path, f"path,channel\na.wav,{first}\na.wav,{second}\na.wav,\n")
    assert ("audio_channel" in table.index, "channel" in table.further) == (is_audio, not is_audio)
