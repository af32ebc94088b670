"""A recipe's file → `Recipe`, or one line that says what is wrong in it.

>>> load("chunked_conv3d").label("calm"), load("chunked_conv3d").label("boredom")
('neutral', None)
>>> load("transformer")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown recipe 'transformer': did you mean 'bone_conducted_transformer'? ...
"""

import tomllib
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from ser_features.arguments import chosen
from ser_features.errors import InputError
from ser_models.recipes import FOLDER, names
from ser_models.recipes.check import check
from ser_models.recipes.schema import Recipe


def load(word: str) -> Recipe:
    """Read a recipe and check it.

    Args:
        word: a name, or the path of a user's own recipe (*.toml).

    Raises:
        InputError: if there is none, or something in it is wrong: one line, before any audio is read.
    """
    if word.lower().endswith(".toml"):
        path = Path(word)
    else:
        path = FOLDER / f"{chosen(word, names(), 'recipe', ', or a path that ends in .toml')}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"no recipe {path} ({error.strerror}): expected one of {', '.join(names())}, or a file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"recipe {path}: no TOML ({error})") from error
    try:
        recipe = Recipe(name=path.stem, **content)
    except (ValidationError, TypeError) as error:
        raise InputError(f"recipe {path.stem}: {_first(error)}") from error
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
    return [name for name in table.model_fields if name != "name"]
