"""A pattern of file names → the columns that a path states."""

import pytest

from ser_features.corpora.name_pattern import FIELDS, compiled
from ser_features.errors import InputError


def test_a_field_does_not_match_a_slash():
    with pytest.raises(InputError, match="it does not match"):
        compiled("{speaker}_{emotion}{}").parse("a/b_sad.wav")
    assert compiled("{}/{speaker}_{emotion}.wav").parse("a/b_sad.wav")["speaker"] == "b"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "{}/{}.wav",
            "pattern '{}/{}.wav' has no field: expected {speaker}, {emotion} or another",
        ),
        (
            "{speaker}_{emotoin}.wav",
            "{emotoin} is no column: did you mean 'emotion'? expected some of emotion",
        ),
        ("{speaker}_{emotion}_{mood}", "{mood} is no column: expected some of emotion, speaker, language"),
        ("{speaker}_{emotion}_{path}", "{path} is no column: expected some of"),
        ("{speaker}{speaker}{emotion}", "has a field twice: expected each once, and {} for the rest"),
    ],
)
def test_invalid_patterns(pattern, message):
    with pytest.raises(InputError) as caught:
        compiled(pattern)
    assert message in str(caught.value)


def test_codes_need_an_emotion_in_the_pattern():
    message = r"^pattern '\{speaker\}_\{\}' has no \{emotion\}, expected it for --emotions W=angry: "
    with pytest.raises(InputError, match=message):
        compiled("{speaker}_{}", {"W": "angry"})


def test_a_pattern_without_an_emotion_states_the_others():
    pattern = compiled("{speaker}/{}.wav")
    assert pattern.fields == ("speaker",)
    assert pattern.parse("ada/sad_1.wav") == {"speaker": "ada"}
    with pytest.raises(InputError, match="it does not match"):
        pattern.parse("sad_1.wav")
    with pytest.raises(InputError, match="two ways, speaker 'a' session 'da' or speaker 'ad' session 'a'"):
        compiled("{speaker}{session}.wav").parse("ada.wav")


def test_fields_are_columns_of_the_table():
    assert "path" not in FIELDS
    assert {"speaker", "emotion", "gender", "age", "text"} <= {*FIELDS}


@pytest.mark.parametrize(
    ("codes", "word", "emotion"),
    [
        ({"A": "angry", "a": "fear"}, "a", "fear"),
        ({"A": "angry", "a": "fear"}, "A", "angry"),
        ({"SU": "surprise", "s": "sad"}, "Su", "surprise"),
        ({"sad": "neutral"}, "sad", "neutral"),
        ({"1": "sad", "10": "angry"}, "10", "angry"),
    ],
)
def test_case_of_codes(codes, word, emotion):
    assert compiled("{emotion}{}.wav", codes).parse(f"{word}x.wav") == {"emotion": emotion}


def test_fields_end_at_the_text_that_follows():
    pattern = compiled("{emotion}/{speaker}_{}.wav")
    assert pattern.parse("sad/ada_01_02.wav") == {"emotion": "sad", "speaker": "ada"}


def test_a_width_is_exact():
    pattern = compiled("{speaker:2}{emotion:2}.wav", {"sa": "sad"})
    assert pattern.parse("DCsa.wav") == {"speaker": "DC", "emotion": "sad"}
    with pytest.raises(InputError, match="unknown emotion 'xx'"):
        pattern.parse("DCxx.wav")


def test_fields_may_have_the_usual_names_of_columns():
    pattern = compiled("{Actor}/{label}_{}.wav")
    assert pattern.fields == ("speaker", "emotion")
    assert pattern.parse("ada/sad_1.wav") == {"speaker": "ada", "emotion": "sad"}
    with pytest.raises(InputError, match="has a field twice"):
        compiled("{label}_{emotion}.wav")


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("{speaker}_{}.wav", "ada_1.wav", {"speaker": "ada"}),
        ("{speaker}_{emotion}_{}.wav", "ada_Q7_1.wav", {"speaker": "ada", "emotion": "Q7"}),
        ("{speaker}_{emotion}_{}.wav", "ada_Sad_1.wav", {"speaker": "ada", "emotion": "sad"}),
        ("{speaker:5}{}_{speaker:1}{:3}.wav", "Ses01F_impro01_M005.wav", {"speaker": "Ses01_M"}),
        ("{session}/{speaker}{:3}.wav", "s1/b005.wav", {"session": "s1", "speaker": "b"}),
    ],
)
def test_read_needs_no_known_emotion(pattern, path, values):
    assert compiled(pattern, for_read=True).read(path) == values


def test_read_refuses_two_ways():
    pattern = compiled("{speaker}{emotion}{:2}.wav", for_read=True)
    with pytest.raises(InputError, match="two ways, speaker 'D' emotion 'Cq' or speaker 'DC' emotion 'q'"):
        pattern.read("DCq01.wav")
    with pytest.raises(InputError, match="it does not match"):
        pattern.read("a/b.wav")
    with pytest.raises(InputError, match="has no field: expected"):
        compiled("{}.wav", for_read=True)
