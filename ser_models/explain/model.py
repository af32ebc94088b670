"""What a model goes by, over all recordings that it was not trained on.

artifact, store → `held_out` → SHAP values of its trees, or permutation of its input → `Importance`
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_models import inference
from ser_models.data.inputs import Raw
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.explain import trees
from ser_models.explain.feature_groups import Part, parts
from ser_models.explain.held_out import HeldOut, held_out
from ser_models.explain.permutation import OnStep, permute
from ser_models.explain.result import Importance
from ser_models.inference.predictor import Predictor

ALIKE = 0.8
"""Columns whose rank correlation is at least this, either way, are said to move together."""


def explain_model(
    folder: Path,
    store: Path,
    datasets: Sequence[str] | None = None,
    *,
    repeats: int = 5,
    on_step: OnStep = lambda done, total: None,
) -> Importance:
    """Find what a model goes by.

    Args:
        folder: the artifact.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.
        repeats: how often every part is exchanged; of no meaning to boosted trees.
        on_step: told of the progress of that.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store does not fit, or holds nothing but what the model was trained on.
    """
    predictor = inference.load(folder)
    left = held_out(predictor.artifact, store, datasets)
    _require_two(left)
    raw = left.examples.read(predictor.artifact.model.inputs)
    own = parts(predictor.artifact.model.inputs, predictor.profile)
    fitted = trees.trees_of(predictor.artifact)
    if fitted is not None:
        return _by_shap(predictor, left, raw, own, trees.shares(fitted, raw))
    return _by_permutation(predictor, left, raw, own, repeats, on_step)


def _require_two(left: HeldOut) -> None:
    if len(left.examples) < 2:
        raise InputError(f"found {left.words}: expected two at least, to compare them: name other --datasets")


def _by_shap(
    predictor: Predictor, left: HeldOut, raw: Raw, own: Sequence[Part], shares: trees.Shares
) -> Importance:
    sizes = np.abs(shares.by_feature).mean(axis=0)  # (classes, features)
    columns: dict[str, Any] = {"importance": sizes.mean(axis=0), "spread": np.nan}
    for label, size, way in zip(predictor.labels, sizes, trees.directions(shares), strict=True):
        columns |= {f"importance_{label}": size, f"direction_{label}": way}
    return _importance(predictor, left, raw, own, columns, method="shap")


def _by_permutation(
    predictor: Predictor, left: HeldOut, raw: Raw, own: Sequence[Part], repeats: int, on_step: OnStep
) -> Importance:
    drops = permute(
        predictor.probabilities,
        raw,
        left.examples.targets,
        own,
        repeats=repeats,
        seed=predictor.artifact.metadata.seed,
        on_step=on_step,
    ).by_part
    spread = drops.std(axis=1, ddof=1) if repeats > 1 else np.nan
    columns = {"importance": drops.mean(axis=1), "spread": spread}
    return _importance(predictor, left, raw, own, columns, method="permutation", repeats=repeats)


def _importance(
    predictor: Predictor, left: HeldOut, raw: Raw, own: Sequence[Part], columns: dict[str, Any], **rest: Any
) -> Importance:
    described = {
        "part": [part.name for part in own],
        "unit": [part.unit for part in own],
        "description": [part.description for part in own],
    }
    table = pd.DataFrame({**described, **columns, "moves_with": _neighbours(raw, own)})
    table = table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    targets = left.examples.targets
    predicted = predictor.probabilities(raw).argmax(axis=1)
    return Importance(
        artifact=predictor.artifact.folder,
        model=predictor.artifact.metadata.model,
        labels=tuple(predictor.labels),
        data=f"{' + '.join(left.examples.datasets)}: {left.words}",
        n=len(left.examples),
        uar=uar(confusion_matrix(targets, predicted, len(predictor.labels))),
        chance=1 / len(set(targets.tolist())),
        table=table,
        notes=_notes(predictor, table),
        **{"repeats": 0, **rest},
    )


def _neighbours(raw: Raw, own: Sequence[Part]) -> list[str]:
    """Of every column, the one that moves most like it, if it does so at all; nothing for frames."""
    if not isinstance(raw, np.ndarray):
        return [""] * len(own)
    alike = pd.DataFrame(raw).corr(method="spearman").to_numpy(copy=True)
    np.fill_diagonal(alike, np.nan)
    found = []
    for row in alike:
        strength = np.nan_to_num(np.abs(row))
        other = int(strength.argmax())
        found.append(f"{own[other].name} ({row[other]:+.2f})" if strength[other] >= ALIKE else "")
    return found


def _notes(predictor: Predictor, table: pd.DataFrame) -> tuple[str, ...]:
    notes = [predictor.warning] if predictor.warning else []
    if alike := int((table["moves_with"] != "").sum()):
        notes.append(
            f"{alike} of {len(table)} columns move like another one (rank correlation of {ALIKE} or more): "
            "what two of them share is split between them, or hidden by the one that stays (moves_with in "
            "the table)"
        )
    return tuple(notes)
