"""What recordings are varied by while a network learns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ser_models.models.networks.spec_augment import MAX_MASK, mixup, spec_augment


def batch(n=6, length=40, bands=8, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(n, length, bands)).astype(np.float32) + 5
    mask = (np.arange(length) < rng.integers(5, length + 1, n)[:, None]).astype(np.float32)
    return frames * mask[..., None], mask, np.eye(classes, dtype=np.float32)[np.arange(n) % classes]


def test_hiding_leaves_the_batch_itself_alone_and_hides_little():
    frames, mask, _ = batch(n=50)
    before = frames.copy()
    found = spec_augment(frames, mask, np.random.default_rng(1))
    np.testing.assert_array_equal(frames, before)
    changed = (found != frames)[mask > 0].mean()
    assert 0 < changed < 4 * MAX_MASK
    assert (found[found != frames] == 0).all()


@given(st.integers(0, 50), st.floats(0.05, 3))
def test_a_mixture_is_mostly_itself_and_its_shares_sum_to_one(seed, concentration):
    frames, mask, shares = batch(seed=seed)
    both, real, found = mixup(frames, mask, shares, concentration, np.random.default_rng(seed))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert ((found * shares).sum(axis=1) >= 0.5 - 1e-6).all()
    assert (real >= mask).all()
    assert (both[real == 0] == 0).all()


def test_the_same_numbers_vary_alike():
    frames, mask, shares = batch()
    one, two = (mixup(frames, mask, shares, 0.3, np.random.default_rng(4)) for _ in range(2))
    for each, other in zip(one, two, strict=True):
        np.testing.assert_array_equal(each, other)
