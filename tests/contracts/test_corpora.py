"""The contract of every built-in corpus, and the published counts of complete ones."""

import csv
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features import corpora, read_store
from ser_features.corpora.base import Corpus
from ser_features.engine import extract_corpora
from ser_features.errors import FileNameError, InputError
from ser_features.labels import EMOTIONS, NO_AGREEMENT, OTHER, UNKNOWN, in_order, is_emotion
from ser_features.manifest import Duplicate, Recording
from ser_features.sources import encoded
from tests.faults.serial import Serial
from tests.layouts import LAYOUTS
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
OWN_MODULE = ("ravdess", "tess", "cremad", "savee", "emodb", "demo")
"""Corpora that are no file of `published/`; `tests/ser_features/corpora/test_published.py` is about those."""

PARTS = {"ravdess": 1200, "tess": 1414, "emodb": 408, "cremad": 12}
"""Recordings in the part of each corpus that is used for development."""


@pytest.fixture(params=corpora.names())
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return corpora.get(request.param)


def test_attributes_are_set(corpus):
    assert corpus.name in corpora.names()
    assert corpus.speakers is None or corpus.speakers > 0
    assert corpus.grammar
    for attribute in ("title", "language", "licence", "citation", "url", "layout"):
        text = getattr(corpus, attribute)
        assert text.strip() == text != "", attribute
    assert corpus.whole is None or corpus.whole > 0
    assert corpus.emotions == tuple(in_order(set(corpus.emotions)))
    assert all(map(is_emotion, corpus.emotions))
    assert corpus.folders
    assert corpus.synthetic == (corpus.name == "demo")


@pytest.mark.parametrize("name", OWN_MODULE)
def test_module_has_an_example_and_a_licence(name):
    corpus = corpora.get(name)
    docstring = sys.modules[type(corpus).__module__].__doc__
    assert ">>>" in docstring
    assert "Licence" in docstring or corpus.synthetic


def test_layout_is_a_path_that_parses(corpus):
    recording = corpus.parse(corpus.layout)
    assert isinstance(recording, Recording)
    assert recording.dataset == corpus.name
    assert recording.path == corpus.layout
    assert recording.file_id.startswith(f"{corpus.name}/")
    assert recording.emotion in (*corpus.emotions, UNKNOWN)
    assert recording.language in (*corpus.language.split(), None)


def test_documented_layout_is_found_by_scan(corpus, tmp_path):
    layout = LAYOUTS[corpus.name]
    layout.write(tmp_path / corpus.folders[0])
    scan = corpus.scan(tmp_path)
    assert scan.root == tmp_path
    assert scan.dataset == corpus.name
    assert scan.rejected == scan.duplicates == ()
    emotions = [
        (PurePosixPath(one.path).relative_to(corpus.folders[0]), one.emotion) for one in scan.recordings
    ]
    assert {str(path): emotion for path, emotion in emotions} == dict(layout.recordings)
    stems = sorted(PurePosixPath(path).stem for path in layout.recordings)
    assert sorted(one.stem for one in scan.recordings) == (list(layout.keys) or stems)
    assert {one.emotion for one in scan.recordings} <= {*corpus.emotions, UNKNOWN, OTHER, NO_AGREEMENT}
    assert {vote.file_id for vote in scan.votes} <= {one.file_id for one in scan.recordings}


def test_documented_layouts_are_extracted(tmp_path):
    sound = encoded(0.1 * np.random.default_rng(0).standard_normal(16_000), 16_000)
    for name, layout in LAYOUTS.items():
        layout.write(tmp_path / name, sound)
    store = tmp_path / "store"
    extract_corpora(corpora.names(), data=tmp_path, store=store, features=["core"], runner=Serial())
    rows = read_store(store).files()
    assert Counter(rows["dataset"]) == {
        name: len(layout.keys or layout.recordings) for name, layout in LAYOUTS.items()
    }
    stored = rows.set_index("path")["emotion"].to_dict()
    for name, layout in LAYOUTS.items():
        assert {path: stored[f"{name}/{path}"] for path in layout.recordings} == dict(layout.recordings)


def test_rejection_names_the_file(corpus):
    with pytest.raises(FileNameError, match=r"^'holiday\.wav': "):
        corpus.parse(f"{corpus.folders[0]}/holiday.wav")


@given(st.sampled_from([corpora.get(name) for name in corpora.names()]), st.text())
def test_any_text_parses_or_is_rejected(corpus, text):
    with suppress(FileNameError):
        assert corpus.parse(text).emotion in (*corpus.emotions, UNKNOWN)


@pytest.mark.real
@pytest.mark.parametrize("name", PARTS)
def test_real_names(name, real_data):
    if not (real_data / name).is_dir():
        pytest.skip(f"no folder {name} in {real_data}")
    corpus = corpora.get(name)
    scan = corpora.scan(name, real_data)
    assert len(scan.recordings) in (PARTS[name], corpus.whole)
    assert scan.rejected == ()
    keys = [recording.file_id for recording in scan.recordings]
    assert keys == sorted(set(keys))
    assert all((scan.root / recording.path).is_file() for recording in scan.recordings)


def test_an_unknown_name_lists_the_built_in_ones():
    with pytest.raises(InputError) as error:
        corpora.scan("semaine", Path())
    assert str(error.value) == (
        f"unknown corpus 'semaine': expected one of {', '.join(corpora.names())}, "
        "or the path of a table of your own corpus, such as mine.csv"
    )


def test_a_csv_path_is_a_manifest(tmp_path):
    (tmp_path / "a.wav").touch()
    table = tmp_path / "Mine.CSV"
    table.write_text("path,emotion,speaker\na.wav,sad,Ada\n")
    scan = corpora.scan(str(table), tmp_path / "elsewhere")
    assert [recording.file_id for recording in scan.recordings] == ["mine/a"]


def test_a_table_may_have_the_name_of_a_corpus_that_needs_label_files(tmp_path):
    (tmp_path / "a.wav").touch()
    (tmp_path / "meld.csv").write_text("path,emotion,speaker\na.wav,sad,Ada\n")
    scan = corpora.scan(str(tmp_path / "meld.csv"), tmp_path)
    assert (scan.dataset, len(scan.recordings), scan.table) == ("meld", 1, tmp_path / "meld.csv")


def test_a_manifest_with_the_name_of_a_built_in_corpus(tmp_path):
    with pytest.raises(InputError) as error:
        corpora.scan(str(tmp_path / "TESS.csv"), tmp_path)
    assert str(error.value) == (
        f"{tmp_path}/TESS.csv: 'tess' is the name of a built-in corpus, expected another name: "
        "rename the file"
    )


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from ser_features import corpora; "
        "[corpora.get(name) for name in corpora.names() if name != 'demo']; "
        "sys.exit(', '.join({'numpy', 'pandas', 'soundfile'} & {*sys.modules}) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr == ""


def test_all_corpora_have_their_names_here():
    assert {*OWN_MODULE} - {"demo"} == set(WHOLE) == set(EMOTIONS_OF)
    assert list(LAYOUTS) == list(corpora.names())


@pytest.mark.parametrize("name", WHOLE)
def test_emotions_count_as_published(name, whole_corpora):
    assert Counter(recording.emotion for recording in whole_corpora[name]) == EMOTIONS_OF[name]
    assert set(EMOTIONS_OF[name]) <= set(EMOTIONS)


@pytest.mark.parametrize("name", WHOLE)
def test_a_complete_corpus_has_its_number_of_recordings_and_speakers(name, whole_corpora):
    recordings = whole_corpora[name]
    assert len({recording.file_id for recording in recordings}) == len(recordings) == corpora.get(name).whole
    assert (
        len({recording.speaker for recording in recordings})
        == SPEAKERS_OF[name]
        == corpora.get(name).speakers
    )
    assert {recording.dataset for recording in recordings} == {name}
    assert {recording.vocal_channel for recording in recordings} == {"speech"}


@pytest.mark.parametrize("name", WHOLE)
def test_every_speaker_has_every_emotion(name, whole_corpora):
    spoken = {(recording.speaker, recording.emotion) for recording in whole_corpora[name]}
    assert len(spoken) == SPEAKERS_OF[name] * len(EMOTIONS_OF[name])


@pytest.mark.parametrize("name", WHOLE)
def test_a_scan_of_empty_files_finds_the_same(name, whole_corpora, tmp_path):
    for path in WHOLE[name]():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    scan = corpora.scan(name, tmp_path)
    assert scan.rejected == scan.duplicates == ()
    assert list(scan.recordings) == sorted(whole_corpora[name], key=lambda recording: recording.file_id)


@pytest.mark.real
def test_names_of_cremad_are_the_published_ones(real_data):
    table = real_data / "cremad" / "SentenceFilenames.csv"
    if not table.is_file():
        pytest.skip(f"no table of the published names: {table}")
    with table.open(newline="") as lines:
        published = {row["Filename"] for row in csv.DictReader(lines)}
    assert {Path(path).stem for path in WHOLE["cremad"]()} == published


def test_the_same_savee_recording_in_both_layouts_is_a_duplicate(tmp_path):
    for path in ("savee/ALL/DC_a01.wav", "savee/AudioData/DC/a01.wav"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    scan = corpora.get("savee").scan(tmp_path)
    assert [recording.file_id for recording in scan.recordings] == ["savee/DC_a01"]
    assert scan.duplicates == (Duplicate("savee/ALL/DC_a01.wav", "savee/AudioData/DC/a01.wav"),)
