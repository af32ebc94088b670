"""Names in columns: the same recordings as parsed one by one."""

import pytest

from ser_features import corpora
from ser_features.corpora.kinds import Kinds
from ser_features.corpora.tess import Tess

NAMES = [name for name in corpora.names() if corpora.get(name).free_part]


@pytest.mark.parametrize("name", NAMES)
def test_the_documented_name_has_a_free_part_and_reads_the_same(name):
    corpus = corpora.get(name)
    recordings, others = Kinds(corpus.parse, corpus.free_part).recordings([corpus.layout])
    assert (list(recordings), others) == ([corpus.parse(corpus.layout)], [])


def test_recordings_are_as_parsed_and_other_names_are_left():
    usual = [
        "tess/OAF_back_sad.wav",
        "tess/deep/er/YAF_Word_pleasant_surprise.WAV",
        "tess/OA_bite_neutral.wav",
    ]
    unusual = ["tess/OAF_back_happy2.wav", "tess/XAF_back_sad.wav", "tess/OAF_b4ck_sad.wav", "tess/notes.wav"]
    recordings, others = Kinds(Tess().parse, Tess().free_part).recordings([unusual[0], *usual, *unusual[1:]])
    assert list(recordings) == list(map(Tess().parse, usual))
    assert others == unusual


def test_a_folder_that_contains_the_stand_in_is_parsed_one_by_one():
    stand_in = Tess().free_part.stand_in
    paths = [f"tess/{stand_in}/OAF_back_sad.wav", f"tess/OAF_{stand_in}_sad.wav"]
    recordings, others = Kinds(Tess().parse, Tess().free_part).recordings(paths)
    assert (recordings.column("path").to_pylist(), others) == (paths[1:], paths[:1])
    assert recordings[0] == Tess().parse(paths[1])


def test_no_names():
    recordings, others = Kinds(Tess().parse, Tess().free_part).recordings([])
    assert (list(recordings), others) == ([], [])
