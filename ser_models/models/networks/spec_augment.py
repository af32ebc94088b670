"""Augmentation of training batches: SpecAugment.

scaled frames → `spec_augment` → frames of the same shape

>>> rng = np.random.default_rng(0)
>>> frames, mask = np.ones((2, 50, 8), np.float32), np.ones((2, 50), np.float32)
>>> bool((spec_augment(frames, mask, rng) == 0).any()), frames.min()
(True, np.float32(1.0))
"""

import numpy as np

TIME_MASKS, FREQUENCY_MASKS = 2, 2
MAX_MASK = 0.15
"""Maximum width of one mask, as a share of the frames or of the bands."""


def spec_augment(frames: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replace random time and frequency ranges by the training mean (SpecAugment; Park et al., 2019).

    Args:
        frames: scaled to mean 0, (recordings, length, bands).
        mask: 1 for valid frames, (recordings, length).
        rng: random generator.

    Returns:
        An augmented copy.
    """
    augmented, bands = frames.copy(), frames.shape[2]
    for recording, count in zip(augmented, mask.sum(axis=1).astype(int), strict=True):
        for _ in range(TIME_MASKS):
            recording[_random_range(count, rng)] = 0
        for _ in range(FREQUENCY_MASKS):
            recording[:, _random_range(bands, rng)] = 0
    return augmented


def _random_range(count: int, rng: np.random.Generator) -> slice:
    length = int(rng.integers(0, max(1, int(MAX_MASK * count)) + 1))
    start = int(rng.integers(0, count - length + 1))
    return slice(start, start + length)
