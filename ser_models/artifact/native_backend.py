"""A model run by the package that it was fitted with, behind its scaler.

`Trained`, or scaler.skops and model.keras | .ubj | .skops → `NativeBackend` → probabilities
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from sklearn.pipeline import Pipeline

from ser_features.errors import ArtifactError, SerError
from ser_models.artifact.metadata import SCALER, ArtifactMetadata
from ser_models.data.batches import uncropped
from ser_models.data.inputs import Raw
from ser_models.data.scaling import Scaler
from ser_models.models.base import BATCH_TO_PREDICT, Model
from ser_models.safe_io import skops_file
from ser_models.safe_io.strict import quoted


@dataclass(frozen=True)
class NativeBackend:
    """A recogniser; see `ser_models.artifact.backend`.

    Attributes:
        model: fitted.
        scaler: its scaler.
    """

    model: Model
    scaler: Scaler

    @classmethod
    def restore(cls, folder: Path, metadata: ArtifactMetadata, model: Model) -> Self:
        """Read scaler and model of an artifact whose hashes are checked.

        Raises:
            ArtifactError: if one of them is damaged or not safe to load.
        """
        scaler = Scaler(model.inputs, skops_file.load(folder / SCALER, Pipeline))
        path = folder / metadata.model_file
        try:
            return cls(model.restore(path, classes=len(metadata.labels)), scaler)
        except SerError:
            raise
        except Exception as error:  # a damaged or hostile file can fail anywhere in its parser
            raise ArtifactError(f"{path} cannot be loaded safely ({quoted(error)}): train again") from error

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes)."""
        return self.model.predict(self.scaler.source(raw))

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return how much each frame weighs, per recording; None if the model has no attention."""
        weights: list[np.ndarray] = []
        for start in range(0, len(raw), BATCH_TO_PREDICT):
            recordings = raw[start : start + BATCH_TO_PREDICT]
            found = self.model.attention(self.scaler.transform(recordings))
            if found is None:
                return None
            weights += [uncropped(each, len(own)) for each, own in zip(found, recordings, strict=True)]
        return weights
