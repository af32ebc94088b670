"""The result of a training, measured, audited and saved; shared by `ser train` and `ser reproduce`.

`Data`, `Trained`, `TrainConfig` → `measure` → `EvaluationResult` → `save` → report, artifacts/<name>/
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ser_features.extractors import needs_encoder
from ser_features.store import Store
from ser_models import artifact, ood
from ser_models.artifact.metadata import RUN_FILE, ArtifactMetadata, versions
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.examples import Examples, synthetic_datasets
from ser_models.data.frame_inputs import FrameInputs
from ser_models.data.frames import frames_in_crop
from ser_models.data.inputs import digest_of_inputs
from ser_models.data.split import Split, with_columns
from ser_models.evaluation import confounds, leakage, second_softmax
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.entries import Losses, SideResult, TrainingResult
from ser_models.evaluation.result import METRICS, EvaluationResult, read_results
from ser_models.evaluation.score import score
from ser_models.experiments import run_file
from ser_models.experiments.earlier import earlier_runs
from ser_models.experiments.remarks import remarks
from ser_models.ood import TrainingDistribution
from ser_models.ood.distribution import build as build_distribution
from ser_models.reporting import figures
from ser_models.reporting.model_card import write_model_card
from ser_models.reporting.report import AttentionExample, Report, by_duration, describe_data, write_report
from ser_models.reporting.verdict import RunPaths, next_step
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import Trained


@dataclass(frozen=True, slots=True)
class Data:
    """What a model is trained and tested on.

    Attributes:
        store: holds the features.
        examples: the recordings.
        split: their sides in each fold.
    """

    store: Store
    examples: Examples
    split: Split


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """What the report says beside the figures.

    Attributes:
        title: of the report; None for model and corpora.
        name: a few words for this run among `others`.
        command: the command line.
        recipe: name of the recipe; None for a plain training.
        description: the protocol in plain words, beyond what the split says.
        source: the publication that is reproduced.
        choices: what the publication leaves open, and how it is settled.
        claims: what the publication reports; None for a plain training.
        quick: what a reduced run reduces; None for a full run.
        others: artifacts of the same system under other protocols, by protocol.
        audio: whether it has clips of the recordings beside the errors: personal data.
    """

    title: str | None = None
    name: str = "this run"
    command: str = ""
    recipe: str | None = None
    description: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()
    claims: Claims | None = None
    quick: str | None = None
    others: Mapping[str, Path] = field(default_factory=dict)
    audio: bool = False


def with_state(context: RunContext, out: Path) -> RunContext:
    """The context with its state in a hidden folder beside `out`, unless it names another."""
    return replace(context, state=context.state or out.with_name(f".{out.name}.training"))


def save(
    out: Path, data: Data, trained: Trained, config: TrainConfig, texts: ReportTexts
) -> EvaluationResult:
    """Measure a training and save its artifact with tables, figures, report and model card.

    Args:
        out: folder of the artifact; replaced if it is one already.
        data: the recordings, their split and their store.
        trained: the result of the training.
        config: model and settings.
        texts: what the report says beside the figures.

    Returns:
        The result, as in metrics.json.
    """
    result = measure(data, trained, config, texts)
    metadata = _metadata(data, trained, config, result)
    attention = attention_examples(data.store, data.examples, trained)
    paths = RunPaths(out, str(data.store.root), config.own_features, texts.recipe)
    report = replace(
        _report(data, trained, texts, metadata, result, attention),
        earlier=() if texts.recipe else earlier_runs(out, trained.predictions, result),
        next_step=next_step(result, paths),
    )
    distribution = _training_distribution(data)

    def extras(folder: Path) -> None:
        _split_table(data).to_parquet(folder / "splits.parquet", index=False)
        trained.predictions.to_parquet(folder / "predictions.parquet", index=False)
        trained.history.to_csv(folder / "history.csv", index=False)
        (folder / METRICS).write_text(result.to_json() + "\n", encoding="utf-8")
        run = figures.Run(result, trained.history, texts.claims, metadata.parameters)
        figures.save_all(folder / "figures", run, attention)
        write_report(folder / "report.html", report)
        write_model_card(folder / "README.md", metadata, result)
        if texts.recipe is None:
            settings = run_file.text_of(data.store, config, metadata, result)
            (folder / RUN_FILE).write_text(settings, encoding="utf-8")
        if distribution:
            ood.write(folder, distribution)

    artifact.save(out, metadata, trained.model, trained.scaler, extras, trained.speaker_prior)
    return result


def measure(data: Data, trained: Trained, config: TrainConfig, texts: ReportTexts) -> EvaluationResult:
    """Score the test predictions, audit the training for leaks and the recordings for confounds."""
    examples, split = data.examples, data.split
    tested = trained.predictions[trained.predictions["split"] == "test"]
    scores = score(tested, examples.labels, seed=config.seed)
    findings = leakage.audit(
        examples.rows,
        split.table,
        fitted=trained.fitted,
        corpus_level=trained.model.inputs.corpus_level,
        shared_validation=split.shared_validation,
        uar=scores.uar,
    )
    originals = examples.originals
    interval = None if scores.uar is None or scores.uar_ci95 is None else scores.uar - scores.uar_ci95[0]
    return EvaluationResult.of(
        scores,
        model=config.model,
        target=config.target,
        datasets=tuple(examples.datasets),
        synthetic=bool(synthetic_datasets(examples.datasets)),
        protocol=split.protocol,
        transductive=config.speaker_norm,
        leakage=tuple(findings),
        confounds=tuple(confounds.audit(originals.rows, model_uar=scores.uar, seed=config.seed)),
        notes=(
            *examples.notes,
            *split.notes,
            *leakage.still_shared(examples.rows, split.table),
            *remarks(examples, split, trained, interval),
        ),
        seed=config.seed,
        reproducible=trained.model.reproducible,
        recipe=texts.recipe,
        quick=texts.quick,
        command=texts.command,
        date=datetime.now(UTC).date().isoformat(),
        fingerprint=originals.fingerprint,
        files=originals.rows["dataset"].value_counts().sort_index().to_dict(),
        training=_training(trained.history, split.final_fold),
        second_softmax=_second_softmax(tested, examples.labels, texts.claims),
    )


def _training(history: pd.DataFrame, final_fold: int) -> TrainingResult:
    """Figures of the final model in the epoch whose weights are used."""
    rows = history[history["fold"] == final_fold]
    kept = rows[rows["best"]].iloc[0]
    train, validation = (
        SideResult(accuracy=float(kept[f"{prefix}accuracy"]), loss=float(kept[f"{prefix}loss"]))
        for prefix in ("", "val_")
    )
    return TrainingResult(int(kept["epoch"]), int(rows["epoch"].max()), train, validation)


def _second_softmax(tested: pd.DataFrame, labels: Sequence[str], claims: Claims | None) -> Losses | None:
    """The losses that the publication prints, if it applied softmax twice."""
    return second_softmax.losses(tested, labels) if claims and claims.second_softmax else None


def _report(
    data: Data,
    trained: Trained,
    texts: ReportTexts,
    metadata: ArtifactMetadata,
    result: EvaluationResult,
    attention: Sequence[AttentionExample],
) -> Report:
    return Report(
        title=texts.title or f"{metadata.model} on {', '.join(data.examples.datasets)}",
        result=result,
        data=describe_data(data.examples, profile=metadata.profile, digest=metadata.digest),
        command=texts.command,
        date=result.date,
        versions=metadata.versions,
        name=texts.name,
        explanation=texts.description,
        history=trained.history,
        parameters=metadata.parameters,
        claims=texts.claims,
        source=texts.source,
        choices=texts.choices,
        others=read_results({f"{name} protocol": folder for name, folder in texts.others.items()}),
        attention=attention,
        quick_note=texts.quick,
        durations=by_duration(trained.predictions, data.examples.rows),
        clips=_clips(data, result) if texts.audio else None,
    )


def _clips(data: Data, result: EvaluationResult) -> Mapping[str, str]:
    """Sound of the errors of highest confidence."""
    from ser_models.experiments.clips import clips_of

    errors = [error.file_id for error in result.errors.most_confident]
    return clips_of(data.store, data.examples.rows, errors)


def _metadata(
    data: Data, trained: Trained, config: TrainConfig, result: EvaluationResult
) -> ArtifactMetadata:
    store, split, model = data.store, data.split, trained.model
    trained_on = split.take(data.examples, split.final_fold, "train").datasets
    return ArtifactMetadata(
        model=model.name,
        parameters=model.parameters,
        labels=list(data.examples.labels),
        label_map={name: label for name, label in config.label_map.items() if label in data.examples.labels},
        target=config.target,
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
        speaker_norm=_recordings_per_speaker(data.examples) if trained.speaker_prior else 0,
        encoder=_encoder(store, model.inputs.families),
        versions=versions(),
        files={},
    )


def _encoder(store: Store, families: Sequence[str]) -> dict[str, Any]:
    """The store's pretrained encoder, if the model reads its features."""
    encoder = store.profile.encoder
    return asdict(encoder) if encoder and needs_encoder(families) else {}


def _recordings_per_speaker(examples: Examples) -> int:
    """Number of recordings of the median speaker."""
    return int(np.median(np.unique(examples.originals.groups, return_counts=True)[1]))


def _training_distribution(data: Data) -> TrainingDistribution | None:
    """Summarise the recordings that the final model was trained on, for the out-of-distribution score."""
    split = data.split
    sides = (split.take(data.examples, split.final_fold, name) for name in ("train", "validation"))
    return build_distribution(data.store, *(side.originals.rows for side in sides))


def _split_table(data: Data) -> pd.DataFrame:
    """The split with the columns that a later leak audit needs."""
    rows = leakage.audited_columns(data.examples.rows)
    return with_columns(data.split.table, rows)


MEL = "mel"
"""Frames that the weights are drawn over."""


def attention_examples(store: Store, examples: Examples, trained: Trained) -> list[AttentionExample]:
    """Compute attention weights for two held-out recordings.

    Args:
        store: holds the spectrograms.
        examples: the recordings.
        trained: the result of a training, of any model.

    Returns:
        The most confident right and wrong prediction, as far as there are any; nothing for a model without
        attention, or a store without mel frames.
    """
    inputs = trained.model.inputs
    if not isinstance(inputs, FrameInputs) or MEL not in store.families:
        return []
    rows = _most_confident(trained.predictions)
    chosen = examples.take(rows["file_id"].tolist())
    if trained.speaker_prior:
        same_speakers = examples.rows[np.isin(examples.groups, chosen.groups)]
        speakers = examples.take(same_speakers["file_id"].tolist()).normalize_speakers(trained.speaker_prior)
        chosen = speakers.take(rows["file_id"].tolist())
    weights = NativeBackend(trained.model, trained.scaler).attention(chosen.read(inputs))
    if weights is None:
        return []
    hop_sec = store.profile.frames.hop_length / store.profile.audio.sample_rate
    frames = store.frames(chosen.rows, MEL)
    return [
        _example(row, np.asarray(mel), weight, inputs.length, hop_sec)
        for row, mel, weight in zip(rows.itertuples(), frames, weights, strict=True)
    ]


def _most_confident(predictions: pd.DataFrame) -> pd.DataFrame:
    """The most confident right and wrong prediction of recordings that the final model was not trained on."""
    final = predictions["fold"] == predictions["fold"].iloc[-1]
    held_out = predictions[final & (predictions["split"] != "train")]
    ranked = held_out.sort_values("confidence", ascending=False)
    right = ranked["predicted"] == ranked["emotion"]
    return pd.concat([ranked[right].head(1), ranked[~right].head(1)])


def _example(row: Any, mel: np.ndarray, weights: np.ndarray, length: int, hop_sec: float) -> AttentionExample:
    frames = frames_in_crop(len(mel), length)
    return AttentionExample(
        file_id=row.file_id,
        true=row.emotion,
        predicted=row.predicted,
        confidence=float(row.confidence),
        mel=mel[frames],
        weights=weights[frames],
        hop_sec=hop_sec,
        start_sec=frames.start * hop_sec,
    )
