"""Feature importance of a model over all recordings outside of its training data.

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
from ser_models.evaluation.metrics import confusion_matrix, measured_uar
from ser_models.explain import trees
from ser_models.explain.feature_groups import FeatureGroup, feature_groups
from ser_models.explain.held_out import held_out
from ser_models.explain.parts import Parts
from ser_models.explain.permutation import OnStep, permutation_importance
from ser_models.explain.result import Importance
from ser_models.inference.predictor import Predictor

MIN_CORRELATION = 0.8
"""Absolute rank correlation from which on two columns are reported as correlated."""


def explain_model(
    folder: Path,
    store: Path,
    datasets: Sequence[str] | None = None,
    *,
    own_features: Path | None = None,
    repeats: int = 5,
    on_step: OnStep = lambda done, total: None,
) -> Importance:
    """Estimate the importance of a model's input features.

    Args:
        folder: the artifact.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.
        own_features: table of the features that a model with own features reads; None for another model.
        repeats: permutations per feature group; without effect for boosted trees.
        on_step: called after every batch of permutations.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store does not fit, or has no recording outside of the training data.
    """
    predictor = inference.load(folder, of_store=True)
    selected = held_out(predictor.artifact, store, datasets, own_features)
    examples = selected.examples
    if len(examples) < 2:
        raise InputError(
            f"found {selected.description}: expected at least two, to compare them: name other --datasets"
        )
    raw = examples.read(predictor.artifact.inputs)
    parts = Parts.of(predictor, raw)
    backend = trees.trees_of(predictor.artifact)
    groups = feature_groups(predictor.artifact.inputs, predictor.profile, by_column=backend is not None)
    if backend is not None:
        repeats, columns = 0, _shap_columns(predictor.labels, trees.shap_values(backend, raw))
    else:
        seed = predictor.artifact.metadata.seed
        decrease = permutation_importance(
            parts, examples.targets, groups, repeats=repeats, seed=seed, on_step=on_step
        )
        std = decrease.std(axis=1, ddof=1) if repeats > 1 else np.nan
        columns = {"importance": decrease.mean(axis=1), "std": std}
    table = _table(groups, columns, _correlated(raw, groups))
    predicted = parts.probabilities.argmax(axis=1)
    return Importance(
        artifact=predictor.artifact.folder,
        model=predictor.artifact.metadata.model,
        labels=tuple(predictor.labels),
        method="permutation" if backend is None else "shap",
        data=f"{' + '.join(examples.datasets)}: {selected.description}",
        n=len(examples),
        uar=measured_uar(confusion_matrix(examples.targets, predicted, len(predictor.labels))),
        chance=1 / len(set(examples.targets.tolist())),
        repeats=repeats,
        table=table,
        notes=_notes(predictor, table),
    )


def _shap_columns(labels: Sequence[str], shap: trees.ShapValues) -> dict[str, Any]:
    sizes = np.abs(shap.by_feature).mean(axis=0)  # (classes, features)
    columns: dict[str, Any] = {"importance": sizes.mean(axis=0), "std": np.nan}
    for label, size, direction in zip(labels, sizes, trees.directions(shap), strict=True):
        columns |= {f"importance_{label}": size, f"direction_{label}": direction}
    return columns


def _table(groups: Sequence[FeatureGroup], columns: dict[str, Any], correlated: list[str]) -> pd.DataFrame:
    described = {
        "feature": [group.name for group in groups],
        "unit": [group.unit for group in groups],
        "description": [group.description for group in groups],
    }
    table = pd.DataFrame({**described, **columns, "correlated_with": correlated})
    return table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def _correlated(raw: Raw, groups: Sequence[FeatureGroup]) -> list[str]:
    """Return the column that each column is most correlated with; empty below `MIN_CORRELATION`.

    Groups of several columns, and frames, have none.
    """
    if not isinstance(raw, np.ndarray) or len(groups) < raw.shape[1]:
        return [""] * len(groups)
    correlations = pd.DataFrame(raw).corr(method="spearman").to_numpy(copy=True)
    np.fill_diagonal(correlations, np.nan)
    others = []
    for row in correlations:
        strength = np.nan_to_num(np.abs(row))
        other = int(strength.argmax())
        text = f"{groups[other].name} ({row[other]:+.2f})"
        others.append(text if strength[other] >= MIN_CORRELATION else "")
    return others


def _notes(predictor: Predictor, table: pd.DataFrame) -> tuple[str, ...]:
    notes = [predictor.warning] if predictor.warning else []
    if correlated := int((table["correlated_with"] != "").sum()):
        notes.append(
            f"{correlated} of {len(table)} columns have a rank correlation of {MIN_CORRELATION} or more with "
            "another column: correlated columns share their importance, or hide it from permutation "
            "(correlated_with in the table)"
        )
    return tuple(notes)
