"""`ser explain`: what a model goes by, over many recordings or for a single one."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli.options import DEFAULT_STORE, Artifact, AsJson, Store, Stored

if TYPE_CHECKING:
    from ser_models.explain import Contributions, Importance

SURE = 0.3
"""From this rank correlation on, a feature is said to pull one way."""


def explain(
    artifact: Artifact,
    file: Annotated[
        Path | None, typer.Argument(help="One recording; default: those of the store that are new to it.")
    ] = None,
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Annotated[
        Path | None, typer.Option(help="Where table and figure go; default: explain-<artifact>.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many features to show.")] = 20,
    repeats: Annotated[
        int, typer.Option(min=1, help="How often each feature is shuffled (not for xgboost).")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Say which features a model's answers hang on: over held-out recordings, or for one FILE.

    Boosted trees are taken apart exactly (SHAP values). Of other models a feature, or a range of frequencies,
    is shuffled among recordings, or hidden in the one FILE.

    Example: ser explain artifacts/xgboost call.wav --top 10
    """
    from ser_cli.progress import hint
    from ser_cli.tables import print_json
    from ser_models.explain import save
    from ser_models.explain.result import check_folder

    folder = out or Path(f"explain-{artifact.resolve().name}")
    check_folder(folder, artifact)
    found = _recording(artifact, file) if file else _model(artifact, store, datasets, repeats)
    files = save(found, folder, top=top)
    if as_json:
        print_json({**_summary(found, top), "files": files})
        return
    _print(found, top)
    print(f"table and figure: {' '.join(map(str, files))}")
    hint(f"ser app {artifact}" if file else f"ser explain {artifact} FILE.wav")


def _recording(artifact: Path, file: Path) -> "Contributions":
    from ser_models.explain import explain_recording

    return explain_recording(artifact, file)


def _model(artifact: Path, store: Path, datasets: list[str] | None, repeats: int) -> "Importance":
    from ser_cli.progress import metered
    from ser_models.explain import explain_model

    with metered("shuffling", "predictions") as meter:

        def told(done: int, total: int) -> None:
            if not meter.begun:
                meter.begin(total)
            meter.reach(done)

        return explain_model(artifact, store, datasets or None, repeats=repeats, on_step=told)


def _summary(found: "Importance | Contributions", top: int) -> dict[str, Any]:
    """What was found, for `--json`.

    artifact, model, method (shap, permutation or occlusion), notes, and `parts`: the first rows of the table,
    see `ser_models.explain.result`. Of a model also data, n, uar, chance and repeats; of a recording file,
    emotion, probabilities, base and for SHAP values margin.
    """
    shared = ("artifact", "model", "method", "notes")
    own = ("data", "n", "uar", "chance", "repeats", "file", "emotion", "probabilities", "base")
    values = {name: getattr(found, name) for name in (*shared, *own) if hasattr(found, name)}
    if found.method == "shap" and hasattr(found, "margin"):
        values["margin"] = found.margin
    return {**values, "parts": found.table.head(top).astype(object).to_dict("records")}


def _print(found: "Importance | Contributions", top: int) -> None:
    from ser_models.explain import Importance

    if isinstance(found, Importance):
        _print_importance(found, top)
    else:
        _print_contributions(found, top)
    for note in found.notes:
        print(f"note: {note}")
    if found.notes:
        print()


def _print_importance(found: "Importance", top: int) -> None:
    from ser_cli.tables import print_table

    print(f"{found.model} on {found.data}\nUAR {found.uar:.3f} on them, chance {found.chance:.3f}")
    rows = found.table.head(top).to_dict("records")
    if found.method == "shap":
        print("mean size of what a feature adds to the margin of an emotion (SHAP values)\n")
        shown = [[row["part"], f"{row['importance']:.3f}", _pulls(row, found.labels)] for row in rows]
        _print_left(["feature", "importance", "pulls most"], shown)
    else:
        print(
            f"UAR lost when it comes from another recording, mean and spread over orders: {found.repeats}\n"
        )
        print_table(
            ["feature", "UAR lost", "spread"],
            [[row["part"], f"{row['importance']:+.3f}", _spread(row["spread"])] for row in rows],
        )
    print()


def _spread(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _pulls(row: dict[str, Any], labels: tuple[str, ...]) -> str:
    """The two emotions that a feature adds most to, and whether by its high or its low values."""
    strongest = sorted(labels, key=lambda label: -row[f"importance_{label}"])[:2]
    return ", ".join(f"{label} {_way(row[f'direction_{label}'])}" for label in strongest)


def _way(direction: float) -> str:
    if math.isnan(direction) or abs(direction) < SURE:
        return "either way"
    return "if high" if direction > 0 else "if low"


def _print_contributions(found: "Contributions", top: int) -> None:
    from ser_models.explain.plots import name_with_value

    ranked = sorted(found.probabilities.items(), key=lambda item: -item[1])[:3]
    said = ", ".join(f"{emotion} {probability:.3f}" for emotion, probability in ranked)
    print(f"{found.file}: {said}")
    rows = found.table.head(top).to_dict("records")
    names = [name_with_value(row["part"], row["value"], row["usual"], row["unit"]) for row in rows]
    shown = [[name, f"{row['contribution']:+.3f}"] for name, row in zip(names, rows, strict=True)]
    if found.method == "shap":
        print(f"what each feature adds to the margin of {found.emotion} (SHAP values)\n")
        rest = found.table["contribution"].iloc[top:]
        shown += [[f"{len(rest)} others", f"{rest.sum():+.3f}"]] if len(rest) else []
        before = ["before anything is known", f"{found.base:+.3f}"]
        shown = [before, *shown, ["margin", f"{found.margin:+.3f}"]]
        _print_left(["feature", "adds"], shown, right=True)
    else:
        print(f"how much less probable {found.emotion} becomes without each part\n")
        _print_left(["part", "probability lost"], shown, right=True)
    print()


def _print_left(header: list[str], rows: list[list[str]], *, right: bool = False) -> None:
    """Print a table whose last column is text, or a number."""
    from ser_cli.tables import print_table

    widest = max(len(row[-1]) for row in [header, *rows])
    lines = [[*row[:-1], row[-1] if right else row[-1].ljust(widest)] for row in [header, *rows]]
    print_table(lines[0], lines[1:])
