"""`ser score`: metrics of predictions that any system made, or of a confusion matrix."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ser_cli import completion
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
    corpus: Annotated[
        str | None,
        typer.Option(
            help="Known corpus whose names state the speakers; default: recognised without a column of them.",
            autocompletion=completion.corpus_names,
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="Pattern of the names that states the speakers, such as '{speaker}_{}.wav'."),
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

    if confusion is not None:
        if predictions is not None:
            raise InputError("a table and --confusion, expected one of them: leave out the other")
        result = _of_matrix(confusion, support or (), columns_are_truth=columns_are_truth)
    elif predictions is None:
        raise InputError("no table of predictions: name one, or a matrix with --confusion FILE")
    elif support or columns_are_truth:
        raise InputError("--support and --columns-are-truth are for --confusion: leave them out")
    else:
        from ser_models.scoring.columns import ReadOptions
        from ser_models.scoring.score import score_tables

        given = ReadOptions(
            truth=truth,
            prediction=prediction,
            path=path,
            speaker=speaker,
            groups=tuple(group or ()),
            corpus=corpus,
            pattern=pattern,
            softmax=softmax,
        )
        result = score_tables(predictions, other, given, seed=seed)
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
