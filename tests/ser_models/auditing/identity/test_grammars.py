"""Which known corpora names are of."""

import pandas as pd
import pytest

from ser_features import corpora
from ser_models.auditing.identity import grammars, identify
from ser_models.auditing.identity.grammars import AmbiguousNamesError, by_grammar, recognised
from ser_models.auditing.split_table import SplitTable

EMODB = [f"{speaker}a0{text}Fa.wav" for speaker in ("03", "08", "09", "10", "11") for text in (1, 2, 4, 5)]
TESS = [f"OAF_{word}_angry.wav" for word in ("back", "bar", "base", "bath", "bean", "beg", "bite", "boat")]
OWN = [f"{number}.wav" for number in range(20)]


def names_of(paths: list[str]) -> list[str]:
    return [corpus.name for corpus in recognised(paths)]


def test_share_of_names_that_must_be_of_a_corpus():
    assert names_of(EMODB + OWN[:5]) == ["emodb"]
    assert names_of(EMODB + OWN[:6]) == []


def test_the_stricter_of_two_grammars_counts():
    ravdess = ["03-01-05-01-02-02-11.wav", "Actor_12/03-01-06-01-02-01-12.wav"]
    assert names_of(ravdess) == ["ravdess"]
    assert names_of([*ravdess, "actor_53/03-01-02-02-01-53-02-02-02.wav"]) == ["ravdess", "asvpesd"]


def test_ambiguous_names_are_refused(monkeypatch):
    monkeypatch.setattr(grammars, "_is_stricter", lambda one, other: False)
    with pytest.raises(AmbiguousNamesError) as caught:
        recognised(["03-01-05-01-02-02-11.wav"])
    assert str(caught.value) == (
        "'03-01-05-01-02-02-11.wav' may be a name of ravdess or of asvpesd: expected one: "
        "pass --corpus ravdess"
    )


def test_ambiguous_names_with_speakers_in_a_column(monkeypatch):
    monkeypatch.setattr(grammars, "_is_stricter", lambda one, other: False)
    rows = {"path": ["03-01-05-01-02-02-11.wav"], "fold": "1", "side": "test", "speaker": "ada"}
    split = identify(SplitTable(pd.DataFrame(rows)))
    assert split.rows["speaker"].tolist() == ["ada"]
    assert split.read_from == {"speaker": "column speaker"}


def test_a_dataset_with_the_name_of_a_corpus_is_that_corpus():
    names = by_grammar({"03-01-05-01-02-02-11.wav": "ASVP-ESD"})
    assert names.values["dataset"].tolist() == ["asvpesd"]
    assert by_grammar({"03-01-05-01-02-02-11.wav": "emodb"}).values["dataset"].tolist() == ["ravdess"]


def test_several_corpora_in_one_list():
    names = by_grammar(dict.fromkeys(EMODB + TESS, ""))
    assert set(names.values["dataset"]) == {"emodb", "tess"}
    assert names.notes == ("names of EmoDB, TESS recognised",)
    assert names.read_from["speaker"] == "names of EmoDB; names of TESS"


def test_a_small_corpus_beside_a_large_one():
    emotions = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
    codes = [f"{text}_{emotion}_XX" for text in ("DFA", "IOM", "ITS", "IWL") for emotion in emotions]
    cremad = [f"{actor}_{code}.wav" for actor in range(1001, 1092) for code in codes]
    assert names_of(cremad + EMODB) == ["cremad"]
    names = by_grammar(dict.fromkeys([*cremad, *EMODB, *OWN[:3]], ""))
    assert set(names.values["dataset"]) == {"cremad", "emodb"}
    assert set(names.problems) == set(OWN[:3])
    assert names.notes == ("names of CREMA-D, EmoDB recognised",)


def test_a_folder_or_dataset_of_its_own():
    paths = [*(f"data/berlin/{name}" for name in EMODB), *(f"data/own/{name}" for name in OWN)]
    for groups in (dict.fromkeys(paths, ""), {path: path.split("/")[1] for path in paths}):
        names = by_grammar(groups)
        assert names.values["speaker"].notna().sum() == len(EMODB)
        assert set(names.problems) == set(paths[len(EMODB) :])


def test_a_corpus_that_is_stated_is_not_recognised():
    names = by_grammar(dict.fromkeys([*OWN, EMODB[0]], ""), "EmoDB")
    assert names.notes == ()
    assert len(names.problems) == len(OWN)
    assert names.problems["0.wav"] == (
        "'0.wav': expected speaker, text, emotion and a take from a to z as in 03a01Fa"
    )
    assert set(names.values["dataset"]) == {"emodb"}


@pytest.mark.parametrize("name", corpora.names())
def test_every_corpus_is_recognised_by_its_own_names(name):
    corpus = corpora.get(name)
    below = corpus.layout.split("/", 1)[1]
    for path in (corpus.layout, below, f"/home/ada/{corpus.layout}"):
        assert names_of([path]) == [name]
        recording, values = corpus.parse(path), by_grammar({path: ""}).values
        assert values["file_id"].tolist() == [recording.file_id]
        assert values["speaker"].tolist() == [recording.speaker]
