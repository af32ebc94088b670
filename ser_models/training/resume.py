"""Resumable state: what a killed training leaves, so that the next run of the same training continues there.

`State.open(root, fingerprint)` → checkpoint of the running fold, results of the finished folds

    state.json            fingerprint of the training
    fold-2.npz            the running fold after an epoch (see `ser_models.models.networks.checkpoint`)
    fold-0/, fold-1/      finished folds: fold.json (history, temperature, fit records), predictions.parquet,
                          and model and scaler of the final one

A finished fold appears by one rename. The state of another training (other recordings, split,
hyperparameters, seed or versions) is removed.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ser_features import files
from ser_models.artifact.folder import save_model
from ser_models.artifact.metadata import versions
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.batches import Scaler
from ser_models.data.examples import Examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.split import FINAL_FOLD, Split
from ser_models.evaluation.leakage import FitRecord
from ser_models.models.base import Model, Row
from ser_models.training.config import TrainConfig

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
"""Columns that identify the recordings, where rows have them; a frame shard is named after its content."""


@dataclass(frozen=True)
class Fold:
    """The result of one fold.

    Attributes:
        number: of the fold, from 0; -1 for the final model.
        model: the fitted model; unfitted in a fold that was read back and is not the final one.
        scaler: its scaler; None where the model is not fitted.
        history: one row per epoch.
        predictions: see `Trained.predictions`.
        fitted: the recordings that each fitted part has seen.
        temperature: of the probabilities, those in `predictions` included.
    """

    number: int
    model: Model
    scaler: Scaler | None
    history: list[Row]
    predictions: pd.DataFrame
    fitted: tuple[FitRecord, ...]
    temperature: float = 1.0


@dataclass(frozen=True)
class State:
    """A folder of resumable state.

    Attributes:
        root: the folder.
    """

    root: Path

    @classmethod
    def open(cls, root: Path, fingerprint: str) -> "State":
        """Continue the training with this fingerprint, or begin it; the state of any other is removed."""
        path = root / "state.json"
        same = _read(path).get("fingerprint") == fingerprint
        if not same:
            path.unlink(missing_ok=True)
        for leftover in [*root.glob(".fold-*"), *(() if same else root.glob("fold-*"))]:
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        if not same:
            with files.replacing(path) as file:
                file.write(json.dumps({"fingerprint": fingerprint}).encode())
        return cls(root)

    def checkpoint(self, number: int) -> Path:
        """Checkpoint file of a running fold."""
        return self._folder(number).with_suffix(".npz")

    def save(self, fold: Fold, *, final: bool) -> None:
        """Write a finished fold; its model only if it is the `final` one."""
        hidden = Path(tempfile.mkdtemp(prefix=".fold-", dir=self.root))
        content = {
            "history": fold.history,
            "fitted": [_plain(part) for part in fold.fitted],
            "temperature": fold.temperature,
        }
        (hidden / "fold.json").write_text(json.dumps(content), encoding="utf-8")
        fold.predictions.to_parquet(hidden / "predictions.parquet", index=False)
        if final and fold.scaler is not None:
            save_model(hidden, fold.model, fold.scaler)
        for path in (*hidden.iterdir(), hidden):
            files.sync(path)
        hidden.rename(self._folder(fold.number))
        files.sync(self.root)
        self.checkpoint(fold.number).unlink(missing_ok=True)

    def load(self, number: int, model: Model, *, classes: int, final: bool) -> Fold | None:
        """Read a finished fold; None if it is not finished.

        Args:
            number: of the fold.
            model: unfitted; it is restored if `final`.
            classes: number of classes.
            final: whether to restore the model.
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
        if final:
            backend = NativeBackend.load(folder, model, classes=classes)
            seen = next(part.file_ids for part in fitted if part.part == "scaler")
            scaler = replace(backend.scaler, seen=seen)
        predictions = pd.read_parquet(folder / "predictions.parquet")
        return Fold(number, model, scaler, content["history"], predictions, fitted, content["temperature"])

    def _folder(self, number: int) -> Path:
        return self.root / f"fold-{'final' if number == FINAL_FOLD else number}"


def fingerprint(examples: Examples, split: Split, model: Model, config: TrainConfig) -> str:
    """Return 16 hexadecimal digits over everything that decides the result of a training.

    That is the recordings (their names, bytes, classes and columns), the split, the model and all of its
    hyperparameters, the settings of the training, the digest of the features and the package versions.
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
        "settings": [config.seed, config.oversample, config.speaker_norm, config.optimise_for],
        "versions": versions(),
        "backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _hash(table: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()


def _plain(part: FitRecord) -> dict[str, Any]:
    return {**asdict(part), "file_ids": sorted(part.file_ids)}


def _read(path: Path) -> dict[str, Any]:
    """The content of a JSON file; empty if there is none, or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
