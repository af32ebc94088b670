"""Names as people write them: nearest words, and words that differ in spelling alone."""

import pytest

from ser_features.arguments import chosen, nearest, same, suggestion
from ser_features.errors import InputError

CORPORA = ("ravdess", "tess", "cremad", "savee", "emodb")


@pytest.mark.parametrize(
    ("word", "choice"),
    [
        ("RAVDESS", "ravdess"),
        ("CREMA-D", "cremad"),
        ("crema_d", "cremad"),
        ("Emo DB", "emodb"),
        ("emo", None),
    ],
)
def test_case_and_separators_do_not_count(word, choice):
    assert same(word, CORPORA) == choice


def test_an_exact_word_comes_before_those_that_differ_in_spelling():
    assert same("a-b", ["A_B", "a-b"]) == "a-b"
    assert same("A B", ["A_B", "a-b"]) is None


@pytest.mark.parametrize(
    ("word", "choice"), [("ravdes", "ravdess"), ("Crema", "cremad"), ("SAVE", "savee"), ("iemocap", None)]
)
def test_the_nearest_word_forgives_typing_errors(word, choice):
    assert nearest(word, CORPORA) == choice


def test_a_suggestion_is_empty_without_a_similar_word():
    assert suggestion("ravdes", CORPORA) == "did you mean 'ravdess'?"
    assert suggestion("xyz", CORPORA) == ""
    assert nearest("x", []) is None


def test_a_chosen_word_is_spelled_in_any_way_and_an_unknown_one_refused():
    assert chosen("Emo-DB", CORPORA, "corpus") == "emodb"
    with pytest.raises(
        InputError, match=r"^unknown corpus 'ravdes': did you mean 'ravdess'\? expected one of "
    ):
        chosen("ravdes", CORPORA, "corpus")
    with pytest.raises(InputError, match=r"^unknown corpus 'xyz': expected one of .*, or a path$"):
        chosen("xyz", CORPORA, "corpus", ", or a path")
