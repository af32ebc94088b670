"""Content of a recipe → `Recipe`, or one line that says what is wrong in it.

name, tables of the TOML file → `validated` → schema (keys and types) → `check` (consistency) → `Recipe`
"""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ser_features.errors import InputError
from ser_models.recipes.check import check
from ser_models.recipes.schema import Recipe


def validated(name: str, content: Mapping[str, Any]) -> Recipe:
    """Return the recipe with this content.

    Args:
        name: of the recipe.
        content: the tables of its file.

    Raises:
        InputError: if something in it is wrong: one line, before any audio is read.
    """
    try:
        recipe = Recipe(name=name, **content)
    except (ValidationError, TypeError) as error:
        raise InputError(f"recipe {name}: {_first(error)}") from error
    check(recipe)
    return recipe


def _first(error: ValidationError | TypeError) -> str:
    """The first problem in one line: where it is and what was expected."""
    if isinstance(error, TypeError):
        return "it has a key 'name': expected none, as the file's name is the recipe's"
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {where!r}: expected one of {', '.join(_known(problem['loc']))}"
    if problem["type"] == "missing":
        return f"no key {where!r}: expected it"
    return f"{where} is {problem['input']!r}: {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _known(location: tuple[int | str, ...]) -> list[str]:
    """Keys of the table that an unknown key stands in."""
    table: type[BaseModel] = Recipe
    for part in location[:-1]:
        field = table.model_fields.get(str(part))
        hints = (field.annotation, *get_args(field.annotation)) if field else ()
        table = next(
            (hint for hint in hints if isinstance(hint, type) and issubclass(hint, BaseModel)), table
        )
    return [name for name in table.model_fields if table is not Recipe or name != "name"]
