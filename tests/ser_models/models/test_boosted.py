"""XGBoost's trees give the same probabilities without XGBoost."""

import subprocess
import sys

import numpy as np
import pytest
import xgboost

from ser_models.models.base import FitContext
from ser_models.safe_io import arrays
from tests.ser_models.tiny import labelled, tiny

PREDICT = """
import sys
from pathlib import Path
from ser_models.safe_io import arrays
from tests.ser_models.tiny import labelled, tiny
model = tiny("xgboost").set_state(arrays.load(Path(sys.argv[1])), classes=3)
model.predict_proba(labelled(model.inputs, 2, 0).arrays)
print(sorted({"xgboost", "sklearn", "pandas", "scipy.sparse"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def fitted():
    """Trees of noise, so that they have many different splits."""
    model = tiny("xgboost", n_estimators=30)
    train, validation = labelled(model.inputs, 300, 0), labelled(model.inputs, 60, 1)
    for side in (train, validation):
        side.arrays["columns"] += np.random.default_rng(0).normal(0, 2, side.arrays["columns"].shape)
    model.fit(train, validation, FitContext(0))
    return model


def test_probabilities_are_those_of_xgboost(fitted):
    columns = np.random.default_rng(1).normal(0, 3, (500, len(fitted.inputs.columns))).astype(np.float32)
    # Values at the thresholds themselves: which side they belong to is part of the format.
    conditions = fitted.forest.values[fitted.forest.nodes["column"] >= 0][:500]
    columns[: conditions.size] = conditions[:, np.newaxis]
    expected = fitted.booster.predict(xgboost.DMatrix(columns))
    np.testing.assert_allclose(fitted.predict_proba({"columns": columns}), expected, rtol=1e-5, atol=1e-7)


def test_a_prediction_imports_neither_xgboost_nor_scikit_learn(fitted, tmp_path):
    arrays.save(tmp_path / "model.npz", fitted.state())
    command = [sys.executable, "-c", PREDICT, tmp_path / "model.npz"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "[]\n"
