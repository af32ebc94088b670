"""One training under one split, from examples to an artifact: what `ser train` and `ser reproduce` share.

`Examples`, `Split`, `Trial` → `Trained` → metrics and leak audit → report → artifacts/<name>/
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.extractors import needs_encoder
from ser_features.store import Store
from ser_models import artifact, ood
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.data.augmented import originals
from ser_models.data.examples import Examples, synthetic_datasets
from ser_models.data.inputs import digest_of_inputs
from ser_models.data.split import Split
from ser_models.environment import versions
from ser_models.evaluation import leakage
from ser_models.evaluation.result import METRICS, EvaluationResult, read_results
from ser_models.evaluation.score import score
from ser_models.experiments.attention_examples import attention_examples
from ser_models.ood import TrainingDistribution
from ser_models.ood.build import build as build_reference
from ser_models.reporting import figures
from ser_models.reporting.model_card import write_model_card
from ser_models.reporting.report import AttentionExample, Report, describe_data, write_report
from ser_models.training.train import Progress, Trained, train


@dataclass(frozen=True, slots=True)
class Trial:
    """One training under one split, and what is told beside its figures.

    Attributes:
        model: name in `ser_models.models.MODELS`.
        parameters: hyperparameters that differ from its defaults.
        seed: of training and bootstrap.
        oversample: whether smaller classes are repeated within the training side.
        speaker_norm: whether recordings are rid of their speaker's voice, which makes it transductive.
        tensorboard: folder for event files; None for none.
        merge: emotions that count as another class.
        title: of the report; None for model and corpora.
        name: a few words for this run among `others`.
        command: what the user typed.
        recipe: name of the recipe; None for a plain training.
        words: the protocol in plain words, beyond what the split says.
        source: the publication that is reproduced.
        choices: what it leaves open and how that is settled.
        claims: what it reports, by the names of metrics.json.
        quick: what a reduced run reduces; None for a full one.
        others: artifacts of the same system under other protocols, by protocol.
    """

    model: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    oversample: bool = False
    speaker_norm: bool = False
    tensorboard: Path | None = None
    merge: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    name: str = "this run"
    command: str = ""
    recipe: str | None = None
    words: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    quick: str | None = None
    others: Mapping[str, Path] = field(default_factory=dict)


def conduct(
    out: Path,
    store: Store,
    examples: Examples,
    split: Split,
    trial: Trial,
    progress: Progress = lambda step: None,
) -> EvaluationResult:
    """Train on a split, measure, and save the artifact with its report.

    A training that was interrupted is taken up where it stood, by the state that it leaves beside `out`.

    Args:
        out: folder of the artifact; replaced if it is one already.
        store: where the features come from.
        examples: the recordings.
        split: who is trained on, validated on, tested.
        trial: what is trained, and what is told.
        progress: told of every epoch.

    Returns:
        The result, as in metrics.json.
    """
    state = out.with_name(f".{out.name}.training")
    trained = train(
        examples,
        split,
        model=trial.model,
        parameters=trial.parameters,
        seed=trial.seed,
        oversample=trial.oversample,
        speaker_norm=trial.speaker_norm,
        state=state,
        tensorboard=trial.tensorboard,
        progress=progress,
    )
    result = evaluated(examples, split, trained, trial)
    _save(out, store, examples, split, trained, trial, result)
    shutil.rmtree(state, ignore_errors=True)
    return result


def evaluated(examples: Examples, split: Split, trained: Trained, trial: Trial) -> EvaluationResult:
    """Score the test predictions and audit the training for leaks."""
    tested = trained.predictions[trained.predictions["split"] == "test"]
    scores = score(tested, examples.labels, seed=trial.seed)
    findings = leakage.audit(
        examples.rows,
        split.table,
        fitted=trained.fitted,
        corpus_level=trained.model.inputs.corpus_level,
        shared_validation=split.shared_validation,
        uar=scores.uar,
    )
    notes = [*examples.notes, *split.notes, *_one_voice(examples, split), *_reproducibility(trained)]
    return EvaluationResult.of(
        scores,
        model=trial.model,
        datasets=tuple(examples.datasets),
        synthetic=bool(synthetic_datasets(examples.datasets)),
        protocol=split.protocol,
        transductive=trial.speaker_norm,
        leakage=tuple(findings),
        notes=tuple(notes),
        seed=trial.seed,
        reproducible=trained.model.reproducible,
        recipe=trial.recipe,
        quick=trial.quick,
        command=trial.command,
        date=datetime.now(UTC).date().isoformat(),
        fingerprint=originals(examples).fingerprint,
        files=originals(examples).rows["dataset"].value_counts().sort_index().to_dict(),
    )


def _one_voice(examples: Examples, split: Split) -> list[str]:
    """Say so where a model hears one speaker only: nothing then tells how sure to be of another."""
    learned = split.table[split.table["split"] != "test"].merge(
        examples.rows.assign(who=examples.groups)[["file_id", "who"]], on="file_id"
    )
    if learned.groupby("fold")["who"].nunique().min() > 1:
        return []
    return ["trained on a single speaker: it is surer of other voices than it should be"]


def _reproducibility(trained: Trained) -> list[str]:
    if trained.model.reproducible:
        return []
    return [
        f"{trained.model.name} is not reproducible here: the same command may give slightly other figures"
    ]


def _save(
    out: Path,
    store: Store,
    examples: Examples,
    split: Split,
    trained: Trained,
    trial: Trial,
    result: EvaluationResult,
) -> None:
    metadata = _metadata(store, examples, split, trained, trial, result)
    attention = attention_examples(store, examples, trained)
    known = _reference(store, examples, split)

    def extras(folder: Path) -> None:
        _split_table(examples, split).to_parquet(folder / "splits.parquet", index=False)
        trained.predictions.to_parquet(folder / "predictions.parquet", index=False)
        trained.history.to_csv(folder / "history.csv", index=False)
        (folder / METRICS).write_text(result.to_json() + "\n", encoding="utf-8")
        figures.save_all(folder / "figures", result, trained.history, claims=trial.claims, examples=attention)
        write_report(folder / "report.html", _report(examples, trained, trial, result, metadata, attention))
        write_model_card(folder / "README.md", metadata, result)
        if known:
            ood.write(folder, known)

    artifact.save(out, metadata, trained.model, trained.scaler, extras, trained.speaker_prior)


def _report(
    examples: Examples,
    trained: Trained,
    trial: Trial,
    result: EvaluationResult,
    metadata: ArtifactMetadata,
    attention: Sequence[AttentionExample],
) -> Report:
    return Report(
        title=trial.title or f"{trial.model} on {', '.join(examples.datasets)}",
        result=result,
        data=describe_data(examples, profile=metadata.profile, digest=metadata.digest),
        command=trial.command,
        date=result.date,
        versions=metadata.versions,
        name=trial.name,
        explanation=trial.words,
        history=trained.history,
        parameters=metadata.parameters,
        claims=trial.claims,
        source=trial.source,
        choices=trial.choices,
        others=read_results({f"{name} protocol": folder for name, folder in trial.others.items()}),
        attention=attention,
        quick_note=trial.quick,
    )


def _metadata(
    store: Store,
    examples: Examples,
    split: Split,
    trained: Trained,
    trial: Trial,
    result: EvaluationResult,
) -> ArtifactMetadata:
    model = trained.model
    trained_on = examples.take(split.side(split.final_fold, "train")).datasets
    return ArtifactMetadata(
        model=model.name,
        parameters=model.parameters,
        model_file=f"model{model.suffix}",
        labels=list(examples.labels),
        label_map=dict(trial.merge),
        inputs=model.inputs.to_json(),
        profile=store.profile.name,
        digest=digest_of_inputs(store, model.inputs),
        datasets=trained_on,
        synthetic=bool(synthetic_datasets(trained_on)),
        protocol=split.protocol,
        seed=result.seed,
        reproducible=result.reproducible,
        final_fold=split.final_fold,
        temperature=trained.temperature,
        speaker_norm=_heard_of_each(examples) if trained.speaker_prior else 0,
        encoder=_encoder(store, model.inputs.families),
        versions=versions(),
        files={},
    )


def _encoder(store: Store, families: Sequence[str]) -> dict[str, Any]:
    """The store's pretrained encoder, if a family stands on it."""
    encoder = store.profile.encoder
    return asdict(encoder) if encoder and needs_encoder(families) else {}


def _heard_of_each(examples: Examples) -> int:
    """Recordings of the median speaker."""
    return int(np.median(np.unique(originals(examples).groups, return_counts=True)[1]))


def _reference(store: Store, examples: Examples, split: Split) -> TrainingDistribution | None:
    """What the shipped model was trained on, in short."""
    sides = (examples.take(split.side(split.final_fold, name)) for name in ("train", "validation"))
    return build_reference(store, *(originals(side).rows for side in sides))


def _split_table(examples: Examples, split: Split) -> pd.DataFrame:
    """The split with what a later leak audit needs to know of each recording."""
    wanted = ["file_id", "dataset", "speaker", "audio_sha256", "source_file_id"]
    known = examples.rows[[name for name in wanted if name in examples.rows]]
    return split.table.merge(known, on="file_id", validate="many_to_one")
