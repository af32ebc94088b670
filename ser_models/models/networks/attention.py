"""Networks whose attention can be read: how much each frame of the input weighs in the answer.

arrays → the graph up to its layer `ATTENTION` → weights of steps → `spread` → weights of frames

>>> mask = np.array([[1.0, 1, 1, 0, 0]])
>>> spread(np.array([[0.25, 0.75, 0.0]]), mask, frames_per_step=2).tolist()
[[0.125, 0.125, 0.75, 0.0, 0.0]]
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ser_models.models.base import BATCH_TO_PREDICT, Arrays
from ser_models.models.networks.blocks import ATTENTION
from ser_models.models.networks.network import FrameNetwork


@dataclass
class AttentiveNetwork(FrameNetwork):
    """A network on frames with a layer `ATTENTION`, (recordings, steps, 1).

    Class attributes:
        frames_per_step: frames that its pooling makes one step of.
    """

    frames_per_step: ClassVar[int]

    def attention(self, arrays: Arrays) -> np.ndarray:
        """Return how much each frame weighs in the answer; see `Model.attention`."""
        import keras

        network = self._fitted()
        weigh = keras.Model(network.input, network.get_layer(ATTENTION).output)
        weights = [
            keras.ops.convert_to_numpy(weigh(batch, training=False))[:, :, 0] for batch in _batches(arrays)
        ]
        return spread(np.concatenate(weights), arrays["mask"], self.frames_per_step)


def spread(weights: np.ndarray, mask: np.ndarray, frames_per_step: int) -> np.ndarray:
    """Share the weight of every step equally among its frames of speech.

    Args:
        weights: of the steps, (recordings, steps), 0 where a step is padding.
        mask: 1 where a frame holds speech, (recordings, frames).
        frames_per_step: frames of each step but the last, which may have fewer.

    Returns:
        (recordings, frames) float64, rows summing to 1, 0 on padding.
    """
    recordings, frames = mask.shape
    width = weights.shape[1] * frames_per_step
    padded = np.pad(mask.astype(np.float64), ((0, 0), (0, width - frames)))
    real = padded.reshape(recordings, -1, frames_per_step)
    shares = real / np.maximum(real.sum(axis=2, keepdims=True), 1)
    spread_out = (weights[:, :, None] * shares).reshape(recordings, width)[:, :frames]
    return spread_out / spread_out.sum(axis=1, keepdims=True)


def _batches(arrays: Arrays) -> list[dict[str, np.ndarray]]:
    starts = range(0, len(arrays["mask"]), BATCH_TO_PREDICT)
    return [
        {name: array[start : start + BATCH_TO_PREDICT] for name, array in arrays.items()} for start in starts
    ]
