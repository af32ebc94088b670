"""`ser corpora`: what is known, what is here, and how to get the rest."""

import json

import pytest

from ser_features import corpora


def test_all_corpora_are_listed_with_what_is_here(ser, savee):
    answer = ser("corpora", "--data", savee)
    assert answer.code == 0
    header, *rows = answer.out.splitlines()[: 1 + len(corpora.names())]
    assert header.split() == [
        "corpus", "recordings", "here", "speakers", "emotions", "language", "size", "licence",
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == list(corpora.names())
    assert rows[3].split()[:6] == ["savee", "480", "8", "4", "7", "en"]
    assert rows[0].split(None, 8)[:7] == ["ravdess", "1440", "0", "24", "8", "en", "515"]
    assert f"here: found below {savee} (--data)" in answer.out
    assert "fetched by ser download: ravdess tess cremad emodb" in answer.out
    assert "by hand, as ser download says: savee" in answer.out
    assert answer.out.endswith(f"next: ser extract --datasets savee --data {savee}\n")
    assert max(map(len, answer.out.splitlines()[:7])) <= 100


def test_where_nothing_is_here_a_download_comes_next(ser, tmp_path):
    answer = ser("corpora", "--data", tmp_path / "none")
    assert answer.out.endswith(f"next: ser download ravdess --to {tmp_path / 'none'}\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", corpora.names())
def test_one_corpus_is_told_in_detail(ser, tmp_path, name):
    corpus = corpora.get(name)
    answer = ser("corpora", name, "--data", tmp_path)
    assert answer.out.startswith(f"{corpus.title}\n")
    for said in (corpus.citation, corpus.url, corpus.layout, "Grammar: ", "Counts: ", "emotions "):
        assert said in answer.out, said
    assert f"{corpus.whole}, 0 of them below {tmp_path}" in answer.out
    following = "extract --datasets demo" if corpus.synthetic else f"download {name}"
    assert answer.out.splitlines()[-1].startswith(f"next: ser {following} ")
    assert ">>>" not in answer.out


def test_an_unknown_name_lists_the_known_ones(ser):
    answer = ser("corpora", "iemocap")
    assert answer.code == 2
    assert answer.err.startswith("error: unknown corpus 'iemocap': expected one of ravdess, tess")


def test_json_has_the_keys_that_are_documented(ser, savee):
    from ser_cli.corpora import _described

    found = json.loads(ser("corpora", "--data", savee, "--json").out)
    assert found["data"] == str(savee)
    ways = {each["name"]: each["get"] for each in found["corpora"]}
    assert ways == {
        "ravdess": "fetched", "tess": "fetched", "cremad": "fetched", "savee": "by hand",
        "emodb": "fetched", "demo": "made",
    }  # fmt: skip
    one = json.loads(ser("corpora", "savee", "--data", savee, "--json").out)
    assert one == found["corpora"][3]
    assert (one["here"], one["recordings"], one["speakers"], one["bytes"]) == (8, 480, 4, None)
    assert all(key in (_described.__doc__ or "") for key in one)


def test_data_root_may_come_from_the_environment(ser, savee, monkeypatch):
    monkeypatch.setenv("SER_DATA", str(savee))
    assert json.loads(ser("corpora", "savee", "--json").out)["here"] == 8
