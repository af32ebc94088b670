"""What a loaded model can do, whatever runs it: what it was fitted with (`fitted`), or ONNX (`portable`)."""

from typing import Protocol

import numpy as np

from ser_models.data.inputs import Raw


class Backend(Protocol):
    """A model together with its scaling."""

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; rows sum to 1.

        Args:
            raw: unscaled values of one recording at least, as the model's `Inputs` read them from a store
                or from features; read some at a time.
        """

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return how much each frame of some recordings weighs in the answers.

        Returns:
            Per recording (its frames,) float64, summing to 1, 0 for frames that the model does not hear; None
            if the model has no attention.
        """
