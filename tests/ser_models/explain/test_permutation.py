"""Models with a known rule: features that they use have an importance, all others have none."""

import numpy as np
import pytest

from ser_models.data.batches import Scaler
from ser_models.data.frames import JoinedFrames
from ser_models.data.inputs import ColumnInputs
from ser_models.explain.feature_groups import FeatureGroup
from ser_models.explain.occlusion import occluded_probabilities
from ser_models.explain.parts import Part, Parts
from ser_models.explain.permutation import PermutedFrames, permutation_importance, permute

CLASSES = 3
N = 90
TARGETS = np.arange(N) % CLASSES


def group(*indices):
    return FeatureGroup(f"group {indices}", "", "A group.", (indices,))


def parts(predict_proba, raw):
    """A model with one input."""
    return Parts(
        (Part(raw, Scaler(ColumnInputs(()), {}), predict_proba),), lambda predictions: predictions[0]
    )


def by_column(index):
    """Return a model that depends on one column."""
    return lambda raw: np.eye(CLASSES)[np.asarray(raw)[:, index].astype(int)]


def by_band(index):
    """Return a model that depends on the mean of one band, and reads recordings in batches."""

    def predict_proba(raw):
        batches = (raw[start : start + 7] for start in range(0, len(raw), 7))
        means = [np.asarray(frames)[:, index].mean() for batch in batches for frames in batch]
        return np.eye(CLASSES)[np.round(means).astype(int)]

    return predict_proba


@pytest.fixture
def columns():
    matrix = np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32)
    matrix[:, 2] = TARGETS
    return matrix


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    recordings = [rng.normal(size=(rng.integers(5, 20), 4)).astype(np.float32) for _ in range(N)]
    for recording, target in zip(recordings, TARGETS, strict=True):
        recording[:, 2] = target
    return recordings


def importance(predict_proba, raw, groups, repeats=4, seed=0, **options):
    return permutation_importance(
        parts(predict_proba, raw), TARGETS, groups, repeats=repeats, seed=seed, **options
    )


def test_only_the_decisive_column_has_an_importance(columns):
    decrease = importance(by_column(2), columns, [group(0), group(1), group(2), group(3)])
    assert decrease[[0, 1, 3]].tolist() == np.zeros((3, 4)).tolist()
    assert decrease[2] == pytest.approx(2 / 3, abs=0.15)


def test_only_the_decisive_band_has_an_importance(frames):
    decrease = importance(by_band(2), frames, [group(0, 1), group(2, 3)])
    assert decrease[0].tolist() == [0.0] * 4
    assert decrease[1] == pytest.approx(2 / 3, abs=0.15)


def test_the_seed_determines_the_permutations_of_all_groups(columns):
    twice = np.column_stack([columns, columns[:, 2]])
    first = importance(by_column(2), twice, [group(2), group(0)], repeats=3, seed=1)
    other = importance(by_column(4), twice, [group(0), group(4)], repeats=3, seed=1)
    assert first[0].tolist() == other[1].tolist()
    again = importance(by_column(2), twice, [group(2)], repeats=3, seed=2)
    assert again[0].tolist() != first[0].tolist()


def test_progress_is_reported_after_every_step(columns):
    steps = []
    groups = [group(0), group(2)]
    importance(by_column(2), columns, groups, repeats=2, on_step=lambda *step: steps.append(step))
    assert steps == [(2, 4), (4, 4)], "the permutations of a group are one batch"


@pytest.mark.parametrize("rows", [1, N, 3 * N - 1])
def test_the_size_of_a_batch_does_not_matter(columns, monkeypatch, rows):
    whole = importance(by_column(2), columns, [group(0), group(2)])
    monkeypatch.setattr("ser_models.explain.permutation.ROWS_AT_ONCE", rows)
    assert importance(by_column(2), columns, [group(0), group(2)]).tolist() == whole.tolist()


def test_an_ensemble_loses_a_feature_in_all_of_its_members(columns):
    calls = []

    def member(index):
        def predict(raw):
            calls.append((index, len(raw)))
            return by_column(index)(raw)

        return predict

    scaler = Scaler(ColumnInputs(()), {})
    members = (Part(columns, scaler, member(2)), Part(columns[:, [2, 0]], scaler, member(0)))
    ensemble = Parts(members, sum)
    both = FeatureGroup("both", "", "Decisive in both.", ((2,), (0,)))
    other = FeatureGroup("other", "", "In the first only.", ((0,), ()))
    decrease = permutation_importance(ensemble, TARGETS, [both, other], repeats=4, seed=0)
    assert decrease[0] == pytest.approx(2 / 3, abs=0.15)
    assert decrease[1].tolist() == [0.0] * 4
    assert calls == [(2, N), (0, N), (2, 4 * N), (0, 4 * N), (2, 4 * N)], (
        "a member that does not read it is not called"
    )


def test_one_recording_without_each_group(columns):
    def predict(raw):
        return np.eye(CLASSES)[np.nan_to_num(raw[:, 2]).astype(int)]

    predicted = occluded_probabilities(parts(predict, columns[5:6]), [group(0, 1), group(2), group()])
    assert predicted.argmax(axis=1).tolist() == [TARGETS[5], TARGETS[5], 0, TARGETS[5]]


def test_the_raw_values_are_not_changed(columns, frames):
    before = columns.copy(), [recording.copy() for recording in frames]
    order = np.roll(np.arange(N), 1)
    permuted = permute(columns, order[np.newaxis], (1,))
    assert permuted[1, 1] == columns[0, 1]
    assert np.array_equal(np.delete(permuted, 1, axis=1), np.delete(columns, 1, axis=1))
    assert len(permute(frames, order[np.newaxis], (1,))[0]) == len(frames[0])
    assert np.array_equal(columns, before[0])
    assert all(map(np.array_equal, frames, before[1]))


def test_bands_of_another_recording_are_aligned_to_the_recording(frames):
    permuted = PermutedFrames(frames, np.roll(np.arange(N), 1), (0, 3))
    assert len(permuted) == N
    for own, other, mixed in zip(frames[1:], frames, permuted[1:], strict=False):
        assert mixed.shape == own.shape
        assert np.array_equal(mixed[:, 1:3], own[:, 1:3])
        assert mixed[0, 0] == other[0, 0]
        assert set(mixed[:, 3]) <= set(other[:, 3])


def test_frames_of_several_families_are_permuted(frames):
    sides = [JoinedFrames((np.full((3, 2), value), np.full((3, 1), -value))) for value in (1.0, 2.0)]
    assert PermutedFrames(sides, np.array([1, 0]), (2,))[0].tolist() == [[1.0, 1.0, -2.0]] * 3
