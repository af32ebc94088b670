"""Changes to a recipe: those of `--set`, and the rows of a comparison.

recipe, values by key → `changed` → another recipe, checked like one that was read from a file
                      → `described` → a sentence on each change

A key is a hyperparameter of the model, a field of the recipe, or a table of either:

>>> from ser_models.recipes.read import load
>>> recipe = load("multi_corpus_mlp")
>>> changed(recipe, {"epochs": 5, "honest": {"folds": 3}}).honest.folds
3
>>> changed(recipe, {"epoch": 5})
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown key 'epoch': did you mean 'epochs'? expected one of ...
>>> described(recipe, {"epochs": 5})
['changed from the recipe: epochs = 5 instead of 50']
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ser_features.arguments import chosen
from ser_features.errors import InputError
from ser_models.models import create
from ser_models.models.networks.schedule import Settings
from ser_models.recipes.schema import Protocol, Quick, Recipe
from ser_models.recipes.validate import validated

FIELDS = ("datasets", "classes", "label_map", "profile", "augment_rate", "oversample", "model", "variants")
TABLES: dict[str, type[BaseModel]] = {"paper": Protocol, "honest": Protocol, "quick": Quick}
"""Tables of a recipe with the same keys in every recipe."""


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return the recipe with changes, and without its comparisons.

    Another model starts from its own defaults; from network to network, the settings of the training loop
    are kept.

    Args:
        recipe: the recipe.
        changes: values by key; `model` is a table of hyperparameters, with `name` for another model;
            `variants` a list of the names of the copies that are made, or a table of parameters by name.

    Raises:
        InputError: if a key is unknown, with the nearest one, or a value does not fit.
    """
    content = recipe.model_dump(exclude={"name", "comparisons"})
    if "model" in changes:
        _change_model(content, recipe, _table("model", changes["model"]))
    if "variants" in changes:
        _change_variants(content, recipe, changes["variants"])
    hyperparameters = create(content["model"]["name"], described_only=True).parameters
    for key in [key for key in changes if key not in ("model", "variants")]:
        name = chosen(key, [*hyperparameters, *FIELDS, *TABLES], "key")
        if name in hyperparameters:
            content["model"][name] = changes[key]
        elif name in TABLES:
            _update(content[name], name, _table(name, changes[key]), TABLES[name].model_fields)
        else:
            content[name] = changes[key]
            if name == "classes":
                content["claims"]["per_class"] = {}  # the paper's are of its own classes
    return validated(recipe.name, content)


def described(recipe: Recipe, changes: Mapping[str, Any]) -> list[str]:
    """A sentence on each change, with the recipe's own value."""
    parameters = recipe.create_model().parameters
    own = {**recipe.model_dump(), **parameters, "model": {**parameters, **recipe.model}}
    own["variants"] = {table["name"]: table for table in recipe.variants}
    return [
        f"changed from the recipe: {'.'.join(path)} = {text(value)} instead of {text(_at(own, path))}"
        for path, value in _leaves(changes)
    ]


def text(value: Any) -> str:
    """A value as it is written in a recipe; "none" for none."""
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _change_model(content: dict[str, Any], recipe: Recipe, table: Mapping[str, Any]) -> None:
    """Change hyperparameters, or the model."""
    new = create(table.get("name", recipe.model["name"]), described_only=True)
    if new.name != recipe.model["name"]:
        networks = all(isinstance(model, Settings) for model in (recipe.create_model(), new))
        kept = Settings.__dataclass_fields__ if networks else ()
        content["model"] = {key: value for key, value in recipe.model.items() if key in kept}
        content["tune"] = {}
        if not networks:
            content["quick"]["epochs"] = None
    _update(content["model"], "model", {**table, "name": new.name}, ("name", *new.parameters))


def _change_variants(content: dict[str, Any], recipe: Recipe, value: Any) -> None:
    """Keep some of the copies, or change parameters of their transforms."""
    tables = {table["name"]: table for table in recipe.variants}
    if isinstance(value, list):
        names = {chosen(str(name), tables, "variant") for name in value}
        tables = {name: table for name, table in tables.items() if name in names}
    else:
        for word, parameters in _table("variants", value).items():
            name = chosen(word, tables, "variant")
            tables[name] = {**tables[name], **_table(f"variants.{name}", parameters)}
    content["variants"] = list(tables.values())
    if content["quick"]["variants"] is not None:
        content["quick"]["variants"] = [name for name in content["quick"]["variants"] if name in tables]


def _update(content: dict[str, Any], name: str, table: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Change values of the table `name`, which has the keys `keys`."""
    paths = {f"{name}.{key}": key for key in keys}
    for key, value in table.items():
        content[paths[chosen(f"{name}.{key}", paths, "key")]] = value


def _table(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{name} is {value!r}, expected a table: give {name}.KEY, such as {name}.name")
    return value


def _leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Path and value of everything in a table and the tables in it."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _at(table: Any, path: tuple[str, ...]) -> Any:
    """The value at a path; None where there is none."""
    for key in path:
        table = table.get(key) if isinstance(table, Mapping) else None
    return list(table) if isinstance(table, Mapping) else table
