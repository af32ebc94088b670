"""What callers pass: arguments checked by their annotations, names in any usual spelling; errors of one line.

function → `checked` → the same function, which raises `InputError` for an argument of another type
word, choices → `same` (case, hyphens, blanks and underscores do not count) or `nearest` (also misspelled)
→ `suggestion`

>>> @checked
... def call(path: PathLike, *, seed: int = 0) -> str:
...     return f"{path} {seed}"
>>> call("a.wav", seed=7)
'a.wav 7'
>>> call(None)
Traceback (most recent call last):
...
ser_features.errors.InputError: call: path is None (NoneType), expected str | os.PathLike[str]: see help(call)
>>> same("CREMA-D", ["ravdess", "cremad"])
'cremad'
>>> suggestion("ravdes", ["ravdess", "cremad"])
"did you mean 'ravdess'?"
"""

import inspect
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

from annotated_types import Ge

from ser_features.errors import InputError, shown

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

PathLike = str | os.PathLike[str]
Names = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""One name, or several."""

Natural = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]

SIMILARITY = 0.6
"""Smallest ratio of `difflib` at which a word counts as a misspelling of another."""

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments of every call against the annotations.

    Values that mean the same are converted: 5.0 and NumPy's integers to int, for example.
    """

    @cache
    def validated() -> Callable[P, R]:
        from pydantic import ConfigDict, validate_call

        return validate_call(config=ConfigDict(arbitrary_types_allowed=True))(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        from pydantic import ValidationError

        for value in (*args, *kwargs.values()):
            if isinstance(value, str | os.PathLike) and "\0" in os.fspath(value):
                raise InputError(f"{function.__name__}: {value!r} has a zero byte: expected a path or a name")
        try:
            return validated()(*args, **kwargs)
        except ValidationError as error:
            raise InputError(_message(function, error)) from error

    return call


def _message(function: Callable[..., object], error: "ValidationError") -> str:
    details = error.errors(include_url=False)[0]
    parameters = inspect.signature(function).parameters
    position = details["loc"][0] if details["loc"] else ""
    name = (
        list(parameters)[position]
        if isinstance(position, int) and position < len(parameters)
        else str(position)
    )
    problem = _problem(name, details, parameters)
    return f"{function.__name__}: {problem}: see help({function.__name__})"


def _problem(name: str, details: "ErrorDetails", parameters: Mapping[str, inspect.Parameter]) -> str:
    if details["type"] == "missing_argument":
        return f"{name} is missing, expected {_annotation(parameters[name])}"
    if name not in parameters:
        return f"no argument {name!r}, expected {', '.join(parameters)} {suggestion(name, parameters)}"
    context = details.get("ctx", {})
    least = f"{context['ge']} or more" if "ge" in context else ""
    choices = context.get("expected") or least or _annotation(parameters[name])
    return f"{name} is {shown(details['input'])}, expected {choices}"


def _annotation(parameter: inspect.Parameter) -> str:
    text = inspect.formatannotation(parameter.annotation)
    return re.sub(r"(?:collections\.abc|typing)\.|, Ge\(ge=\d+\)\]", "", text).replace("Annotated[", "")


def plain(word: str) -> str:
    """A word without what people vary in its spelling: case, hyphens, blanks and underscores.

    >>> plain("Emo-DB")
    'emodb'
    """
    return re.sub(r"[\s_-]+", "", word.casefold())


def same(word: str, choices: Iterable[str]) -> str | None:
    """The choice equal to `word`, or the only one that differs in spelling alone; None otherwise."""
    held = list(choices)
    if word in held:
        return word
    equal = [choice for choice in held if plain(choice) == plain(word)]
    return equal[0] if len(equal) == 1 else None


def nearest(word: str, choices: Iterable[str], similarity: float = SIMILARITY) -> str | None:
    """The choice that `word` most likely stands for; None if none has that ratio of `difflib`."""
    from difflib import get_close_matches

    spelled = {plain(choice): choice for choice in choices}
    similar = get_close_matches(plain(word), list(spelled), n=1, cutoff=similarity)
    return spelled[similar[0]] if similar else None


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Part of a message that names the nearest choice; empty if none is similar."""
    choice = nearest(word, choices)
    return f"did you mean {choice!r}?" if choice else ""


def chosen(word: str, choices: Iterable[str], what: str, also: str = "") -> str:
    """The choice that a word stands for, as `same`.

    Args:
        word: as a user writes it.
        choices: all names.
        what: kind of the names, for the message.
        also: end of the message, on what else is accepted.

    Raises:
        InputError: if there is none; the message names the nearest, and lists all.

    >>> chosen("CNN-LSTM", ["mlp", "cnn_lstm"], "model")
    'cnn_lstm'
    """
    names = list(choices)
    if (choice := same(word, names)) is None:
        raise unknown(word, names, what, also)
    return choice


def unknown(word: str, choices: Iterable[str], what: str, also: str = "") -> InputError:
    """The error for a word that stands for none of the choices; see `chosen`."""
    names = list(choices)
    nearest_one = f"{meant} " if (meant := suggestion(word, names)) else ""
    return InputError(f"unknown {what} {word!r}: {nearest_one}expected one of {', '.join(names)}{also}")


def names_of(names: Names) -> list[str]:
    """Return names as a list of text.

    Raises:
        InputError: if one is neither text nor a path.

    >>> names_of("ravdess"), names_of(("ravdess", "savee"))
    (['ravdess'], ['ravdess', 'savee'])
    """
    several = [names] if isinstance(names, str | os.PathLike) or not isinstance(names, Iterable) else names
    return [_name(name) for name in several]


def _name(name: object) -> str:
    if not isinstance(name, str | os.PathLike):
        raise InputError(f"{shown(name)} is no name: expected text, or several texts")
    return os.fspath(name)
