"""RAVDESS names."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import ravdess
from ser_features.corpora.ravdess import Ravdess
from ser_features.errors import FileNameError
from ser_features.manifest import Recording

SPEECH = [
    f"03-01-{emotion:02}-{intensity:02}-{statement:02}-{repetition:02}-{actor:02}"
    for emotion in range(1, 9)
    for intensity in (1, 2)
    if (emotion, intensity) != (1, 2)
    for statement in (1, 2)
    for repetition in (1, 2)
    for actor in range(1, 25)
]


def test_every_attribute_of_one_name():
    path = "ravdess/Actor_12/03-02-06-02-01-02-12.wav"
    assert Ravdess().parse(PurePosixPath(path)) == Recording(
        dataset="ravdess",
        stem="03-02-06-02-01-02-12",
        path=path,
        speaker="12",
        gender="female",
        age=None,
        language="en",
        emotion="fear",
        emotion_code="06",
        intensity="strong",
        statement="01",
        repetition="02",
        text="Kids are talking by the door",
        modality="audio-only",
        vocal_channel="song",
    )


def test_the_whole_corpus_has_the_published_counts():
    emotions = [Ravdess().parse(PurePosixPath(f"{stem}.wav")).emotion for stem in SPEECH]
    assert len(emotions) == Ravdess.whole
    assert emotions.count("neutral") == 96
    assert {emotions.count(each) for each in {*emotions} - {"neutral"}} == {192}


@given(
    st.sampled_from(sorted(ravdess.MODALITIES)),
    st.sampled_from(SPEECH),
    st.sampled_from(["wav", "flac"]),
)
def test_round_trip(modality, stem, suffix):
    _, channel, emotion, intensity, statement, repetition, actor = stem.split("-")
    recording = Ravdess().parse(PurePosixPath(f"any/{modality}{stem[2:]}.{suffix}"))
    assert recording.modality == ravdess.MODALITIES[modality]
    assert recording.vocal_channel == ravdess.CHANNELS[channel]
    assert recording.emotion == ravdess.EMOTIONS[emotion]
    assert recording.intensity == ravdess.INTENSITIES[intensity]
    assert recording.text == ravdess.TEXTS[statement]
    assert (recording.statement, recording.repetition, recording.speaker) == (statement, repetition, actor)
    assert recording.gender == ("male" if int(actor) % 2 else "female")


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("03-01-06-01-02-01", "6 of 7 fields, expected modality-channel-emotion-intensity-statement-"),
        ("04-01-06-01-02-01-12", "modality is '04', expected 01, 02, 03"),
        ("03-03-06-01-02-01-12", "vocal channel is '03', expected 01, 02"),
        ("03-01-09-01-02-01-12", "emotion is '09', expected 01, 02, 03, 04, 05, 06, 07, 08"),
        ("03-01-06-03-02-01-12", "intensity is '03', expected 01, 02"),
        ("03-01-06-01-00-01-12", "statement is '00', expected 01, 02"),
        ("03-01-06-01-02-3-12", "repetition is '3', expected 01, 02"),
        ("03-01-06-01-02-01-25", "actor is '25', expected 01–24"),
        ("03-01-06-01-02-01-12-1", "actor is '12-1', expected 01–24"),
        ("03-01-06-01-02-01-12 (1)", "actor is '12 (1)', expected 01–24"),
        ("03-01-01-02-02-01-12", "strong intensity of neutral, expected intensity 01"),
        ("03-02-07-01-02-01-12", "emotion '07' in a song, expected 01–06"),
        ("03-02-08-01-02-01-12", "emotion '08' in a song, expected 01–06"),
    ],
)
def test_refusals(stem, reason):
    with pytest.raises(FileNameError) as error:
        Ravdess().parse(PurePosixPath(f"ravdess/{stem}.wav"))
    assert str(error.value).startswith(f"'{stem}.wav': {reason}")
