"""A recipe from recordings to report: what `ser reproduce` does in one call.

recipe → scan → store (and its augmented copies) → examples → the protocol's split → `trial.conduct`

    out/store             features of the recipe's corpora, kept for the other protocol
    out/paper, out/honest artifacts, each with its report.html; `-quick` behind the name of a reduced run
    out/report.html       the latest report, with both protocols side by side once both have run
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from ser_features import corpora
from ser_features.config import profile as find_profile
from ser_features.engine import Observer, augment_store, extract_corpora
from ser_features.errors import InputError
from ser_features.manifest import Scan
from ser_features.store import Store, open_store
from ser_models import artifact
from ser_models.data.augmented import add_copies, originals, with_training_copies
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import Split, make_split
from ser_models.evaluation.result import EvaluationResult
from ser_models.experiments.run import Trial, conduct
from ser_models.recipes.schema import PROTOCOLS, Protocol, Recipe
from ser_models.training.train import Progress


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What shall be reproduced, and how.

    Attributes:
        recipe: the system.
        protocol: "paper" or "honest".
        data: folder with a folder per corpus.
        out: where the store and the artifacts go.
        quick: run the reduced form, which every result then states.
        seed: of augmentation, split, training and bootstrap.
        workers: processes of the extraction; one per core by default.
        command: what the user typed, for the report.
    """

    recipe: Recipe
    protocol: str
    data: Path
    out: Path
    quick: bool = False
    seed: int = 0
    workers: int | None = None
    command: str = ""

    @property
    def effective(self) -> Recipe:
        """The recipe as it is run: reduced for a quick run."""
        return self.recipe.reduced() if self.quick else self.recipe

    @property
    def artifact(self) -> Path:
        """Folder of the result."""
        return artifact_folder(self.out, self.protocol, self.quick)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Told of the steps of a reproduction; the command line draws its bars from it.

    Attributes:
        stage: called with a line as each step begins.
        files: entered for extraction and for augmentation each; gives what is told of the files.
        epochs: entered for the training; gives what is told of every epoch.
    """

    stage: Callable[[str], None] = lambda line: None
    files: Callable[[], AbstractContextManager[Observer]] = lambda: nullcontext(Observer())
    epochs: Callable[[], AbstractContextManager[Progress]] = lambda: nullcontext(lambda step: None)


def reproduce(wanted: Reproduction, watcher: Watcher | None = None) -> EvaluationResult:
    """Run a recipe.

    Args:
        wanted: what and how.
        watcher: told of the progress.

    Returns:
        The result, as in metrics.json.

    Raises:
        InputError: if the recipe does not fit, none of its corpora is at hand, or a class has no recording.
    """
    watcher = watcher or Watcher()
    artifact.check_target(wanted.artifact)
    store, examples = prepare(wanted, watcher)
    recipe = wanted.effective
    protocol = recipe.protocol(wanted.protocol)
    split = _split(examples, protocol, wanted)
    watcher.stage(f"training {recipe.model['name']} under the {wanted.protocol} protocol: {split.protocol}")
    with watcher.epochs() as progress:
        result = conduct(wanted.artifact, store, examples, split, _trial(wanted, recipe, protocol), progress)
    shutil.copyfile(wanted.artifact / "report.html", wanted.out / "report.html")
    return result


def prepare(wanted: Reproduction, watcher: Watcher) -> tuple[Store, Examples]:
    """Bring a recipe's store up to date and read its examples, augmented copies among them.

    Raises:
        InputError: as `reproduce`.
    """
    recipe = wanted.effective
    recipe.create_model()  # a package that is missing shows before any audio is read
    scans, missing = at_hand(recipe, wanted.data)
    store = _fill_store(wanted, recipe, scans, watcher)
    examples = _examples(store, recipe, [scan.dataset for scan in scans.values()])
    notes = (*examples.notes, *missing, *((wanted.recipe.quick_words(),) if wanted.quick else ()))
    return store, replace(examples, notes=notes)


def artifact_folder(out: Path, protocol: str, quick: bool) -> Path:
    """Where the result of a protocol stands below a reproduction's folder."""
    return out / f"{protocol}{'-quick' if quick else ''}"


def at_hand(recipe: Recipe, data: Path) -> tuple[dict[str, Scan], tuple[str, ...]]:
    """Find those of a recipe's corpora that are at hand.

    Args:
        recipe: the system.
        data: folder with a folder per corpus.

    Returns:
        The scans of those that are, by the recipe's word, and a sentence on each that is not.

    Raises:
        InputError: if none is, or a class has no recording in those that are.
    """
    scans: dict[str, Scan] = {}
    absent: dict[str, InputError] = {}
    for word in recipe.datasets:
        try:
            scans[word] = corpora.scan(word, data)
        except InputError as error:
            absent[word] = error
    if not scans:
        raise next(iter(absent.values()))
    counts = recipe.count([each.emotion for scan in scans.values() for each in scan.recordings])
    if empty := [label for label, count in counts.items() if not count]:
        raise InputError(
            f"recipe {recipe.name}: no recording of {', '.join(empty)} in "
            f"{', '.join(scans)}: expected some of every class: "
            f"add {', '.join(absent) or 'recordings'} to {data}"
        )
    return scans, tuple(f"{word} is not at hand: the paper used it" for word in absent)


def _fill_store(wanted: Reproduction, recipe: Recipe, scans: dict[str, Scan], watcher: Watcher) -> Store:
    """Bring the recipe's store up to date."""
    root = wanted.out / "store"
    families = recipe.create_model().inputs.families
    variants = recipe.make_variants()
    watcher.stage(f"extracting {', '.join(scans)} with profile {recipe.profile}")
    with watcher.files() as observer:
        extract_corpora(
            list(scans),
            data=wanted.data,
            store=root,
            profile=find_profile(recipe.profile),
            features=families,
            workers=wanted.workers,
            observer=observer,
        )
    if variants:
        watcher.stage(f"augmenting: {len(variants)} copies of every recording")
        with watcher.files() as observer:
            augment_store(
                root,
                wanted.data,
                variants,
                datasets=[scan.dataset for scan in scans.values()],
                features=families,
                seed=wanted.seed,
                workers=wanted.workers,
                observer=observer,
            )
    return open_store(root)


def _examples(store: Store, recipe: Recipe, datasets: list[str]) -> Examples:
    """The recipe's classes of the stored recordings, with their augmented copies."""
    examples = load_examples(store, datasets)
    examples = examples.map_labels({name: recipe.label(name) for name in examples.labels}, recipe.classes)
    if names := {variant.name for variant in recipe.make_variants()}:
        variants = store.variants(datasets)
        examples = add_copies(examples, variants[variants["variant"].isin(names)])
    return examples


def _split(examples: Examples, protocol: Protocol, wanted: Reproduction) -> Split:
    everywhere = protocol.copies == "all"
    split = make_split(
        examples if everywhere else originals(examples),
        kind=protocol.split,
        folds=protocol.folds,
        shares=protocol.shares,
        ship=not wanted.quick,
        seed=wanted.seed,
    )
    copied = "source_file_id" in examples.rows
    return with_training_copies(split, examples) if copied and not everywhere else split


def _trial(wanted: Reproduction, recipe: Recipe, protocol: Protocol) -> Trial:
    """What is trained, and what is told beside the figures."""
    other = next(name for name in PROTOCOLS if name != wanted.protocol)
    return Trial(
        model=recipe.model["name"],
        parameters=recipe.parameters,
        seed=wanted.seed,
        oversample=recipe.oversample,
        merge=recipe.merge,
        title=recipe.title,
        recipe=recipe.name,
        name=f"{wanted.protocol} protocol",
        words=protocol.words,
        source=recipe.source,
        choices=tuple(recipe.choices),
        claims=recipe.claims.model_dump(exclude_none=True),
        command=wanted.command,
        quick=wanted.recipe.quick_words() if wanted.quick else None,
        others={other: artifact_folder(wanted.out, other, wanted.quick)},
    )
