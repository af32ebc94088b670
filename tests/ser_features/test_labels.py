"""Canonical emotions and their synonyms."""

import pytest

from ser_features.errors import InputError
from ser_features.labels import EMOTIONS, SYNONYMS, canonical, in_order, parse_mapping


def test_the_nine_emotions_in_their_order():
    assert EMOTIONS == ("angry", "disgust", "fear", "happy", "neutral", "calm", "sad", "surprise", "boredom")


@pytest.mark.parametrize("change", [str.lower, str.upper, str.capitalize, "  {}\t".format])
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_an_emotion_names_itself(emotion, change):
    assert canonical(change(emotion)) == emotion


@pytest.mark.parametrize(("word", "emotion"), SYNONYMS.items())
def test_synonyms_name_an_emotion(word, emotion):
    assert emotion in EMOTIONS
    assert word not in EMOTIONS
    assert word == word.strip().lower()
    assert canonical(word.upper()) == emotion


@pytest.mark.parametrize("word", ["Pleasant-Surprise", "PLEASANT  SURPRISE", "pleasantSurprise", "_angry"])
def test_case_hyphens_and_blanks_do_not_count(word):
    assert canonical(word) in ("surprise", "angry")


@pytest.mark.parametrize("word", ["", "  ", "melancholy", "contempt"])
def test_unknown_words_list_the_valid_ones(word):
    with pytest.raises(InputError) as caught:
        canonical(word)
    text = str(caught.value)
    assert text.startswith("unknown emotion '")
    assert text.endswith(
        "': expected one of angry, disgust, fear, happy, neutral, calm, sad, surprise, boredom"
    )


def test_in_order():
    assert in_order(set(EMOTIONS)) == list(EMOTIONS)
    assert in_order({"boredom", "happy"}) == ["happy", "boredom"]
    assert in_order(set()) == []


def test_the_nearest_word_is_named():
    with pytest.raises(InputError, match=r"unknown emotion 'hapy': did you mean 'happy'\? expected one of"):
        canonical("hapy")


@pytest.mark.parametrize("pair", ["fru", "=angry", "fru="])
def test_a_mapping_is_a_word_and_an_emotion(pair):
    with pytest.raises(InputError, match=f"--emotions {pair}: expected CODE=EMOTION, such as W=angry"):
        parse_mapping([pair])


def test_a_mapping_names_known_emotions_once():
    assert parse_mapping(["fru=anger", " exc = happy", "fru=anger"]) == {"fru": "anger", "exc": "happy"}
    with pytest.raises(InputError, match="unknown emotion 'excited'"):
        parse_mapping(["exc=excited"])
    with pytest.raises(InputError, match="--emotions fru=sad: fru is angry already: leave one of them out"):
        parse_mapping(["fru=angry", "fru=sad"])
