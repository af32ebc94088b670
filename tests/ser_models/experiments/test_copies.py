"""Copies of a store in training: which ones, of which recordings, on which side."""

import shutil

import pytest

from ser_features.augment import SPEED_PERTURBATIONS, rooms
from ser_features.engine import augment_store
from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.evaluation.leakage import audit
from ser_models.experiments.train import read_data
from ser_models.training.config import TrainConfig
from tests.faults.serial import Serial


@pytest.fixture(scope="module")
def copied(recordings, store_root, tmp_path_factory):
    """Store of `recordings` with slower and faster copies and two in other rooms."""
    root = shutil.copytree(store_root, tmp_path_factory.mktemp("copied") / "store")
    variants = (*SPEED_PERTURBATIONS, *rooms(2))
    report = augment_store(root, recordings, variants, datasets=["own"], features=["mel"], runner=Serial())
    assert (report.stored, report.failures) == (4 * 72, [])
    return open_store(root)


def used(store, model, **options):
    """Names of the variants that a training uses, after a check of their sides."""
    data = read_data(store, TrainConfig(model, folds=2, **options))
    rows, table = data.examples.rows, data.split.table
    assert audit(rows, table) == []
    if "variant" not in rows:
        return set()
    sides = table.set_index(["fold", "file_id"])["split"]
    copies = rows.dropna(subset="source_file_id").set_index("file_id")["source_file_id"]
    added = table[table["file_id"].isin(copies.index)]
    assert set(added["split"]) <= {"train", "validation"}
    sources = zip(added["fold"], copies[added["file_id"]], strict=True)
    assert [sides[key] for key in sources] == list(added["split"])
    return set(rows["variant"].dropna())


@pytest.mark.parametrize(
    ("model", "options", "expected"),
    [
        ("ridge", {}, {"slower", "faster", "room1", "room2"}),
        ("ridge", {"rooms": 1}, {"slower", "faster", "room1"}),
        ("ridge", {"rooms": 0}, {"slower", "faster"}),
        ("ridge", {"speed_perturb": False}, {"room1", "room2"}),
        ("ridge", {"speed_perturb": False, "rooms": 0}, set()),
        ("logistic", {}, set()),
        ("logistic", {"rooms": 2}, {"room1", "room2"}),
        ("logistic", {"speed_perturb": True}, {"slower", "faster"}),
    ],
)
def test_which_copies_a_model_learns_from(copied, model, options, expected):
    assert used(copied, model, **options) == expected


def test_more_rooms_than_the_store_has(copied):
    with pytest.raises(InputError) as caught:
        read_data(copied, TrainConfig("ridge", rooms=3))
    assert str(caught.value) == (
        f"--rooms 3: {copied.root} has 2 copies of a recording in other rooms: run ser extract with --rooms 3"
    )
