"""What a model reads, member by member: a group of features changes the prediction of those that read it.

`Predictor`, raw values → `Parts.of` → one `Part` per member of an ensemble, or one → pooled probabilities
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.batches import Scaler
from ser_models.data.inputs import JointInputs, Raw, part_of
from ser_models.inference.predictor import Predictor
from ser_models.models.base import Model, apply_temperature
from ser_models.models.ensemble import Ensemble, pool

PredictProba = Callable[[Raw], np.ndarray]
"""Raw values of recordings → class probabilities, (recordings, classes)."""

Pool = Callable[[Sequence[np.ndarray]], np.ndarray]
"""Probabilities of each part, (recordings, classes) → those of the model."""


@dataclass(frozen=True)
class Part:
    """One input of a model.

    Attributes:
        raw: unscaled values of some recordings.
        scaler: of these values.
        predict: the model, or the member of an ensemble that reads it.
    """

    raw: Raw
    scaler: Scaler
    predict: PredictProba

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Prediction with all features, (recordings, classes)."""
        return self.predict(self.raw)


@dataclass(frozen=True)
class Parts:
    """A model and some recordings.

    Attributes:
        members: the inputs of an ensemble one by one, or the only input of another model.
        pool: combines their predictions.
    """

    members: tuple[Part, ...]
    pool: Pool

    @classmethod
    def of(cls, predictor: Predictor, raw: Raw) -> Self:
        """Separate the inputs of a model.

        Args:
            predictor: the model.
            raw: what it reads of some recordings.
        """
        artifact = predictor.artifact
        backend, inputs = artifact.backend, artifact.inputs
        if not (
            isinstance(backend, NativeBackend)
            and isinstance(backend.model, Ensemble)
            and isinstance(inputs, JointInputs)
        ):
            return cls((Part(raw, artifact.scaler, predictor.probabilities),), _only)
        members, weights = backend.model.members_and_weights()
        by_inputs = {part: part_of(raw, inputs, index) for part, index in inputs.distinct.items()}
        parts = (
            _part(member, backend.scaler.part(index), by_inputs[part])
            for index, (member, part) in enumerate(zip(members, inputs.parts, strict=True))
        )
        temperature = artifact.metadata.temperature

        def pooled(predictions: Sequence[np.ndarray]) -> np.ndarray:
            return apply_temperature(pool(predictions, weights), temperature)

        return cls(tuple(parts), pooled)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Prediction with all features, (recordings, classes)."""
        return self.pool([part.probabilities for part in self.members])


def _part(member: Model, scaler: Scaler, raw: Raw) -> Part:
    return Part(raw, scaler, lambda changed: member.predict(scaler.source(changed)))


def _only(predictions: Sequence[np.ndarray]) -> np.ndarray:
    [one] = predictions
    return one
