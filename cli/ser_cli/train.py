"""`ser train`: feature store → trained and evaluated artifact."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli import completion
from ser_cli.arguments import typed
from ser_cli.options import (
    DEFAULT_DATA,
    DEFAULT_STORE,
    Data,
    Jobs,
    MetricsAsJson,
    OwnFeatures,
    Seed,
    Settings,
    Store,
    store_root,
)
from ser_cli.progress import hint, say
from ser_cli.training_log import training_progress

if TYPE_CHECKING:
    from ser_models.data.split import Folds
    from ser_models.evaluation.result import EvaluationResult
    from ser_models.experiments.run_file import RunFile
    from ser_models.training.config import TrainConfig


def train(
    ctx: typer.Context,
    model: Annotated[
        str | None,
        typer.Option(
            help="Name of a model, such as best, ridge or cnn_lstm; listed by ser models.",
            autocompletion=completion.models,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Run file of a training (run.toml of its artifact): its model, settings and store; other "
            "options replace its values.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="everything: extract the built-in corpora below --data with augmented copies, and train a "
            "model of the emotions that they share; builtin: train the model that comes with ser.",
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
    datasets: Annotated[
        list[str] | None,
        typer.Option(
            help="Training corpora; default: all in the store.",
            autocompletion=completion.stored,
        ),
    ] = None,
    split: Annotated[
        Literal["speaker", "random", "cross-corpus", "official", "session", "text", "speaker+text"] | None,
        typer.Option(
            help="Split: no speaker (default), session, sentence, or speaker and sentence on two sides; "
            "random; by corpus; or the published partition."
        ),
    ] = None,
    split_by: Annotated[
        str | None, typer.Option(help="Column whose values are not on two sides, instead of --split.")
    ] = None,
    fold_column: Annotated[
        str | None,
        typer.Option(help="Column of the store whose values are the folds, instead of --split and --folds."),
    ] = None,
    test_datasets: Annotated[
        list[str] | None,
        typer.Option(
            help="Test corpora of a cross-corpus split; excluded from training.",
            autocompletion=completion.stored,
        ),
    ] = None,
    folds: Annotated[
        str | None,
        typer.Option(
            help="Number of cross-validation folds, or all to leave out one speaker (session, …) at a time; "
            "default: one 70/15/15 split.",
        ),
    ] = None,
    target: Annotated[
        str,
        typer.Option(
            help="Column of the store to recognise: emotion (default), gender, or one of an own table.",
        ),
    ] = "emotion",
    classes: Annotated[
        list[str] | None,
        typer.Option(
            help="Emotions (or values of --target) to recognise; default: all. Recordings of others are "
            "left out and counted."
        ),
    ] = None,
    merge: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="Emotions that count as another, such as excited,joy=happy, in training and ser evaluate.",
        ),
    ] = None,
    seed: Seed = 0,
    store: Store = DEFAULT_STORE,
    out: Annotated[
        Path | None, typer.Option(help="Output folder of the artifact; default: artifacts/<model>.")
    ] = None,
    tensorboard: Annotated[Path | None, typer.Option(help="Folder for TensorBoard event files.")] = None,
    speed_perturb: Annotated[
        bool | None,
        typer.Option(
            "--speed-perturb/--no-speed-perturb",
            help="Train on speed-perturbed recordings too (ser extract --speed-perturb); default: if the "
            "store has them and the model benefits.",
        ),
    ] = None,
    rooms: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Number of copies in other rooms of each training recording to train on too (ser extract "
            "--rooms); default: all that the store has, if the model benefits.",
        ),
    ] = None,
    members: Annotated[
        list[str] | None,
        typer.Option(help="Members of --model ensemble: names of models.", autocompletion=completion.models),
    ] = None,
    speaker_norm: Annotated[
        bool,
        typer.Option(
            "--speaker-norm",
            help="Speaker-level mean and variance normalisation, from all recordings of a speaker, without "
            "labels (transductive); ser predict then needs several recordings per speaker.",
        ),
    ] = False,
    optimise_for: Annotated[
        Literal["own", "other"] | None,
        typer.Option(
            help="Select regularisation, calibration, ensemble weights and the members of best for new "
            "speakers of the training corpora (own), or for other corpora (other, the default with three "
            "training corpora or more)."
        ),
    ] = None,
    own_features: OwnFeatures = None,
    settings: Settings = None,
    report_audio: Annotated[
        bool,
        typer.Option(
            "--report-audio",
            help="Put clips of wrongly predicted recordings into the report: personal data, off by default.",
        ),
    ] = False,
    jobs: Jobs = None,
    as_json: MetricsAsJson = False,
) -> None:
    """Train a model on a feature store and evaluate it on speakers that are not in its training data.

    Example: ser train --model best --folds 5
    """
    from ser_features.errors import InputError
    from ser_features.extras import require
    from ser_features.labels import parse_mapping, spelled_mapping
    from ser_models.artifact import notes_on_replacing
    from ser_models.experiments import run_file
    from ser_models.experiments.results import ReportTexts
    from ser_models.experiments.train import run_experiment
    from ser_models.models import create, model_class
    from ser_models.training.config import RunContext

    run = run_file.read(config) if config else None
    if preset:
        from ser_cli.presets import Prepared

        if run:
            raise InputError("--preset with --config: expected one of them: leave the other out")
        prepared = Prepared.of(preset, model=model, data=data, store=store, datasets=datasets)
        model, folds, out = prepared.model, folds or prepared.folds, out or prepared.out
        store, datasets, classes = prepared.store, prepared.datasets, classes or prepared.classes
    members = [model_class(name).name for name in members or ()]
    hyperparameters = {"members": members} if members else {}
    if settings:
        from ser_models.recipes.settings import parsed

        hyperparameters |= parsed(settings)
    if tensorboard:
        require("--tensorboard", "tensorflow")
    merged = parse_mapping(merge or [], "--map", "CLASS=CLASS, such as excited=happy")
    values = {
        "datasets": datasets or None,
        "split": split,
        "split_by": split_by,
        "fold_column": fold_column,
        "test_datasets": test_datasets or (),
        "folds": parse_folds(folds),
        "seed": seed,
        "speed_perturb": speed_perturb,
        "rooms": rooms,
        "speaker_norm": speaker_norm,
        "label_map": spelled_mapping(merged),
        "classes": classes or (),
        "target": target,
        "optimise_for": optimise_for,
        "own_features": own_features,
    }
    chosen = _chosen(ctx, run, model, hyperparameters, values)
    create(chosen.model, chosen.hyperparameters)  # names a wrong key or value before the store is read
    if run and run.store and not _is_typed(ctx, "store"):
        store = store_root(run.store)
    folder = out or Path("artifacts") / chosen.model
    for line in notes_on_replacing(folder):
        say(line)
    checked: list[str] = []

    def show(lines: Sequence[str]) -> None:
        checked.extend(lines)
        for line in lines:
            say(f"check: {line}")

    with training_progress() as progress:
        texts = ReportTexts(command=typed(), audio=report_audio)
        context = RunContext(progress=progress, jobs=jobs, tensorboard=tensorboard, on_notes=show)
        result = run_experiment(store, folder, chosen, context, texts)
    if run and chosen == run.config and (line := run.compared(result)):
        say(line)
    if as_json:
        print(result.to_json())
        return
    print_metrics(result, printed=checked)
    print(f"artifact: {folder}")
    if chosen.own_features:
        hint(f"ser evaluate {folder} --store {store} --own-features {chosen.own_features}")
    else:
        hint(f"ser predict {folder} FILE.wav")


def _chosen(
    ctx: typer.Context,
    run: "RunFile | None",
    model: str | None,
    hyperparameters: Mapping[str, Any],
    values: Mapping[str, Any],
) -> "TrainConfig":
    """The settings of a training: of the run file, each replaced by the option that was typed instead."""
    from ser_features.errors import InputError
    from ser_models.models import model_class
    from ser_models.training.config import TrainConfig

    if run is None:
        if model is None:
            raise InputError("no --model: name one that ser models lists, or pass --preset everything")
        return TrainConfig(model_class(model).name, hyperparameters, **values)
    options = {"label_map": "merge"}
    replaced = {key: value for key, value in values.items() if _is_typed(ctx, options.get(key, key))}
    return run.replaced(model, hyperparameters, replaced)


def _is_typed(ctx: typer.Context, parameter: str) -> bool:
    """Whether an option was typed rather than left at its default."""
    source = ctx.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def print_metrics(result: "EvaluationResult", printed: Collection[str] = ()) -> None:
    """Print a result: UAR with confidence interval and chance level, leakage, notes, metrics per class.

    Args:
        result: what was measured.
        printed: notes that are on screen already.
    """
    from ser_cli.tables import print_classes, print_table
    from ser_models.reporting.text import MISSING, decimals, noun, uar_line, untested

    synthetic = " (synthetic speech)" if result.synthetic else ""
    print(f"{result.model} on {' + '.join(result.datasets)}{synthetic}: {result.protocol}")
    print(uar_line(result, transductive=result.transductive))
    if len(result.folds) > 1:
        single = f" ({MISSING}: one {noun(result.target)})" if None in result.folds else ""
        print(f"UAR by fold: {' '.join(decimals(value, 3) for value in result.folds)}{single}")
    print(f"accuracy {result.accuracy:.3f}, macro F1 {result.macro_f1:.3f}, {result.n} recordings")
    if result.untested and result.uar is not None:
        print(untested(result))
    for finding in result.leakage:
        print(f"LEAK {finding.kind}: {finding.message}")
    if not result.leakage:
        print("leaks: none found")
    for finding in result.confounds:
        print(f"CONFOUND {finding.kind}: {finding.message}")
    for note in result.notes:
        if note in printed:
            continue
        print(f"note: {note}")
    print()
    print_classes(result, noun(result.target), "recordings")
    if len(result.per_corpus) > 1:
        print()
        print_table(
            ["corpus", "UAR"], [[name, decimals(row.uar, 3)] for name, row in result.per_corpus.items()]
        )
    print()


def parse_folds(text: str | None) -> "Folds":
    """Return the value of --folds: a number, "all", or None.

    Raises:
        InputError: if it is neither.
    """
    if text is None:
        return None
    if text == "all":
        return "all"
    from ser_features.errors import InputError

    try:
        return int(text)
    except ValueError:
        raise InputError(f"--folds {text}: expected a number of folds, or all") from None
