"""`ser plot …`: figures of a feature store and of a trained model."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ser_cli.help import App
from ser_cli.options import DEFAULT_STORE, Artifact, Force, Store, Stored

app = App(help="Draw figures of a feature store or of a trained model.")

Column = Annotated[
    str, typer.Argument(help="Numeric column, such as pitch_mean; listed by ser store info --columns.")
]
Out = Annotated[
    Path | None,
    typer.Option(help="Output file: .png, .svg or .pdf; default: a PNG in the working directory."),
]
RESULTS = {
    "confusion": "Confusion matrix of a trained model.",
    "per-class": "F1, IoU, MSE and log loss of a trained model for each emotion.",
    "per-speaker": "UAR of a trained model for each speaker.",
    "roc": "ROC curves of a trained model, one emotion against all others.",
    "reliability": "Reliability diagram of a trained model: accuracy by confidence.",
    "coverage": "Risk-coverage curve of a trained model: the effect of --abstain-below.",
    "training": "Loss, UAR and accuracy of a trained model by epoch.",
}
"""Figures of a result: name of the command → its help."""


def _draw(name: str, store: Path, *arguments: Any, out: Path | None, force: bool) -> None:
    """Draw a figure of a store by the module of this name, and print the path of the file."""
    from ser_features.store import open_store

    figure = import_module(f"ser_models.reporting.figures.{name}")
    print(figure.drawing(open_store(store), *arguments).save(out, force=force))


@app.command()
def counts(
    pie: Annotated[bool, typer.Option("--pie", help="Draw shares as a pie instead of bars.")] = False,
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Number of recordings of each emotion, per corpus.

    Example: ser plot counts --datasets ravdess tess --pie
    """
    _draw("counts", store, pie, datasets or None, out=out, force=force)


@app.command()
def distribution(
    column: Column,
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Distribution of one feature per emotion.

    Example: ser plot distribution pitch_mean
    """
    _draw("distribution", store, column, datasets or None, out=out, force=force)


@app.command()
def speakers(
    column: Column,
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Distribution of one feature per speaker.

    Example: ser plot speakers pitch_mean --datasets ravdess
    """
    _draw("speakers", store, column, datasets or None, out=out, force=force)


@app.command()
def contours(
    store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None, force: Force = False
) -> None:
    """Median F0 contour of each emotion, in semitones relative to the speaker's median F0.

    Example: ser plot contours --datasets emodb
    """
    _draw("contours", store, datasets or None, out=out, force=force)


@app.command()
def gallery(
    store: Store = DEFAULT_STORE,
    speakers: Annotated[
        list[str] | None,
        typer.Option(help="Speakers, such as ravdess/01; default: one with most emotions."),
    ] = None,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Spectrograms: the most typical recording of each emotion, for one or several speakers.

    Example: ser plot gallery --speakers emodb/08 ravdess/01
    """
    _draw("gallery", store, speakers or (), datasets or None, out=out, force=force)


@app.command("map")
def map_(
    by: Annotated[
        Literal["emotion", "speaker", "dataset"], typer.Option(help="Grouping shown by colour.")
    ] = "emotion",
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Map of all recordings: the first two principal components of their features.

    Example: ser plot map --by dataset
    """
    _draw("map", store, by, datasets or None, out=out, force=force)


def _result_command(name: str, summary: str) -> None:
    """Register the command that draws one figure of a result."""

    def command(artifact: Artifact, out: Out = None, force: Force = False) -> None:
        from ser_models.reporting.figures.artifact import drawing

        print(drawing(artifact, name).save(out, force=force))

    app.command(name, help=f"{summary}\n\nExample: ser plot {name} artifacts/cnn_lstm")(command)


for _name, _summary in RESULTS.items():
    _result_command(_name, _summary)
