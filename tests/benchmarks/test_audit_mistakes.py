"""Planted leaks are found, and nothing is found in splits that share nothing."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from benchmarks.accuracy.audit_mistakes import draws, measure
from benchmarks.accuracy.audit_mistakes.leaks import KINDS


@pytest.fixture(scope="module")
def recordings(whole_corpora) -> pd.DataFrame:
    return draws.table_of(whole_corpora["emodb"])


@pytest.mark.parametrize("plant", KINDS, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found_and_nothing_else(plant, recordings, tmp_path):
    rng = np.random.default_rng(0)
    planted = plant(draws.honest(recordings, rng))
    for source in planted.audio.values():
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / source, rng.uniform(-0.5, 0.5, 16_000), 16_000)
    assert measure.outcome(planted, tmp_path) == "right"


def test_honest_draws_share_neither_speakers_nor_sentences(recordings):
    for seed in range(20):
        draw = draws.honest(recordings, np.random.default_rng(seed))
        for column in ("path", "speaker", "statement"):
            assert not set(draw.train[column]) & set(draw.test[column])
        assert set(draw.test["emotion"]) <= set(draw.train["emotion"])
