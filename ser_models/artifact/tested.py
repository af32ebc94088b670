"""The test predictions that artifacts keep.

folders of artifacts → `names_of`; predictions.parquet → `read_tests` → a row per test recording
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser_models.artifact.metadata import read_metadata, verified


def names_of(artifacts: Sequence[Path]) -> tuple[str, ...]:
    """Names of the folders, or their paths if two have the same name."""
    names = tuple(path.resolve().name for path in artifacts)
    return names if len({*names}) == len(names) else tuple(map(str, artifacts))


def read_tests(artifact: Path) -> pd.DataFrame:
    """Predictions of the recordings that an artifact's model was tested on, the first of each.

    Returns:
        Columns as of `ser_models.evaluation.score.prediction_table`.

    Raises:
        ArtifactError: if it is no artifact, or its predictions are missing or altered.
    """
    table = pd.read_parquet(verified(artifact, read_metadata(artifact), "predictions.parquet"))
    return table[table["split"] == "test"].drop_duplicates("file_id", keep="first")
