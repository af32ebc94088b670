"""Networks with readable attention: the weight of each input frame in the prediction.

arrays → graph up to its layer `ATTENTION` → weights of steps → `spread` → weights of frames

>>> mask = np.array([[1.0, 1, 1, 0, 0]])
>>> spread(np.array([[0.25, 0.75, 0.0]]), mask, frames_per_step=2).tolist()
[[0.125, 0.125, 0.75, 0.0, 0.0]]
"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from ser_models.models.base import Arrays
from ser_models.models.networks.blocks import ATTENTION
from ser_models.models.networks.network import FrameNetwork, batches_of


@dataclass
class AttentiveNetwork(FrameNetwork):
    """A network on frames with a layer `ATTENTION`, (recordings, steps, 1)."""

    @property
    @abstractmethod
    def frames_per_step(self) -> int:
        """Number of frames that its pooling reduces to one step."""

    def attention(self, arrays: Arrays) -> np.ndarray:
        """Return the attention weight of each frame; see `Model.attention`."""
        import keras

        network = self.fitted_network
        attention = keras.Model(network.input, network.get_layer(ATTENTION).output)
        weights = [
            keras.ops.convert_to_numpy(attention(batch, training=False))[:, :, 0]
            for batch in batches_of(arrays)
        ]
        return spread(np.concatenate(weights), arrays["mask"], self.frames_per_step)


def spread(weights: np.ndarray, mask: np.ndarray, frames_per_step: int) -> np.ndarray:
    """Divide the weight of every step equally among its valid frames.

    Args:
        weights: of the steps, (recordings, steps), 0 where a step is padding.
        mask: 1 for valid frames, 0 for padding, (recordings, frames).
        frames_per_step: frames of each step but the last, which may have fewer.

    Returns:
        (recordings, frames) float64, rows summing to 1, 0 on padding.
    """
    recordings, frames = mask.shape
    width = weights.shape[1] * frames_per_step
    padded = np.pad(mask.astype(np.float64), ((0, 0), (0, width - frames)))
    valid = padded.reshape(recordings, -1, frames_per_step)
    shares = valid / np.maximum(valid.sum(axis=2, keepdims=True), 1)
    by_frame = (weights[:, :, None] * shares).reshape(recordings, width)[:, :frames]
    return by_frame / by_frame.sum(axis=1, keepdims=True)
