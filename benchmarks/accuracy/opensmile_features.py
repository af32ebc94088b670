"""openSMILE features of the same recordings; its licence excludes it as a dependency of the project.

recordings → `functionals` → columns → the project's own `ridge`, tuned on the same validation speakers

Needs: pip install opensmile==2.6.0
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile
from joblib import Parallel, delayed

from ser_models.data.batches import InMemory, Scaler, fit_statistics
from ser_models.data.examples import Examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.speaker_norm import SpeakerPrior, normalize
from ser_models.data.split import Split
from ser_models.evaluation.score import prediction_table
from ser_models.models.base import FitContext, Labelled, OptimiseFor
from ser_models.models.kernel.ridge import Ridge

SETS = ("ComParE_2016", "eGeMAPSv02")


def functionals(name: str, paths: Sequence[Path], workers: int) -> np.ndarray:
    """OpenSMILE functionals of whole recordings at their own sample rate, (recordings, columns) float32."""
    rows = Parallel(workers)(delayed(_functionals)(name, path) for path in paths)
    return np.stack(list(rows))


def _functionals(name: str, path: Path) -> np.ndarray:
    signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    table = _smile(name).process_signal(signal.mean(axis=1), rate)
    return np.asarray(table.iloc[0], np.float32)


@lru_cache(maxsize=2)
def _smile(name: str) -> Any:
    import opensmile

    return opensmile.Smile(
        feature_set=getattr(opensmile.FeatureSet, name), feature_level=opensmile.FeatureLevel.Functionals
    )


def predict(
    examples: Examples,
    split: Split,
    columns: np.ndarray,
    *,
    seed: int,
    speaker_norm: bool,
    model: Callable[[], Ridge] = Ridge,
    optimise_for: OptimiseFor = "own",
) -> pd.DataFrame:
    """Test predictions of every fold by `ridge` on other columns.

    Args:
        examples: the recordings.
        split: the same folds as for every other system.
        columns: of the recordings, in the order of `examples.rows`.
        seed: of the model.
        speaker_norm: whether the columns are normalised by speaker, as the project's own.
        model: returns an unfitted ridge.
        optimise_for: see `FitContext`.
    """
    row_of = {file_id: row for row, file_id in enumerate(examples.rows["file_id"])}
    tables = []
    for fold in split.folds:
        sides = {name: examples.take(split.side(fold, name)) for name in ("train", "validation", "test")}
        values = {
            name: columns[[row_of[file_id] for file_id in side.rows["file_id"]]]
            for name, side in sides.items()
        }
        if speaker_norm:
            values = _normalized(values, {name: side.speaker_variants for name, side in sides.items()})
        inputs = ColumnInputs(tuple(map(str, range(columns.shape[1]))))
        scaler = Scaler(inputs, fit_statistics(inputs, values["train"]))
        labelled = {
            name: Labelled(
                InMemory(scaler.transform(values[name])),
                side.targets,
                len(side.labels),
                tuple(side.rows["file_id"]),
                tuple(side.groups),
            )
            for name, side in sides.items()
        }
        fitted = model()
        context = FitContext(seed, fold, optimise_for=optimise_for)
        fitted.fit(labelled["train"], labelled["validation"], context)
        probabilities = fitted.predict(labelled["test"].source)
        tables.append(prediction_table(sides["test"], probabilities, fold=fold, split="test"))
    return pd.concat(tables, ignore_index=True)


def _normalized(values: dict[str, np.ndarray], speakers: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """Columns of each side, without the voices of its speakers."""
    inputs = ColumnInputs(tuple(map(str, range(values["train"].shape[1]))))
    prior = SpeakerPrior.fit(inputs, values["train"], speakers["train"])
    result: dict[str, np.ndarray] = {}
    for name, side in values.items():
        estimates = prior.estimate_all(side, speakers[name])
        normalized = normalize(inputs, side, [estimates[speaker] for speaker in speakers[name]])
        result[name] = np.asarray(normalized)
    return result
