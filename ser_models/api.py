"""What `ser train`, `evaluate`, `calibrate`, `compare`, `predict`, `score` and `audit` do, in one call each.

paths as text or `Path` → `experiments.train.run_experiment`, `experiments.evaluate`,
`experiments.calibrate`, `experiments.side_by_side`, `inference.load`, `scoring.score`, `auditing.audit`
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ser_features import notebook
from ser_features.arguments import Names, Natural, PathLike, Positive, checked, names_of
from ser_features.errors import InputError
from ser_features.labels import spelled_mapping
from ser_features.store.layout import store_root
from ser_models.auditing.audit import AuditConfig, Given, audited, identified, read_given
from ser_models.auditing.estimate import estimate as estimated
from ser_models.auditing.result import AuditResult
from ser_models.auditing.sources.columns import Columns
from ser_models.auditing.split_table import DEV, TEST, TRAIN
from ser_models.data.split import Folds
from ser_models.evaluation.result import EvaluationResult
from ser_models.evaluation.side_by_side import SideBySide
from ser_models.experiments import run_file
from ser_models.experiments.calibrate import Recalibration
from ser_models.experiments.calibrate import calibrate as recalibrate
from ser_models.experiments.evaluate import evaluate as measure
from ser_models.experiments.run_file import RunFile
from ser_models.experiments.side_by_side import side_by_side
from ser_models.experiments.train import run_experiment
from ser_models.inference.loading import load
from ser_models.inference.predictor import Predictor
from ser_models.models.base import OptimiseFor
from ser_models.scoring.columns import ReadOptions
from ser_models.scoring.result import ScoreResult
from ser_models.scoring.score import score_tables
from ser_models.training.config import Progress, RunContext, TrainConfig, ignore

__all__ = ["Result", "audit", "calibrate", "compare", "evaluate", "load", "score", "train"]


@dataclass(frozen=True)
class Result:
    """A trained and measured model.

    Attributes:
        folder: its artifact.
        metrics: the result of its test, as in metrics.json.
    """

    folder: Path
    metrics: EvaluationResult

    def _repr_html_(self) -> str:
        return self.metrics._repr_html_()

    def load(self) -> Predictor:
        """Load the model for prediction."""
        return load(self.folder)


@checked
def train(
    model: str | None = None,
    *,
    config: PathLike | None = None,
    store: PathLike | None = None,
    out: PathLike | None = None,
    datasets: Names | None = None,
    split: str | None = None,
    split_by: str | None = None,
    test_datasets: Names | None = None,
    folds: Folds = None,
    seed: Natural | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    oversample: bool | None = None,
    speed_perturb: bool | None = None,
    rooms: Natural | None = None,
    speaker_norm: bool | None = None,
    label_map: Mapping[str, str] | None = None,
    classes: Names | None = None,
    target: str | None = None,
    fold_column: str | None = None,
    own_features: PathLike | None = None,
    optimise_for: OptimiseFor | None = None,
    jobs: Positive | None = None,
    tensorboard: PathLike | None = None,
    progress: Progress | None = None,
) -> Result:
    """Train a model on a feature store and measure it on unseen speakers.

    An argument that is None has its value in `config`, or its default.

    Args:
        model: one of `ser_models.models.MODELS`, such as "cnn_lstm" or "xgboost".
        config: run file of a training (run.toml of its artifact): its model, settings and store. The other
            arguments replace its values.
        store: the feature store; data/store by default.
        out: folder of the artifact; artifacts/<model> by default. An existing artifact is replaced.
        datasets: corpora to train on; all of the store by default.
        split: "speaker" (default), "random", "cross-corpus", "official", "session", "text" or "speaker+text".
        split_by: column whose values are not on two sides, instead of `split`.
        test_datasets: corpora to test on and not to train on; none by default.
        folds: number of cross-validation folds, or "all" to leave out one speaker (session, …) at a time; one
            70/15/15 split by default.
        seed: the same seed gives the same result; 0 by default.
        hyperparameters: those that differ from the model's defaults, such as {"members": ["ridge", "mlp"]} of
            an ensemble.
        oversample: repeat recordings of the smaller classes on the training side; not by default.
        speed_perturb: train on slower and faster copies of the training recordings too; None: if the model is
            made for it and the store has them.
        rooms: number of copies in other rooms of each training recording to train on too; None: all that the
            store has, if the model is made for them.
        speaker_norm: normalise by speaker, unlabelled; takes several recordings per speaker, and makes the
            result and the predictions transductive; not by default.
        label_map: emotions that count as another class, such as {"excited": "happy"}.
        classes: those to recognise, after `label_map`; all by default. Recordings of others are left out.
        target: column of the store that is recognised: "emotion" (default), "gender", or one of an own table.
        optimise_for: whom regularisation, calibration, ensemble weights and the members of `best` are for:
            new speakers of the training corpora ("own"), or speakers of other corpora ("other", by default
            with three training corpora or more).
        fold_column: column whose values are the folds, instead of `split` and `folds`.
        own_features: table of your own features that a model of columns reads instead of the store's.
        jobs: cores to use, for folds, inner folds and members of an ensemble; the result is the same. None:
            all of them, or 1 for networks, which use several by themselves.
        tensorboard: folder for TensorBoard event files.
        progress: called after every epoch. Default: a line in a notebook, nothing elsewhere.

    Raises:
        InputError: if the arguments do not fit the store, the run file cannot be read, there is no model, or
            something else stands at `out`.
        MissingExtraError: if the model needs a package that is not installed.
    """
    values = {
        "datasets": _names(datasets),
        "split": split,
        "split_by": split_by,
        "test_datasets": _names(test_datasets),
        "folds": folds,
        "seed": seed,
        "oversample": oversample,
        "speed_perturb": speed_perturb,
        "rooms": rooms,
        "speaker_norm": speaker_norm,
        "label_map": None if label_map is None else spelled_mapping(label_map),
        "classes": _names(classes),
        "target": target,
        "fold_column": fold_column,
        "own_features": None if own_features is None else Path(own_features),
        "optimise_for": optimise_for,
    }
    given = {name: value for name, value in values.items() if value is not None}
    run = _run(config, model)
    chosen = run.replaced(model, hyperparameters or {}, given)
    folder = Path("artifacts") / chosen.model if out is None else Path(out)
    folder_of_events = Path(tensorboard) if tensorboard is not None else None
    context = RunContext(progress=progress or _shown(), jobs=jobs, tensorboard=folder_of_events)
    root = store_root(store if store is not None else run.store or "data/store")
    return Result(folder, run_experiment(root, folder, chosen, context))


@checked
def evaluate(
    artifact: PathLike,
    *,
    store: PathLike = "data/store",
    datasets: Names | None = None,
    own_features: PathLike | None = None,
) -> EvaluationResult:
    """Evaluate a trained model on stored recordings, and report those it has seen in training.

    Args:
        artifact: folder of the model.
        store: a feature store of the same profile.
        datasets: corpora to use; all by default.
        own_features: table of the features of a model that was trained on your own.

    Returns:
        The result. `leakage` lists what was in the training, `unseen` has the metrics without that.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: if the store has other features, or none of the model's emotions.
    """
    table = Path(own_features) if own_features is not None else None
    return measure(Path(artifact), store_root(store), _names(datasets), table)


@checked
def calibrate(
    artifact: PathLike,
    out: PathLike,
    *,
    store: PathLike = "data/store",
    datasets: Names | None = None,
    own_features: PathLike | None = None,
) -> Recalibration:
    """Fit the confidence of a trained model on labelled recordings of other speakers, such as your own.

    Args:
        artifact: folder of the model, which is not changed.
        out: folder of the calibrated copy.
        store: a feature store of the same profile.
        datasets: corpora to use; all by default.
        own_features: table of the features of a model that was trained on your own.

    Returns:
        The temperature, and the calibration error before and after.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: as for `evaluate`, or with fewer than two speakers that were not in the training.
    """
    table = Path(own_features) if own_features is not None else None
    return recalibrate(Path(artifact), store_root(store), _names(datasets), Path(out), table)


@checked
def compare(artifacts: Names, *, seed: Natural = 0) -> SideBySide:
    """Compare trained models on the recordings that all of them were tested on.

    Args:
        artifacts: folders of two or more models; the others are compared with the first.
        seed: of the bootstrap over speakers.

    Returns:
        The models with the paired differences to the first, and a verdict.

    Raises:
        ArtifactError: if one is no artifact, or its predictions are missing or altered.
        InputError: if they share no test recordings of two classes.
    """
    return side_by_side([Path(folder) for folder in names_of(artifacts)], seed=seed)


@checked
def score(
    predictions: PathLike,
    other: PathLike | None = None,
    *,
    truth: str | None = None,
    prediction: str | None = None,
    path: str | None = None,
    speaker: str | None = None,
    groups: Names = (),
    corpus: str | None = None,
    pattern: str | None = None,
    softmax: bool = False,
    seed: Natural = 0,
) -> ScoreResult:
    """Score a table of predictions that any system made, and compare it with another one.

    Columns with usual names are recognised; tables are CSV, TSV, JSON, JSON lines, Parquet or audformat.

    Args:
        predictions: table with a row per recording: true class, and predicted class or probabilities.
        other: table of another system, for a paired comparison on the recordings in both.
        truth: column of the true classes.
        prediction: column of the predicted classes.
        path: column of the recordings.
        speaker: column of the speakers.
        groups: columns whose values are compared, beside the usual ones such as gender.
        corpus: known corpus whose names the recordings have, which state the speakers.
        pattern: of these names, such as "{speaker}_{}.wav", instead of a corpus.
        softmax: columns per class are logits, of which the softmax is computed.
        seed: of the bootstrap.

    Returns:
        The metrics; `comparison` is None without `other`.

    Raises:
        InputError: if a table cannot be read, or leaves open which column is meant.
        MissingExtraError: if a package is needed that is not installed.
    """
    given = ReadOptions(
        truth=truth,
        prediction=prediction,
        path=path,
        speaker=speaker,
        groups=tuple(names_of(groups)),
        corpus=corpus,
        pattern=pattern,
        softmax=softmax,
    )
    second = Path(other) if other is not None else None
    return score_tables(Path(predictions), second, given, seed=seed)


@checked
def audit(
    splits: Given | None = None,
    *,
    train: Given | None = None,
    dev: Given | None = None,
    test: Given | None = None,
    side: str | None = None,
    fold: str | None = None,
    path: str | None = None,
    corpus: str | None = None,
    pattern: str | None = None,
    speaker: str | None = None,
    data: PathLike | None = None,
    store: PathLike | None = None,
    estimate: Literal["logistic", "ridge"] | None = None,
) -> AuditResult:
    """Audit a split of any origin: what its test shares with its training.

    Args:
        splits: a file or folder with sides or folds, several files of one split, or a DataFrame.
        train: the training side instead: a list on disk, the paths of its recordings, or a DataFrame.
        dev: the validation side.
        test: the test side.
        side: column of the sides; one with a usual name by default, such as "split".
        fold: column of the folds.
        path: column of the paths.
        corpus: known corpus whose file names the paths are; recognised by default.
        pattern: of the ends of the paths instead, such as "{speaker}_{emotion}_{}.wav".
        speaker: column of the speakers; the file names or one with a usual name by default.
        data: folder of the audio, to compare recordings by their sound.
        store: feature store to estimate from instead of the audio.
        estimate: model by which is estimated how much the split flatters, from audio or a store: minutes.

    Returns:
        The result. `shared("speaker")` is empty if no test speaker is in training.

    Raises:
        InputError: if the split cannot be read, or leaves open which side a row is of.
    """
    split = read_given(splits, {TRAIN: train, DEV: dev, TEST: test}, Columns(path, side, fold))
    folder = Path(data) if data is not None else None
    rows = identified(split, AuditConfig(corpus, pattern, speaker, folder))
    if estimate is None:
        return audited(split, rows)
    root = os.fspath(store) if store is not None else None
    return audited(split, rows, estimated(rows, data=folder, store=root, model=estimate))


def _run(config: PathLike | None, model: str | None) -> RunFile:
    """The run file, or one of the defaults for a model.

    Raises:
        InputError: if the file cannot be read, or there is neither.
    """
    if config is not None:
        return run_file.read(Path(config))
    if model is None:
        raise InputError("train: no model: name one of ser_models.models.MODELS, or pass config")
    return RunFile(TrainConfig(model))


def _shown() -> Progress:
    """The last epoch as a line in a notebook; nothing elsewhere."""
    if not notebook.is_running():
        return ignore
    bar = notebook.Bar("training")
    return lambda step: bar.reach(
        0, f"{step.part}, epoch {step.row['epoch']:.0f}: validation UAR {step.row['val_uar']:.3f}"
    )


def _names(datasets: Names | None) -> list[str] | None:
    return None if datasets is None else names_of(datasets)
