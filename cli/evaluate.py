"""`ser evaluate`: an artifact's model on stored recordings."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_STORE, Store


def evaluate(
    artifact: Annotated[Path, typer.Argument(help="Folder of a trained model.")],
    datasets: Annotated[
        list[str] | None, typer.Option(help="Corpora to use, several words; default: all in the store.")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a trained model on stored recordings, and say which of them it has met in training.

    Example: ser evaluate artifacts/cnn_lstm --datasets emodb
    """
    from cli.train import print_metrics
    from ser_models.evaluation.stored import evaluate as measure

    metrics = measure(artifact, store, datasets or None)
    if as_json:
        print(json.dumps(metrics, indent=2, ensure_ascii=False))
        return
    print_metrics(metrics)
    unseen = metrics["unseen"]
    if not unseen:
        print("the model has met every one of these speakers: this says nothing about new voices")
    elif metrics["leakage"]:
        low, high = unseen["interval"]
        print(
            f"only speakers that it has not met: UAR {unseen['uar']:.3f}, "
            f"95 % interval {low:.3f} to {high:.3f} over {unseen['interval_over']}, {unseen['n']} recordings"
        )
