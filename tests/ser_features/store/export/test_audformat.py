"""audformat reads the exported database with the values of the store."""

import shutil
import sys

import pandas as pd
import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_features.store import open_store
from ser_features.store.export import export
from ser_features.store.export.audformat import _speakers

audformat = pytest.importorskip(
    "audformat", reason="audformat is not installed: pip install 'ser-toolkit[audformat]'"
)


@pytest.fixture(scope="module")
def rows(store_root) -> pd.DataFrame:
    return open_store(store_root).files().set_index("path")


@pytest.fixture(scope="module")
def database(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("audformat") / "db"
    export(open_store(store_root), "audformat", out)
    return audformat.Database.load(str(out))


def test_tables_are_filewise_and_name_the_paths(database, rows):
    assert set(database.tables) == {"files", "emotion", "features"}
    for table in database.tables.values():
        assert table.is_filewise
        assert list(table.files) == list(rows.index)


def test_emotions_have_a_scheme_with_the_labels_in_their_order(database, rows):
    assert database.schemes["emotion"].labels == ["angry", "neutral", "sad"]
    assert database["emotion"]["emotion"].get().astype(str).tolist() == rows["emotion"].tolist()


def test_features_have_values_unit_and_description(database, rows):
    features = database["features"].get()
    assert features.shape == (72, 47)
    for name in ("pitch_mean", "shimmer", "duration_sec"):
        assert features[name].tolist() == pytest.approx(rows[name].tolist(), nan_ok=True)
    scheme = database.schemes["pitch_mean"]
    assert (scheme.dtype, scheme.meta["unit"]) == ("float", "Hz")
    assert scheme.description == "Mean F0 over voiced frames; null if nothing is voiced."


def test_speakers_have_a_misc_table(database, rows):
    speakers = database["speaker"].get()
    assert speakers.loc["own/s1", "gender"] == "female"
    assert speakers["age"].isna().all()
    assert database["files"]["speaker"].get().tolist() == [f"own/{name}" for name in rows["speaker"]]
    assert database["files"]["speaker"].get(map="gender").tolist() == rows["gender"].tolist()


def test_the_header_has_profile_and_digest(database, store_root):
    store = open_store(store_root)
    assert database.meta["profile"] == store.profile.name
    assert database.meta["digest"] == store.digest
    assert database.name == "ser-store"


def test_two_recordings_of_one_path_are_refused(store_root, tmp_path):
    shutil.copytree(store_root, tmp_path / "store")
    files = tmp_path / "store" / "files"
    shutil.copytree(files / "dataset=own", files / "dataset=other")
    with pytest.raises(
        InputError, match=r"have the same path, s0_angry_0\.wav, .* one of the corpora at a time"
    ):
        export(open_store(tmp_path / "store"), "audformat", tmp_path / "db")


def test_missing_package_is_named(store_root, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "audformat", None)
    with pytest.raises(MissingExtraError, match=r"not installed: pip install 'ser-toolkit\[audformat\]'"):
        export(open_store(store_root), "audformat", tmp_path / "db")


def test_an_unknown_speaker_is_missing():
    rows = pd.DataFrame({"dataset": ["own", "own"], "speaker": ["ada", None]})
    first, second = _speakers(rows)
    assert first == "own/ada"
    assert pd.isna(second)
