"""Both kernels against scikit-learn's, and what is kept of them on disk."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from ser_features.errors import ArtifactError, InputError
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import Labelled, balanced_weights
from ser_models.models.kernel import ridge, solver

RNG = np.random.default_rng(11)
TARGETS = np.repeat([0, 1, 2], [30, 20, 10])
COLUMNS = (RNG.standard_normal((60, 12)) + TARGETS[:, None] / 2).astype(np.float32)
SPEAKERS = tuple(f"own/s{place % 5}" for place in range(60))
PENALTY = 0.3


def labelled(places):
    return Labelled(
        InMemory({"columns": COLUMNS[places]}),
        TARGETS[places],
        3,
        tuple(f"own/{place}" for place in places),
        tuple(SPEAKERS[place] for place in places),
    )


def fitted(name, **parameters):
    model = create(name, {"alphas": (PENALTY,), **parameters})
    everybody = np.arange(60)
    model.fit(labelled(everybody[:45]), labelled(everybody[45:]), seed=0, on_epoch=lambda row: None)
    return model


def expected(**kernel):
    """Probabilities of weighted kernel ridge regression, before any sharpness: its scores."""
    weights, wanted = balanced_weights(TARGETS, 3), np.eye(3)[TARGETS]
    offset = np.average(wanted, axis=0, weights=weights)
    seen = COLUMNS.astype(np.float64) / np.sqrt(COLUMNS.shape[1])
    ridge = KernelRidge(alpha=PENALTY, **kernel).fit(seen, wanted - offset, sample_weight=weights)
    return ridge.predict(seen) + offset


@pytest.mark.parametrize(
    ("name", "kernel"), [("ridge", {"kernel": "linear"}), ("kernel_ridge", {"kernel": "rbf", "gamma": 0.25})]
)
def test_both_kernels_are_scikit_learns_on_training_and_validation_together(name, kernel):
    model = fitted(name)
    found = model.score(model.represent({"columns": COLUMNS}, model.arrays), model.arrays)
    np.testing.assert_allclose(found, expected(**kernel), atol=2e-3)
    sure = solver.probabilities(found, float(model.arrays["sharpness"]), np.ones(3, dtype=bool))
    np.testing.assert_allclose(model.predict_proba({"columns": COLUMNS}), sure)


def test_the_width_is_that_of_the_kernel():
    model = fitted("kernel_ridge", gamma=2.0)
    found = model.score(model.represent({"columns": COLUMNS}, model.arrays), model.arrays)
    np.testing.assert_allclose(found, expected(kernel="rbf", gamma=2.0), atol=2e-3)


@pytest.mark.parametrize("name", ["ridge", "kernel_ridge"])
def test_one_wild_value_counts_as_the_farthest_that_is_told_apart(name):
    model, wild, far = fitted(name), COLUMNS[:1].copy(), COLUMNS[:1].copy()
    wild[0, 3], far[0, 3] = 1e6, ridge.CLIP
    answers = [model.predict_proba({"columns": each}) for each in (wild, far)]
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize(("most", "kept"), [(1000, 60), (25, 25)])
def test_as_many_landmarks_are_kept_as_are_allowed(monkeypatch, most, kept):
    monkeypatch.setattr(ridge, "LANDMARKS", most)
    model = fitted("kernel_ridge")
    assert model.arrays["landmarks"].shape == (kept, 12)
    assert model.arrays["weights"].shape == (kept, 3)
    seen = {row.tobytes() for row in (COLUMNS / np.sqrt(12)).astype(np.float32)}
    assert {row.tobytes() for row in model.arrays["landmarks"]} <= seen


def test_few_landmarks_are_drawn_by_seed_and_fold(monkeypatch):
    monkeypatch.setattr(ridge, "LANDMARKS", 25)
    both = labelled(np.arange(60))
    drawn = [
        create("kernel_ridge").learn(both, seed=seed, fold=fold)["landmarks"]
        for seed, fold in [(0, 0), (0, 0), (1, 0), (0, 1)]
    ]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0], drawn[3])


@pytest.mark.parametrize(("name", "more"), [("ridge", set()), ("kernel_ridge", {"landmarks"})])
def test_nothing_is_kept_that_only_fitting_needs(tmp_path, name, more):
    model = fitted(name)
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as file:
        assert set(file) == {"weights", "offset", "known", "sharpness"} | more


def test_the_penalty_is_the_one_that_held_out_speakers_choose(monkeypatch):
    """With 1000 it says of everyone what is most common: never chosen where columns tell."""
    asked = []
    choose = solver.choose
    monkeypatch.setattr(
        solver, "choose", lambda *args, **more: asked.append(choose(*args, **more)) or asked[-1]
    )
    fitted("ridge", alphas=(0.01, 0.3, 1000.0))
    alone = {penalty: fitted("ridge", alphas=(penalty,)) for penalty in (0.01, 0.3, 1000.0)}
    weights = balanced_weights(TARGETS, 3)
    rates = {p: weights[m.held_out.argmax(axis=1) == TARGETS].sum() for p, m in alone.items()}
    assert rates[asked[0].penalty] == max(rates.values())


def test_what_a_speaker_is_said_to_be_when_held_out_is_not_learned_from_that_speaker():
    """Random labels cannot be recognised of a voice that was not heard, though they can be learned."""
    columns = np.random.default_rng(0).standard_normal((200, 400)).astype(np.float32)
    targets = np.random.default_rng(1).integers(0, 2, 200)
    side = Labelled(
        InMemory({"columns": columns}),
        targets,
        2,
        tuple(f"own/{place}" for place in range(200)),
        tuple(f"own/s{place // 20}" for place in range(200)),
    )
    empty = Labelled(InMemory({"columns": columns[:0]}), targets[:0], 2)
    model = create("ridge", {"alphas": (0.01,)})
    row = model.fit(side, empty, seed=0, on_epoch=lambda row: None)[0]
    assert row["uar"] > 0.95
    assert 0.35 < row["val_uar"] < 0.65


def test_what_held_out_speakers_are_said_to_be_is_as_sure_as_it_is_right():
    """No other factor between scores and log-probabilities makes their true classes likelier."""
    model = fitted("ridge")
    weights, logs = balanced_weights(TARGETS, 3), np.log(model.held_out)

    def loss(factor):
        told = solver.probabilities(logs, factor, np.ones(3, dtype=bool))
        return np.average(-np.log(told[np.arange(60), TARGETS]), weights=weights)

    assert all(loss(1.0) <= loss(factor) + 1e-6 for factor in np.geomspace(0.1, 10, 41))


def test_a_class_that_nobody_spoke_has_no_probability():
    some = np.flatnonzero(TARGETS != 1)
    model = create("ridge")
    model.fit(labelled(some[::2]), labelled(some[1::2]), seed=0, on_epoch=lambda row: None)
    told = model.predict_proba({"columns": COLUMNS})
    assert not told[:, 1].any()
    np.testing.assert_allclose(told.sum(axis=1), 1)


def test_weights_of_other_classes_are_refused(tmp_path):
    fitted("ridge").save(tmp_path / "model.npz")
    with pytest.raises(ArtifactError) as error:
        create("ridge").restore(tmp_path / "model.npz", classes=4)
    assert str(error.value) == ("model.npz: number of classes is (3, 3, 3), expected (4, 4, 4): train again")


def test_a_linear_file_is_no_radial_one(tmp_path):
    fitted("ridge").save(tmp_path / "model.npz")
    with pytest.raises(ArtifactError, match=r"model\.npz has no landmarks: train again"):
        create("kernel_ridge").restore(tmp_path / "model.npz", classes=3)


def test_an_invalid_gamma_is_refused():
    with pytest.raises(InputError) as error:
        create("kernel_ridge", {"gamma": 0})
    assert str(error.value) == "model 'kernel_ridge': gamma is 0, expected a number above 0"
