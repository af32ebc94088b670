"""skops files: only what this project writes is let through."""

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ser_features.errors import ArtifactError
from ser_models.safe_io import skops_file


def test_what_is_saved_is_loaded(tmp_path):
    pipeline = Pipeline([("scale", StandardScaler())]).fit(np.arange(6.0).reshape(3, 2))
    skops_file.save(pipeline, tmp_path / "scaler.skops")
    loaded = skops_file.load(tmp_path / "scaler.skops", Pipeline)
    np.testing.assert_array_equal(loaded["scale"].mean_, [2, 3])


@pytest.mark.parametrize(
    ("content", "stranger"),
    [
        (FunctionTransformer(np.save), "sklearn.preprocessing._function_transformer.FunctionTransformer"),
        (RandomForestClassifier(), "sklearn.ensemble._forest.RandomForestClassifier"),
        ({"run": print}, "builtins.print"),
    ],
)
def test_any_other_type_is_refused_by_name(tmp_path, content, stranger):
    path = tmp_path / "model.skops"
    skops.io.dump(content, path)
    with pytest.raises(ArtifactError) as error:
        skops_file.load(path, LogisticRegression)
    assert stranger in str(error.value)
    assert "expected only types that ser writes: do not use it" in str(error.value)


def test_another_trusted_type_is_refused(tmp_path):
    skops_file.save(StandardScaler(), tmp_path / "model.skops")
    with pytest.raises(
        ArtifactError, match="is a StandardScaler, expected a LogisticRegression: train again"
    ):
        skops_file.load(tmp_path / "model.skops", LogisticRegression)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_file_is_said_to_be_one(tmp_path, content):
    (tmp_path / "model.skops").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"model.skops cannot be read .*: train again"):
        skops_file.load(tmp_path / "model.skops", LogisticRegression)
