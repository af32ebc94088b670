"""Any set of models as one: each says how likely every class is, and held-out speakers say how far to listen.

`Labelled` → members fitted → what they say of held-out speakers → weights of their log-probabilities → .zip

p ∝ Π p_m ^ w_m, w ≥ 0 (a logarithmic opinion pool; Genest & Zidek 1986): the weights maximise the likelihood
of the true classes of held-out speakers, and so sharpen or blunt the answer as well.

>>> Ensemble(("logistic", "ridge")).inputs.families
('core', 'functionals')
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from scipy.optimize import minimize

from ser_features.errors import ArtifactError, InputError
from ser_models.data.batches import BatchSource, Oversampled, Shapes, separated
from ser_models.data.inputs import JointInputs
from ser_models.models.base import Arrays, Labelled, Model, OnEpoch, Row
from ser_models.models.hyperparameters import Names
from ser_models.models.inner_folds import GroupFold, group_folds
from ser_models.models.kernel.base import together
from ser_models.safe_io.strict import MAX_FILE, open_archive, strict_json

WEIGHTS = "weights.json"
FLOOR = 1e-6
"""Least probability that a member may give, so that no single one can rule a class out."""

PULL = 1e-3
"""How strongly weights are drawn to each other: between members that say the same, neither wins by chance."""


@dataclass
class Ensemble(Model):
    """Members with weights.

    Attributes:
        members: names of models, one at least, each with its own defaults.
    """

    name = "ensemble"
    suffix = ".zip"
    calibrated = True
    trains_on_validation = True
    speed_perturb = True
    members: Names = ("ridge", "kernel_ridge", "fisher_vectors")
    fitted: list[Model] | None = field(default=None, init=False, repr=False)
    weights: np.ndarray | None = field(default=None, init=False, repr=False)
    """Of each member, (members,), 0 and above."""

    def __post_init__(self) -> None:
        if nested := [name for name in self.members if issubclass(_class(name), Ensemble)]:
            raise InputError(f"{nested[0]!r} in an ensemble: expected single models: name its members")

    @property
    def inputs(self) -> JointInputs:
        """What each member reads."""
        parts = [_create(name).inputs for name in self.members]
        return JointInputs(tuple(part for part in parts if not isinstance(part, JointInputs)))

    def fit(
        self,
        train: Labelled,
        validation: Labelled,
        *,
        seed: int,
        on_epoch: OnEpoch,
        fold: int = 0,
        checkpoint: Path | None = None,
    ) -> list[Row]:
        """Fit every member, then weigh them by what they say of held-out speakers; see `Model.fit`.

        Members that hold speakers out by themselves are asked what they said then; others are fitted once
        more for every part that is held out, which also tells them when to stop.
        """
        self.fitted, rows, held_out = [], [], []
        both = together(train, validation)
        rounds = group_folds(both.speakers, both.file_ids, seed=seed)
        for place, name in enumerate(self.members):
            member = _create(name)
            sides = _part(train, place), _part(validation, place)
            member.fit(*sides, seed=seed, on_epoch=lambda row: None, fold=fold)
            said = getattr(member, "held_out", None)
            if said is None:
                said = _cross_fitted(name, _part(both, place), rounds, seed=seed, fold=fold)
            self.fitted.append(member)
            held_out.append(said)
            row: Row = {"epoch": place + 1.0, **both.row(self._alone(place, both), "")}
            rows.append(row | both.row(said, "val_"))
            on_epoch(rows[-1])
        self.weights = pool_weights(held_out, both)
        rows.append(
            {
                "epoch": len(self.members) + 1.0,
                **both.row(self.predict(both.source), ""),
                **both.row(pooled(held_out, self.weights), "val_"),
            }
        )
        on_epoch(rows[-1])
        return rows

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The last row: that of all members together."""
        return history[-1]

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64."""
        members, weights = self._fitted()
        said = [member.predict_proba(separated(arrays, place)) for place, member in enumerate(members)]
        return pooled(said, weights)

    def save(self, path: Path) -> None:
        """Write the members' own files and the weights into one zip."""
        members, weights = self._fitted()
        with tempfile.TemporaryDirectory() as folder, ZipFile(path, "w", ZIP_STORED) as archive:
            archive.writestr(WEIGHTS, _json(weights))
            for place, member in enumerate(members):
                own = Path(folder) / f"{place}{member.suffix}"
                member.save(own)
                archive.write(own, own.name)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Read what `save` wrote: only members of the expected names, each by its own model's rules."""
        members = [_create(name) for name in self.members]
        names = [f"{place}{member.suffix}" for place, member in enumerate(members)]
        limits = {WEIGHTS: 2**16} | {name.replace(".", r"\."): MAX_FILE for name in names}
        with tempfile.TemporaryDirectory() as folder, open_archive(path, limits) as archive:
            self.weights = _weights(path, archive.read(WEIGHTS), len(members))
            for name, member in zip(names, members, strict=True):
                own = Path(folder) / name
                own.write_bytes(archive.read(name))
                member.restore(own, classes=classes)
        self.fitted = members
        return self

    @property
    def reproducible(self) -> bool:
        """Whether all members are."""
        return all(_create(name).reproducible for name in self.members)

    def _alone(self, place: int, both: Labelled) -> np.ndarray:
        """What one member says of recordings, (recordings, classes)."""
        return (self.fitted or [])[place].predict(_Part(both.source, place))

    def _fitted(self) -> tuple[list[Model], np.ndarray]:
        if self.fitted is None or self.weights is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        return self.fitted, self.weights


def pooled(said: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Pool what members say.

    Args:
        said: probabilities of each member, (recordings, classes).
        weights: of each, (members,), 0 and above.

    Returns:
        (recordings, classes) float64, rows summing to 1; a class that no member knows has 0.
    """
    logs = sum(weight * np.log(np.maximum(each, FLOOR)) for weight, each in zip(weights, said, strict=True))
    raised = np.exp(logs - np.max(logs, axis=1, keepdims=True)) * (np.sum(said, axis=0) > 0)
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares


def pool_weights(said: Sequence[np.ndarray], labelled: Labelled) -> np.ndarray:
    """Weights, 0 and above, with which `pooled` makes the true classes most likely, all weighing the same.

    Args:
        said: probabilities of each member for recordings that it was not fitted on, (recordings, classes).
        labelled: the recordings with their classes.
    """
    rows = np.arange(len(labelled.targets))

    def loss(weights: np.ndarray) -> float:
        true = pooled(said, weights)[rows, labelled.targets]
        likelihood = np.average(-np.log(np.maximum(true, FLOOR)), weights=labelled.weights)
        return float(likelihood + PULL * np.square(weights - weights.mean()).sum())

    start = np.full(len(said), 1 / len(said))
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0, None)] * len(said))
    weights: np.ndarray = found.x
    return weights if weights.any() else start


@dataclass(frozen=True)
class _Part:
    """What one member reads of a source."""

    source: BatchSource
    place: int

    def __len__(self) -> int:
        return len(self.source)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each of the member's arrays."""
        return separated(self.source.shapes, self.place)  # type: ignore[arg-type,return-value]

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices`."""
        return separated(self.source.batch(indices), self.place)


def _part(labelled: Labelled, place: int) -> Labelled:
    source = _Part(labelled.source, place)
    return Labelled(source, labelled.targets, labelled.classes, labelled.file_ids, labelled.speakers)


def _cross_fitted(
    name: str, both: Labelled, rounds: Sequence[GroupFold], *, seed: int, fold: int
) -> np.ndarray:
    """What a model says of each recording when its speaker is held out, (recordings, classes)."""
    said = np.zeros((len(both.targets), both.classes))
    for turn in rounds:
        model, held = _create(name), _some(both, turn.held_out)
        model.fit(_some(both, turn.train), held, seed=seed, on_epoch=lambda row: None, fold=fold)
        said[turn.held_out] = model.predict(held.source)
    return said


def _some(labelled: Labelled, places: np.ndarray) -> Labelled:
    return Labelled(
        Oversampled(labelled.source, places),
        labelled.targets[places],
        labelled.classes,
        tuple(labelled.file_ids[place] for place in places),
        tuple(labelled.speakers[place] for place in places),
    )


def _class(name: str) -> type[Model]:
    from ser_models.models.registry import model_class

    return model_class(name, described_only=True)


def _create(name: str) -> Model:
    from ser_models.models.registry import create

    return create(name)


def _json(weights: np.ndarray) -> str:
    import json

    return json.dumps(weights.tolist())


def _weights(path: Path, content: bytes, members: int) -> np.ndarray:
    """Check what a file says of the members' weights."""
    try:
        found: Any = strict_json(content)
        weights = np.array(found, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise ArtifactError(f"{path.name}: {WEIGHTS} cannot be read: train again") from error
    if (
        weights.shape != (members,)
        or not np.isfinite(weights).all()
        or (weights < 0).any()
        or not weights.any()
    ):
        raise ArtifactError(
            f"{path.name}: {WEIGHTS} is no list of {members} weights of at least 0: train again"
        )
    return weights
