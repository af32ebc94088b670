"""What makes more of few recordings while a network learns: stretches and bands hidden, two heard at once.

a batch of scaled frames, shares of classes → `spec_augment`, `mixup` → another batch of the same form

>>> rng = np.random.default_rng(0)
>>> frames, mask = np.ones((2, 50, 8), np.float32), np.ones((2, 50), np.float32)
>>> bool((spec_augment(frames, mask, rng) == 0).any()), frames.min()
(True, np.float32(1.0))
"""

import numpy as np

TIME_MASKS, FREQUENCY_MASKS = 2, 2
MOST_HIDDEN = 0.15
"""Share of the frames, or of the bands, that one mask hides at most."""


def spec_augment(frames: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide stretches of time and of frequency behind the training mean (SpecAugment; Park et al., 2019).

    Args:
        frames: scaled, (recordings, length, bands), 0 where they are as usual.
        mask: 1 where a frame is real, (recordings, length).
        rng: of random numbers.

    Returns:
        A copy.
    """
    changed, bands = frames.copy(), frames.shape[2]
    for recording, count in zip(changed, mask.sum(axis=1).astype(int), strict=True):
        for _ in range(TIME_MASKS):
            recording[_stretch(count, rng)] = 0
        for _ in range(FREQUENCY_MASKS):
            recording[:, _stretch(bands, rng)] = 0
    return changed


def mixup(
    frames: np.ndarray, mask: np.ndarray, shares: np.ndarray, concentration: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let every recording be heard together with another of the batch (mixup; Zhang et al., 2018).

    Args:
        frames: scaled, (recordings, length, bands).
        mask: (recordings, length).
        shares: of each class in each recording, (recordings, classes).
        concentration: of the Beta distribution that says how loud the other is; small: hardly ever both.
        rng: of random numbers.

    Returns:
        Frames, mask and shares of the mixtures; a frame is real where one of both is.
    """
    order = rng.permutation(len(frames))
    own = rng.beta(concentration, concentration, len(frames)).astype(np.float32)
    own = np.maximum(own, 1 - own)  # the recording itself is the louder one
    both = own[:, None, None] * frames + (1 - own[:, None, None]) * frames[order]
    return both, np.maximum(mask, mask[order]), own[:, None] * shares + (1 - own[:, None]) * shares[order]


def _stretch(count: int, rng: np.random.Generator) -> slice:
    length = int(rng.integers(0, max(1, int(MOST_HIDDEN * count)) + 1))
    start = int(rng.integers(0, count - length + 1))
    return slice(start, start + length)
