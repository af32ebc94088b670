"""Canonical emotions and their synonyms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_features.labels import (
    EMOTIONS,
    FURTHER_EMOTIONS,
    KNOWN_WORDS,
    SPELLINGS,
    SYNONYMS,
    canonical,
    in_order,
    is_emotion,
    parse_mapping,
    resolve,
    spelled,
)


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


def test_spellings_name_a_word():
    assert not SPELLINGS.keys() & SPELLINGS.values()
    assert not SPELLINGS.keys() & {*EMOTIONS, *FURTHER_EMOTIONS}
    assert {*SPELLINGS.values()} <= {*EMOTIONS, *FURTHER_EMOTIONS, *SYNONYMS}


@pytest.mark.parametrize("word", ["Pleasant-Surprise", "PLEASANT  SURPRISE", "pleasantSurprise", "_angry"])
def test_case_hyphens_and_blanks_do_not_count(word):
    assert canonical(word) in ("surprise", "angry")


@pytest.mark.parametrize("word", ["melancholy", "contempt", "très  Content"])
def test_any_word_is_an_emotion(word):
    assert canonical(word) == " ".join(word.lower().split())
    assert is_emotion(canonical(word))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("3.5", "emotion '3.5' has no letter, expected a word"),
        ("x" * 65, "emotion 'xxxxxxxxxxxxxxxxxxxx'… has 65 characters, expected at most 64"),
        ("sad\x1b[31m", "emotion 'sad\\x1b[31m' has control characters or markup, expected a word"),
        ("<b>", "emotion '<b>' has control characters or markup, expected a word"),
    ],
)
def test_what_is_no_word_is_refused(word, message):
    with pytest.raises(InputError) as caught:
        canonical(word)
    assert str(caught.value) == message
    assert resolve({word: 1, "sad": 2}).problems == {word: message}


@pytest.mark.parametrize("word", ["", "  ", "Unclear", "XXX", "no_agreement", "others"])
def test_what_is_no_emotion_is_stored_and_counted(word):
    resolved = resolve({word: 2, "sad": 1})
    label = resolved.labels[word]
    assert not is_emotion(label)
    assert resolved.notes[-1] == f"{label} (2 rows): stored, and left out of training"


def test_synonyms_are_shown():
    resolved = resolve({"joy": 749, "Anger": 2, "sad": 1})
    assert resolved.labels == {"joy": "happy", "Anger": "angry", "sad": "sad"}
    assert resolved.notes == ("joy → happy: 749 rows", "anger → angry: 2 rows")


def test_two_labels_of_one_corpus_are_not_joined():
    resolved = resolve({"anxious": 4, "fear": 5, "fearful": 1})
    assert resolved.labels == {"anxious": "anxious", "fear": "fear", "fearful": "fear"}
    assert resolved.notes == (
        "fearful → fear: 1 row",
        "anxious (4 rows) stays a label of its own, as fear occurs too; --emotions anxious=fear joins them",
    )
    assert resolve({"scared": 1, "afraid": 1}).labels == {"scared": "scared", "afraid": "afraid"}


def test_words_may_be_kept_or_mapped():
    assert resolve({"joy": 1, "Anger": 1}, {}).labels == {"joy": "joy", "Anger": "anger"}
    mapped = resolve({"exc": 3, "joy": 1, "happy": 2}, {"Exc": "happy"})
    assert mapped.labels == {"exc": "happy", "joy": "joy", "happy": "happy"}
    assert mapped.notes[0] == "exc → happy: 3 rows"


def test_a_misspelled_word_is_noted():
    assert resolve({"hapy": 3, "happy": 9}).notes == (
        "hapy (3 rows) is close to happy; --emotions hapy=happy if it is that",
    )


WORDS = st.one_of(st.sampled_from(KNOWN_WORDS), st.text(st.characters(codec="utf-8"), max_size=6))


@given(st.dictionaries(WORDS, st.integers(1, 9)))
def test_different_words_get_different_labels(counts):
    """Whatever words a corpus has: a synonym joins none of them, and its labels are their own."""
    resolved = resolve(counts)
    assert {*resolved.labels} | {*resolved.problems} == {*counts}
    forms = {word: spelled(word) for word in resolved.labels}
    assert len({*resolved.labels.values()}) == len({*forms.values()})
    again = resolve(dict.fromkeys(resolved.labels.values(), 1))
    assert all(word == label for word, label in again.labels.items())
    assert in_order(resolved.labels.values()) == in_order(reversed([*resolved.labels.values()]))


def test_in_order():
    assert in_order(set(EMOTIONS)) == list(EMOTIONS)
    assert in_order({"rude", "excited", "other", "boredom", "alert"}) == [
        *("boredom", "excited", "alert", "rude", "other"),
    ]
    assert in_order({"boredom", "happy"}) == ["happy", "boredom"]
    assert in_order(set()) == []


@pytest.mark.parametrize("pair", ["fru", "=angry", "fru="])
def test_a_mapping_is_a_word_and_an_emotion(pair):
    with pytest.raises(InputError, match=f"--emotions {pair}: expected CODE=EMOTION, such as W=angry"):
        parse_mapping([pair])


def test_a_mapping_names_emotions_once():
    assert parse_mapping(["fru=anger", " exc = happy", "fru=anger"]) == {"fru": "anger", "exc": "happy"}
    assert parse_mapping(["exc=excited"]) == {"exc": "excited"}
    with pytest.raises(InputError, match="--emotions angry=W: expected CODE=EMOTION, such as W=angry"):
        parse_mapping(["angry=W"])
    with pytest.raises(InputError, match="--map happy: expected CLASS=CLASS, such as a=b"):
        parse_mapping(["happy"], "--map", "CLASS=CLASS, such as a=b")
    with pytest.raises(InputError, match="--emotions fru=sad: fru is angry already: leave one of them out"):
        parse_mapping(["fru=angry", "fru=sad"])
