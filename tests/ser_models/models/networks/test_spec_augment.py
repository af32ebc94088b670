"""SpecAugment on batches of frames."""

import numpy as np

from ser_models.models.networks.spec_augment import MAX_MASK, spec_augment


def test_spec_augment_zeroes_a_few_ranges_of_a_copy():
    rng, length = np.random.default_rng(0), 40
    mask = (np.arange(length) < rng.integers(5, length + 1, 50)[:, None]).astype(np.float32)
    frames = (rng.normal(size=(50, length, 8)).astype(np.float32) + 5) * mask[..., None]
    before = frames.copy()
    augmented = spec_augment(frames, mask, np.random.default_rng(1))
    np.testing.assert_array_equal(frames, before)
    assert 0 < (augmented != frames)[mask > 0].mean() < 4 * MAX_MASK
    assert (augmented[augmented != frames] == 0).all()
