"""TESS names."""

from pathlib import PurePosixPath
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import tess
from ser_features.corpora.tess import Tess
from ser_features.errors import FileNameError
from ser_features.manifest import Recording


def test_every_attribute_of_one_name():
    path = "tess/OAF_Pleasant_surprise/OAF_back_ps.wav"
    assert Tess().parse(PurePosixPath(path)) == Recording(
        dataset="tess",
        stem="OAF_back_ps",
        path=path,
        speaker="OAF",
        gender="female",
        age=64,
        language="en",
        emotion="surprise",
        emotion_code="ps",
        intensity=None,
        statement="back",
        repetition=None,
        text="Say the word back",
        modality=None,
        vocal_channel="speech",
    )


def test_the_misnamed_file_is_of_the_older_speaker_and_keeps_its_stem():
    recording = Tess().parse(PurePosixPath("tess/OAF_neutral/OA_bite_neutral.wav"))
    assert (recording.speaker, recording.age, recording.file_id) == ("OAF", 64, "tess/OA_bite_neutral")


@given(
    st.sampled_from(["OAF", "YAF"]),
    st.text(ascii_lowercase, min_size=1),
    st.sampled_from(sorted(tess.EMOTIONS)),
    st.sampled_from([str.lower, str.upper, str.capitalize]),
)
def test_round_trip(speaker, word, emotion, case):
    recording = Tess().parse(PurePosixPath(f"tess/{speaker}_{word}_{case(emotion)}.wav"))
    assert (recording.speaker, recording.statement) == (speaker, word)
    assert recording.emotion == tess.EMOTIONS[emotion]
    assert recording.emotion_code == case(emotion)
    assert recording.age == {"OAF": 64, "YAF": 26}[speaker]


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("OAF_back", "2 of 3 fields, expected speaker_word_emotion"),
        ("XAF_back_sad", "speaker is 'XAF', expected OAF, YAF, OA"),
        ("OAF__sad", "word is '', expected letters a–z"),
        ("OAF_b4ck_sad", "word is 'b4ck', expected letters a–z"),
        ("OAF_back_calm", "emotion is 'calm', expected angry, disgust, fear, happy, neutral, ps, sad"),
    ],
)
def test_refusals(stem, reason):
    with pytest.raises(FileNameError) as error:
        Tess().parse(PurePosixPath(f"tess/{stem}.wav"))
    assert str(error.value).startswith(f"'{stem}.wav': {reason}")
