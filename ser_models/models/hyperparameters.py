"""Validation of hyperparameters: values of a recipe → values of the model's types, or a one-line error.

The type hints of a model's fields define the valid values: `int`, `float`, `bool`, `str`,
`Literal["adam", "sgd"]`, `tuple[int, ...]`, `float | None`, and any of them with a limit:

>>> convert(Share, 0)
0.0
>>> convert(tuple[int, ...], [64, 128])
(64, 128)
>>> describe(Share)
'a number from 0 to below 1'
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


@dataclass(frozen=True, slots=True)
class Limit:
    """Constraint on a value beyond its type.

    Attributes:
        words: the constraint in words, after those of the type: "above 0".
        holds: whether a value satisfies it.
    """

    words: str
    holds: Callable[[Any], bool]


Count = Annotated[int, Limit("of at least 1", lambda value: value >= 1)]
CountOrNone = Annotated[int, Limit("from 0 to 4096", lambda value: 0 <= value <= 4096)]
FewOrNone = Annotated[int, Limit("from 0 to 64", lambda value: 0 <= value <= 64)]
Few = Annotated[int, Limit("from 1 to 64", lambda value: 1 <= value <= 64)]
Positive = Annotated[float, Limit("above 0", lambda value: value > 0)]
NotNegative = Annotated[float, Limit("of at least 0", lambda value: value >= 0)]
Share = Annotated[float, Limit("from 0 to below 1", lambda value: 0 <= value < 1)]
Portion = Annotated[float, Limit("above 0 and at most 1", lambda value: 0 < value <= 1)]
Counts = Annotated[
    tuple[int, ...],
    Limit("of at least 1, 1 to 16 of them", lambda values: 0 < len(values) <= 16 and min(values) >= 1),
]
Positives = Annotated[
    tuple[float, ...],
    Limit("above 0, with at least one entry", lambda values: len(values) > 0 and min(values) > 0),
]
Shares = Annotated[
    tuple[float, ...],
    Limit(
        "from 0 to below 1, 1 to 16 of them",
        lambda values: 0 < len(values) <= 16 and all(0 <= value < 1 for value in values),
    ),
]
Names = Annotated[tuple[str, ...], Limit("with at least one entry", lambda values: len(values) > 0)]

WORDS = {int: "an integer", float: "a number", bool: "true or false", str: "a string", NoneType: "none"}
LISTS = {int: "a list of integers", float: "a list of numbers", str: "a list of strings"}


class MismatchError(ValueError):
    """A value does not match its type hint."""


def convert(hint: Any, value: Any) -> Any:
    """Return `value` converted to the type of `hint`: an integer to a float where needed, a list to a tuple.

    Raises:
        MismatchError: if it is not valid.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _limited(convert(arguments[0], value), arguments[1:])
    if origin in (Union, UnionType):
        return _any_of(arguments, value)
    if origin is Literal:
        fits = any(value == choice and type(value) is type(choice) for choice in arguments)
        return _checked(value, fits)
    if origin is tuple:
        _checked(value, isinstance(value, list | tuple))
        return tuple(convert(arguments[0], item) for item in value)
    if hint is float:
        return float(_checked(value, type(value) in (int, float) and isfinite(value)))
    return _checked(value, type(value) is hint)


def describe(hint: Any) -> str:
    """Describe the valid values of `hint` in words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return " ".join((describe(arguments[0]), *(limit.words for limit in arguments[1:])))
    if origin in (Union, UnionType):
        return " or ".join(describe(option) for option in arguments)
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return LISTS[arguments[0]]
    return WORDS[hint]


def _limited(value: Any, limits: tuple[Limit, ...]) -> Any:
    return _checked(value, all(limit.holds(value) for limit in limits))


def _any_of(options: tuple[Any, ...], value: Any) -> Any:
    for option in options:
        try:
            return convert(option, value)
        except MismatchError:
            continue
    raise MismatchError(value)


def _checked(value: Any, fits: bool) -> Any:
    if not fits:
        raise MismatchError(value)
    return value
