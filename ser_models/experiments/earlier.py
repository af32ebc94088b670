"""Earlier runs beside a new one: the artifacts in the same folder.

folder of the new artifact, its test predictions → `earlier_runs` → `EarlierRun`s, the latest first

An artifact that the new one replaces is one of them.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd

from ser_features.errors import ArtifactError
from ser_features.labels import in_order
from ser_models.artifact.metadata import METADATA_FILE
from ser_models.artifact.tested import read_tests
from ser_models.evaluation.paired import Difference, paired_difference
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.reporting.report import EarlierRun

MOST = 5
"""Largest number of earlier runs in a report."""


def earlier_runs(out: Path, predictions: pd.DataFrame, result: EvaluationResult) -> list[EarlierRun]:
    """Compare a run with the latest earlier ones that recognise the same on some of the same corpora.

    Args:
        out: folder of the new artifact; the others are beside it.
        predictions: of the new run, as `Trained.predictions`.
        result: of the new run.
    """
    tested = predictions[predictions["split"] == "test"].drop_duplicates("file_id")
    runs: list[EarlierRun] = []
    for folder in _folders(out):
        with suppress(ArtifactError, OSError):
            other = read_result(folder)
            if other.target == result.target and not set(other.datasets).isdisjoint(result.datasets):
                name = f"{folder.name} (replaced)" if folder == out else folder.name
                difference = _difference(tested, read_tests(folder), seed=result.seed)
                runs.append(EarlierRun(name, other, difference))
        if len(runs) == MOST:
            break
    return runs


def _folders(out: Path) -> Iterator[Path]:
    """Artifacts in the same folder, the latest first."""
    files = [file for file in out.parent.glob(f"*/{METADATA_FILE}") if not file.parent.name.startswith(".")]
    yield from (file.parent for file in sorted(files, key=lambda file: -file.stat().st_mtime_ns))


def _difference(tested: pd.DataFrame, others: pd.DataFrame, *, seed: int) -> Difference | None:
    """UAR minus that of the other run, on recordings that both were tested on with one true class."""
    shared = tested.merge(others[["file_id", "emotion"]], on=["file_id", "emotion"])["file_id"]
    own, other = (table[table["file_id"].isin(shared)] for table in (tested, others))
    labels = in_order({*own["emotion"], *own["predicted"], *other["predicted"]})
    return paired_difference(own, other, labels, seed=seed)
