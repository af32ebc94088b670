"""Training state after an epoch, on disk, from which a training resumes to the same result.

network (weights, optimizer, random seeds), best weights, history ↔ an npz without pickle, replaced atomically

Writing takes time, so some epochs are skipped; after an interruption they are repeated with the same result.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from ser_features import files
from ser_models.models.base import Row

SECONDS_BETWEEN = 5.0
"""Minimum time between two writes."""

COST = 0.02
"""Maximum share of the training time that is spent on writing."""


@dataclass
class Checkpoint:
    """Checkpoint file of one training.

    Attributes:
        path: the file.
        network: compiled, its optimizer built.
    """

    path: Path
    network: keras.Model

    def __post_init__(self) -> None:
        self._due = time.monotonic() + SECONDS_BETWEEN

    def save(self, history: list[Row], best: list[np.ndarray]) -> None:
        """Write the state, unless the last write was too recent.

        Args:
            history: rows of the epochs so far.
            best: weights of the best epoch.
        """
        start = time.monotonic()
        if start < self._due:
            return
        content: dict[str, Any] = {"history": np.array(json.dumps(history))}
        content |= {
            f"state_{i}": keras.ops.convert_to_numpy(variable.value)
            for i, variable in enumerate(self._variables)
        }
        content |= {f"best_{i}": array for i, array in enumerate(best)}
        with files.replacing(self.path) as file:
            np.savez(file, **content)
        now = time.monotonic()
        self._due = now + max(SECONDS_BETWEEN, (now - start) / COST)

    def load(self) -> tuple[list[Row], list[np.ndarray]] | None:
        """Load a saved state into the network.

        Returns:
            History and best weights as passed to `save`; None if there is no state or it is damaged, which
            costs time but not correctness.
        """
        try:
            with np.load(self.path, allow_pickle=False) as file:
                content = dict(file)
            history: list[Row] = json.loads(content["history"].item())
            state = [content[f"state_{i}"] for i in range(len(self._variables))]
            best = [content[f"best_{i}"] for i in range(len(self.network.weights))]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        for variable, values in zip(self._variables, state, strict=True):
            variable.assign(values)
        return history, best

    @property
    def _variables(self) -> list[keras.Variable]:
        """All that an epoch changes: weights, statistics and random seeds of layers; optimizer state."""
        return [*self.network.variables, *self.network.optimizer.variables]
