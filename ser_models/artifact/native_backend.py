"""A model run by the library that it was fitted with, behind its scaler.

model.npz, scaler.npz → `NativeBackend` (fitted `Model`, `Scaler`)
raw values → `NativeBackend` → probabilities
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ser_features.errors import ArtifactError, SerError
from ser_models.artifact.metadata import MODEL_FILE, SCALER_FILE
from ser_models.data.batches import Scaler
from ser_models.data.frames import uncropped
from ser_models.data.inputs import Inputs, Raw
from ser_models.models.base import BATCH_TO_PREDICT, Model
from ser_models.safe_io import arrays
from ser_models.safe_io.strict import quoted


@dataclass(frozen=True)
class NativeBackend:
    """See `ser_models.artifact.backend`.

    Attributes:
        model: fitted.
        scaler: its scaler.
    """

    model: Model
    scaler: Scaler

    @classmethod
    def load(cls, folder: Path, model: Model, *, classes: int) -> Self:
        """Read what `artifact.folder.save_model` wrote.

        Args:
            folder: of the artifact.
            model: unfitted, with the hyperparameters of the saved one.
            classes: number of classes.

        Raises:
            ArtifactError: if a file is damaged or does not belong to such a model.
        """
        scaler, path = load_scaler(folder, model.inputs), folder / MODEL_FILE
        try:
            return cls(model.set_state(arrays.load(path), classes=classes), scaler)
        except SerError:
            raise
        except Exception as error:  # a damaged or hostile file can fail anywhere in XGBoost or Keras
            raise _unfitting(path, model.name, error) from error

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes)."""
        return self.model.predict(self.scaler.source(raw))

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return the attention weight of each frame, per recording; None if the model has no attention."""
        weights: list[np.ndarray] = []
        for start in range(0, len(raw), BATCH_TO_PREDICT):
            recordings = raw[start : start + BATCH_TO_PREDICT]
            batch = self.model.attention(self.scaler.transform(recordings))
            if batch is None:
                return None
            weights += [uncropped(row, len(frames)) for row, frames in zip(batch, recordings, strict=True)]
        return weights


def load_scaler(folder: Path, inputs: Inputs) -> Scaler:
    """Read the scaler of an artifact.

    Raises:
        ArtifactError: if the file is damaged or does not belong to these inputs.
    """
    path = folder / SCALER_FILE
    try:
        return Scaler.restore(inputs, arrays.load(path))
    except ValueError as error:
        raise _unfitting(path, f"model on {inputs.kind}", error) from error


def _unfitting(path: Path, what: str, error: Exception) -> ArtifactError:
    return ArtifactError(f"{path} does not hold a {what} ({quoted(error, 300)}): train again")
