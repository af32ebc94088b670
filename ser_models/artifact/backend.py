"""What every loaded model can do, whichever library runs it; see `NativeBackend` and `OnnxBackend`."""

from typing import Protocol

import numpy as np

from ser_models.data.inputs import Raw


class Backend(Protocol):
    """A fitted model together with its scaler."""

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; rows sum to 1.

        Args:
            raw: unscaled values of at least one recording, as the model's `Inputs` read them from a store or
                from features; read in batches.
        """

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return the attention weight of each frame of some recordings.

        Returns:
            Per recording (frames,) float64, summing to 1, 0 for frames outside of the model's window; None if
            the model has no attention.
        """
