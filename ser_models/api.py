"""What `ser train`, `ser evaluate` and `ser predict` do, in one call each.

paths as text or `Path` → `experiment.run`, `evaluation.stored`, `inference.load`
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser_features.store.layout import store_root
from ser_models.evaluation.result import EvaluationResult
from ser_models.experiments.evaluate import evaluate as measure
from ser_models.experiments.train import Plan, run
from ser_models.inference.loading import load
from ser_models.inference.predictor import Predictor
from ser_models.training.train import Progress

__all__ = ["Result", "evaluate", "load", "train"]

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class Result:
    """A trained and measured model.

    Attributes:
        folder: its artifact.
        metrics: the result of its test, as in metrics.json.
    """

    folder: Path
    metrics: EvaluationResult

    def load(self) -> Predictor:
        """Load the model to ask it."""
        return load(self.folder)


def train(
    model: str,
    *,
    store: PathLike = "data/store",
    out: PathLike | None = None,
    datasets: Sequence[str] | None = None,
    split: str | None = None,
    test_datasets: Sequence[str] = (),
    folds: int | None = None,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
    copies: bool | None = None,
    speaker_norm: bool = False,
    progress: Progress = lambda step: None,
) -> Result:
    """Train a model on a feature store and measure it on speakers it has never heard.

    Args:
        model: one of `ser_models.models.MODELS`, such as "cnn_lstm" or "xgboost".
        store: the feature store.
        out: folder of the artifact; artifacts/<model> by default. An artifact that is there is replaced.
        datasets: corpora to train on; all of the store by default.
        split: "speaker" (default), "random" or "cross-corpus".
        test_datasets: corpora to test on and not to train on.
        folds: test every speaker once, in so many folds; one split of 70, 15 and 15 % by default.
        seed: the same seed gives the same result.
        parameters: hyperparameters that differ from the model's defaults.
        copies: whether it learns from the slower and faster copies of recordings; None: if it gains by them
            and the store has them.
        speaker_norm: whether every speaker's recordings are rid of their voice, which takes several of them
            and no labels; the result is transductive, and so are the answers.
        progress: told of every epoch.

    Raises:
        InputError: if that does not fit the store, or something else stands at `out`.
        MissingExtraError: if the model needs a package that is not installed.
    """
    folder = Path(out) if out is not None else Path("artifacts") / model
    plan = Plan(
        model=model,
        parameters=parameters,
        datasets=datasets,
        split=split,
        test_datasets=test_datasets,
        folds=folds,
        seed=seed,
        copies=copies,
        speaker_norm=speaker_norm,
    )
    return Result(folder, run(store_root(store), folder, plan, progress))


def evaluate(
    artifact: PathLike, *, store: PathLike = "data/store", datasets: Sequence[str] | None = None
) -> EvaluationResult:
    """Measure a trained model on stored recordings, and say which of them it has met in training.

    Args:
        artifact: folder of the model.
        store: a feature store of the same profile.
        datasets: corpora to use; all by default.

    Returns:
        The result. `leakage` lists what was in the training, `unseen` has the metrics without that.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store has other features, or none of the model's emotions.
    """
    return measure(Path(artifact), store_root(store), datasets)
