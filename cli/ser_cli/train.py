"""`ser train`: feature store → trained, measured artifact."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli import completion
from ser_cli.arguments import typed
from ser_cli.options import DEFAULT_STORE, Store
from ser_cli.progress import console, hint, on_screen, say, throttled

if TYPE_CHECKING:
    from ser_models.training.train import Progress, Step


def train(
    model: Annotated[
        str, typer.Option(help="best, ridge, xgboost, logistic, cnn_lstm …", autocompletion=completion.models)
    ],
    datasets: Annotated[
        list[str] | None,
        typer.Option(
            help="Corpora to train on, several words; default: all in the store.",
            autocompletion=completion.stored,
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="speaker (default): unseen speakers are tested; random; cross-corpus."),
    ] = None,
    test_datasets: Annotated[
        list[str] | None,
        typer.Option(
            help="Corpora to test on and not to train on (cross-corpus).", autocompletion=completion.stored
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(help="Test every speaker once, in so many folds; default: one 70/15/15 split."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
    store: Store = DEFAULT_STORE,
    out: Annotated[
        Path | None, typer.Option(help="Where the artifact goes; default: artifacts/<model>.")
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(help="Write TensorBoard event files into this folder.")
    ] = None,
    copies: Annotated[
        bool | None,
        typer.Option(
            "--copies/--no-copies",
            help="Learn from slower and faster copies too; default: if the model gains by it and the store "
            "has them (ser extract --speed-perturb).",
        ),
    ] = None,
    members: Annotated[
        list[str] | None,
        typer.Option(
            help="With --model ensemble: the models that it is made of.", autocompletion=completion.models
        ),
    ] = None,
    speaker_norm: Annotated[
        bool,
        typer.Option(
            "--speaker-norm",
            help="Take each speaker's own voice out, by all of their recordings, without labels: "
            "transductive; ser predict then needs several recordings of a speaker together.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print metrics.json instead of the summary.")
    ] = False,
) -> None:
    """Train a model on the feature store and measure it on speakers it has never heard.

    Example: ser train --model cnn_lstm --datasets ravdess --folds 5
    """
    from ser_models.experiments.train import Plan, run

    folder = out or Path("artifacts") / model
    plan = Plan(
        model=model,
        datasets=datasets or None,
        split=split,
        test_datasets=test_datasets or (),
        folds=folds,
        seed=seed,
        command=typed(),
        tensorboard=tensorboard,
        copies=copies,
        speaker_norm=speaker_norm,
        parameters={"members": members} if members else None,
    )
    with training_progress() as progress:
        metrics = run(store, folder, plan, progress)
    if as_json:
        print(json.dumps(metrics, indent=2, ensure_ascii=False))
        return
    print_metrics(metrics)
    print(f"artifact: {folder}")
    hint(f"ser predict {folder} FILE.wav")


def print_metrics(metrics: Mapping[str, Any]) -> None:
    """Print a result: the UAR with its interval and chance, what qualifies it, then the classes."""
    from ser_cli.tables import print_table

    synthetic = " (synthetic speech)" if metrics["synthetic"] else ""
    transductive = " (transductive)" if metrics.get("transductive") else ""
    low, high = metrics["interval"]
    print(f"{metrics['model']} on {' + '.join(metrics['datasets'])}{synthetic}: {metrics['protocol']}")
    print(
        f"UAR {metrics['uar']:.3f}{transductive}, 95 % interval {low:.3f} to {high:.3f} "
        f"over {metrics['interval_over']}, chance {metrics['chance']:.3f}"
    )
    if len(metrics["folds"]) > 1:
        print(f"UAR by fold: {' '.join(f'{value:.3f}' for value in metrics['folds'])}")
    print(
        f"accuracy {metrics['accuracy']:.3f}, macro F1 {metrics['macro_f1']:.3f}, {metrics['n']} recordings"
    )
    for finding in metrics["leakage"]:
        print(f"LEAK {finding['kind']}: {finding['message']}")
    if not metrics["leakage"]:
        print("leaks: none found")
    for note in metrics["notes"]:
        print(f"note: {note}")
    print()
    rows = [
        [label, *(f"{values[name]:.3f}" for name in ("recall", "precision", "f1")), str(values["support"])]
        for label, values in metrics["per_class"].items()
    ]
    print_table(["emotion", "recall", "precision", "F1", "recordings"], rows)
    if len(metrics["per_corpus"]) > 1:
        print()
        print_table(["corpus", "UAR"], [[name, f"{uar:.3f}"] for name, uar in metrics["per_corpus"].items()])
    print()


@contextmanager
def training_progress() -> Iterator["Progress"]:
    """Show the training on stderr: a line per finished fold, and the running epoch.

    On a terminal the epoch is shown below the lines; elsewhere as a line now and then.
    """
    if not on_screen():
        yield _teller(say, throttled(say))
        return
    from rich.live import Live

    screen = console()
    with Live(console=screen, transient=True, redirect_stdout=False) as live:
        yield _teller(screen.print, live.update)


def _teller(finished: Callable[[str], None], running: Callable[[str], None]) -> "Progress":
    """Tell of every epoch, and of each part of a training when it is done, with the epoch that was kept."""

    def tell(step: "Step") -> None:
        (finished if step.done else running)(_line(step.part, step.row))

    return tell


def _line(part: str, row: Mapping[str, float]) -> str:
    return (
        f"{part}: epoch {row['epoch']:.0f}, loss {row['loss']:.3f}, "
        f"validation loss {row['val_loss']:.3f}, validation UAR {row['val_uar']:.3f}"
    )
