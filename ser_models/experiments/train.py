"""From a store to an artifact in one call: what `ser train` does.

store, `TrainConfig` → `read_data` → examples, split → `training.train` → `results.save` → artifacts/<name>/
"""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ser_features.arguments import chosen
from ser_features.checks.stored import before_training
from ser_features.errors import InputError
from ser_features.labels import in_order, spelled
from ser_features.store import Store, layout, open_store
from ser_models import artifact
from ser_models.data.examples import EMOTION, Examples, load_examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.own_features import own_columns, with_own_features
from ser_models.data.split import TRANSDUCTIVE, make_split, of_known_groups, shared_labels
from ser_models.evaluation.result import EvaluationResult
from ser_models.experiments import results
from ser_models.experiments.copies import with_copies
from ser_models.experiments.results import Data, ReportTexts
from ser_models.models import create, model_class
from ser_models.models.base import ColumnModel
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

ENOUGH = 3
"""Training corpora from which on a training is for other corpora by default: each is held out once, and at
least two are left to train on."""

MAX_COLUMNS_IN_MEMORY = 32 * 2**20
"""Bytes of columns, of 200,000 recordings with 40 each, beyond which they stay on disk."""


def run_experiment(
    store: Path,
    out: Path,
    config: TrainConfig,
    context: RunContext | None = None,
    texts: ReportTexts | None = None,
) -> EvaluationResult:
    """Train a model on a store, measure it, and save the artifact with its report.

    An interrupted training continues where it stopped, from the state that it leaves beside `out`.

    Args:
        store: folder of the feature store.
        out: folder of the artifact; replaced if it is one already.
        config: model, corpora, protocol and settings.
        context: progress, jobs and event files; its state defaults to a hidden folder beside `out`.
        texts: what the report says beside the figures.

    Returns:
        The result, as in metrics.json.

    Raises:
        InputError: if the config does not fit the store, or something else stands at `out`.
        MissingExtraError: if the model needs a package that is not installed.
    """
    artifact.check_target(out)
    # A wrong name, or a missing package, shows before any work.
    config = replace(config, model=model_class(config.model).name)
    context = results.with_state(context or RunContext(), out)
    opened = open_store(store)
    corpora = training_corpora(opened, config)
    config = optimised(config, corpora)
    check_families(opened, config)
    data = read_data(opened, config)
    data = replace(data, examples=data.examples.noted(notes_on_goal(config, corpora)))
    if config.own_features:
        columns = {"columns": own_columns(data.examples), **config.hyperparameters}
        config = replace(config, hyperparameters=columns)
    if config.target == EMOTION:
        notes = before_training(data.store, data.examples.originals.rows)
        context.on_notes(notes)
        data = replace(data, examples=data.examples.noted(notes))
    trained = train(data.examples, data.split, config, context)
    result = results.save(out, data, trained, config, texts or ReportTexts())
    if context.state:
        shutil.rmtree(context.state, ignore_errors=True)
    return result


def optimised(config: TrainConfig, corpora: Collection[str]) -> TrainConfig:
    """Settle what `optimise_for` leaves open, and the hyperparameters that a model has for other corpora.

    >>> optimised(TrainConfig("best"), ["emodb", "nemo", "tess"]).hyperparameters
    {'members': ('loudness_ridge', 'loudness_kernel_ridge')}
    >>> optimised(TrainConfig("best"), ["emodb", "tess"]).optimise_for
    'own'

    Args:
        config: of the training.
        corpora: names of the corpora that are trained on.

    Raises:
        InputError: if it is for other corpora and has one to train on.
    """
    goal = config.optimise_for or ("other" if len(corpora) >= ENOUGH else "own")
    if goal == "other" and len(corpora) < 2:
        raise InputError(
            f"--optimise-for other: one training corpus, {', '.join(corpora)}, expected two or more: "
            "name more in --datasets, or train with --optimise-for own"
        )
    config = replace(config, optimise_for=goal)
    instead = model_class(config.model).for_other_corpora
    if goal == "own" or not instead or set(instead).intersection(config.hyperparameters):
        return config
    # Slower and faster copies help within a corpus and not on others (docs/accuracy.md).
    speed_perturb = bool(config.speed_perturb)
    hyperparameters = {**config.hyperparameters, **instead}
    return replace(config, hyperparameters=hyperparameters, speed_perturb=speed_perturb)


def check_families(store: Store, config: TrainConfig) -> None:
    """Refuse a store that lacks what a model reads for other corpora alone.

    Raises:
        InputError: naming the extraction that has it.
    """
    if config.optimise_for != "other" or not model_class(config.model).for_other_corpora:
        return
    families = create(config.model, config.hyperparameters).inputs.families
    if missing := [name for name in families if name not in store.families]:
        raise InputError(
            f"{config.model} for other corpora reads {' '.join(missing)}, which {store.root} lacks: extract "
            f"into a new store with ser extract --for {config.model}"
        )


def notes_on_goal(config: TrainConfig, corpora: Collection[str]) -> list[str]:
    """What the report says of a training for other corpora."""
    if config.optimise_for != "other":
        return []
    return [
        f"optimised for other corpora: selected and calibrated on each of {len(corpora)} held-out corpora"
    ]


def training_corpora(store: Store, config: TrainConfig) -> list[str]:
    """Corpora of the store that are trained on, by their names there."""
    config = _with_stored_names(store, config)
    datasets = store.datasets if config.datasets is None else config.datasets
    return [name for name in datasets if name not in config.test_datasets]


def read_data(store: Store, config: TrainConfig) -> Data:
    """Read the corpora of both sides, split them, and add the augmented copies.

    Raises:
        InputError: if the config does not fit the store.
    """
    if config.split_by and (other := config.split or (config.test_datasets and "cross-corpus")):
        raise InputError(
            f"--split-by {config.split_by} with a {other} split: expected one of them: leave the other out"
        )
    if config.fold_column and (config.split_by or config.split or config.test_datasets or config.folds):
        raise InputError(
            f"--fold-column {config.fold_column} with another split or --folds: expected one of them: leave "
            "the other out"
        )
    config = _with_stored_names(store, config)
    _check_own_features(config)
    examples = _examples(store, config)
    kind = config.split or ("cross-corpus" if config.test_datasets else "speaker")
    if config.own_features:
        examples = with_own_features(examples, config.own_features)
    column = config.fold_column or config.split_by
    examples = of_known_groups(examples, kind, column)
    if config.speaker_norm and examples.unknown_speakers:
        raise InputError(
            f"--speaker-norm: the speaker of {examples.unknown_speakers} recordings is unknown, expected the "
            "speaker of every recording: add a column speaker to the table, or train without it"
        )
    split = make_split(
        examples,
        kind=kind,
        column=config.split_by,
        folds=config.folds,
        test_datasets=config.test_datasets,
        seed=config.seed,
        fold_column=config.fold_column,
    )
    if _wants_copies(config):
        examples, split = with_copies(store, examples, split, config)
    if config.speaker_norm:
        split = replace(split, protocol=f"{split.protocol}, {TRANSDUCTIVE}")
    return Data(store, examples, split)


def _check_own_features(config: TrainConfig) -> None:
    """Refuse own features for a model that does not read columns, or together with copies.

    Raises:
        InputError: naming what excludes them.
    """
    if not config.own_features:
        return
    if not issubclass(model_class(config.model), ColumnModel):
        raise InputError(
            f"--own-features with {config.model}: expected a model of columns, such as ridge, svm or logistic"
        )
    if config.speed_perturb or config.rooms:
        raise InputError(
            f"--own-features with copies: {config.own_features} has none of them: leave --speed-perturb and "
            "--rooms out"
        )


def _with_stored_names(store: Store, config: TrainConfig) -> TrainConfig:
    """The config with each corpus by its name in the store: `CREMA-D` and `cremad` are one."""
    datasets = None if config.datasets is None else tuple(store.check(config.datasets))
    return replace(config, datasets=datasets, test_datasets=tuple(store.check(config.test_datasets)))


def _examples(store: Store, config: TrainConfig) -> Examples:
    """Read the corpora of both sides."""
    test_datasets = set(config.test_datasets)
    if not test_datasets:
        return _with_classes(_load(store, config.datasets, config), config)
    if config.split not in (None, "cross-corpus"):
        raise InputError(
            f"--test-datasets with --split {config.split}: expected --split cross-corpus, or none"
        )
    if both := sorted(test_datasets.intersection(config.datasets or ())):
        raise InputError(
            f"{', '.join(both)} is in --datasets and in --test-datasets: expected different corpora"
        )
    datasets = None if config.datasets is None else [*config.datasets, *config.test_datasets]
    examples = _with_classes(_load(store, datasets, config), config)
    return shared_labels(examples, config.test_datasets)


def _load(store: Store, datasets: Sequence[str] | None, config: TrainConfig) -> Examples:
    """Read corpora; columns of many recordings stay on disk if the model can be fitted batch by batch."""
    names = store.check(datasets)
    has_copies = any(layout.parts(store.root, "variants", name) for name in names)
    in_memory = config.speaker_norm or config.own_features or (has_copies and _wants_copies(config))
    on_disk = () if in_memory else _columns_in_batches(store, config)
    if on_disk and 4 * len(on_disk) * store.count(datasets) <= MAX_COLUMNS_IN_MEMORY:
        on_disk = ()
    return load_examples(store, datasets, config.target, on_disk=on_disk)


def _columns_in_batches(store: Store, config: TrainConfig) -> tuple[str, ...]:
    """Columns of the rows that the model can be fitted to batch by batch; none if it needs others as well."""
    model = create(config.model, config.hyperparameters)
    if not model.in_batches or not isinstance(model.inputs, ColumnInputs):
        return ()
    held = {column.name for column in store.description.features}
    return model.inputs.columns if held.issuperset(model.inputs.columns) else ()


def _wants_copies(config: TrainConfig) -> bool:
    learns_from_copies = model_class(config.model).learns_from_copies and not config.own_features
    return bool(learns_from_copies or config.speed_perturb or config.rooms)


def _with_classes(examples: Examples, config: TrainConfig) -> Examples:
    """Count some classes as others, and leave out those that are not chosen.

    Raises:
        InputError: if the recordings have no such class, or fewer than two are left.
    """
    if config.label_map:
        merged = {
            chosen(spelled(name), examples.labels, "class"): label for name, label in config.label_map.items()
        }
        classes = {label: merged.get(label, label) for label in examples.labels}
        examples = examples.map_labels(classes, in_order({*classes.values()}))
    if config.classes:
        kept = in_order({chosen(spelled(name), examples.labels, "class") for name in config.classes})
        examples = examples.keep_labels(kept, "not among the chosen classes")
    if len(examples.labels) < 2:
        raise InputError(f"{examples.labels[0]} is the only class, expected at least two: choose another")
    return examples
