"""Functionals in the store: a table of their own, joined by key, with the promises of frames."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.engine import extract_corpora
from ser_features.engine.augmentation.run import augment_store
from ser_features.errors import InputError, StoreError
from ser_features.extractors import FUNCTIONAL_COLUMNS
from ser_features.pipeline import extract
from ser_features.store import open_store
from ser_features.store.compact import compact
from ser_features.store.verify import verify

FAMILIES = ("core", "functionals")
NAMES = [column.name for column in FUNCTIONAL_COLUMNS]
SOME = ["mfcc_03_delta2__p90", "mel_07__mean", "f0__slope"]


def made(folder, families=FAMILIES, count=5):
    rng = np.random.default_rng(1)
    lines = ["path,emotion,speaker"]
    for take in range(count):
        time = np.arange(6000) / 16_000
        signal = 0.3 * np.sin(2 * np.pi * (150 + 30 * take) * time) + 0.01 * rng.standard_normal(6000)
        soundfile.write(folder / f"r{take}.wav", signal, 16_000)
        lines.append(f"r{take}.wav,{'sad' if take % 2 else 'angry'},s{take}")
    (folder / "own.csv").write_text("\n".join(lines) + "\n")
    again(folder, families)
    return folder / "store"


def again(folder, families=FAMILIES):
    return extract_corpora(
        [str(folder / "own.csv")], data=folder, store=folder / "store", features=families, workers=1
    )


@pytest.mark.parametrize("families", [FAMILIES, ("core", "functionals", "mel", "pitch")])
def test_what_is_stored_is_what_a_file_gives(tmp_path, families):
    store = open_store(made(tmp_path, families))
    rows = store.files().iloc[::-1]
    values = store.wide(rows, "functionals", SOME)
    for row, found in zip(rows.itertuples(), values, strict=True):
        own = extract(tmp_path / row.path, store.profile, FAMILIES).wide["functionals"]
        np.testing.assert_array_equal(found, own[[NAMES.index(name) for name in SOME]])


def test_analysts_read_the_folder_and_files_has_no_functional(tmp_path):
    root = made(tmp_path)
    table = pd.read_parquet(root / "functionals").sort_values("file_id", ignore_index=True)
    assert list(table.columns) == ["file_id", *NAMES, "dataset"]
    told = open_store(root).wide_table("functionals")
    np.testing.assert_array_equal(told[SOME].to_numpy(), table[SOME].to_numpy())
    assert not set(NAMES) & set(pd.read_parquet(root / "files").columns)


def test_the_dictionary_describes_every_column(tmp_path):
    described = open_store(made(tmp_path, count=2)).description
    assert described.wide["functionals"] == FUNCTIONAL_COLUMNS


def test_a_second_run_does_nothing_and_one_more_recording_is_one_more_row(tmp_path):
    root = made(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")}
    assert again(tmp_path).stored == 0
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.parquet")} == before
    made(tmp_path, count=6)
    assert len(open_store(root).wide_table("functionals")) == 6
    assert not verify(root).problems


def test_a_flipped_byte_is_found_and_mended(tmp_path):
    root = made(tmp_path)
    path = next((root / "functionals").rglob("*.parquet"))
    whole = path.read_bytes()
    path.write_bytes(whole[:900] + bytes([whole[900] ^ 1]) + whole[901:])
    assert [problem.path for problem in verify(root).problems] == [path.relative_to(root).as_posix()]
    assert again(tmp_path).stored == 5
    assert path.read_bytes() == whole
    assert not verify(root).problems


def test_a_lost_table_is_said_and_made_again(tmp_path):
    root = made(tmp_path)
    next((root / "functionals").rglob("*.parquet")).unlink()
    store = open_store(root)
    with pytest.raises(StoreError, match=r"cannot be read .* run ser extract again to redo it"):
        store.wide(store.files(), "functionals", SOME)
    assert again(tmp_path).stored == 5
    assert len(store.wide_table("functionals")) == 5


def test_copies_have_theirs_in_another_folder(tmp_path):
    root = made(tmp_path)
    augment_store(root, tmp_path, SPEED_PERTURBATIONS, datasets=["own"], features=FAMILIES, workers=1)
    store = open_store(root)
    copies = store.variants()
    assert sorted(set(copies["variant"])) == ["faster", "slower"]
    assert len(copies) == 10
    heights = dict(zip(copies["file_id"], store.wide(copies, "functionals", ["f0__p50"])[:, 0], strict=True))
    own = dict(
        zip(
            store.files()["file_id"], store.wide(store.files(), "functionals", ["f0__p50"])[:, 0], strict=True
        )
    )
    for name, rate in (("slower", 0.9), ("faster", 1.1)):
        assert heights[f"own/r1#{name}"] - own["own/r1"] == pytest.approx(12 * np.log2(rate), abs=0.2)
    assert len(pd.read_parquet(root / "functionals")) == 5
    assert again(tmp_path).stored == 0
    assert len(store.wide(copies, "functionals", SOME)) == 10


def test_joined_tables_keep_their_functionals(tmp_path):
    root = made(tmp_path)
    made(tmp_path, count=7)
    before = open_store(root).wide_table("functionals")
    compact(open_store(root))
    pd.testing.assert_frame_equal(open_store(root).wide_table("functionals"), before)
    assert not verify(root).problems


def test_a_store_without_them_says_what_to_do(tmp_path):
    store = open_store(made(tmp_path, ("core", "mel"), count=2))
    message = (
        "no functionals in .*: it holds core, mel: extract into a new store with --features core mel func"
    )
    with pytest.raises(InputError, match=message):
        store.wide_table("functionals")
    with pytest.raises(InputError, match=message):
        store.wide(store.files(), "functionals", SOME)
