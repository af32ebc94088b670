"""`ser corpora`: built-in corpora, local recordings, and how to obtain the others."""

import json

import pytest
from ser_cli.streams import ABSENT

from ser_features import corpora


def test_all_corpora_are_listed_with_local_recordings(ser, savee):
    answer = ser("corpora", "--data", savee)
    assert answer.code == 0
    header, *rows = answer.out.splitlines()[: 1 + len(corpora.names())]
    assert header.split() == [
        "corpus", "recordings", "local", "speakers", "emotions", "language", "size", "licence",
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == list(corpora.names())
    assert rows[3].split()[:6] == ["savee", "480", "8", "4", "7", "en"]
    assert rows[0].split(None, 8)[:7] == ["ravdess", "1440", "0", "24", "8", "en", "515"]
    assert f"local: recordings below {savee} (--data)" in answer.out
    assert "ser download fetches: ravdess tess cremad emodb" in answer.out
    assert "ser download explains how to obtain: savee aesdd" in answer.out
    assert "ser check FOLDER/folder.csv" in answer.out
    assert "CC BY-NC-SA 4.0" in answer.out
    assert answer.out.endswith(f"next: ser extract --datasets savee --for best --data {savee}\n")
    assert max(map(len, answer.out.splitlines()[: 1 + len(rows)])) <= 110


def test_without_local_recordings_a_download_is_suggested(ser, tmp_path):
    answer = ser("corpora", "--data", tmp_path / "none")
    assert answer.out.endswith(f"next: ser download ravdess --to {tmp_path / 'none'}\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", corpora.names())
def test_details_of_one_corpus(ser, tmp_path, name):
    corpus = corpora.get(name)
    answer = ser("corpora", name, "--data", tmp_path)
    assert answer.out.startswith(f"{corpus.title}\n")
    for text in (corpus.citation, corpus.url, corpus.layout, "Grammar: ", "Counts: ", "emotions "):
        assert text in answer.out, text
    assert f"{corpus.whole or ABSENT}, of which 0 below {tmp_path}" in answer.out
    for defect in corpus.defects:
        assert all(name in answer.out for name in (*defect.files, defect.source.split()[0]))
    assert bool(corpus.obtain) == ("How to get it: " in answer.out)
    following = "extract --datasets demo" if corpus.synthetic else f"download {name}"
    assert answer.out.splitlines()[-1].startswith(f"next: ser {following} ")
    assert ">>>" not in answer.out


def test_json_has_the_documented_keys(ser, savee, monkeypatch):
    from ser_cli.corpora import _described

    monkeypatch.setenv("SER_DATA", str(savee))
    content = json.loads(ser("corpora", "--json").out)
    assert content["data"] == str(savee)
    sources = {corpus["name"]: corpus["source"] for corpus in content["corpora"]}
    assert len(sources) >= 27
    assert {name for name, source in sources.items() if source == "download"} == {
        "ravdess", "tess", "cremad", "emodb",
    }  # fmt: skip
    assert {name for name, source in sources.items() if source == "synthetic"} == {"demo"}
    one = json.loads(ser("corpora", "savee", "--json").out)
    assert one == content["corpora"][3]
    assert (one["local"], one["recordings"], one["speakers"], one["bytes"]) == (8, 480, 4, None)
    assert all(key in (_described.__doc__ or "") for key in one)
