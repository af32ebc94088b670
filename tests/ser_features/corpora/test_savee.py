"""SAVEE names, in both of its layouts."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import savee
from ser_features.corpora.savee import Savee
from ser_features.errors import FileNameError
from ser_features.manifest import Duplicate, Recording

STEMS = [
    f"{speaker}_{emotion}{number:02}"
    for speaker in savee.SPEAKERS
    for emotion in savee.EMOTIONS
    for number in range(1, 31 if emotion == "n" else 16)
]


def test_every_attribute_of_one_name():
    path = "savee/AudioData/KL/su15.wav"
    assert Savee().parse(PurePosixPath(path)) == Recording(
        dataset="savee",
        stem="KL_su15",
        path=path,
        speaker="KL",
        gender="male",
        age=None,
        language="en",
        emotion="surprise",
        emotion_code="su",
        intensity=None,
        statement="15",
        repetition=None,
        text=None,
        modality=None,
        vocal_channel="speech",
    )


def test_the_whole_corpus_has_the_published_counts():
    emotions = [Savee().parse(PurePosixPath(f"savee/{stem}.wav")).emotion for stem in STEMS]
    assert len(emotions) == Savee.whole
    assert emotions.count("neutral") == 120
    assert {emotions.count(each) for each in {*emotions} - {"neutral"}} == {60}


@given(st.sampled_from(STEMS), st.booleans())
def test_round_trip_in_both_layouts(stem, in_folders):
    speaker, rest = stem.split("_")
    path = f"savee/{speaker}/{rest}.wav" if in_folders else f"savee/ALL/{stem}.wav"
    recording = Savee().parse(PurePosixPath(path))
    assert (recording.stem, recording.path, recording.speaker) == (stem, path, speaker)
    assert recording.emotion_code + recording.statement == rest
    assert recording.emotion == savee.EMOTIONS[recording.emotion_code]


def test_the_same_recording_in_both_layouts_is_a_copy(tmp_path):
    for path in ("savee/ALL/DC_a01.wav", "savee/AudioData/DC/a01.wav"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    scan = Savee().scan(tmp_path)
    assert [each.file_id for each in scan.recordings] == ["savee/DC_a01"]
    assert scan.duplicates == (Duplicate("savee/ALL/DC_a01.wav", "savee/AudioData/DC/a01.wav"),)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("DC/holiday", "'holiday', expected an emotion and a number of two digits as in a01"),
        ("DC_a1", "'a1', expected an emotion and a number of two digits as in a01"),
        ("DC_a00", "sentence is '00', expected 01–15 of 'a'"),
        ("DC_sa16", "sentence is '16', expected 01–15 of 'sa'"),
        ("DC_n31", "sentence is '31', expected 01–30 of 'n'"),
        ("DC_s01", "emotion is 's', expected a, d, f, h, n, sa, su"),
        ("XX_a01", "speaker is 'XX', expected DC, JE, JK, KL"),
        ("a01", "speaker is 'savee', expected DC, JE, JK, KL"),
    ],
)
def test_refusals(path, reason):
    with pytest.raises(FileNameError) as error:
        Savee().parse(PurePosixPath(f"savee/{path}.wav"))
    assert str(error.value) == f"'{path.split('/')[-1]}.wav': {reason}"
