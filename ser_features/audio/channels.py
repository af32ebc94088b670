"""Channels of a recording → mono: those that hold no sound do not count, and inverted copies do not cancel.

blocks, shape (samples, channels) → `Mixer.mono` → mono samples; after the last block `Mixer.again` decides

>>> mixer = Mixer()
>>> voice = np.sin(np.arange(9, dtype=np.float32))
>>> mixer.mono(np.stack([voice, 0 * voice], axis=1)).shape
(9,)
>>> again = mixer.again()
>>> again.use, again.note
((0,), 'a channel without sound is not used')
"""

from dataclasses import dataclass
from itertools import compress

import numpy as np

DEAD_DB = 60.0
"""A channel this far below the loudest one holds no voice, in dB: crosstalk and noise of an open input."""

INVERTED = -0.9
"""Correlation of two channels below which they are the same sound with opposite sign. Their mean would be
13 dB quieter or more; microphones at two places do not come near it over a whole recording."""

DEAD_NOTE = "a channel without sound is not used"
INVERTED_NOTE = "the channels are inverted copies, only one is used"


@dataclass(slots=True)
class Mixer:
    """Mixes the channels of a recording with at least two of them.

    Attributes:
        use: indices of the channels that are averaged; empty for all.
        note: why not all of them are; None if all are, or if the user chose.
        samples: number of samples so far.
        offset: mean of the first block, (channels,), subtracted before the sums, which would lose digits.
        sums: of each channel's samples.
        products: of the samples of each two channels, summed; shape (channels, channels).
    """

    use: tuple[int, ...] = ()
    note: str | None = None
    samples: int = 0
    offset: np.ndarray | float = 0.0
    sums: np.ndarray | float = 0.0
    products: np.ndarray | float = 0.0

    def mono(self, block: np.ndarray) -> np.ndarray:
        """The mean of the channels in use.

        Args:
            block: float32, shape (samples, channels).

        Returns:
            float32, shape (samples,).
        """
        if len(self.use) == 1:
            return block[:, self.use[0]]
        if self.use:
            return block[:, self.use].mean(axis=1, dtype=np.float32)
        if not self.samples:
            self.offset = block.mean(axis=0)
        centred = block - self.offset
        self.samples += len(block)
        self.sums = self.sums + centred.sum(axis=0, dtype=np.float64)
        self.products = self.products + centred.T @ centred
        return block.mean(axis=1, dtype=np.float32)

    def again(self) -> "Mixer | None":
        """The mixer to read the recording with once more; None if the mean of all channels is right."""
        if self.use or not self.samples or not np.isfinite(self.products).all():
            return None
        sums, products = np.asarray(self.sums), np.asarray(self.products, np.float64)
        covariance = products - np.outer(sums, sums) / self.samples
        power = np.diag(covariance).clip(min=0)
        loud = power > power.max() * 10 ** (-DEAD_DB / 10)
        if not loud.any():
            return None
        use = tuple(compress(range(len(loud)), loud))
        if len(use) == 2 and covariance[use] < INVERTED * np.sqrt(power[use[0]] * power[use[1]]):
            first, second = use
            return Mixer((second if power[second] > 2 * power[first] else first,), INVERTED_NOTE)
        return None if loud.all() else Mixer(use, DEAD_NOTE)
