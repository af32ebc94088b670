"""CREMA-D names, and the table of its actors."""

import csv
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import cremad
from ser_features.corpora.cremad import CremaD
from ser_features.errors import FileNameError, InputError
from ser_features.manifest import Recording

TABLE = '"ActorID","Age","Sex","Race"\n1001,51,"Male","x"\n1002,21,"Female","x"\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data root with a recording each of the actors 1001, 1002 and 1091."""
    folder = tmp_path / "CREMA-D" / "AudioWAV"
    folder.mkdir(parents=True)
    for actor in (1001, 1002, 1091):
        (folder / f"{actor}_DFA_ANG_XX.wav").touch()
    return tmp_path


def people(data: Path) -> list[tuple[str | None, int | None]]:
    return [(each.gender, each.age) for each in CremaD().scan(data).recordings]


def test_every_attribute_of_one_name():
    path = "cremad/AudioWAV/1002_IEO_FEA_MD.wav"
    assert CremaD().parse(PurePosixPath(path)) == Recording(
        dataset="cremad",
        stem="1002_IEO_FEA_MD",
        path=path,
        speaker="1002",
        gender=None,
        age=None,
        language="en",
        emotion="fear",
        emotion_code="FEA",
        intensity="medium",
        statement="IEO",
        repetition=None,
        text="It's eleven o'clock",
        modality=None,
        vocal_channel="speech",
    )


@given(
    st.sampled_from(cremad.ACTORS),
    st.sampled_from(sorted(cremad.TEXTS)),
    st.sampled_from(sorted(cremad.EMOTIONS)),
    st.sampled_from(sorted(cremad.LEVELS)),
)
def test_round_trip(actor, sentence, emotion, level):
    recording = CremaD().parse(PurePosixPath(f"cremad/{actor}_{sentence}_{emotion}_{level}.wav"))
    assert (recording.speaker, recording.statement, recording.emotion_code) == (actor, sentence, emotion)
    assert recording.emotion == cremad.EMOTIONS[emotion]
    assert recording.intensity == cremad.LEVELS[level]
    assert recording.text == cremad.TEXTS[sentence]


@pytest.mark.parametrize(
    ("stem", "reason"),
    [
        ("1001_DFA_ANG", "3 of 4 fields, expected actor_sentence_emotion_level"),
        ("1000_DFA_ANG_XX", "actor is '1000', expected 1001–1091"),
        ("1092_DFA_ANG_XX", "actor is '1092', expected 1001–1091"),
        ("1001_ABC_ANG_XX", "sentence is 'ABC', expected IEO, TIE, IOM, IWW, TAI, MTI, IWL, ITH, DFA, ITS, "),
        ("1001_DFA_SUR_XX", "emotion is 'SUR', expected ANG, DIS, FEA, HAP, NEU, SAD"),
        ("1001_DFA_ANG_xx", "level is 'xx', expected LO, MD, HI, XX, X"),
    ],
)
def test_refusals(stem, reason):
    with pytest.raises(FileNameError) as error:
        CremaD().parse(PurePosixPath(f"cremad/{stem}.wav"))
    assert str(error.value).startswith(f"'{stem}.wav': {reason}")


@pytest.mark.real
def test_all_published_names(real_data):
    table = real_data / "cremad" / "SentenceFilenames.csv"
    if not table.is_file():
        pytest.skip(f"no table of the published names: {table}")
    with table.open(newline="") as lines:
        stems = [row["Filename"] for row in csv.DictReader(lines)]
    recordings = [CremaD().parse(PurePosixPath(f"cremad/{stem}.wav")) for stem in stems]
    assert len({each.file_id for each in recordings}) == CremaD.whole
    assert {each.speaker for each in recordings} == {*cremad.ACTORS}
    emotions = Counter(each.emotion for each in recordings)
    assert emotions == dict.fromkeys(("angry", "disgust", "fear", "happy", "sad"), 1271) | {"neutral": 1087}
    levels = Counter(each.intensity for each in recordings)
    assert levels == {None: 6077, "low": 455, "medium": 455, "high": 455}
    assert {each.statement for each in recordings if each.intensity} == {"IEO"}


@pytest.mark.real
def test_real_people(real_data):
    if not (real_data / "cremad" / cremad.DEMOGRAPHICS).is_file():
        pytest.skip(f"no {cremad.DEMOGRAPHICS} in {real_data}/cremad")
    found = {each.speaker: (each.gender, each.age) for each in CremaD().scan(real_data).recordings}
    assert found["1001"] == ("male", 51)
    assert found["1002"] == ("female", 21)


def test_without_the_table_people_are_unknown(data):
    assert people(data) == [(None, None)] * 3


@pytest.mark.parametrize("folder", ["CREMA-D", "CREMA-D/AudioWAV"])
def test_the_table_is_read_beside_or_above_the_recordings(data, folder):
    (data / folder / cremad.DEMOGRAPHICS).write_text("\ufeff" + TABLE)
    assert people(data) == [("male", 51), ("female", 21), (None, None)]


def test_a_table_outside_the_corpus_is_not_read(data):
    (data / cremad.DEMOGRAPHICS).write_text(TABLE)
    (data / "CREMA-D" / cremad.DEMOGRAPHICS).symlink_to(data / cremad.DEMOGRAPHICS)
    assert people(data) == [(None, None)] * 3


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "ActorID,Age,Sex\n1001,old,Male\n", "ActorID,Age,Sex\n1001\n"]
)
def test_another_table_of_that_name(data, text):
    (data / "CREMA-D" / cremad.DEMOGRAPHICS).write_text(text)
    with pytest.raises(
        InputError, match=r"VideoDemographics\.csv cannot be read \(.*expected the columns Act"
    ):
        CremaD().scan(data)
