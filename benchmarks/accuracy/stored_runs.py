"""Runs of recipes as stored in docs/results: result, history of the training, and numbers of recordings.

artifact of `ser reproduce` → `store_run` → docs/results/<recipe>.<protocol>[.quick][.seed<n>].json
→ `stored_runs`: those of seed 0
compare.json of `ser reproduce --compare` → docs/results/compare_<the same>.json → `stored_comparisons`

The file has a line for each attribute of the result, so that differences between versions can be read.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.common import RESULTS
from ser_features.errors import ArtifactError
from ser_features.labels import in_order
from ser_features.manifest import VARIANT_MARK
from ser_models.evaluation.comparison import ComparedRows
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
        counts: number of recordings by corpus and emotion, without augmented copies.
    """

    protocol: str
    result: EvaluationResult
    history: pd.DataFrame
    counts: Mapping[str, Mapping[str, int]]


def path_of(recipe: str, protocol: str, *, quick: bool, seed: int = 0) -> Path:
    """The file of a run."""
    parts = [recipe, protocol, *(["quick"] if quick else []), *([f"seed{seed}"] if seed else [])]
    return RESULTS / f"{'.'.join(parts)}.json"


def comparison_path_of(recipe: str, protocol: str, *, quick: bool, seed: int = 0) -> Path:
    """The file of a comparison."""
    path = path_of(recipe, protocol, quick=quick, seed=seed)
    return path.with_name(f"compare_{path.name}")


def stored_comparisons(recipe: str) -> list[ComparedRows]:
    """The stored comparisons of a recipe: of each protocol the full one, or the reduced one."""
    compared = []
    for protocol in PROTOCOLS:
        paths = [comparison_path_of(recipe, protocol, quick=quick) for quick in (False, True)]
        if path := next((path for path in paths if path.is_file()), None):
            compared.append(ComparedRows.from_json(path.read_bytes()))
    return compared


def store_run(path: Path, artifact: Path, protocol: str) -> EvaluationResult:
    """Store the run of an artifact, and return its result."""
    result = read_result(artifact)
    history = pd.read_csv(artifact / "history.csv").round(DIGITS)
    extra = {"under": protocol, "counts": _counts(artifact), "history": history.to_dict("list")}
    content = extra | json.loads(result.to_json())
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
    protocol, counts = content.pop("under"), content.pop("counts", {})
    history = pd.DataFrame(content.pop("history", {}))
    return StoredRun(protocol, EvaluationResult.from_json(json.dumps(content), path.name), history, counts)


def _counts(artifact: Path) -> dict[str, dict[str, int]]:
    """Recordings of each corpus and emotion; the predictions have every recording of one side at least."""
    rows = pd.read_parquet(artifact / "predictions.parquet", columns=["file_id", "dataset", "emotion"])
    originals = rows[~rows["file_id"].str.contains(VARIANT_MARK, regex=False)].drop_duplicates("file_id")
    counts: dict[str, dict[str, int]] = {}
    for name, own in originals.groupby("dataset"):
        by_emotion = own["emotion"].value_counts()
        counts[str(name)] = {emotion: int(by_emotion[emotion]) for emotion in in_order(set(by_emotion.index))}
    return counts
