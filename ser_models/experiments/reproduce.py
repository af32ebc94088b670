"""Reproduce a recipe, from recordings to report: what `ser reproduce` does in one call.

recipe → scan → store → examples, split of the protocol → `training.train` → `results.save`

    out/store             features of the recipe's corpora, shared by both protocols
    out/store-<profile>-… those of a changed recipe with another profile, or whose model reads other features
    out/paper, out/honest artifacts, each with its report.html; with `-quick` after the name for a reduced run
    out/report.html       the latest report, with both protocols side by side once both have run
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ser_features import corpora
from ser_features.config import profile as find_profile
from ser_features.engine import Observer, augment_store, extract_corpora
from ser_features.errors import InputError
from ser_features.extractors import check_families
from ser_features.manifest import Scan
from ser_features.store import Store, open_store
from ser_models import artifact
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.evaluation.result import EvaluationResult
from ser_models.experiments import results
from ser_models.experiments.results import Data, ReportTexts
from ser_models.recipes.changes import changed, described
from ser_models.recipes.schema import PROTOCOLS, Protocol, Recipe
from ser_models.training.config import Progress, RunContext, TrainConfig, ignore
from ser_models.training.train import train


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What to reproduce, and how.

    Attributes:
        recipe: the system.
        protocol: "paper" or "honest".
        data: folder with one folder per corpus.
        out: folder of the store and the artifacts.
        quick: run the reduced form; every result says so.
        seed: of augmentation, split, training and bootstrap.
        workers: processes of the extraction; one per core by default.
        jobs: cores to use for the training; None: all, or 1 for networks, which use several by themselves.
        command: the command line, for the report.
        changes: what differs from the recipe, as `ser_models.recipes.changes` reads it; every result says so.
    """

    recipe: Recipe
    protocol: str
    data: Path
    out: Path
    quick: bool = False
    seed: int = 0
    workers: int | None = None
    jobs: int | None = None
    command: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> Recipe:
        """The recipe with the changes."""
        return changed(self.recipe, self.changes) if self.changes else self.recipe

    @property
    def effective(self) -> Recipe:
        """The recipe as it is run: changed, and reduced for a quick run."""
        return self.as_run(self.changed)

    def as_run(self, recipe: Recipe) -> Recipe:
        """A recipe reduced for a quick run; else as it is."""
        return recipe.reduced() if self.quick else recipe

    @property
    def artifact(self) -> Path:
        """Folder of the result."""
        return artifact_folder(self.out, self.protocol, self.quick)

    @property
    def quick_note(self) -> str | None:
        """What the reduced form reduces; None for a full run."""
        return self.changed.quick_note() if self.quick else None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Progress of a reproduction; the command line draws its bars from it.

    Attributes:
        stage: called with a line as each step begins.
        files: entered for extraction and for augmentation each; yields the observer of the files.
        epochs: entered for the training; yields the callback for every epoch.
    """

    stage: Callable[[str], None] = lambda line: None
    files: Callable[[], AbstractContextManager[Observer]] = lambda: nullcontext(Observer())
    epochs: Callable[[], AbstractContextManager[Progress]] = lambda: nullcontext(ignore)


def reproduce(job: Reproduction, callbacks: Callbacks | None = None) -> EvaluationResult:
    """Run a recipe under one of its protocols.

    Args:
        job: what to reproduce, and how.
        callbacks: called with the progress.

    Returns:
        The result, as in metrics.json.

    Raises:
        InputError: if the recipe does not fit, none of its corpora is found, or a class has no recording.
    """
    callbacks = callbacks or Callbacks()
    artifact.check_target(job.artifact)
    store, examples = prepare(job, callbacks)
    recipe = job.effective
    protocol = recipe.protocol(job.protocol)
    split = split_of(examples, protocol, seed=job.seed, final_model=not job.quick)
    data = Data(store, examples, with_copies(split, examples, protocol))
    config = config_of(recipe, job.seed)
    callbacks.stage(f"training {config.model} under the {job.protocol} protocol: {data.split.protocol}")
    with callbacks.epochs() as progress:
        context = results.with_state(RunContext(progress=progress, jobs=job.jobs), job.artifact)
        trained = train(data.examples, data.split, config, context)
    result = results.save(job.artifact, data, trained, config, _texts(job, recipe, protocol))
    if context.state:
        shutil.rmtree(context.state, ignore_errors=True)
    shutil.copyfile(job.artifact / "report.html", job.out / "report.html")
    return result


def prepare(job: Reproduction, callbacks: Callbacks) -> tuple[Store, Examples]:
    """Bring a recipe's store up to date and read its examples with their augmented copies.

    Raises:
        InputError: as `reproduce`.
    """
    recipe = job.effective
    recipe.create_model()  # a missing package shows before any audio is read
    scans, missing = find_corpora(recipe, job.data)
    store = fill_store(job, [recipe], scans, callbacks)
    examples = examples_of(store, recipe, [scan.dataset for scan in scans.values()])
    quick = (job.quick_note,) if job.quick_note else ()
    notes = (*examples.notes, *missing, *described(job.recipe, job.changes), *quick)
    return store, replace(examples, notes=notes)


def artifact_folder(out: Path, protocol: str, quick: bool) -> Path:
    """Folder of a protocol's result below the folder of a reproduction."""
    return out / f"{protocol}{'-quick' if quick else ''}"


def find_corpora(recipe: Recipe, data: Path) -> tuple[dict[str, Scan], tuple[str, ...]]:
    """Scan those of a recipe's corpora that are in the data folder.

    Args:
        recipe: the system.
        data: folder with one folder per corpus.

    Returns:
        The scans by the name in the recipe, and a sentence on each corpus that is missing.

    Raises:
        InputError: if none is found, or a class has no recording in those that are.
    """
    scans: dict[str, Scan] = {}
    absent: dict[str, InputError] = {}
    for name in recipe.datasets:
        try:
            scans[name] = corpora.scan(name, data)
        except InputError as error:
            absent[name] = error
    if not scans:
        raise next(iter(absent.values()))
    counts = recipe.count([recording.emotion for scan in scans.values() for recording in scan.recordings])
    if empty := [label for label, count in counts.items() if not count]:
        raise InputError(
            f"recipe {recipe.name}: no recording of {', '.join(empty)} in "
            f"{', '.join(scans)}: expected some of every class: "
            f"add {', '.join(absent) or 'recordings'} to {data}"
        )
    return scans, tuple(f"{name} is missing: the paper used it" for name in absent)


def fill_store(
    job: Reproduction, recipes: Sequence[Recipe], scans: Mapping[str, Scan], callbacks: Callbacks
) -> Store:
    """Bring the store of recipes with one profile up to date: all that one of them reads.

    Args:
        job: data, folder and seed.
        recipes: with the same profile.
        scans: their corpora, by name.
        callbacks: called with the progress.
    """
    [profile] = {recipe.profile for recipe in recipes}
    features = check_families(_read(recipes))
    variants = {variant.name: variant for recipe in recipes for variant in recipe.make_variants()}
    own = profile == job.recipe.profile and features == check_families(_read([job.recipe]))
    root = job.out / ("store" if own else "-".join(("store", profile, *features)))
    callbacks.stage(f"extracting {', '.join(scans)} with profile {profile}")
    with callbacks.files() as observer:
        extract_corpora(
            list(scans),
            data=job.data,
            store=root,
            profile=find_profile(profile),
            features=features,
            workers=job.workers,
            observer=observer,
        )
    if variants:
        callbacks.stage(f"augmenting: {len(variants)} copies of every recording")
        with callbacks.files() as observer:
            augment_store(
                root,
                job.data,
                tuple(variants.values()),
                datasets=[scan.dataset for scan in scans.values()],
                features=_read([recipe for recipe in recipes if recipe.variants]),
                seed=job.seed,
                workers=job.workers,
                observer=observer,
            )
    return open_store(root)


def _read(recipes: Sequence[Recipe]) -> tuple[str, ...]:
    """Feature families that the models of recipes read."""
    return tuple(dict.fromkeys(name for one in recipes for name in one.create_model().inputs.families))


def examples_of(store: Store, recipe: Recipe, datasets: list[str]) -> Examples:
    """The stored recordings with the recipe's classes, and their augmented copies."""
    examples = load_examples(store, datasets)
    examples = examples.map_labels({name: recipe.label(name) for name in examples.labels}, recipe.classes)
    if names := {variant.name for variant in recipe.make_variants()}:
        variants = store.variants(datasets)
        examples = examples.with_variants(variants[variants["variant"].isin(names)])
    return examples


def split_of(examples: Examples, protocol: Protocol, *, seed: int, final_model: bool) -> Split:
    """Draw the split of a protocol: of originals, or of their augmented copies too if it says so."""
    return make_split(
        examples if protocol.augment == "all" else examples.originals,
        kind=protocol.split,
        folds=protocol.folds,
        shares=protocol.shares,
        stratify=protocol.stratify,
        final_model=final_model,
        seed=seed,
    )


def with_copies(split: Split, examples: Examples, protocol: Protocol) -> Split:
    """Add the augmented copies of training recordings, unless the split has copies already."""
    augmented = "source_file_id" in examples.rows
    return split.with_training_variants(examples) if augmented and protocol.augment == "training" else split


def config_of(recipe: Recipe, seed: int) -> TrainConfig:
    """The settings that a recipe is trained with."""
    return TrainConfig(
        model=recipe.model["name"],
        hyperparameters=recipe.hyperparameters,
        datasets=recipe.datasets,
        seed=seed,
        oversample=recipe.oversample,
        label_map=recipe.label_map,
    )


def _texts(job: Reproduction, recipe: Recipe, protocol: Protocol) -> ReportTexts:
    """What the report says beside the figures."""
    other = next(name for name in PROTOCOLS if name != job.protocol)
    return ReportTexts(
        title=recipe.title,
        name=f"{job.protocol} protocol",
        command=job.command,
        recipe=recipe.name,
        description=protocol.description,
        source=recipe.source,
        choices=tuple(choice.sentence for choice in recipe.choices),
        claims=recipe.claims,
        quick=job.quick_note,
        others={other: artifact_folder(job.out, other, job.quick)},
    )
