"""Guarantees of a store to its readers and writers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import soundfile

from ser_features import files
from ser_features.config import SPEECH16K
from ser_features.engine import extract_corpora
from ser_features.engine.open_store import describe as describe_features
from ser_features.errors import InputError, StoreError
from ser_features.extractors import row_columns
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS
from ser_features.store import Description, describe, layout, open_or_create, open_store
from ser_features.store.description import all_columns
from ser_features.store.write import FrameWriter
from tests.faults.serial import Serial


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A store of two corpora, one of them a user's own with an extra column."""
    folder = tmp_path_factory.mktemp("stored")
    for name in ("DC_a01", "JE_sa03", "KL_n10"):
        (folder / "savee").mkdir(exist_ok=True)
        soundfile.write(folder / "savee" / f"{name}.wav", np.sin(np.arange(8000) / (7 + len(name))), 16_000)
    soundfile.write(folder / "b.wav", np.sin(np.arange(8000) / 20), 16_000)
    (folder / "mine.csv").write_text("path,emotion,speaker,room\nb.wav,sad,eve,hall\n")
    extract_corpora(["savee", str(folder / "mine.csv")], data=folder, store=folder / "store", runner=Serial())
    return folder / "store"


def test_pandas_reads_the_files_folder(root):
    rows = pd.read_parquet(root / "files")
    assert len(rows) == 4
    assert set(rows["dataset"]) == {"savee", "mine"}
    expected = [column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS)]
    assert list(rows.columns)[: len(expected)] == expected


def test_every_column_has_unit_and_description_in_parquet_and_in_store_json(root):
    dictionary = {c["name"]: c for c in json.loads((root / "store.json").read_text())["columns"]}
    schema = pq.read_schema(next((root / "files" / "dataset=savee").glob("*.parquet")))
    assert [field.name for field in schema] == [
        column.name for column in all_columns(row_columns(["core"], SPEECH16K))
    ]
    for field in schema:
        assert field.metadata[b"description"].decode() == dictionary[field.name]["description"] != ""
        assert field.metadata[b"unit"].decode() == dictionary[field.name]["unit"]
    assert all(c["unit"] for c in dictionary.values() if c["type"] not in ("string",))


def test_a_store_describes_itself(tmp_path):
    requested = describe_features(SPEECH16K, ["statistics", "contrast", "mel"])
    assert requested.families == ("core", "statistics", "mel", "contrast")
    assert requested.frame_families == ("mel", "contrast")
    assert open_or_create(tmp_path / "s", requested).description == requested
    assert open_store(tmp_path / "s").description == requested
    with pytest.raises(InputError, match="holds the families core statistics mel contrast, asked for"):
        open_or_create(tmp_path / "s", describe_features(SPEECH16K, ["mel"]))


@pytest.mark.parametrize("word", ["mine.csv", "/data/MINE.csv", "Miné.csv"])
def test_a_corpus_is_known_by_the_path_of_its_table(root, word):
    assert open_store(root).check(word) == ["mine"]


def test_features_are_float32(root):
    rows = pd.read_parquet(root / "files")
    assert rows["pitch_mean"].dtype == np.float32


def test_unvoiced_pitch_is_null_not_zero(tmp_path):
    noise = np.random.default_rng(0).standard_normal(16_000) * 0.1
    soundfile.write(tmp_path / "n.wav", noise, 16_000)
    (tmp_path / "mine.csv").write_text("path,emotion,speaker\nn.wav,sad,eve\n")
    extract_corpora([str(tmp_path / "mine.csv")], data=tmp_path, store=tmp_path / "store", runner=Serial())
    row = pd.read_parquet(tmp_path / "store" / "files").iloc[0]
    assert np.isnan(row["pitch_mean"])
    assert row["voiced_ratio"] == 0


def test_own_columns_are_read_with_the_others(root):
    rows = open_store(root).files()
    assert rows.set_index("file_id").loc["mine/b", "room"] == "hall"
    assert rows.set_index("file_id").loc["savee/DC_a01", "room"] is None or pd.isna(
        rows.set_index("file_id").loc["savee/DC_a01", "room"]
    )


def test_unknown_corpus_is_named_with_those_that_are_there(root):
    with pytest.raises(InputError, match=r"no 'tess' in .*: it holds mine, savee: run ser extract"):
        open_store(root).files(["tess"])


def test_missing_store_says_how_to_make_one(tmp_path):
    with pytest.raises(
        InputError, match=r"no store at .*: expected .*store\.json: make one with ser extract"
    ):
        open_store(tmp_path / "nowhere")


def test_damaged_description_is_an_error_not_a_crash(tmp_path):
    (tmp_path / "store.json").write_text("{")
    with pytest.raises(StoreError, match="is damaged"):
        open_store(tmp_path)


def test_other_format_is_refused(root, tmp_path):
    content = json.loads((root / "store.json").read_text()) | {"format": 99}
    (tmp_path / "store.json").write_text(json.dumps(content))
    with pytest.raises(StoreError, match="has format 99, expected 2: extract into a new store"):
        open_store(tmp_path)


def test_unknown_frames_are_refused(root):
    store = open_store(root)
    with pytest.raises(InputError, match=r"no 'chroma' frames in .*: it holds core, mel, mfcc"):
        store.frames(store.files(), "chroma")


def test_frames_are_read_only_views(root):
    store = open_store(root)
    frames = store.frames(store.files(), "mel")[0]
    assert isinstance(frames, np.memmap)
    assert not frames.flags.writeable


def test_damaged_table_is_named(root, tmp_path):
    store = open_or_create(tmp_path / "s", Description(SPEECH16K, "0" * 16, ("core",), (), ()))
    part = layout.dataset_folder(store.root, "files", "tess") / layout.part_name("00000")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"PAR1 nothing")
    with pytest.raises(StoreError, match=r"part-00000\.parquet cannot be read"):
        store.files()


def test_describe_counts_by_corpus(root):
    described = {d.dataset: d for d in describe(open_store(root))}
    assert (described["savee"].rows, described["savee"].speakers, described["savee"].emotions) == (3, 3, 3)
    assert described["mine"].hours == pytest.approx(0.5 / 3600, rel=0.2)


def test_uncommitted_frames_leave_nothing(tmp_path):
    with FrameWriter(tmp_path, "x", "00000", ("mel",)) as writer:
        writer.append({"mel": np.ones((5, 64), np.float32)})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_frames_of_unequal_length_are_refused(tmp_path):
    with (
        FrameWriter(tmp_path, "x", "00000", ("mel", "mfcc")) as writer,
        pytest.raises(ValueError, match=r"expected .* with equal numbers of frames"),
    ):
        writer.append({"mel": np.ones((5, 64)), "mfcc": np.ones((4, 39))})


def write_half(path: Path) -> None:
    with files.replacing(path) as file:
        file.write(b"half")
        raise OSError("disk full")


def test_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    with pytest.raises(OSError, match="disk full"):
        write_half(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
