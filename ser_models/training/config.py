"""What is trained, and what accompanies a training.

`TrainConfig` (decides the result) and `RunContext` (does not) → `experiments`, `train`, `train_fold`

>>> TrainConfig("logistic", folds=5).seed
0
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ser_features.arguments import Natural
from ser_models.data.split import Folds
from ser_models.models.base import OptimiseFor, Row


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides the result of a training on a given store.

    Attributes:
        model: name in `ser_models.models.MODELS`.
        hyperparameters: those that differ from the model's defaults.
        datasets: corpora to train on; None for all of the store except `test_datasets`.
        split: one of `split.KINDS`; None: "cross-corpus" if there are `test_datasets`, else "speaker".
        split_by: column of the store whose values are not on two sides, instead of `split`.
        test_datasets: corpora to test on and not to train on (cross-corpus).
        folds: number of cross-validation folds, "all" to leave out one group at a time; None for one split.
        seed: of split, training and bootstrap; the same seed gives the same result where
            `Model.reproducible`.
        oversample: repeat recordings of the smaller classes, on the training side of each fold only.
        speed_perturb: train on the slower and faster copies of training recordings too; None: if the model
            is made for it and the store has them.
        rooms: number of copies in other rooms of each training recording to train on too; None: all that the
            store has, if the model is made for them.
        speaker_norm: normalise by speaker on all sides, without labels; the result is transductive.
        label_map: emotions that count as another class.
        classes: those to recognise, after `label_map`; empty for all. Recordings of others are left out.
        target: column of the store that holds the class.
        optimise_for: "own": regularisation, calibration and weights are selected on held-out speakers;
            "other": on held-out corpora. None counts as "own"; `experiments.train.optimised` settles it.
        fold_column: column of the store whose values are the folds, instead of `split` and `folds`.
        own_features: table of features that a model of columns reads instead of those of the store.
    """

    model: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    datasets: Sequence[str] | None = None
    split: str | None = None
    split_by: str | None = None
    test_datasets: Sequence[str] = ()
    folds: Folds = None
    seed: Natural = 0
    oversample: bool = False
    speed_perturb: bool | None = None
    rooms: Natural | None = None
    speaker_norm: bool = False
    label_map: Mapping[str, str] = field(default_factory=dict)
    classes: Sequence[str] = ()
    target: str = "emotion"
    optimise_for: OptimiseFor | None = None
    fold_column: str | None = None
    own_features: Path | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One epoch of one fold.

    Attributes:
        part: name of the fold: "fold 2 of 5", "final model".
        row: the epoch's line of the history.
        done: whether the fold is finished; `row` is the best epoch then.
        name: of the epoch: "epoch 12", "best epoch 12 of 31", or the member of an ensemble; empty of models
            that are fitted in one step.
        share: of the fold that is done, from 0 to 1, if no epoch is saved by early stopping.
        folds: number of folds, the final model included.
    """

    part: str
    row: Row
    done: bool = False
    name: str = ""
    share: float = 0.0
    folds: int = 1


Progress = Callable[[Step], None]
"""Called after every epoch, and after every fold."""


def ignore(step: Step) -> None:
    """Do nothing: the progress callback by default."""


def ignore_notes(lines: Sequence[str]) -> None:
    """Do nothing: the callback for notes by default."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What accompanies a training without changing its result.

    Attributes:
        state: folder for resumable state: the same training continues there after a kill and ends with the
            same result. None keeps none. The caller removes it once the result is safe.
        progress: called after every epoch.
        jobs: cores to use: for folds, and what they leave for inner folds and ensemble members. None: all
            of them, or 1 for models that use several by themselves.
        tensorboard: folder for event files, one folder per fold; None writes none.
        on_notes: called before the training with what is odd about the recordings, in a few lines.
    """

    state: Path | None = None
    progress: Progress = ignore
    jobs: int | None = None
    tensorboard: Path | None = None
    on_notes: Callable[[Sequence[str]], None] = ignore_notes
