"""Names of all CREMA-D recordings, and age and gender from the table of its actors."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from ser_features.corpora import cremad
from ser_features.corpora.cremad import CremaD
from ser_features.errors import InputError

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
    return [(recording.gender, recording.age) for recording in CremaD().scan(data).recordings]


@pytest.mark.real
def test_all_published_names(real_data):
    table = real_data / "cremad" / "SentenceFilenames.csv"
    if not table.is_file():
        pytest.skip(f"no table of the published names: {table}")
    with table.open(newline="") as lines:
        stems = [row["Filename"] for row in csv.DictReader(lines)]
    recordings = [CremaD().parse(f"cremad/{stem}.wav") for stem in stems]
    assert len({recording.file_id for recording in recordings}) == CremaD.whole
    assert {recording.speaker for recording in recordings} == {*cremad.ACTORS}
    emotions = Counter(recording.emotion for recording in recordings)
    assert emotions == dict.fromkeys(("angry", "disgust", "fear", "happy", "sad"), 1271) | {"neutral": 1087}
    levels = Counter(recording.intensity for recording in recordings)
    assert levels == {None: 6077, "low": 455, "medium": 455, "high": 455}
    assert {recording.statement for recording in recordings if recording.intensity} == {"IEO"}


@pytest.mark.real
def test_published_age_and_gender(real_data):
    if not (real_data / "cremad" / cremad.DEMOGRAPHICS).is_file():
        pytest.skip(f"no {cremad.DEMOGRAPHICS} in {real_data}/cremad")
    people = {
        recording.speaker: (recording.gender, recording.age)
        for recording in CremaD().scan(real_data).recordings
    }
    assert people["1001"] == ("male", 51)
    assert people["1002"] == ("female", 21)


def test_without_the_table_age_and_gender_are_null(data):
    assert people(data) == [(None, None)] * 3


@pytest.mark.parametrize("folder", ["CREMA-D", "CREMA-D/AudioWAV"])
def test_the_table_is_read_beside_or_above_the_recordings(data, folder):
    (data / folder / cremad.DEMOGRAPHICS).write_text("\ufeff" + TABLE)
    assert people(data) == [("male", 51), ("female", 21), (None, None)]


def test_a_table_outside_the_corpus_is_read_through_a_link_only(data):
    (data / cremad.DEMOGRAPHICS).write_text(TABLE)
    assert people(data) == [(None, None)] * 3
    (data / "CREMA-D" / cremad.DEMOGRAPHICS).symlink_to(data / cremad.DEMOGRAPHICS)
    assert people(data) == [("male", 51), ("female", 21), (None, None)]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "ActorID,Age,Sex\n1001,old,Male\n", "ActorID,Age,Sex\n1001\n"]
)
def test_an_invalid_table(data, text):
    (data / "CREMA-D" / cremad.DEMOGRAPHICS).write_text(text)
    with pytest.raises(
        InputError, match=r"VideoDemographics\.csv cannot be read \(.*expected the columns Act"
    ):
        CremaD().scan(data)


SINGLE = (
    '"","localid","queryType","clipName","respEmo"\n'
    '"1",7,1,"1001_IEO_ANG_HI","A"\n"2",8,1,"1001_IEO_ANG_HI","N"\n"3",7,3,"1001_IEO_ANG_HI","A"\n'
    '"4",7,1,"1091_WSI_SAD_XX","S"\n'
)
COUNTED = (
    '"","A","D","F","H","N","S","fileName","numResponses"\n'
    '"100001",1,0,0,0,1,0,"1001_IEO_ANG_HI",2\n"300001",1,0,0,0,0,0,"1001_IEO_ANG_HI",1\n'
)


@pytest.mark.parametrize(
    ("path", "text", "raters"),
    [
        ("finishedResponses.csv", SINGLE, ["7", "8", "7"]),
        ("processedResults/tabulatedVotes.csv", COUNTED, [None] * 3),
    ],
)
def test_votes_of_listeners(tmp_path, path, text, raters):
    folder = tmp_path / "cremad"
    (folder / "AudioWAV").mkdir(parents=True)
    (folder / "AudioWAV" / "1001_IEO_ANG_HI.wav").touch()
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text)
    scan = CremaD().scan(tmp_path)
    assert [(vote.rater, vote.value, vote.modality) for vote in scan.votes] == list(
        zip(raters, ["angry", "neutral", "angry"], ["audio", "audio", "audio-video"], strict=True)
    )
    assert (scan.recordings[0].agreement, scan.recordings[0].raters) == (0.5, 2)
    (folder / path).write_text("fileName,A\n1001_IEO_ANG_HI,1\n")
    with pytest.raises(InputError, match="expected the votes as published: restore it, or remove it"):
        CremaD().scan(tmp_path)
