"""`ser plot …`: figures of a feature store and of a trained model."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_cli.help import App
from ser_cli.options import DEFAULT_STORE, Artifact, Store, Stored

app = App(help="Draw figures of a feature store or of a trained model.")

Column = Annotated[
    str, typer.Argument(help="Numeric column, such as pitch_mean; listed by ser store info --columns.")
]
Out = Annotated[
    Path | None,
    typer.Option(help="Output file: .png, .svg or .pdf; default: a PNG in the working directory."),
]


@app.command()
def distribution(
    column: Column, store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None
) -> None:
    """Distribution of one feature per emotion.

    Example: ser plot distribution pitch_mean
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import distribution as figure

    print(figure.drawing(open_store(store), column, datasets or None).save(out))


@app.command()
def speakers(column: Column, store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None) -> None:
    """Distribution of one feature per speaker.

    Example: ser plot speakers pitch_mean --datasets ravdess
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import speakers as figure

    print(figure.drawing(open_store(store), column, datasets or None).save(out))


@app.command()
def contours(store: Store = DEFAULT_STORE, datasets: Stored = None, out: Out = None) -> None:
    """Median F0 contour of each emotion, in semitones relative to the speaker's median F0.

    Example: ser plot contours --datasets emodb
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import contours as figure

    print(figure.drawing(open_store(store), datasets or None).save(out))


@app.command()
def gallery(
    store: Store = DEFAULT_STORE,
    speakers: Annotated[
        list[str] | None,
        typer.Option(help="Speakers, such as ravdess/01; default: one with most emotions."),
    ] = None,
    datasets: Stored = None,
    out: Out = None,
) -> None:
    """Spectrograms: the most typical recording of each emotion, for one or several speakers.

    Example: ser plot gallery --speakers emodb/08 ravdess/01
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import gallery as figure

    print(figure.drawing(open_store(store), speakers or (), datasets or None).save(out))


@app.command("map")
def map_(
    by: Annotated[
        Literal["emotion", "speaker", "dataset"], typer.Option(help="Grouping shown by colour.")
    ] = "emotion",
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
) -> None:
    """Map of all recordings: the first two principal components of their features.

    Example: ser plot map --by dataset
    """
    from ser_features.store import open_store
    from ser_models.reporting.figures import map as figure

    print(figure.drawing(open_store(store), by, datasets or None).save(out))


@app.command()
def confusion(artifact: Artifact, out: Out = None) -> None:
    """Confusion matrix of a trained model.

    Example: ser plot confusion artifacts/cnn_lstm
    """
    _draw_result(artifact, "confusion", out)


@app.command()
def reliability(artifact: Artifact, out: Out = None) -> None:
    """Reliability diagram of a trained model: accuracy by confidence.

    Example: ser plot reliability artifacts/cnn_lstm
    """
    _draw_result(artifact, "reliability", out)


@app.command()
def coverage(artifact: Artifact, out: Out = None) -> None:
    """Risk-coverage curve of a trained model: the effect of --abstain-below.

    Example: ser plot coverage artifacts/cnn_lstm
    """
    _draw_result(artifact, "coverage", out)


@app.command("per-speaker")
def per_speaker(artifact: Artifact, out: Out = None) -> None:
    """UAR of a trained model for each speaker.

    Example: ser plot per-speaker artifacts/cnn_lstm
    """
    _draw_result(artifact, "per-speaker", out)


def _draw_result(artifact: Path, name: str, out: Path | None) -> None:
    from ser_models.reporting.figures import drawing

    print(drawing(artifact, name).save(out))
