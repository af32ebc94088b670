"""Published lists of real names: the corpus of each is recognised, and no name is mistaken for a copy."""

import time
from pathlib import Path

import pandas as pd
import pytest

from ser_features import corpora
from ser_models.auditing.identity import identify
from ser_models.auditing.identity.sisters import find
from ser_models.auditing.split_table import SplitTable

UNKNOWN = ("m3ed", "mer2023")
"""Corpora without a grammar."""

SPEAKERS = {"emozionalmente": 0, "meld": 0, "msppodcast": 0, "m3ed": 0, "mer2023": 0}
"""Speakers of corpora whose names do not state them."""

MAX_SECONDS = 45
"""Processor time for all folds: 10 s on one core of 2024, with a margin for slower ones."""


def lists(real_data: Path, folder: str) -> list[Path]:
    files = sorted((real_data.parent / folder).glob("*.csv.gz"))
    if not files:
        pytest.skip(f"no lists of names in {real_data.parent / folder}")
    return files


@pytest.mark.real
@pytest.mark.long
@pytest.mark.parametrize("folder", ["names", "splits"])
def test_no_name_is_mistaken_for_a_copy(folder, real_data):
    total, mistakes = 0, {}
    for file in lists(real_data, folder):
        paths = list(pd.read_csv(file, dtype=str, usecols=["path"])["path"].unique())
        total += len(paths)
        mistakes |= {f"{file.name}: {path}": source for path, source in find(paths).sources.items()}
    print(f"{folder}: {len(mistakes)} of {total} names mistaken for copies")  # noqa: T201
    assert not mistakes


@pytest.mark.real
@pytest.mark.long
def test_corpora_of_published_folds(real_data):
    start, rows = time.process_time(), 0
    for file in lists(real_data, "splits"):
        name = file.name.removesuffix(".csv.gz").rpartition("_")[2]
        split = identify(SplitTable(pd.read_csv(file, dtype=str)))
        rows += len(split.rows)
        if name in UNKNOWN:
            assert len(split.unparsed) == len(split.rows)
            continue
        corpus = corpora.get(name)
        assert split.notes[0] == f"names of {corpus.title} recognised"
        assert not split.unparsed
        assert split.rows["speaker"].nunique() == SPEAKERS.get(name, corpus.speakers)
    seconds = time.process_time() - start
    print(f"{rows} rows in {seconds:.1f} s of processor time")  # noqa: T201
    assert seconds < MAX_SECONDS
