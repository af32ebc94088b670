"""`ser plot …`: figures of a feature store and of a trained model."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ser_cli import completion
from ser_cli.help import App
from ser_cli.options import (
    DEFAULT_STORE,
    Artifact,
    Classes,
    Force,
    InputShapes,
    OfRecipe,
    Seed,
    Store,
    Stored,
)

app = App(help="Draw figures of a feature store or of a trained model.")

Column = Annotated[
    str, typer.Argument(help="Numeric column, such as pitch_mean; listed by ser store info --columns.")
]
Out = Annotated[
    Path | None,
    typer.Option(help="Output file: .png, .svg or .pdf; default: a PNG in the working directory."),
]
Recording = Annotated[Path, typer.Argument(metavar="FILE", help="One recording.")]
ProfileName = Annotated[
    str, typer.Option("--profile", help="Feature profile.", autocompletion=completion.profiles)
]
DEFAULT_PROFILE = "speech16k-compiled"
"""That of new stores: `ser_features.config.DEFAULT_PROFILE`, which takes longer to import."""
LISTED = 20
"""Number of recordings on screen; the file has all of them."""
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
    method: Annotated[
        Literal["pca", "tsne"],
        typer.Option(help="Two principal components (default), or t-SNE, which keeps neighbours together."),
    ] = "pca",
    store: Store = DEFAULT_STORE,
    datasets: Stored = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Map of all recordings: their features in two dimensions.

    Example: ser plot map --by dataset --method tsne
    """
    _draw("map", store, by, datasets or None, method, out=out, force=force)


@app.command()
def frames(
    file: Recording, profile: ProfileName = DEFAULT_PROFILE, out: Out = None, force: Force = False
) -> None:
    """Waveform, mel spectrogram, MFCC, RMS and zero-crossing rate of one recording over time.

    Example: ser plot frames call.wav
    """
    from ser_features.config import profile as find_profile
    from ser_models.reporting.figures.frames import drawing

    print(drawing(file, find_profile(profile)).save(out, force=force))


@app.command()
def augmented(
    file: Recording,
    transforms: Annotated[
        list[str] | None,
        typer.Option(
            help="Transforms with their default parameters, such as noise pitch_shift; default: noise.",
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Draw the augmented copies of a recipe instead, in its profile.",
            autocompletion=completion.recipes,
        ),
    ] = None,
    profile: ProfileName = DEFAULT_PROFILE,
    seed: Seed = 0,
    out: Out = None,
    force: Force = False,
) -> None:
    """Waveform and mel spectrogram of one recording beside those of its augmented copies.

    Example: ser plot augmented call.wav --transforms noise pitch_shift
    """
    from ser_features.augment import Variant
    from ser_features.config import profile as find_profile
    from ser_features.errors import InputError
    from ser_models.recipes.read import load
    from ser_models.reporting.figures.augmented import drawing

    variants = tuple(Variant(name, name) for name in transforms or ("noise",))
    if recipe:
        chosen = load(recipe)
        profile, variants = chosen.profile, chosen.make_variants()
        if not variants:
            raise InputError(f"recipe {chosen.name} has no augmented copies: pass --transforms")
    print(drawing(file, find_profile(profile), variants, seed=seed).save(out, force=force))


@app.command()
def bone(
    file: Recording, profile: ProfileName = DEFAULT_PROFILE, out: Out = None, force: Force = False
) -> None:
    """Spectra of one recording by air and by simulated bone conduction, and the response of the filter.

    Example: ser plot bone call.wav
    """
    from ser_features.config import profile as find_profile
    from ser_models.reporting.figures.bone import drawing

    print(drawing(file, find_profile(profile)).save(out, force=force))


@app.command()
def model(
    name: Annotated[str, typer.Argument(help="Name of a network.", autocompletion=completion.models)],
    recipe: OfRecipe = None,
    inputs: InputShapes = None,
    classes: Classes = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Diagram of a network: its layers with output shapes and parameters.

    Example: ser plot model bone_conducted_transformer
    """
    from ser_models.experiments.architecture import Request, architecture, read_shapes
    from ser_models.reporting.figures.architecture import drawing

    summary = architecture(Request(name, recipe, read_shapes(inputs or ()), classes))
    print(drawing(summary).save(out, force=force))


@app.command()
def errors(
    artifacts: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of models trained on the same recordings.", autocompletion=completion.artifacts
        ),
    ],
    store: Store = DEFAULT_STORE,
    out: Out = None,
    force: Force = False,
) -> None:
    """Errors of one or several models by duration and SNR, and by how many of the models are wrong.

    A CSV file beside the figure lists every test recording; those that all models have wrong are printed.

    Example: ser plot errors artifacts/ridge artifacts/cnn_lstm
    """
    from ser_cli.tables import print_left
    from ser_features.store import open_store
    from ser_models.reporting.figures.errors import PREDICTED, drawing, read_errors

    table = read_errors(artifacts, open_store(store))
    figure = drawing(table).save(out, force=force)
    listing = figure.with_suffix(".csv")
    table.save(listing, force=force)
    print(f"{figure}\n{listing}\n")
    wrong = table.wrong_in_all
    print(f"{len(table.rows):,} test recordings, {table.summary()}")
    columns = ["file_id", "emotion", *(PREDICTED + name for name in table.models)]
    print_left(["recording", "emotion", *table.models], wrong[columns].head(LISTED).to_numpy().tolist())
    if len(wrong) > LISTED:
        print(f"and {len(wrong) - LISTED:,} more: see {listing}")


def _result_command(name: str, summary: str) -> None:
    """Register the command that draws one figure of a result."""

    def command(artifact: Artifact, out: Out = None, force: Force = False) -> None:
        from ser_models.reporting.figures.artifact import drawing

        print(drawing(artifact, name).save(out, force=force))

    app.command(name, help=f"{summary}\n\nExample: ser plot {name} artifacts/cnn_lstm")(command)


for _name, _summary in RESULTS.items():
    _result_command(_name, _summary)
