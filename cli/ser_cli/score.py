"""`ser score`: metrics of predictions that any system made, or of a confusion matrix."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ser_cli.options import AsJson, Seed

if TYPE_CHECKING:
    from ser_models.scoring.result import ScoreResult

STDIN = "-"


def score(
    predictions: Annotated[
        Path | None,
        typer.Argument(help="Table with the true and the predicted class of each recording."),
    ] = None,
    other: Annotated[
        Path | None, typer.Argument(help="Table of another system, compared on the recordings in both.")
    ] = None,
    truth: Annotated[
        str | None, typer.Option(help="Column of the true classes; default: truth, label, emotion, …")
    ] = None,
    prediction: Annotated[
        str | None, typer.Option(help="Column of the predicted classes; default: prediction, pred, …")
    ] = None,
    path: Annotated[
        str | None, typer.Option(help="Column of the recordings; default: file, path, name, …")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Column of the speakers; default: speaker, spk_id, actor, …")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="Columns whose values are compared, beside gender, language, corpus, …"),
    ] = None,
    softmax: Annotated[
        bool, typer.Option("--softmax", help="Columns per class are logits: take their softmax.")
    ] = False,
    confusion: Annotated[
        Path | None,
        typer.Option(help="Confusion matrix instead of predictions: a file, or - for standard input."),
    ] = None,
    support: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Recordings of each true class, for a --confusion of percentages."),
    ] = None,
    columns_are_truth: Annotated[
        bool,
        typer.Option("--columns-are-truth", help="True classes are in columns of --confusion, not in rows."),
    ] = False,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Score predictions of any system: UAR with its interval over speakers, accuracy, F1, MCC, calibration.

    Example: ser score predictions.csv other_system.csv
    """
    from ser_cli.score_output import print_scores
    from ser_cli.tables import print_json
    from ser_features.errors import InputError

    if (predictions is None) == (confusion is None):
        found = "neither" if confusion is None else "both"
        raise InputError(
            f"{found} a table and --confusion, expected one of them: name a table of predictions"
        )
    if confusion is not None:
        result = _of_matrix(confusion, support or (), columns_are_truth=columns_are_truth)
    elif predictions is None:
        raise InputError("no table of predictions: name one, or a matrix with --confusion FILE")
    elif support or columns_are_truth:
        raise InputError("--support and --columns-are-truth are for --confusion: leave them out")
    else:
        from ser_models.scoring.columns import Columns
        from ser_models.scoring.score import score_tables

        columns = Columns(truth, prediction, path, speaker, tuple(group or ()))
        result = score_tables(predictions, other, columns, softmax=softmax, seed=seed)
    if as_json:
        print_json(result.to_dict())
    else:
        print_scores(result)


def _of_matrix(path: Path, support: Sequence[int], *, columns_are_truth: bool) -> "ScoreResult":
    """Score a confusion matrix of a file or of standard input."""
    from ser_models.auditing.sources.content import read_text
    from ser_models.scoring.confusion import score_confusion

    is_piped = str(path) == STDIN
    text, name = (sys.stdin.read(), "standard input") if is_piped else (read_text(path)[0], str(path))
    return score_confusion(text, name, support=support, columns_are_truth=columns_are_truth)
