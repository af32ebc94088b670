"""Rows of a comparison: those that a recipe declares for its paper's tables, and one per ablated factor.

recipe → `declared` → a row per line of the paper's tables
recipe, names of factors → `ablations` → a row per factor, in which it is switched off

>>> from ser_models.recipes.read import load
>>> recipe = load("chunked_conv3d")
>>> list(factors(recipe))[:3]
['augmentation', 'noise', 'pitch']
>>> [row.changes for row in ablations(recipe, ["oversample"])]
[{'oversample': False}]
"""

from collections.abc import Collection
from typing import Any

from ser_features.arguments import chosen
from ser_features.errors import InputError, MissingExtraError
from ser_models.recipes.changes import changed
from ser_models.recipes.schema import Comparison, Recipe

NEUTRAL: dict[str, Any] = {
    "class_weights": False,
    "label_smoothing": 0.0,
    "batch_norm": False,
    "recompute_batch_norm": False,
    "clip_norm": None,
    "loss": "cross_entropy",
    "schedule": "constant",
}
"""Hyperparameters that are factors of an ablation, with the value that switches each off."""

DROPOUTS = ("dropout", "dropouts")
"""Ends of the names of dropout rates, which one factor switches off together."""


def declared(recipe: Recipe) -> tuple[Comparison, ...]:
    """The rows of the paper's tables.

    Raises:
        InputError: if the recipe declares none.
    """
    if not recipe.comparisons:
        raise InputError(
            f"recipe {recipe.name} declares no comparisons: add [[comparisons]] to your own copy of it, or "
            f"pass --ablate with some of {', '.join(factors(recipe))}"
        )
    return tuple(recipe.comparisons)


def check_comparisons(recipe: Recipe) -> None:
    """Check the changes of every declared row.

    Raises:
        InputError: naming the row.
    """
    for row in recipe.comparisons:
        try:
            changed(recipe, row.changes)
        except MissingExtraError:
            continue  # the row is listed with it, and the others can be run
        except InputError as error:
            raise InputError(f"recipe {recipe.name}: comparisons.{row.name}: {error}") from error


def ablations(recipe: Recipe, names: Collection[str]) -> tuple[Comparison, ...]:
    """A row for each factor, in which it is switched off.

    Raises:
        InputError: if the recipe has no such factor; the message lists those that it has.
    """
    changes = factors(recipe)
    if names and not changes:
        raise InputError(f"recipe {recipe.name} has no part that can be switched off: leave --ablate out")
    unique = dict.fromkeys(chosen(name, changes, "factor") for name in names)
    return tuple(
        Comparison(name=f"without_{name}", system=f"without {name}", changes=changes[name]) for name in unique
    )


def factors(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Parts of a recipe that can be switched off, by name, with the changes that do so.

    They are augmentation (all copies), each copy, the hyperparameters in `NEUTRAL`, dropout, oversampling and
    the steps of preprocessing that the profile's name lists after "+".
    """
    off_by_name: dict[str, dict[str, Any]] = {}
    copies = [table["name"] for table in recipe.variants]
    if copies:
        off_by_name["augmentation"] = {"variants": []}
        off_by_name |= {name: {"variants": [other for other in copies if other != name]} for name in copies}
    parameters = recipe.create_model().parameters
    off_by_name |= {
        name: {"model": {name: off}} for name, off in NEUTRAL.items() if parameters.get(name, off) != off
    }
    rates = {name: _zero(rate) for name, rate in parameters.items() if name.endswith(DROPOUTS)}
    if any(parameters[name] != rate for name, rate in rates.items()):
        off_by_name["dropout"] = {"model": rates}
    if recipe.oversample:
        off_by_name["oversample"] = {"oversample": False}
    base, *steps = recipe.profile.split("+")
    return off_by_name | {
        step: {"profile": "+".join((base, *(other for other in steps if other != step)))} for step in steps
    }


def _zero(rate: float | list[float]) -> float | list[float]:
    return [0.0] * len(rate) if isinstance(rate, list) else 0.0
