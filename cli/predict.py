"""`ser predict`: audio files, or folders of them → emotions."""

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Workers
from cli.progress import say, seldom

if TYPE_CHECKING:
    from ser_models.inference import Prediction


class Format(StrEnum):
    """How predictions are printed."""

    table = "table"
    json = "json"
    csv = "csv"


def predict(
    artifact: Annotated[Path, typer.Argument(help="Folder of a trained model.")],
    files: Annotated[list[Path], typer.Argument(help="Audio files, or folders of them.")],
    top: Annotated[int, typer.Option(min=1, help="How many emotions to rank.")] = 3,
    output: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    workers: Workers = None,
) -> int:
    """Recognise the emotion of each file; exits with 1 if a file was refused.

    Example: ser predict artifacts/cnn_lstm call.wav calls/ --top 3
    """
    from ser_models.batch import recognise
    from ser_models.inference import load
    from ser_models.listing import listed

    found = listed(files)
    predictor = load(artifact)
    predictions = list(_told(recognise(predictor, found, workers=workers, top=top), len(found)))
    refused = [prediction for prediction in predictions if prediction.error]
    for prediction in refused:
        print(f"refused {prediction.file}: {prediction.error}", file=sys.stderr)
    if output is Format.json:
        content = [prediction.to_json() for prediction in predictions]
        print(json.dumps(content, indent=2, ensure_ascii=False))
    elif output is Format.csv:
        _print_csv(predictions, predictor.labels)
    else:
        _print_table(predictions)
        _print_warnings(predictions)
    return 1 if refused else 0


def _told(predictions: "Iterable[Prediction]", total: int) -> "Iterator[Prediction]":
    """Pass predictions on, and tell now and then how far it is."""
    tell, began = seldom(say), time.monotonic()
    for done, prediction in enumerate(predictions, start=1):
        rate = done / max(time.monotonic() - began, 1e-9)
        tell(f"{done}/{total} files, {rate:.1f} files/s, {(total - done) / rate:.0f} s left")
        yield prediction


def _print_table(predictions: "Sequence[Prediction]") -> None:
    from cli.tables import print_table

    rows = [
        [prediction.file, *(f"{each['emotion']} {each['probability']:.3f}" for each in prediction.top)]
        for prediction in predictions
        if not prediction.error
    ]
    if rows:
        print_table(["file", *(f"{rank}." for rank in range(1, len(rows[0])))], rows)


def _print_warnings(predictions: "Sequence[Prediction]") -> None:
    """Print each warning once, with the number of files it is about."""
    warnings = Counter(prediction.warning for prediction in predictions if prediction.warning)
    for warning, count in warnings.items():
        print(f"warning: {warning} ({count} of {len(predictions)} files)", file=sys.stderr)


def _print_csv(predictions: "Sequence[Prediction]", labels: Sequence[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["file", "emotion", "confidence", *(f"p_{label}" for label in labels), "warning", "error"]
    )
    for each in predictions:
        probabilities = [each.probabilities.get(label, "") for label in labels]
        writer.writerow([each.file, each.emotion, each.confidence, *probabilities, each.warning, each.error])
