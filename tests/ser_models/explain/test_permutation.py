"""Models whose rule is known: what they use costs them, what they ignore costs nothing."""

import numpy as np
import pytest

from ser_models.data.inputs import JoinedFrames
from ser_models.explain.feature_groups import Part
from ser_models.explain.permutation import Exchanged, exchanged, permute

CLASSES = 3
N = 90
TARGETS = np.arange(N) % CLASSES


def part(*places):
    return Part(f"part {places}", "", "A part.", places)


def by_column(place):
    """Return a model that goes by one column alone."""
    return lambda raw: np.eye(CLASSES)[np.asarray(raw)[:, place].astype(int)]


def by_band(place):
    """Return a model that goes by the mean of one band of frames, read some recordings at a time."""

    def ask(raw):
        batches = (raw[start : start + 7] for start in range(0, len(raw), 7))
        means = [np.asarray(frames)[:, place].mean() for batch in batches for frames in batch]
        return np.eye(CLASSES)[np.round(means).astype(int)]

    return ask


@pytest.fixture
def columns():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(N, 4)).astype(np.float32)
    matrix[:, 2] = TARGETS
    return matrix


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    made = [rng.normal(size=(rng.integers(5, 20), 4)).astype(np.float32) for _ in range(N)]
    for recording, target in zip(made, TARGETS, strict=True):
        recording[:, 2] = target
    return made


def test_the_column_that_decides_costs_everything_and_the_others_nothing(columns):
    found = permute(by_column(2), columns, TARGETS, [part(0), part(1), part(2), part(3)], repeats=4, seed=0)
    assert found.uar == 1.0
    assert found.by_part[[0, 1, 3]].tolist() == np.zeros((3, 4)).tolist()
    assert found.by_part[2] == pytest.approx(2 / 3, abs=0.15)


def test_the_band_that_decides_costs_everything_and_the_others_nothing(frames):
    found = permute(by_band(2), frames, TARGETS, [part(0, 1), part(2, 3)], repeats=4, seed=0)
    assert found.uar == 1.0
    assert found.by_part[0].tolist() == [0.0] * 4
    assert found.by_part[1] == pytest.approx(2 / 3, abs=0.15)


def test_one_seed_gives_one_result_and_parts_meet_the_same_orders(columns):
    twice = np.column_stack([columns, columns[:, 2]])
    first = permute(by_column(2), twice, TARGETS, [part(2), part(0)], repeats=3, seed=1).by_part
    other = permute(by_column(4), twice, TARGETS, [part(0), part(4)], repeats=3, seed=1).by_part
    assert first[0].tolist() == other[1].tolist()
    again = permute(by_column(2), twice, TARGETS, [part(2)], repeats=3, seed=2).by_part
    assert again[0].tolist() != first[0].tolist()


def test_every_step_is_told(columns):
    told = []
    permute(
        by_column(2), columns, TARGETS, [part(0), part(2)], repeats=2, seed=0,
        on_step=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_of_the_recordings_themselves_is_changed(columns, frames):
    before = columns.copy(), [each.copy() for each in frames]
    order = np.roll(np.arange(N), 1)
    mixed = exchanged(columns, order, (1,))
    assert mixed[1, 1] == columns[0, 1]
    assert np.array_equal(np.delete(mixed, 1, axis=1), np.delete(columns, 1, axis=1))
    assert len(exchanged(frames, order, (1,))[0]) == len(frames[0])
    assert np.array_equal(columns, before[0])
    assert all(map(np.array_equal, frames, before[1]))


def test_bands_of_a_donor_are_stretched_to_the_recording(frames):
    order = np.roll(np.arange(N), 1)
    mixed = Exchanged(frames, order, (0, 3))
    assert len(mixed) == N
    for own, donor, each in zip(frames[1:], frames, mixed[1:], strict=False):
        assert each.shape == own.shape
        assert np.array_equal(each[:, 1:3], own[:, 1:3])
        assert each[0, 0] == donor[0, 0]
        assert set(each[:, 3]) <= set(donor[:, 3])


def test_frames_of_several_families_are_exchanged_too():
    sides = [JoinedFrames((np.full((3, 2), value), np.full((3, 1), -value))) for value in (1.0, 2.0)]
    assert Exchanged(sides, np.array([1, 0]), (2,))[0].tolist() == [[1.0, 1.0, -2.0]] * 3
