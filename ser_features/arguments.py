"""Arguments of public functions → checked by their annotations, or an error of one line.

function → `checked` → the same function, which raises `InputError` for an argument of another type

>>> @checked
... def call(path: PathLike, *, seed: int = 0) -> str:
...     return f"{path} {seed}"
>>> call("a.wav", seed=7)
'a.wav 7'
>>> call(None)
Traceback (most recent call last):
...
ser_features.errors.InputError: call: path is None (NoneType), expected str | os.PathLike[str]: see help(call)
"""

import inspect
import os
import re
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

from annotated_types import Ge

from ser_features.errors import InputError, shown
from ser_features.words import suggestion

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

PathLike = str | os.PathLike[str]
Natural = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]

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
