"""The contract of the places that corpora come from."""

import pytest

from ser_features import corpora
from ser_features.download import SOURCES, Archive, ByHand, plan, source_of
from ser_features.errors import InputError

REAL = {name: source for name in corpora.names() if (source := source_of(corpora.get(name))) is not None}


def test_every_recorded_corpus_has_a_source():
    assert set(corpora.names()) - set(REAL) == {"demo"}
    assert set(SOURCES) < set(REAL)


@pytest.mark.parametrize("name", [name for name, source in REAL.items() if isinstance(source, Archive)])
def test_archives_are_pinned(name):
    source = SOURCES[name]
    assert source.url.startswith("https://")
    assert source.page.startswith("https://")
    assert "/" not in source.file
    assert source.file == source.url.partition("?")[0].rpartition("/")[2]
    assert source.origin
    assert source.size is None or source.size < source.unpacked < 10 * source.size
    assert source.limit >= (source.size or 1)
    assert source.licence != corpora.get(name).licence


@pytest.mark.parametrize("name", [name for name, source in REAL.items() if isinstance(source, ByHand)])
def test_steps_name_the_folder_and_where_to_ask(name):
    source = REAL[name]
    text = " ".join(source.steps)
    assert "{folder}" in text
    assert "http" in text
    for step in source.steps:
        assert "{" not in step.format(folder="data/raw/x")


def test_checksums_are_those_that_were_published():
    pinned = {name: (SOURCES[name].checksum, SOURCES[name].size) for name in ("ravdess", "tess", "emodb")}
    assert pinned == {
        "ravdess": ("md5:bc696df654c87fed845eb13823edef8a", 208_468_073),
        "tess": ("md5:1465311b24d1de704c4c63e4ccc470c7", None),
        "emodb": ("md5:9d21362dbc5676ef3ab4745d83ced0db", 39_981_818),
    }


def test_synthetic_corpus_is_made_instead(tmp_path):
    with pytest.raises(
        InputError, match=r"^demo is synthetic, there is nothing to download: run ser extract"
    ):
        plan("demo", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_corpus_is_named(tmp_path):
    with pytest.raises(InputError, match="unknown corpus 'semaine': expected one of ravdess, tess"):
        plan("semaine", tmp_path)
