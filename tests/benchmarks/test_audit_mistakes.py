"""Planted leaks are found, honest splits are not objected to, and the page has the stored figures."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from benchmarks.accuracy.audit_mistakes import draws, measure, page
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


def test_page_has_the_stored_figures():
    between = page.PAGE.read_text(encoding="utf-8").split(page.BEGIN)[1].split(page.END)[0].strip()
    assert between == page.text(), "run python -m benchmarks.accuracy.audit_mistakes table"


def test_stored_mistakes_are_of_every_kind_of_split():
    mistakes = measure.stored()
    assert mistakes.counted.keys() == {plant.__name__ for plant in KINDS}
    assert all(sum(one.splits for one in of_kind.values()) >= 100 for of_kind in mistakes.counted.values())
    assert all(one.splits >= 100 for one in mistakes.counted["names"].values())
