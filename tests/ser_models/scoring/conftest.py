"""A table of predictions of two systems on the same recordings."""

import numpy as np
import pandas as pd
import pytest

from ser_models.scoring.columns import ReadOptions
from ser_models.scoring.measure import measure
from ser_models.scoring.predictions import read_predictions

CLASSES = ("angry", "neutral", "sad")


@pytest.fixture(scope="session")
def systems():
    """Ninety recordings of six speakers: columns of the truth and of the predictions of two systems."""
    rng = np.random.default_rng(0)
    truth = np.resize(CLASSES, 90)
    better = np.where(rng.random(90) < 0.8, truth, rng.choice(CLASSES, 90))
    worse = np.where(rng.random(90) < 0.4, truth, rng.choice(CLASSES, 90))
    speakers = np.repeat([f"s{number}" for number in range(6)], 15)
    names = [f"wav/{number:02}.wav" for number in range(90)]
    sex = np.where(np.arange(90) < 45, "f", "m")
    return pd.DataFrame(
        {"file": names, "truth": truth, "better": better, "worse": worse, "speaker": speakers, "sex": sex}
    )


@pytest.fixture
def read(tmp_path):
    """Write text or a table to a file, and read its predictions."""

    def run(content, name="predictions.csv", **given):
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.to_csv(path, index=False)
        return read_predictions(path, ReadOptions(**given))

    return run


@pytest.fixture
def measured(read):
    """The metrics of the same."""

    def run(content, **given):
        return measure(read(content, **given), seed=0)

    return run
