"""EmoDB names."""

from pathlib import PurePosixPath
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import emodb
from ser_features.corpora.emodb import EmoDb
from ser_features.errors import FileNameError
from ser_features.manifest import Recording


def test_every_attribute_of_one_name():
    path = "emodb/wav/16b03Lc.wav"
    assert EmoDb().parse(PurePosixPath(path)) == Recording(
        dataset="emodb",
        stem="16b03Lc",
        path=path,
        speaker="16",
        gender="female",
        age=31,
        language="de",
        emotion="boredom",
        emotion_code="L",
        intensity=None,
        statement="b03",
        repetition="c",
        text="An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
        modality=None,
        vocal_channel="speech",
    )


@given(
    st.sampled_from(sorted(emodb.SPEAKERS)),
    st.sampled_from(sorted(emodb.TEXTS)),
    st.sampled_from(sorted(emodb.EMOTIONS)),
    st.sampled_from(ascii_lowercase),
)
def test_round_trip(speaker, text, emotion, take):
    recording = EmoDb().parse(PurePosixPath(f"emodb/wav/{speaker}{text}{emotion}{take}.wav"))
    assert (recording.speaker, recording.statement) == (speaker, text)
    assert (recording.emotion_code, recording.repetition) == (emotion, take)
    assert recording.emotion == emodb.EMOTIONS[emotion]
    assert (recording.gender, recording.age) == emodb.SPEAKERS[speaker]
    assert recording.text == emodb.TEXTS[text]


def test_five_women_and_five_men():
    genders = [gender for gender, _ in emodb.SPEAKERS.values()]
    assert (genders.count("female"), genders.count("male")) == (5, 5)


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("03a01F", "expected speaker, text, emotion and a take from a to z as in 03a01Fa"),
        ("03a01F1", "expected speaker, text, emotion and a take from a to z as in 03a01Fa"),
        ("04a01Fa", "speaker is '04', expected 03, 08, 09, 10, 11, 12, 13, 14, 15, 16"),
        ("03a03Fa", "text is 'a03', expected a01, a02, a04, a05, a07, b01, b02, b03, b09, b10"),
        ("03a01fa", "emotion is 'f', expected W, L, E, A, F, T, N"),
    ],
)
def test_refusals(stem, reason):
    with pytest.raises(FileNameError) as error:
        EmoDb().parse(PurePosixPath(f"emodb/{stem}.wav"))
    assert str(error.value) == f"'{stem}.wav': {reason}"
