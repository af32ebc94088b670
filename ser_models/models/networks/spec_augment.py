"""Augmentation of training batches: SpecAugment and mixup.

scaled frames, one-hot targets → `spec_augment`, `mixup` → frames and soft targets of the same shapes

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


def mixup(
    frames: np.ndarray, mask: np.ndarray, targets: np.ndarray, alpha: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mix every recording with another one of the batch (mixup; Zhang et al., 2018).

    Args:
        frames: scaled, (recordings, length, bands).
        mask: (recordings, length).
        targets: one-hot, (recordings, classes).
        alpha: concentration of the Beta distribution of the mixing weights; small values mix rarely.
        rng: random generator.

    Returns:
        Mixed frames, masks and soft targets; a frame is valid if it is in either recording.
    """
    order = rng.permutation(len(frames))
    weight = rng.beta(alpha, alpha, len(frames)).astype(np.float32)
    weight = np.maximum(weight, 1 - weight)  # the recording itself dominates
    mixed = weight[:, None, None] * frames + (1 - weight[:, None, None]) * frames[order]
    soft = weight[:, None] * targets + (1 - weight[:, None]) * targets[order]
    return mixed, np.maximum(mask, mask[order]), soft


def _random_range(count: int, rng: np.random.Generator) -> slice:
    length = int(rng.integers(0, max(1, int(MAX_MASK * count)) + 1))
    start = int(rng.integers(0, count - length + 1))
    return slice(start, start + length)
