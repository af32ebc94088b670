"""Functionals in the store: a table of their own, joined by file_id, with the guarantees of frames."""

import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import soundfile

from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.engine import extract_corpora, plan
from ser_features.engine.augmentation.run import augment_store
from ser_features.errors import InputError, StoreError
from ser_features.extractors import FUNCTIONAL_COLUMNS
from ser_features.pipeline import extract
from ser_features.store import open_store, wide
from ser_features.store.compact import compact
from ser_features.store.export import base, export
from ser_features.store.query import query
from ser_features.store.verify import verify
from tests.faults.serial import Serial

FAMILIES = ("core", "functionals")
NAMES = [column.name for column in FUNCTIONAL_COLUMNS]
SOME = ["mfcc_03_delta2__p90", "mel_07__mean", "f0__slope"]


def record(folder, count):
    """Write a manifest of so many tones."""
    rng = np.random.default_rng(1)
    lines = ["path,emotion,speaker"]
    for take in range(count):
        time = np.arange(6000) / 16_000
        signal = 0.3 * np.sin(2 * np.pi * (150 + 30 * take) * time) + 0.01 * rng.standard_normal(6000)
        if not (folder / f"r{take}.wav").exists():
            soundfile.write(folder / f"r{take}.wav", signal, 16_000)
        lines.append(f"r{take}.wav,{'sad' if take % 2 else 'angry'},s{take}")
    (folder / "own.csv").write_text("\n".join(lines) + "\n")


def extracted(folder, families=FAMILIES):
    options = {"data": folder, "store": folder / "store", "features": families, "runner": Serial()}
    return extract_corpora([str(folder / "own.csv")], **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Five recordings and their store, to be read only."""
    folder = tmp_path_factory.mktemp("wide")
    record(folder, 5)
    extracted(folder)
    return folder


@pytest.fixture
def folder(source, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(source, tmp_path / "copy")


@pytest.fixture
def root(folder):
    return folder / "store"


def frozen(root):
    return {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")}


def test_stored_values_are_those_of_the_pipeline(source):
    store = open_store(source / "store")
    rows = store.files().iloc[::-1]
    values = store.wide(rows, "functionals", SOME)
    for row, stored in zip(rows.itertuples(), values, strict=True):
        computed = extract(source / row.path, store.profile, FAMILIES).wide["functionals"]
        np.testing.assert_array_equal(stored, computed[[NAMES.index(name) for name in SOME]])
    table = pd.read_parquet(store.root / "functionals").sort_values("file_id", ignore_index=True)
    assert list(table.columns) == ["file_id", *NAMES, "dataset"]
    np.testing.assert_array_equal(store.wide_table("functionals")[SOME].to_numpy(), table[SOME].to_numpy())
    assert not set(NAMES) & set(pd.read_parquet(store.root / "files").columns)
    assert store.description.wide["functionals"] == FUNCTIONAL_COLUMNS


def test_wide_tables_and_frames_stand_side_by_side(folder):
    shutil.rmtree(folder / "store")
    extracted(folder, ("core", "functionals", "mel"))
    store = open_store(folder / "store")
    assert np.isfinite(store.wide(store.files(), "functionals", SOME)).all()
    assert all(map(len, store.frames(store.files(), "mel")))


def test_a_second_run_does_nothing_and_a_new_recording_is_a_new_row(folder, root):
    before = frozen(root)
    assert extracted(folder).stored == 0
    assert frozen(root) == before
    record(folder, 6)
    assert extracted(folder).stored == 1
    assert len(open_store(root).wide_table("functionals")) == 6
    assert not verify(root).problems


def test_a_flipped_byte_and_a_lost_table_are_found_and_repaired(folder, root):
    path = next((root / "functionals").rglob("*.parquet"))
    content = path.read_bytes()
    path.write_bytes(content[:900] + bytes([content[900] ^ 1]) + content[901:])
    assert [problem.path for problem in verify(root).problems] == [path.relative_to(root).as_posix()]
    assert extracted(folder).stored == 5
    assert path.read_bytes() == content
    assert not verify(root).problems
    path.unlink()
    store = open_store(root)
    with pytest.raises(StoreError, match=r"cannot be read .* run ser extract again to redo it"):
        store.wide(store.files(), "functionals", SOME)
    assert extracted(folder).stored == 5
    assert len(store.wide_table("functionals")) == 5


def test_copies_have_tables_in_another_folder(folder, root):
    options = {"datasets": ["own"], "features": FAMILIES, "runner": Serial()}
    augment_store(root, folder, SPEED_PERTURBATIONS, **options)
    store = open_store(root)
    copies, rows = store.variants(), store.files()
    assert sorted(set(copies["variant"])) == ["faster", "slower"]
    assert len(copies) == 10
    f0 = {
        file_id: value
        for table in (copies, rows)
        for file_id, value in zip(
            table["file_id"], store.wide(table, "functionals", ["f0__p50"])[:, 0], strict=True
        )
    }
    for name, rate in (("slower", 0.9), ("faster", 1.1)):
        assert f0[f"own/r1#{name}"] - f0["own/r1"] == pytest.approx(12 * np.log2(rate), abs=0.2)
    assert len(pd.read_parquet(root / "functionals")) == 5
    assert extracted(folder).stored == 0
    assert len(store.wide(copies, "functionals", SOME)) == 10


def test_compacted_tables_keep_their_functionals(folder, root, monkeypatch):
    monkeypatch.setattr(plan, "MIN_SHARD", 5)
    record(folder, 7)
    extracted(folder)
    before = open_store(root).wide_table("functionals")
    assert [(done.before, done.after) for done in compact(open_store(root))] == [(2, 1)]
    pd.testing.assert_frame_equal(open_store(root).wide_table("functionals"), before)
    assert not verify(root).problems


def test_a_store_without_functionals_says_what_to_do(store_root):
    store = open_store(store_root)
    message = (
        "no functionals in .*: it holds core, mel, mfcc, pitch: extract into a new store with --features core"
    )
    with pytest.raises(InputError, match=message):
        store.wide_table("functionals")
    with pytest.raises(InputError, match=message):
        store.wide(store.files(), "functionals", SOME)


def values(rows, columns, value=0.0):
    return {f"own/{row}": row for row in range(rows)}, np.full((rows, columns), value, np.float32)


def test_the_cache_is_bounded_by_bytes_and_drops_the_least_recently_used():
    table = values(1000, 250)  # a megabyte, and the names of its rows
    cache = wide.ValueCache(budget=3 * wide.size_of(table))
    for name in "abc":
        cache.put(name, table)
    assert cache.get("a") is table  # and is the most recently used now
    cache.put("d", table)
    assert [name for name in "abcd" if cache.get(name) is None] == ["b"]
    assert cache.size == 3 * wide.size_of(table) <= cache.budget
    cache.put("large", values(1000, 2000))
    assert cache.get("large") is None
    assert cache.size <= cache.budget


def test_tables_larger_than_the_cache_are_read_each_time(source, monkeypatch):
    reads = []
    read = wide.read_wide
    monkeypatch.setattr(wide, "read_wide", lambda *arguments: reads.append(1) or read(*arguments))
    store = open_store(source / "store")
    for budget, count in ((wide.CACHE_BYTES, 1), (1000, 2)):
        monkeypatch.setattr(wide, "_cache", wide.ValueCache(budget))
        reads.clear()
        for _ in range(2):
            store.wide(store.files(), "functionals", SOME)
        assert (len(reads), wide._cache.size <= budget) == (count, True)


def test_one_table_has_the_rows_and_the_wide_columns(source):
    store = open_store(source / "store")
    rows = store.files(features=["functionals"], typed=True)
    assert list(rows) == ["dataset", *list(store.files())[1:], *NAMES]
    np.testing.assert_array_equal(rows[SOME], store.wide(store.files(), "functionals", SOME))
    assert (rows["emotion"].cat.ordered, list(rows["emotion"].cat.categories)) == (True, ["angry", "sad"])
    assert rows["source_mtime"].dt.tz is not None
    assert rows["emotion_code"].tolist() == rows["emotion"].tolist()
    some = store.table(columns=["emotion"], features="functionals")
    assert some.column_names == ["dataset", "emotion", *NAMES]
    with pytest.raises(InputError, match="no ssl_pooled in"):
        store.table(features="ssl_pooled")


def test_a_query_joins_a_wide_family(source):
    store = open_store(source / "store")
    sql = "select file_id, mel_07__mean from files join functionals using (dataset, file_id) order by 1"
    with query(store, sql) as result:
        [rows] = result.batches()
    expected = store.wide_table("functionals")[["file_id", "mel_07__mean"]]
    assert [row[0] for row in rows] == expected["file_id"].tolist()
    assert [row[1] for row in rows] == pytest.approx(expected["mel_07__mean"].tolist())
    with query(store, "select unit from columns where name = 'mel_07__mean'") as result:
        assert list(result.batches()) == [[("dB",)]]


def test_exports_have_wide_columns_on_request(source, tmp_path, monkeypatch):
    monkeypatch.setattr(base, "WIDE_ROWS", 2)
    store = open_store(source / "store")
    done = export(store, "parquet", tmp_path / "x.parquet", features=["functionals"])
    assert (done.recordings, done.columns) == (5, len(store.table().column_names) - 3 + len(NAMES))
    table = pd.read_parquet(tmp_path / "x.parquet").sort_values("file_id", ignore_index=True)
    pd.testing.assert_frame_equal(table, store.files(features="functionals", typed=True)[list(table)])
    assert pq.read_schema(tmp_path / "x.parquet").field("f0__slope").metadata[b"unit"]
    with pytest.raises(InputError, match="no ssl_pooled in"):
        export(store, "csv", tmp_path / "x.csv", features=["ssl_pooled"])
