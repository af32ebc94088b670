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
from typing import Any

from ser_features.arguments import chosen
from ser_features.errors import InputError
from ser_models.recipes import FOLDER, names
from ser_models.recipes.check import check_tuned
from ser_models.recipes.comparisons import check_comparisons
from ser_models.recipes.schema import Recipe
from ser_models.recipes.validate import validated


def load(word: str) -> Recipe:
    """Read a recipe and check it.

    Args:
        word: a name, or the path of a user's own recipe (*.toml).

    Raises:
        InputError: if there is none, or something in it is wrong: one line, before any audio is read.
    """
    path = _path(word)
    recipe = validated(path.stem, _content(path, text_of(word)))
    check_tuned(recipe)
    check_comparisons(recipe)
    return recipe


def text_of(word: str) -> str:
    """The text of a recipe's file; argument and errors as of `load`."""
    path = _path(word)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"no recipe {path} ({error.strerror}): expected one of {', '.join(names())}, or a file"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"recipe {path}: no TOML ({error})") from error


def _path(word: str) -> Path:
    if word.lower().endswith(".toml"):
        return Path(word)
    return FOLDER / f"{chosen(word, names(), 'recipe', ', or a path that ends in .toml')}.toml"


def _content(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"recipe {path}: no TOML ({error})") from error
