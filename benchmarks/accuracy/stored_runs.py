"""Runs of recipes as stored in docs/results: the result as in metrics.json, and the history of the training.

artifact of `ser reproduce` → `store_run` → docs/results/<recipe>.<protocol>[.quick].json → `stored_runs`

The file has a line for each attribute of the result, so that differences between versions can be read.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.common import RESULTS
from ser_features.errors import ArtifactError
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.recipes.schema import PROTOCOLS

DIGITS = 6
"""Decimals of the history."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run of a recipe.

    Attributes:
        protocol: "paper" or "honest".
        result: as in metrics.json.
        history: as in history.csv.
    """

    protocol: str
    result: EvaluationResult
    history: pd.DataFrame


def path_of(recipe: str, protocol: str, *, quick: bool) -> Path:
    """The file of a run."""
    return RESULTS / f"{recipe}.{protocol}{'.quick' if quick else ''}.json"


def store_run(path: Path, artifact: Path, protocol: str) -> EvaluationResult:
    """Store the run of an artifact, and return its result."""
    result = read_result(artifact)
    history = pd.read_csv(artifact / "history.csv").round(DIGITS)
    content = {"under": protocol, "history": history.to_dict("list"), **json.loads(result.to_json())}
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return result


def stored_runs(recipe: str) -> dict[str, StoredRun]:
    """The stored runs of a recipe by protocol: the full one, or the reduced one if there is no other.

    Runs that were stored by an earlier version, without all metrics, are left out.
    """
    runs = {}
    for protocol in PROTOCOLS:
        for quick in (True, False):
            with suppress(ArtifactError, OSError):
                runs[protocol] = _read(path_of(recipe, protocol, quick=quick))
    return runs


def _read(path: Path) -> StoredRun:
    content = json.loads(path.read_text(encoding="utf-8"))
    protocol, history = content.pop("under"), pd.DataFrame(content.pop("history", {}))
    return StoredRun(protocol, EvaluationResult.from_json(json.dumps(content), path.name), history)
