"""Members that know are listened to, others not; and only what was written is read."""

import zipfile

import numpy as np
import pytest

from ser_features.errors import ArtifactError, InputError
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import Labelled
from ser_models.models.ensemble import WEIGHTS, pool_weights, pooled

RNG = np.random.default_rng(6)
TARGETS = np.arange(120) % 3


def labelled():
    return Labelled(InMemory({"columns": np.zeros((120, 1), np.float32)}), TARGETS, 3)


def telling(strength):
    logits = strength * np.eye(3)[TARGETS] + RNG.standard_normal((120, 3))
    raised = np.exp(logits)
    return raised / raised.sum(axis=1, keepdims=True)


def test_a_member_of_noise_is_hardly_heard():
    good, noise = telling(3.0), telling(0.0)
    weights = pool_weights([good, noise], labelled())
    assert weights[0] > 5 * weights[1]
    assert (weights >= 0).all()


def test_together_they_are_more_likely_right_than_any_alone():
    members = [telling(1.0), telling(1.0), telling(1.0)]
    weights = pool_weights(members, labelled())

    def likelihood(probabilities):
        return np.log(probabilities[np.arange(120), TARGETS]).mean()

    assert likelihood(pooled(members, weights)) > max(map(likelihood, members))


def test_a_member_that_misleads_is_not_believed_backwards():
    """One that is wrong more often than chance might be of use with a weight below 0, which none may have."""
    weights = pool_weights([telling(2.0), 1 / telling(3.0).clip(1e-3)], labelled())
    assert weights[1] == 0 < weights[0]


def test_a_member_without_held_out_answers_is_judged_by_voices_that_it_did_not_hear():
    """Labels at random can be learned, not recognised of a voice that was not heard."""
    rng = np.random.default_rng(0)
    model = create("ensemble", {"members": ["logistic"]})
    columns = rng.standard_normal((60, len(model.inputs.parts[0].columns))).astype(np.float32)
    speakers = tuple(f"own/s{place // 10}" for place in range(60))
    ids = tuple(f"own/{place}" for place in range(60))
    targets = rng.integers(0, 2, 60)
    sides = [
        Labelled(InMemory({"0/columns": columns[places]}), targets[places], 2, ids[places], speakers[places])
        for places in (slice(0, 40), slice(40, 60))
    ]
    row = model.fit(*sides, seed=0, on_epoch=lambda row: None)[0]
    assert row["uar"] > 0.75  # of two sides, the one that it learns from is learned by heart
    assert 0.3 < row["val_uar"] < 0.7


def test_what_is_said_of_held_out_voices_is_said_of_the_right_recordings(saved):
    """Columns tell the classes well here: answers of other recordings would be right by chance, a third."""
    train = Labelled(
        InMemory(saved[1]),
        TARGETS,
        3,
        tuple(f"own/{place}" for place in range(120)),
        tuple(f"own/s{place // 15}" for place in np.random.default_rng(3).permutation(120)),
    )
    model = create("ensemble", {"members": ["logistic", "xgboost", "kernel_ridge"]})
    rows = model.fit(train, train, seed=0, on_epoch=lambda row: None)
    assert all(row["val_uar"] > 0.7 for row in rows)


def test_one_member_of_weight_one_is_itself():
    one = telling(1.0)
    np.testing.assert_allclose(pooled([one], np.ones(1)), one, atol=1e-6)


def test_a_class_that_no_member_knows_has_no_probability():
    said = [np.array([[0.4, 0.6, 0.0]]), np.array([[0.7, 0.3, 0.0]])]
    assert pooled(said, np.ones(2))[0, 2] == 0


@pytest.mark.parametrize("name", ["ensemble", "best"])
def test_ensembles_are_not_nested(name):
    with pytest.raises(InputError) as error:
        create("ensemble", {"members": ["ridge", name]})
    assert str(error.value) == f"{name!r} in an ensemble: expected single models: name its members"


def test_an_unknown_member_is_named():
    with pytest.raises(InputError, match="unknown model 'perceptron': expected one of mlp, "):
        create("ensemble", {"members": ["ridge", "perceptron"]})


@pytest.fixture
def saved(tmp_path):
    """An ensemble of models of every kind of file, and where it is saved."""
    model = create("ensemble", {"members": ["logistic", "xgboost", "kernel_ridge"]})
    arrays = {
        f"{place}/columns": (RNG.standard_normal((120, len(part.columns))) + TARGETS[:, None]).astype(
            np.float32
        )
        for place, part in enumerate(model.inputs.parts)
    }
    speakers = tuple(f"own/s{place // 15}" for place in range(120))
    ids = tuple(f"own/{place}" for place in range(120))
    train = Labelled(InMemory(arrays), TARGETS, 3, ids, speakers)
    model.fit(train, train, seed=0, on_epoch=lambda row: None)
    model.save(tmp_path / "model.zip")
    return model, arrays, tmp_path / "model.zip"


def restored(path):
    return create("ensemble", {"members": ["logistic", "xgboost", "kernel_ridge"]}).restore(path, classes=3)


def test_any_set_of_members_comes_back_from_disk(saved):
    model, arrays, path = saved
    np.testing.assert_allclose(restored(path).predict_proba(arrays), model.predict_proba(arrays), atol=1e-6)


def rewritten(path, changes):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"../out.npz": b""}, "expected only what ser writes"),
        ({WEIGHTS: b"[1, 2]"}, "is no list of 3 weights of at least 0"),
        ({WEIGHTS: b"[1, 2, -3]"}, "is no list of 3 weights of at least 0"),
        ({WEIGHTS: b"[1, NaN, 3]"}, "cannot be read"),
        ({"0.skops": b"no zip"}, "File is not a zip file"),
        ({"2.npz": b"no zip"}, "File is not a zip file"),
    ],
)
def test_what_was_not_written_is_refused(saved, changes, message):
    rewritten(saved[2], changes)
    with pytest.raises(ArtifactError, match=message):
        restored(saved[2])
