"""The contract of every known corpus, and words that are none."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features import corpora
from ser_features.corpora.base import Corpus
from ser_features.errors import FileNameError, InputError
from ser_features.labels import in_order
from ser_features.manifest import Recording

PARTS = {"ravdess": 1200, "tess": 1414, "emodb": 408, "cremad": 12}
"""Recordings in the part of each corpus that is used for development."""


@pytest.fixture(params=corpora.names())
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return corpora.get(request.param)


def test_attributes_are_set(corpus):
    assert corpus.name in corpora.names()
    for attribute in ("title", "language", "licence", "citation", "url", "layout"):
        text = getattr(corpus, attribute)
        assert text.strip() == text != "", attribute
    assert corpus.whole is None or corpus.whole > 0
    assert corpus.emotions == tuple(in_order(set(corpus.emotions)))
    assert corpus.folders
    assert corpus.synthetic == (corpus.name == "demo")


def test_module_says_what_it_is(corpus):
    docstring = sys.modules[type(corpus).__module__].__doc__
    assert ">>>" in docstring
    assert "Licence" in docstring or corpus.synthetic


def test_layout_is_a_path_that_parses(corpus):
    recording = corpus.parse(PurePosixPath(corpus.layout))
    assert isinstance(recording, Recording)
    assert recording.dataset == corpus.name
    assert recording.path == corpus.layout
    assert recording.file_id.startswith(f"{corpus.name}/")
    assert recording.emotion in corpus.emotions
    assert recording.language == corpus.language


def test_layout_is_found_by_scan(corpus, tmp_path):
    file = tmp_path / corpus.layout
    file.parent.mkdir(parents=True)
    file.touch()
    scan = corpus.scan(tmp_path)
    assert [each.path for each in scan.recordings] == [corpus.layout]
    assert scan.root == tmp_path
    assert scan.dataset == corpus.name


def test_refusal_names_the_file(corpus):
    with pytest.raises(FileNameError, match=r"^'holiday\.wav': "):
        corpus.parse(PurePosixPath(f"{corpus.folders[0]}/holiday.wav"))


@pytest.mark.parametrize("name", corpora.names())
@given(text=st.text())
def test_any_text_parses_or_is_refused(name, text):
    with suppress(FileNameError):
        corpus = corpora.get(name)
        assert corpus.parse(PurePosixPath(text)).emotion in corpus.emotions


@pytest.mark.real
@pytest.mark.parametrize("name", PARTS)
def test_real_names(name, real_data):
    if not (real_data / name).is_dir():
        pytest.skip(f"no folder {name} in {real_data}")
    corpus = corpora.get(name)
    scan = corpora.scan(name, real_data)
    assert len(scan.recordings) in (PARTS[name], corpus.whole)
    assert scan.rejected == ()
    keys = [each.file_id for each in scan.recordings]
    assert keys == sorted(set(keys))
    assert all((scan.root / each.path).is_file() for each in scan.recordings)


def test_an_unknown_word_lists_the_known_ones():
    with pytest.raises(InputError) as error:
        corpora.scan("iemocap", Path())
    assert str(error.value) == (
        "unknown corpus 'iemocap': expected one of ravdess, tess, cremad, savee, emodb, demo, "
        "or the path of your own corpus's .csv"
    )


def test_a_csv_word_is_ones_own_corpus(tmp_path):
    (tmp_path / "a.wav").touch()
    table = tmp_path / "Mine.CSV"
    table.write_text("path,emotion,speaker\na.wav,sad,Ada\n")
    scan = corpora.scan(str(table), tmp_path / "elsewhere")
    assert [each.file_id for each in scan.recordings] == ["mine/a"]


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from ser_features import corpora; "
        "[corpora.get(name) for name in corpora.names() if name != 'demo']; "
        "sys.exit(', '.join({'numpy', 'pandas', 'soundfile'} & {*sys.modules}) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr == ""
