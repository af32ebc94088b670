"""`ser explain`: feature importance of a model, or feature contributions to one prediction."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli.options import DEFAULT_STORE, Artifact, AsJson, Force, OwnFeatures, Store, Stored
from ser_cli.streams import ABSENT

if TYPE_CHECKING:
    from ser_models.explain import Contributions, Importance

MIN_DIRECTION = 0.3
"""Absolute rank correlation from which on the effect of a feature has a direction."""


def explain(
    artifact: Artifact,
    file: Annotated[
        Path | None,
        typer.Argument(help="One recording; default: recordings of the store outside of the training data."),
    ] = None,
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    own_features: OwnFeatures = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the table and the figure; default: explain-<artifact>.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Number of features to show.")] = 20,
    repeats: Annotated[
        int, typer.Option(min=1, help="Permutations per feature (without effect for xgboost).")
    ] = 5,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Show the importance of a model's features, or their contributions to the prediction for one FILE.

    Boosted trees are explained by exact SHAP values, other models by permuting features among held-out
    recordings, or by occluding features of the one FILE. Features of an ensemble, and of a model with more
    than 64 columns, are grouped by topic: pitch, voice quality, rhythm, level, spectrum, MFCC, modulation.

    Example: ser explain artifacts/xgboost call.wav --top 10
    """
    from ser_cli.progress import hint
    from ser_cli.tables import print_json
    from ser_models.explain import Contributions, Importance
    from ser_models.explain.save import check_folder, save

    folder = out or Path(f"explain-{artifact.resolve().name}")
    check_folder(folder, artifact, Contributions if file else Importance, force=force)
    if file:
        explanation: Importance | Contributions = _recording(artifact, file)
    else:
        explanation = _model(artifact, store, datasets, own_features, repeats)
    files = save(explanation, folder, top=top, force=force)
    if as_json:
        print_json({**_summary(explanation, top), "files": files})
        return
    _print(explanation, top)
    print(f"table and figure: {' '.join(map(str, files))}")
    if not own_features:  # which can be computed from no file
        hint(f"ser app {artifact}" if file else f"ser explain {artifact} FILE.wav")


def _recording(artifact: Path, file: Path) -> "Contributions":
    from ser_models.explain import explain_recording

    return explain_recording(artifact, file)


def _model(
    artifact: Path, store: Path, datasets: list[str] | None, own_features: Path | None, repeats: int
) -> "Importance":
    from ser_cli.progress import metered
    from ser_models.explain import explain_model

    with metered("permuting features", "permutations") as meter:
        return explain_model(
            artifact,
            store,
            datasets or None,
            own_features=own_features,
            repeats=repeats,
            on_step=meter.count,
        )


def _summary(explanation: "Importance | Contributions", top: int) -> dict[str, Any]:
    """Return the content of `--json`.

    artifact, model, method (shap, permutation or occlusion), notes, and `features`: the first rows of the
    table, see `ser_models.explain.result`. For a model also data, n, uar, chance and repeats; for a recording
    file, emotion, probabilities, base, and margin for SHAP values.
    """
    shared = ("artifact", "model", "method", "notes")
    own = ("data", "n", "uar", "chance", "repeats", "file", "emotion", "probabilities", "base")
    values = {name: getattr(explanation, name) for name in (*shared, *own) if hasattr(explanation, name)}
    if explanation.method == "shap" and hasattr(explanation, "margin"):
        values["margin"] = explanation.margin
    return {**values, "features": explanation.table.head(top).astype(object).to_dict("records")}


def _print(explanation: "Importance | Contributions", top: int) -> None:
    from ser_models.explain import Importance

    if isinstance(explanation, Importance):
        _print_importance(explanation, top)
    else:
        _print_contributions(explanation, top)
    for note in explanation.notes:
        print(f"note: {note}")
    if explanation.notes:
        print()


def _print_importance(importance: "Importance", top: int) -> None:
    from ser_cli.tables import print_table

    print(f"{importance.model} on {importance.data}")
    print(importance.headline)
    rows = importance.table.head(top).to_dict("records")
    if importance.method == "shap":
        print("mean absolute SHAP value (log-odds)\n")
        cells = [
            [row["feature"], f"{row['importance']:.3f}", _effects(row, importance.labels)] for row in rows
        ]
        print_table(["feature", "importance", "strongest effects"], cells, left=(0, 2))
    else:
        print(f"decrease in UAR by permutation, mean and std of {importance.repeats} repeats\n")
        print_table(
            ["feature", "decrease", "std"],
            [[row["feature"], f"{row['importance']:+.3f}", _std(row["std"])] for row in rows],
        )
    print()


def _std(value: float) -> str:
    return ABSENT if math.isnan(value) else f"{value:.3f}"


def _effects(row: dict[str, Any], labels: tuple[str, ...]) -> str:
    """Return the two emotions with the largest SHAP values, and which values of the feature support them."""
    strongest = sorted(labels, key=lambda label: -row[f"importance_{label}"])[:2]
    return ", ".join(f"{label} {_direction(row[f'direction_{label}'])}" for label in strongest)


def _direction(direction: float) -> str:
    if math.isnan(direction) or abs(direction) < MIN_DIRECTION:
        return "not monotonic"
    return "if high" if direction > 0 else "if low"


def _print_contributions(contributions: "Contributions", top: int) -> None:
    from ser_cli.tables import print_table
    from ser_models.explain.plots import name_with_value

    ranked = sorted(contributions.probabilities.items(), key=lambda item: -item[1])[:3]
    ranking = ", ".join(f"{emotion} {probability:.3f}" for emotion, probability in ranked)
    print(f"{contributions.file}: {ranking}")
    rows = contributions.table.head(top).to_dict("records")
    names = [
        name_with_value(row["feature"], row["value"], row["training_median"], row["unit"]) for row in rows
    ]
    cells = [[name, f"{row['contribution']:+.3f}"] for name, row in zip(names, rows, strict=True)]
    if contributions.method == "shap":
        print(f"SHAP values for the margin of {contributions.emotion} (log-odds)\n")
        rest = contributions.table["contribution"].iloc[top:]
        cells += [[f"{len(rest)} others", f"{rest.sum():+.3f}"]] if len(rest) else []
        expected = ["expected margin", f"{contributions.base:+.3f}"]
        cells = [expected, *cells, ["margin", f"{contributions.margin:+.3f}"]]
        print_table(["feature", "SHAP value"], cells)
    else:
        print(f"decrease in the probability of {contributions.emotion} without each feature\n")
        answers = (f"{row['emotion_without']} {row['probability_without']:.3f}" for row in rows)
        cells = [[*cell, answer] for cell, answer in zip(cells, answers, strict=True)]
        print_table(["feature", "decrease", "prediction without it"], cells, left=(0, 2))
    print()
