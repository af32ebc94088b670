"""From a store to an artifact in one call: what `ser train` does.

store → `Examples` → `Split` → `trial.conduct` → artifacts/<name>/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.errors import InputError
from ser_features.store import Store, open_store
from ser_models import artifact
from ser_models.data.augmented import add_copies, with_training_copies
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import TRANSDUCTIVE, Split, make_split, shared_labels
from ser_models.evaluation.result import EvaluationResult
from ser_models.experiments.run import Trial, conduct
from ser_models.models import model_class
from ser_models.training.train import Progress


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be trained, and how it shall be measured.

    Attributes:
        model: name in `ser_models.models.MODELS`.
        parameters: hyperparameters that differ from its defaults.
        datasets: corpora to train on; None for all of the store (without those to test on).
        split: "speaker", "random" or "cross-corpus"; None: cross-corpus if there are corpora to test on,
            speaker otherwise.
        test_datasets: corpora to test on, for cross-corpus.
        folds: K for K folds; None for one split.
        seed: of split, training and bootstrap.
        command: what the user typed, for the report.
        tensorboard: folder for event files; None for none.
        copies: whether the slower and faster copies of training recordings are learned from; None: if the
            model is for it and the store has them.
        speaker_norm: whether every speaker's recordings are rid of their voice, unlabelled but together: a
            transductive result.
    """

    model: str
    parameters: Mapping[str, Any] | None = None
    datasets: Sequence[str] | None = None
    split: str | None = None
    test_datasets: Sequence[str] = ()
    folds: int | None = None
    seed: int = 0
    command: str = ""
    tensorboard: Path | None = None
    copies: bool | None = None
    speaker_norm: bool = False


def run(store: Path, out: Path, plan: Plan, progress: Progress = lambda step: None) -> EvaluationResult:
    """Train, measure and save.

    Args:
        store: folder of the feature store.
        out: folder of the artifact; replaced if it is one already.
        plan: what shall be done.
        progress: told of every epoch.

    Returns:
        The result, as in metrics.json.

    Raises:
        InputError: if the plan does not fit the store, or something else stands at `out`.
        MissingExtraError: if the model needs a package that is not installed.
    """
    artifact.check_target(out)
    model_class(plan.model)  # a wrong name, or a missing package, shows before any work
    opened = open_store(store)
    examples = _examples(opened, plan)
    kind = plan.split or ("cross-corpus" if plan.test_datasets else "speaker")
    split = make_split(
        examples, kind=kind, folds=plan.folds, test_datasets=plan.test_datasets, seed=plan.seed
    )
    examples, split = with_copies(opened, examples, split, plan)
    if plan.speaker_norm:
        split = replace(split, protocol=f"{split.protocol}, {TRANSDUCTIVE}")
    trial = Trial(
        model=plan.model,
        parameters=plan.parameters or {},
        seed=plan.seed,
        speaker_norm=plan.speaker_norm,
        tensorboard=plan.tensorboard,
        command=plan.command,
    )
    return conduct(out, opened, examples, split, trial, progress)


def with_copies(store: Store, examples: Examples, split: Split, plan: Plan) -> tuple[Examples, Split]:
    """Let copies of recordings that are learned from join them, where that is wanted and they are there.

    Args:
        store: where the copies are.
        examples: the recordings.
        split: of them.
        plan: its model and `copies` decide.

    Raises:
        InputError: if copies are asked for and there are none.
    """
    model = model_class(plan.model)
    if not (model.speed_perturb if plan.copies is None else plan.copies):
        return examples, split
    variants = store.variants(examples.datasets)
    copies = variants[variants["variant"].isin([variant.name for variant in SPEED_PERTURBATIONS])]
    if copies.empty:
        advice = "run ser extract with --speed-perturb"
        if plan.copies:
            raise InputError(f"--copies: {store.root} has no slower and faster copies: {advice}")
        note = f"trained without slower and faster copies, which would help it: {advice}"
        return replace(examples, notes=(*examples.notes, note)), split
    examples = add_copies(examples, copies)
    sides = ("train", "validation") if model.trains_on_validation else ("train",)
    return examples, with_training_copies(split, examples, sides=sides)


def _examples(store: Store, plan: Plan) -> Examples:
    """Read the corpora of both sides."""
    if not plan.test_datasets:
        return load_examples(store, plan.datasets)
    if plan.split not in (None, "cross-corpus"):
        raise InputError(f"--test-datasets with --split {plan.split}: expected --split cross-corpus, or none")
    if both := sorted(set(plan.datasets or ()) & set(plan.test_datasets)):
        raise InputError(
            f"{', '.join(both)} is in --datasets and in --test-datasets: expected different corpora"
        )
    wanted = None if plan.datasets is None else [*plan.datasets, *plan.test_datasets]
    examples = load_examples(store, wanted)
    if absent := sorted(set(plan.test_datasets) - set(examples.datasets)):
        raise InputError(f"no {', '.join(absent)} in the store: it holds {', '.join(examples.datasets)}")
    return shared_labels(examples, plan.test_datasets)
