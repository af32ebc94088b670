"""Every parameter of every recipe is as in its paper, or a choice of the recipe says what was chosen."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from ser_features import preprocess
from ser_features.errors import InputError
from ser_models import recipes
from ser_models.recipes import FOLDER
from ser_models.recipes.read import load
from ser_models.recipes.schema import Recipe
from tests.ser_models.recipes.basis import states, unfounded
from tests.ser_models.recipes.effective import parameters
from tests.ser_models.recipes.papers import (
    attention_cnn_bilstm,
    bone_conducted_transformer,
    chunked_conv3d,
    fusion_cnn_bilstm,
    multi_corpus_cnn_lstm,
)

PAPERS = {
    "attention_cnn_bilstm": ("attention_cnn_bilstm", attention_cnn_bilstm.PRINTED),
    "bone_conducted_transformer": ("bone_conducted_transformer", bone_conducted_transformer.PRINTED),
    "chunked_conv3d": ("chunked_conv3d", chunked_conv3d.PRINTED),
    "fusion_cnn_bilstm": ("fusion_cnn_bilstm", fusion_cnn_bilstm.PRINTED),
    "fusion_spectrogram_cnn_bilstm": ("fusion_cnn_bilstm", fusion_cnn_bilstm.PRINTED_OF_THE_TEXT),
    "multi_corpus_boosting": ("multi_corpus_cnn_lstm", multi_corpus_cnn_lstm.PRINTED_OF_THE_DATA),
    "multi_corpus_cnn_lstm": ("multi_corpus_cnn_lstm", multi_corpus_cnn_lstm.PRINTED),
    "multi_corpus_mlp": ("multi_corpus_cnn_lstm", multi_corpus_cnn_lstm.PRINTED_OF_THE_MLP),
}
"""By recipe: the file of its paper's text, and the parameters that it gives."""


@pytest.fixture(params=PAPERS)
def recipe(request):
    return load(request.param)


def test_every_recipe_has_its_paper():
    assert sorted(PAPERS) == recipes.names()


def test_every_parameter_is_the_paper_s_or_a_stated_choice(recipe):
    assert unfounded(parameters(recipe), recipe.choices, PAPERS[recipe.name][1]) == {}


def test_every_choice_states_the_values_that_it_covers(recipe):
    values = parameters(recipe)
    assert [choice.sentence for choice in recipe.choices if not states(choice, values)] == []


def test_every_parameter_of_the_paper_is_one_of_the_recipe(recipe):
    assert PAPERS[recipe.name][1].keys() - parameters(recipe).keys() == set()


def test_the_quotes_are_in_the_papers(recipe, real_data):
    file, printed = PAPERS[recipe.name]
    path = real_data.parent / "papers" / f"{file}.txt"
    if not path.is_file():
        pytest.skip(f"no text of the paper: {path}")
    lines = path.read_text(encoding="utf-8").split("\n")
    assert {name: one for name, one in printed.items() if one.quote not in lines[one.line - 1]} == {}


def test_the_filter_is_the_paper_s():
    quote = bone_conducted_transformer.PRINTED["audio.bone_conduction"].quote
    assert re.findall(r"\d\.\d+", quote) == [str(preprocess.BONE_POLE), str(preprocess.BONE_GAIN)]


def test_a_changed_value_is_noticed(recipe):
    """Of the profile and of defaults, too."""
    values = parameters(recipe)
    unnoticed = [
        (path, changed)
        for path, value in values.items()
        for changed in changes(value)
        if not unfounded(values | {path: changed}, recipe.choices, PAPERS[recipe.name][1])
    ]
    assert unnoticed == []


def changes(value: Any) -> Iterator[Any]:
    """Other values that differ by one digit, letter or element."""
    if isinstance(value, list | tuple):
        yield [*value, value[-1]]
        for index, part in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in changes(part))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield from (f"{value}x", value[:-1])
    elif value is None:
        yield 1
    else:
        yield from {type(value)(text) for text in changed_digits(f"{value!r}")} - {value}


def changed_digits(text: str) -> Iterator[str]:
    """The text with one digit raised, lowered, added or left out."""
    for match in re.finditer(r"\d", text):
        before, digit, after = text[: match.start()], int(match.group()), text[match.end() :]
        yield from (f"{before}{other}{after}" for other in {(digit + 1) % 10, (digit - 1) % 10})
        yield f"{before}{digit}{digit}{after}"


def test_a_changed_character_of_the_file_is_noticed(recipe):
    text = (FOLDER / f"{recipe.name}.toml").read_text(encoding="utf-8")
    values, unnoticed = parameters(recipe), []
    for first, last in deciding_values(text):
        for value in (*changed_digits(text[first:last]), *FLIPPED.get(text[first:last], ())):
            changed = read(recipe.name, text[:first] + value + text[last:])
            if not changed or parameters(changed) == values:
                continue
            if not unfounded(parameters(changed), changed.choices, PAPERS[recipe.name][1]):
                unnoticed.append(text[text.rindex("\n", 0, first) + 1 : first] + value)
    assert unnoticed == []


FLIPPED = {"true": ("false",), "false": ("true",)}

TABLE = re.compile(r"^\[+(\w+)[\w.]*\]+$", re.MULTILINE)
UNDECIDING = ("choices", "honest", "quick", "tune", "claims", "comparisons")
"""Tables that decide nothing under protocol paper."""


def deciding_values(text: str) -> Iterator[tuple[int, int]]:
    """First and last character of every number and truth value that decides the result."""
    for match in re.finditer(r"(?m)(?<=[=\[,] )(?:-?\d[\d_.e-]*|true|false)|(?<=\[)-?\d[\d_.e-]*", text):
        tables = TABLE.findall(text[: match.start()])
        if not tables or tables[-1] not in UNDECIDING:
            yield match.span()


def read(name: str, text: str) -> Recipe | None:
    """The recipe of a changed file; None if that is refused."""
    try:
        recipe = Recipe(name=name, **tomllib.loads(text))
        recipe.make_variants()
        recipe.create_model()
    except (ValidationError, InputError, tomllib.TOMLDecodeError):
        return None
    return recipe
