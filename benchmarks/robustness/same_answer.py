"""How many answers stay the same when a recording is brought in another way, without and with conditioning.

    python -m benchmarks.robustness.same_answer --data data/raw
    python -m benchmarks.robustness.same_answer --stores data/stores --write docs/robustness.md

RAVDESS in the profiles `speech16k-raw` and `speech16k` → models of the same speakers → recordings of other
speakers, altered (`alterations.py`) → equal answers; and the UAR over speaker folds of each corpus, with the
paired 95 % interval of the difference.

Before conditioning, `logistic` read the level columns too; so does it here.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from benchmarks import options
from benchmarks.accuracy.common import Run, fit_fold, make_run, markdown, test_predictions
from benchmarks.pages import write_between
from benchmarks.robustness.alterations import ALTERATIONS, LOSSY, encoded
from ser_features import extract
from ser_features.extractors import CORE_COLUMNS
from ser_features.pipeline import Features, extract_bytes
from ser_features.store import Store, open_store
from ser_models.data.inputs import ColumnInputs
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.evaluation.paired import class_indices, paired_difference
from ser_models.models import create
from ser_models.models.base import Model
from ser_models.models.logistic import Logistic
from ser_models.training.resume import Fold

PROFILES = ("speech16k-raw", "speech16k")
"""Before and after."""

FAMILIES = ("core", "functionals", "mfcc")
BEGIN, END = "<!-- begin: benchmarks/robustness/same_answer.py -->", "<!-- end -->"


class LogisticWithLevel(Logistic):
    """Logistic regression on the inputs that it had before conditioning."""

    @property
    def inputs(self) -> ColumnInputs:
        """All core columns but the sample rate."""
        return ColumnInputs(tuple(column.name for column in CORE_COLUMNS if column.name != "sample_rate"))


@dataclass(frozen=True)
class Classifier:
    """A model that was fitted to some speakers.

    Attributes:
        name: of the model.
        fold: of the other speakers.
    """

    name: str
    fold: Fold

    def answers(self, features: Sequence[Features]) -> np.ndarray:
        """Index of the predicted class of each recording, shape (recordings,)."""
        if self.fold.scaler is None:
            raise RuntimeError("the fold has no scaler")
        raw = self.fold.model.inputs.from_features(features)
        return self.fold.model.predict(self.fold.scaler.source(raw)).argmax(axis=1)


def main() -> None:
    """Measure both, and print the tables or write them to a page."""
    parser = options.parser(__doc__, files=48)
    parser.add_argument("--stores", type=Path, help="folder of both stores, kept; default: a temporary one")
    parser.add_argument("--models", nargs="+", default=["logistic", "best"], help="for the equal answers")
    parser.add_argument("--baselines", nargs="+", default=["logistic", "svm"], help="for the UAR")
    parser.add_argument("--corpora", nargs="+", default=["ravdess", "emodb"], help="for the UAR")
    parser.add_argument("--write", type=Path, help="page of the documentation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = opened(arguments.stores or Path(folder), arguments)
        answers = table_of_answers(stores, arguments)
        uars = table_of_uars(stores, arguments)
    text = f"{answers}\n\n{uars}"
    if arguments.write:
        write_between(arguments.write, BEGIN, END, text)
    print(text)


def opened(folder: Path, arguments: argparse.Namespace) -> dict[str, Store]:
    """Both stores by profile, extracted or continued."""
    for profile in PROFILES:
        for corpus in dict.fromkeys(["ravdess", *arguments.corpora]):
            extract(
                corpus,
                data=arguments.data,
                store=folder / profile,
                profile=profile,
                features=FAMILIES,
                speed_perturb=corpus == "ravdess" and "best" in arguments.models,
            )
    return {profile: open_store(folder / profile) for profile in PROFILES}


def model_of(name: str, profile: str) -> Model:
    """An unfitted model, with the inputs that it had in this profile."""
    with_level = name == "logistic" and profile == PROFILES[0]
    return LogisticWithLevel() if with_level else create(name)


def table_of_answers(stores: dict[str, Store], arguments: argparse.Namespace) -> str:
    """Share of equal answers by alteration, model and profile."""
    columns: dict[tuple[str, str], dict[str, int]] = {}
    for profile, store in stores.items():
        run = make_run(store, "ravdess", arguments.data)
        models = [Classifier(name, fit_fold(run, 0, model_of(name, profile))) for name in arguments.models]
        counts = equal_answers(run, models, arguments.files)
        columns |= {(model, profile): shares for model, shares in counts.items()}
        print(profile, counts, flush=True)
    keys = [(model, profile) for model in arguments.models for profile in PROFILES]
    rows = [
        [name + (" (lossy)" if name in LOSSY else ""), *(f"{columns[key][name]}" for key in keys)]
        for name in ALTERATIONS
    ]
    header = ["alteration", *(f"`{model}`, `{profile}`" for model, profile in keys)]
    return f"Equal answers of {arguments.files}.\n\n{markdown(header, rows)}"


def equal_answers(run: Run, models: Sequence[Classifier], files: int) -> dict[str, dict[str, int]]:
    """By model and alteration, the number of recordings with the answer of the unaltered recording."""
    rows = held_out(run, files)
    counts = {model.name: dict.fromkeys(ALTERATIONS, 0) for model in models}
    for path in rows:
        signal, rate = soundfile.read(run.data / path, dtype="float64")
        signal = signal if signal.ndim == 1 else signal.mean(axis=1)
        contents = [encoded(signal, rate), *(alter(signal, rate) for alter in ALTERATIONS.values())]
        features = [extract_bytes(content, run.store.profile, FAMILIES) for content in contents]
        for model in models:
            plain, *altered = model.answers(features).tolist()
            for name, answer in zip(ALTERATIONS, altered, strict=True):
                counts[model.name][name] += answer == plain
    return counts


def held_out(run: Run, files: int) -> list[str]:
    """Paths of recordings of the test speakers of fold 0, evenly spaced."""
    test = run.examples.take(run.split.side(0, "test")).rows
    chosen = np.linspace(0, len(test) - 1, files).round().astype(int)
    return [str(path) for path in test["path"].iloc[chosen]]


def table_of_uars(stores: dict[str, Store], arguments: argparse.Namespace) -> str:
    """UAR over speaker folds before and after, and the paired interval of the difference."""
    rows = []
    for corpus in arguments.corpora:
        for name in arguments.baselines:
            before, after = (
                pd.concat(predicted(make_run(store, corpus, arguments.data), name, profile))
                for profile, store in stores.items()
            )
            rows.append([f"`{corpus}`", f"`{name}`", *compared(before, after)])
            print(rows[-1], flush=True)
    header = ["corpus", "model", "before", "after", "difference, 95 % interval"]
    return f"UAR on unseen speakers, five folds.\n\n{markdown(header, rows)}"


def predicted(run: Run, name: str, profile: str) -> Iterator[pd.DataFrame]:
    """Test predictions of every fold."""
    for number in run.split.folds:
        yield test_predictions(fit_fold(run, number, model_of(name, profile)))


def compared(before: pd.DataFrame, after: pd.DataFrame) -> tuple[str, str, str]:
    """Both UARs, and the difference with its paired interval over speakers."""
    labels = sorted(before["emotion"].unique())
    old, new = (_uar_of(table, labels) for table in (before, after))
    apart = paired_difference(after, before, labels, seed=0)
    assert apart is not None, "both were tested on the same recordings"
    return f"{old:.3f}", f"{new:.3f}", f"{apart.uar:+.3f} [{apart.low:+.3f}, {apart.high:+.3f}]"


def _uar_of(predictions: pd.DataFrame, labels: Sequence[str]) -> float:
    targets, predicted = class_indices(predictions, labels, "emotion", "predicted")
    return uar(confusion_matrix(targets, predicted, len(labels)))


if __name__ == "__main__":
    main()
