"""`ser plot …`: figures of a store and of results."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_cli.options import DEFAULT_STORE, Artifact, Store, Stored

app = typer.Typer(help="Draw figures of a store or of a trained model.", no_args_is_help=True)

Column = Annotated[
    str, typer.Argument(help="A column of numbers, such as pitch_mean: see ser store info --columns.")
]
Out = Annotated[
    Path | None,
    typer.Option(help="File that ends in .png, .svg or .pdf; default: a PNG in this folder."),
]


@app.callback()
def _options() -> None:
    """Draw figures of a store or of a trained model."""


@app.command()
def distribution(
    column: Column, store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None
) -> None:
    """Draw how one feature is spread, emotion by emotion.

    Example: ser plot distribution pitch_mean
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import distribution as figure

    print(figure.drawing(open_store(store), column, datasets or None).save(out))


@app.command()
def speakers(column: Column, store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None) -> None:
    """Draw how one feature differs from speaker to speaker.

    Example: ser plot speakers pitch_mean --datasets ravdess
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import speakers as figure

    print(figure.drawing(open_store(store), column, datasets or None).save(out))


@app.command()
def contours(store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None) -> None:
    """Draw the median pitch contour of each emotion, relative to each speaker's own pitch.

    Example: ser plot contours --datasets emodb
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import contours as figure

    print(figure.drawing(open_store(store), datasets or None).save(out))


@app.command()
def gallery(
    store: Store = DEFAULT_STORE,
    speakers: Annotated[
        list[str] | None, typer.Option(help="Whose recordings, such as ravdess/01; several words.")
    ] = None,
    datasets: Stored = None,
    out: Out = None,
) -> None:
    """Draw the spectrogram of a typical recording of each emotion, of one speaker or several.

    Example: ser plot gallery --speakers emodb/08 ravdess/01
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import gallery as figure

    print(figure.drawing(open_store(store), speakers or (), datasets or None).save(out))


@app.command("map")
def map_(
    by: Annotated[
        Literal["emotion", "speaker", "dataset"], typer.Option(help="What the colours mean.")
    ] = "emotion",
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
) -> None:
    """Draw all recordings on one map, by two principal components of their features.

    Example: ser plot map --by dataset
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import map as figure

    print(figure.drawing(open_store(store), by, datasets or None).save(out))


@app.command()
def confusion(artifact: Artifact, out: Out = None) -> None:
    """Draw which emotions a model takes for which.

    Example: ser plot confusion artifacts/cnn_lstm
    """
    _draw_result(artifact, "confusion", out)


@app.command()
def reliability(artifact: Artifact, out: Out = None) -> None:
    """Draw whether a model is right as often as it is sure.

    Example: ser plot reliability artifacts/cnn_lstm
    """
    _draw_result(artifact, "reliability", out)


@app.command()
def coverage(artifact: Artifact, out: Out = None) -> None:
    """Draw how much better a model is where it is sure: what --abstain-below buys.

    Example: ser plot coverage artifacts/cnn_lstm
    """
    _draw_result(artifact, "coverage", out)


@app.command("per-speaker")
def per_speaker(artifact: Artifact, out: Out = None) -> None:
    """Draw how well a model recognises each speaker.

    Example: ser plot per-speaker artifacts/cnn_lstm
    """
    _draw_result(artifact, "per-speaker", out)


def _draw_result(artifact: Path, name: str, out: Path | None) -> None:
    from ser_models.reporting.figures import results

    print(results.drawing(artifact, name).save(out))
