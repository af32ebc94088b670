"""Why a parameter of a recipe has its value: the paper says so, leaves the step out, or a choice says it.

parameters, choices of the recipe, `Printed` by parameter → `unfounded` → parameters without any of the three
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser_models.recipes.schema import Choice

NUMBER = re.compile(r"(?<![\w.])-?\d[\d.,]*(?: %)?")
"""A number in a sentence, perhaps in per cent."""

UNMENTIONED: Mapping[str, Any] = {
    "oversample": False,
    "augment_rate": None,
    "audio.trim_db": None,
    "audio.bone_conduction": False,
    "audio.conditioning": None,
    "audio.channel": "mix",
    "audio.peak_normalisation": False,
    "audio.noise_reduction": False,
    "audio.preemphasis": 0.0,
    "model.label_smoothing": 0.0,
    "model.class_weights": False,
    "model.clip_norm": None,
    "model.recompute_batch_norm": False,
    "model.heads": 0,
    "paper.folds": None,
    "paper.shares": None,
    "paper.stratify": "none",
}
"""Values of the steps that are not taken: what a paper does not mention, its recipe does not do."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a paper says about a parameter.

    Attributes:
        value: of the parameter.
        line: number of the line of the paper's text, from 1.
        quote: its words there.
    """

    value: Any
    line: int
    quote: str


def unfounded(
    values: Mapping[str, Any], choices: Sequence[Choice], printed: Mapping[str, Printed]
) -> dict[str, Any]:
    """Return the parameters whose values nothing explains, or a choice contradicts, by path.

    Args:
        values: value by path, as of `effective.parameters`.
        choices: of the recipe.
        printed: what the paper says, by path.
    """
    stated = {path: states(choice, values) for choice in choices for path in choice.covers}
    return {
        path: value
        for path, value in values.items()
        if not stated.get(path, _is_printed(path, value, printed) or _is_unmentioned(path, value, printed))
    }


def states(choice: Choice, values: Mapping[str, Any]) -> bool:
    """Whether a choice's sentence has the values of the parameters that it covers, in their order.

    No other number may stand before or between them.
    """
    position = 0
    for path in choice.covers:
        if path not in values:
            return False
        for words in _words(values[path]):
            pattern = NUMBER if words[0][-1].isdigit() else _any_of(words)
            match = pattern.search(choice.sentence, position)
            if match is None or match.group().rstrip(".,") not in words:
                return False
            position = match.end()
    return True


def _is_printed(path: str, value: Any, printed: Mapping[str, Printed]) -> bool:
    return path in printed and printed[path].value == value


def _is_unmentioned(path: str, value: Any, printed: Mapping[str, Printed]) -> bool:
    return path not in printed and path in UNMENTIONED and UNMENTIONED[path] == value


def _words(value: Any) -> Iterator[tuple[str, ...]]:
    """Spellings of each part of a value."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)
    elif isinstance(value, bool):
        yield ("on",) if value else ("off",)
    elif value is None:
        yield ("none",)
    elif isinstance(value, str):
        yield value, value.replace("_", " ")
    else:
        yield f"{value:.10g}", f"{value:,.10g}", f"{100 * value:.10g} %"


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])")
