"""What is left of a training that was killed, so that the next run of the same goes on from there.

`State.open(root, fingerprint)` → checkpoint of the running fold, results of the finished ones

    state.json            which training this is
    fold-2.npz            the running fold after an epoch (see `ser_models.models.networks.checkpoint`)
    fold-0/, fold-1/      finished folds: fold.json (history, temperature, fit records),
                          predictions.parquet, and model and scaler of the one that is shipped

A finished fold appears by one rename. The state of another training (other recordings, split, parameters,
seed or versions) is removed.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline

from ser_features import files
from ser_models.artifact.metadata import SCALER
from ser_models.data.examples import Examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.scaling import Scaler
from ser_models.data.split import FINAL_FOLD, Split
from ser_models.environment import versions
from ser_models.evaluation.leakage import FitRecord
from ser_models.models.base import Model
from ser_models.safe_io import skops_file
from ser_models.training.fold import Fold

ROW_COLUMNS = (
    "file_id",
    "dataset",
    "path",
    "speaker",
    "emotion",
    "audio_sha256",
    "source_file_id",
    "variant",
    "parameters",
    "frame_shard",
    "frame_offset",
    "frame_count",
)
"""What tells which recordings these are, as far as rows have it; a frame shard's name is of its content."""


@dataclass(frozen=True)
class State:
    """A folder of resumable state.

    Attributes:
        root: the folder.
    """

    root: Path

    @classmethod
    def open(cls, root: Path, fingerprint: str) -> "State":
        """Go on with the training that `fingerprint` tells, or begin it; all other state is removed."""
        path = root / "state.json"
        known = _read(path).get("fingerprint") == fingerprint
        if not known:
            path.unlink(missing_ok=True)
        for left in [*root.glob(".fold-*"), *(() if known else root.glob("fold-*"))]:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        if not known:
            with files.replacing(path) as file:
                file.write(json.dumps({"fingerprint": fingerprint}).encode())
        return cls(root)

    def checkpoint(self, number: int) -> Path:
        """File for the running fold."""
        return self._folder(number).with_suffix(".npz")

    def save(self, fold: Fold, *, shipped: bool) -> None:
        """Keep a finished fold; its model only if it is `shipped`."""
        hidden = Path(tempfile.mkdtemp(prefix=".fold-", dir=self.root))
        content = {
            "history": fold.history,
            "fitted": [_plain(part) for part in fold.fitted],
            "temperature": fold.temperature,
        }
        (hidden / "fold.json").write_text(json.dumps(content), encoding="utf-8")
        fold.predictions.to_parquet(hidden / "predictions.parquet", index=False)
        if shipped and fold.scaler is not None:
            fold.model.save(hidden / f"model{fold.model.suffix}")
            skops_file.save(fold.scaler.pipeline, hidden / SCALER)
        for path in (*hidden.iterdir(), hidden):
            files.sync(path)
        hidden.rename(self._folder(fold.number))
        files.sync(self.root)
        self.checkpoint(fold.number).unlink(missing_ok=True)

    def load(self, number: int, model: Model, *, classes: int, shipped: bool) -> Fold | None:
        """Return a finished fold, or None.

        Args:
            number: of the fold.
            model: unfitted; it is restored if `shipped`.
            classes: width of its probabilities.
            shipped: whether the model is wanted.
        """
        folder = self._folder(number)
        if not folder.is_dir():
            return None
        content = _read(folder / "fold.json")
        fitted = tuple(
            FitRecord(part["part"], part["fold"], frozenset(part["file_ids"]), tuple(part["sides"]))
            for part in content["fitted"]
        )
        scaler = None
        if shipped:
            model.restore(folder / f"model{model.suffix}", classes=classes)
            seen = next(part.file_ids for part in fitted if part.part == "scaler")
            scaler = Scaler(model.inputs, skops_file.load(folder / SCALER, Pipeline), seen)
        predictions = pd.read_parquet(folder / "predictions.parquet")
        return Fold(number, model, scaler, content["history"], predictions, fitted, content["temperature"])

    def _folder(self, number: int) -> Path:
        return self.root / f"fold-{'final' if number == FINAL_FOLD else number}"


def fingerprint(examples: Examples, split: Split, model: Model, **how: bool | int) -> str:
    """Return 16 hexadecimal digits over everything that decides how a training ends.

    That is the recordings (their names, bytes, classes and columns), the split, the model and all of its
    parameters, seed and whatever else decides `how`, the features' digest and the versions of the packages.
    """
    columns = model.inputs.columns if isinstance(model.inputs, ColumnInputs) else ()
    rows = [name for name in (*ROW_COLUMNS, *columns) if name in examples.rows]
    content: Mapping[str, Any] = {
        "rows": _hash(examples.rows[rows]),
        "labels": examples.labels,
        "digest": getattr(examples.store, "digest", None),
        "split": _hash(split.table[["file_id", "fold", "split"]]),
        "selects_on_test": split.selects_on_test,
        "model": model.name,
        "parameters": model.parameters,
        "how": how,
        "versions": versions(),
        "backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _hash(table: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()


def _plain(part: FitRecord) -> dict[str, Any]:
    return {**asdict(part), "file_ids": sorted(part.file_ids)}


def _read(path: Path) -> dict[str, Any]:
    """The content of a JSON file; nothing if there is none, or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
