"""Whom a training optimises for: new speakers of its own corpora, or of other corpora.

`TrainConfig`, corpora of the training side → `optimised` → `TrainConfig` with goal and members of `best`
"""

from collections.abc import Collection
from dataclasses import replace

from ser_features.errors import InputError
from ser_models.models.best import FOR_OTHER_CORPORA, Best
from ser_models.training.config import TrainConfig

ENOUGH = 3
"""Training corpora from which on a training is for other corpora by default: each is held out once, and at
least two are left to train on."""


def optimised(config: TrainConfig, corpora: Collection[str]) -> TrainConfig:
    """Settle what `optimise_for` leaves open, and the members of `best`.

    >>> optimised(TrainConfig("best"), ["emodb", "nemo", "tess"]).hyperparameters
    {'members': ('group_ridge', 'group_kernel_ridge')}
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
    if goal == "own" or config.model != Best.name or "members" in config.hyperparameters:
        return config
    # Slower and faster copies help within a corpus and not on others (docs/accuracy.md).
    speed_perturb = bool(config.speed_perturb)
    hyperparameters = {**config.hyperparameters, "members": FOR_OTHER_CORPORA}
    return replace(config, hyperparameters=hyperparameters, speed_perturb=speed_perturb)


def notes_on_goal(config: TrainConfig, corpora: Collection[str]) -> list[str]:
    """What the report says of a training for other corpora."""
    if config.optimise_for != "other":
        return []
    return [
        f"optimised for other corpora: selected and calibrated on each of {len(corpora)} held-out corpora"
    ]
