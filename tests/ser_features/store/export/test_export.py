"""Every format: complete or absent, never over other files, and with every recording."""

from pathlib import Path

import pytest

from ser_features.errors import InputError, StoreError
from ser_features.store import Store, open_or_create, open_store
from ser_features.store.export import FORMATS, export


@pytest.fixture(scope="module")
def store(store_root: Path) -> Store:
    return open_store(store_root)


@pytest.fixture(params=FORMATS)
def name(request) -> str:
    if request.param == "audformat":
        pytest.importorskip(
            "audformat", reason="audformat is not installed: pip install 'ser-toolkit[audformat]'"
        )
    return request.param


def content(path: Path) -> dict[str, bytes]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {file.name: file.read_bytes() for file in files if file.is_file() and file.suffix != ".parquet"}


def test_the_result_counts_rows_and_names_the_next_step(name, store, tmp_path):
    assert FORMATS[name].name == name
    done = export(store, name, tmp_path / "out")
    assert (done.recordings, done.datasets) == (72, ("own",))
    assert done.columns == len(store.table().column_names) - 3  # all but the position of the frames
    assert str(tmp_path / "out") in done.next_step


def test_an_earlier_export_is_replaced_and_nothing_else_is_left(name, store, tmp_path):
    export(store, name, tmp_path / "out")
    before = content(tmp_path / "out")
    assert before
    export(store, name, tmp_path / "out")
    assert content(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_other_files_stay(name, kind, store, tmp_path):
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
    thesis = out / "thesis.txt" if kind == "folder" else out
    thesis.write_text("my thesis")
    reason = "exists and was not written by ser" if kind == "file" else "is a folder or a device that ser did"
    with pytest.raises(InputError, match=f"out {reason}"):
        export(store, name, out)
    assert thesis.read_text() == "my thesis"


def test_a_file_is_replaced_with_force(name, store, tmp_path):
    (tmp_path / "out").write_text("my thesis")
    export(store, name, tmp_path / "out", force=True)
    export(store, name, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failed_export_leaves_the_earlier_one(name, store, tmp_path, monkeypatch):
    export(store, name, tmp_path / "out")
    before = content(tmp_path / "out")

    def fails(*_: object) -> None:
        raise StoreError("a table cannot be read")
        yield

    monkeypatch.setattr("ser_features.store.export.base.Rows.batches", fails)
    with pytest.raises(StoreError, match="a table cannot be read"):
        export(store, name, tmp_path / "out")
    assert content(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_unwritable_path_is_an_error(name, store, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the export cannot be written to"):
        export(store, name, tmp_path / "file" / "out")


def test_unknown_format_corpus_and_empty_store(store, tmp_path):
    with pytest.raises(
        InputError, match="unknown format 'xls': expected one of csv, parquet, arff, audformat"
    ):
        export(store, "xls", tmp_path / "out")
    with pytest.raises(InputError, match=r"no 'tess' in .*: it holds own"):
        export(store, "csv", tmp_path / "out", ["tess"])
    empty = open_or_create(tmp_path / "empty", store.description)
    with pytest.raises(InputError, match="has no recordings to export: run ser extract"):
        export(empty, "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()
