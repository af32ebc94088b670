"""SpecAugment and mixup on batches of frames."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ser_models.models.networks.spec_augment import MAX_MASK, mixup, spec_augment


def batch(n=6, length=40, bands=8, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(n, length, bands)).astype(np.float32) + 5
    mask = (np.arange(length) < rng.integers(5, length + 1, n)[:, None]).astype(np.float32)
    return frames * mask[..., None], mask, np.eye(classes, dtype=np.float32)[np.arange(n) % classes]


def test_spec_augment_zeroes_a_few_ranges_of_a_copy():
    frames, mask, _ = batch(n=50)
    before = frames.copy()
    augmented = spec_augment(frames, mask, np.random.default_rng(1))
    np.testing.assert_array_equal(frames, before)
    assert 0 < (augmented != frames)[mask > 0].mean() < 4 * MAX_MASK
    assert (augmented[augmented != frames] == 0).all()


@given(st.integers(0, 50), st.floats(0.05, 3))
def test_mixup_keeps_the_larger_part_and_soft_targets_sum_to_one(seed, alpha):
    frames, mask, targets = batch(seed=seed)
    mixed, valid, soft = mixup(frames, mask, targets, alpha, np.random.default_rng(seed))
    np.testing.assert_allclose(soft.sum(axis=1), 1, rtol=1e-5)
    assert ((soft * targets).sum(axis=1) >= 0.5 - 1e-6).all()
    assert (valid >= mask).all()
    assert (mixed[valid == 0] == 0).all()


def test_mixup_depends_on_the_generator_alone():
    for one, other in zip(*(mixup(*batch(), 0.3, np.random.default_rng(4)) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one, other)
