"""The five published corpora, whole: every name parses, and the emotions count as published."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from ser_features import corpora
from ser_features.labels import EMOTIONS
from tests.whole_corpora import WHOLE

EMOTIONS_OF: dict[str, dict[str, int]] = {
    "ravdess": {
        **dict.fromkeys(("angry", "disgust", "fear", "happy", "calm", "sad", "surprise"), 192),
        "neutral": 96,
    },
    "tess": dict.fromkeys(("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"), 400),
    "cremad": {**dict.fromkeys(("angry", "disgust", "fear", "happy", "sad"), 1271), "neutral": 1087},
    "savee": {**dict.fromkeys(("angry", "disgust", "fear", "happy", "sad", "surprise"), 60), "neutral": 120},
    "emodb": {
        "angry": 127,
        "boredom": 81,
        "disgust": 46,
        "fear": 69,
        "happy": 71,
        "sad": 62,
        "neutral": 79,
    },
}
SPEAKERS_OF = {"ravdess": 24, "tess": 2, "cremad": 91, "savee": 4, "emodb": 10}


def test_all_published_corpora_are_here():
    published = {name for name in corpora.names() if not corpora.get(name).synthetic}
    assert published == set(WHOLE) == set(EMOTIONS_OF)


@pytest.mark.parametrize("name", WHOLE)
def test_emotions_count_as_published(name, whole_corpora):
    assert Counter(each.emotion for each in whole_corpora[name]) == EMOTIONS_OF[name]
    assert set(EMOTIONS_OF[name]) <= set(EMOTIONS)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_corpus_has_its_number_of_recordings_and_speakers(name, whole_corpora):
    recordings = whole_corpora[name]
    assert len({each.file_id for each in recordings}) == len(recordings) == corpora.get(name).whole
    assert len({each.speaker for each in recordings}) == SPEAKERS_OF[name] == corpora.get(name).speakers
    assert {each.dataset for each in recordings} == {name}
    assert {each.vocal_channel for each in recordings} == {"speech"}


@pytest.mark.parametrize("name", WHOLE)
def test_every_speaker_speaks_every_emotion(name, whole_corpora):
    spoken = {(each.speaker, each.emotion) for each in whole_corpora[name]}
    assert len(spoken) == SPEAKERS_OF[name] * len(EMOTIONS_OF[name])


@pytest.mark.parametrize("name", WHOLE)
def test_a_scan_of_empty_files_finds_the_same(name, whole_corpora, tmp_path):
    for path in WHOLE[name]():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    scan = corpora.scan(name, tmp_path)
    assert scan.rejected == scan.duplicates == ()
    assert list(scan.recordings) == sorted(whole_corpora[name], key=lambda each: each.file_id)


@pytest.mark.real
def test_names_of_cremad_are_the_published_ones(real_data):
    table = real_data / "cremad" / "SentenceFilenames.csv"
    if not table.is_file():
        pytest.skip(f"no table of the published names: {table}")
    with table.open(newline="") as lines:
        published = {row["Filename"] for row in csv.DictReader(lines)}
    assert {Path(path).stem for path in WHOLE["cremad"]()} == published
