"""Augmented copies of a store as training data: which of them a training uses, on which side of its split.

store, examples, split, `TrainConfig` → `with_copies` → examples and split with copies of training recordings
"""

from ser_features.augment import SPEED_PERTURBATIONS, rooms
from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.data.examples import Examples
from ser_models.data.split import Split
from ser_models.models import model_class
from ser_models.training.config import TrainConfig

SPEEDS = {variant.name for variant in SPEED_PERTURBATIONS}
ADVICE = "run ser extract with --speed-perturb"


def with_copies(
    store: Store, examples: Examples, split: Split, config: TrainConfig
) -> tuple[Examples, Split]:
    """Add the augmented copies of training recordings, if they are wanted and in the store.

    Args:
        store: holds the copies.
        examples: the recordings.
        split: their sides in each fold.
        config: its model, `speed_perturb` and `rooms` decide.

    Raises:
        InputError: if copies are required and the store has none.
    """
    model = model_class(config.model)
    variants = store.variants(examples.datasets)
    stored = set(variants["variant"])
    names = _speeds(store, stored, config) | _rooms(store, stored, config)
    if model.learns_from_copies and config.speed_perturb is None and not stored & SPEEDS:
        note = f"trained without slower and faster copies, which would help it: {ADVICE}"
        examples = examples.noted([note])
    if not names:
        return examples, split
    examples = examples.with_variants(variants[variants["variant"].isin(names)])
    sides = ("train", "validation") if model.trains_on_validation else ("train",)
    return examples, split.with_training_variants(examples, sides=sides)


def _speeds(store: Store, stored: set[str], config: TrainConfig) -> set[str]:
    """Names of the slower and faster copies to train on."""
    if config.speed_perturb and not stored & SPEEDS:
        raise InputError(f"--speed-perturb: {store.root} has no slower and faster copies: {ADVICE}")
    by_default = model_class(config.model).learns_from_copies
    return stored & SPEEDS if config.speed_perturb or (by_default and config.speed_perturb is None) else set()


def _rooms(store: Store, stored: set[str], config: TrainConfig) -> set[str]:
    """Names of the copies in other rooms to train on."""
    held = stored & {variant.name for variant in rooms(len(stored))}
    if config.rooms is None:
        return held if model_class(config.model).learns_from_copies else set()
    names = {variant.name for variant in rooms(config.rooms)}
    if not names <= held:
        raise InputError(
            f"--rooms {config.rooms}: {store.root} has {len(held)} copies of a recording in other rooms: "
            f"run ser extract with --rooms {config.rooms}"
        )
    return names
