"""From a store to an artifact in one call: what `ser train` does.

store → `Examples` → `Split` → `Trained` → metrics and leak audit → figures → artifacts/<name>/
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ser_features.errors import InputError
from ser_features.store import Store, open_store
from ser_models import artifact, leakage
from ser_models.card import Card, versions
from ser_models.dataset import Examples, load_examples, synthetic_datasets
from ser_models.evaluation import figures
from ser_models.evaluation.score import score
from ser_models.models import model_class
from ser_models.split import Split, make_split, shared_labels
from ser_models.training import Progress, Trained, train


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be trained, and how it shall be measured.

    Attributes:
        model: name in `ser_models.models.MODELS`.
        parameters: hyperparameters that differ from its defaults.
        datasets: corpora to train on; None for all of the store (without those to test on).
        split: "speaker", "random" or "cross-corpus"; None: cross-corpus if there are corpora to test on,
            speaker otherwise.
        test_datasets: corpora to test on, for cross-corpus.
        folds: K for K folds; None for one split.
        seed: of split, training and bootstrap.
    """

    model: str
    parameters: Mapping[str, Any] | None = None
    datasets: Sequence[str] | None = None
    split: str | None = None
    test_datasets: Sequence[str] = ()
    folds: int | None = None
    seed: int = 0


def run(store: Path, out: Path, plan: Plan, progress: Progress = lambda step: None) -> dict[str, Any]:
    """Train, measure and save.

    Args:
        store: folder of the feature store.
        out: folder of the artifact; replaced if it is one already.
        plan: what shall be done.
        progress: told of every epoch.

    Returns:
        The content of metrics.json; see `ser_models.evaluation.score` and `describe`.

    Raises:
        InputError: if the plan does not fit the store, or something else stands at `out`.
        MissingExtraError: if the model needs a package that is not installed.
    """
    artifact.check_target(out)
    model_class(plan.model)  # a wrong name, or a missing package, shows before any work
    opened = open_store(store)
    examples = _examples(opened, plan)
    kind = plan.split or ("cross-corpus" if plan.test_datasets else "speaker")
    split = make_split(
        examples, kind=kind, folds=plan.folds, test_datasets=plan.test_datasets, seed=plan.seed
    )
    trained = train(
        examples, split, model=plan.model, parameters=plan.parameters, seed=plan.seed, progress=progress
    )
    metrics = describe(examples, split, trained, plan)
    _save(out, opened, examples, split, trained, metrics)
    return metrics


def describe(examples: Examples, split: Split, trained: Trained, plan: Plan) -> dict[str, Any]:
    """Measure the test predictions and audit the training.

    Returns:
        JSON values: those of `score`, and model, datasets, synthetic, protocol, leakage, notes, seed,
        reproducible.
    """
    tested = trained.predictions[trained.predictions["split"] == "test"]
    figures_of_test = score(tested, examples.labels, seed=plan.seed)
    inputs = trained.model.inputs
    findings = leakage.audit(
        examples.rows,
        split.table,
        fitted=trained.fitted,
        corpus_level=inputs.corpus_level,
        shared_validation=split.shared_validation,
        uar=figures_of_test["uar"],
    )
    return {
        "model": plan.model,
        "datasets": examples.datasets,
        "synthetic": bool(synthetic_datasets(examples.datasets)),
        "protocol": split.protocol,
        **figures_of_test,
        "leakage": [asdict(finding) for finding in findings],
        "notes": [*examples.notes, *split.notes, *_reproducibility(trained)],
        "seed": plan.seed,
        "reproducible": trained.model.reproducible,
    }


def _examples(store: Store, plan: Plan) -> Examples:
    """Read the corpora of both sides."""
    if not plan.test_datasets:
        return load_examples(store, plan.datasets)
    if plan.split not in (None, "cross-corpus"):
        raise InputError(f"--test-datasets with --split {plan.split}: expected --split cross-corpus, or none")
    if both := sorted(set(plan.datasets or ()) & set(plan.test_datasets)):
        raise InputError(
            f"{', '.join(both)} is in --datasets and in --test-datasets: expected different corpora"
        )
    wanted = None if plan.datasets is None else [*plan.datasets, *plan.test_datasets]
    examples = load_examples(store, wanted)
    if absent := sorted(set(plan.test_datasets) - set(examples.datasets)):
        raise InputError(f"no {', '.join(absent)} in the store: it holds {', '.join(examples.datasets)}")
    return shared_labels(examples, plan.test_datasets)


def _reproducibility(trained: Trained) -> list[str]:
    if trained.model.reproducible:
        return []
    return [
        f"{trained.model.name} is not reproducible here: the same command may give slightly other figures"
    ]


def _save(
    out: Path, store: Store, examples: Examples, split: Split, trained: Trained, metrics: dict[str, Any]
) -> None:
    model = trained.model
    trained_on = examples.take(split.side(split.shipped, "train")).datasets
    card = Card(
        model=model.name,
        parameters=model.parameters,
        model_file=f"model{model.suffix}",
        labels=list(examples.labels),
        inputs=model.inputs.to_json(),
        profile=store.profile.name,
        digest=store.digest,
        datasets=trained_on,
        synthetic=bool(synthetic_datasets(trained_on)),
        protocol=split.protocol,
        seed=metrics["seed"],
        reproducible=metrics["reproducible"],
        shipped_fold=int(split.shipped),
        versions=versions(),
        files={},
    )

    def extras(folder: Path) -> None:
        _split_table(examples, split).to_parquet(folder / "splits.parquet", index=False)
        trained.predictions.to_parquet(folder / "predictions.parquet", index=False)
        trained.history.to_csv(folder / "history.csv", index=False)
        text = json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "metrics.json").write_text(text + "\n", encoding="utf-8")
        figures.save_all(folder / "figures", metrics, trained.history)

    artifact.save(out, card, model, trained.scaler, extras)


def _split_table(examples: Examples, split: Split) -> pd.DataFrame:
    """The split with what a later leak audit needs to know of each recording."""
    known = examples.rows[["file_id", "dataset", "speaker", "audio_sha256"]]
    return split.table.merge(known, on="file_id", validate="many_to_one")
