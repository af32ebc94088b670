"""The content of a report: the run, its data, the paper's claims, and other runs.

`Examples` → `describe_data` → `Data`; with `EvaluationResult`s → `Report`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ser_features import corpora
from ser_models.data.examples import Examples
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.metrics import Subset, subsets
from ser_models.evaluation.paired import Difference
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.figures import AttentionExample
from ser_models.reporting.figures.recordings import Recordings
from ser_models.reporting.verdict import Step


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """The recordings of one corpus in a run.

    Attributes:
        title: as published; the name of the table for a user's own corpus.
        recordings: number of recordings, without augmented copies.
        whole: number of recordings of the complete corpus; None if unknown.
        copies: number of augmented copies.
        speakers: number of known speakers.
        emotions: number of recordings of each class, without copies, in the order of the labels.
        licence: of the corpus; empty for a user's own.
        citation: publication of the corpus; likewise.
        unknown_speakers: number of recordings whose speaker is unknown, without copies.
    """

    title: str
    recordings: int
    whole: int | None
    copies: int
    speakers: int
    emotions: Mapping[str, int]
    licence: str = ""
    citation: str = ""
    unknown_speakers: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """The recordings of a run.

    Attributes:
        corpora: sorted by name.
        fingerprint: identifies the recordings, without copies, by name and content.
        profile: name of the feature profile.
        digest: fingerprint of the profile and its extractors.
        recordings: the recordings with their features, for the figures; None if there are no features.
    """

    corpora: tuple[CorpusPart, ...]
    fingerprint: str
    profile: str
    digest: str
    recordings: Recordings | None = None


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """Another run, whose artifact is in the same folder.

    Attributes:
        name: of its folder.
        result: of its test.
        difference: UAR of the reported run minus its own, paired; None without common test recordings of two
            classes.
    """

    name: str
    result: EvaluationResult
    difference: Difference | None = None


@dataclass(frozen=True)
class Report:
    """The input of `write_report`.

    Attributes:
        title: of the page.
        result: of the evaluation.
        data: the recordings.
        command: as typed.
        date: of the run.
        versions: of the packages.
        name: of this run among `others`, such as "honest protocol".
        explanation: the recipe's explanation of the protocol.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, best and perhaps learning_rate; None if
            nothing was trained.
        parameters: hyperparameters of the model.
        claims: results of the paper; None if no paper is reproduced.
        source: the publication.
        choices: what the paper leaves open, and what was chosen.
        others: results of other runs of the same system, by name.
        earlier: other runs in the same folder, the latest first.
        next_step: the command that helps most; None for none.
        attention: recordings with the model's attention.
        quick_note: what a reduced run reduces; None for a full run.
        durations: the test recordings by duration, in s.
        clips: sound of errors as data URLs, by file_id; None if none was asked for.
    """

    title: str
    result: EvaluationResult
    data: Data
    command: str
    date: str
    versions: Mapping[str, str]
    name: str = "this run"
    explanation: str = ""
    history: pd.DataFrame | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    claims: Claims | None = None
    source: str = ""
    choices: Sequence[str] = ()
    others: Mapping[str, EvaluationResult] = field(default_factory=dict)
    earlier: Sequence[EarlierRun] = ()
    next_step: Step | None = None
    attention: Sequence[AttentionExample] = ()
    quick_note: str | None = None
    durations: tuple[Subset, ...] = ()
    clips: Mapping[str, str] | None = None


def by_duration(predictions: pd.DataFrame, rows: pd.DataFrame) -> tuple[Subset, ...]:
    """Divide test predictions by the duration of the recordings, in s.

    Args:
        predictions: columns file_id, emotion, predicted and split, of which the side "test" is used.
        rows: of the recordings, with file_id and duration_sec; nothing is divided without durations.
    """
    if "duration_sec" not in rows:
        return ()
    tested = predictions[predictions["split"] == "test"].merge(
        rows[["file_id", "duration_sec"]], on="file_id"
    )
    return subsets(*(tested[name].to_numpy() for name in ("duration_sec", "emotion", "predicted")))


def describe_data(examples: Examples, *, profile: str, digest: str) -> Data:
    """Count the recordings of each corpus, and collect the features to draw.

    Args:
        examples: all recordings of the run, training and test, with augmented copies.
        profile: name of the feature profile.
        digest: fingerprint of the features.
    """
    parts = [_part(str(name), rows, examples.labels) for name, rows in examples.rows.groupby("dataset")]
    without_copies = examples.originals
    features = _features(without_copies.rows)
    return Data(tuple(parts), without_copies.fingerprint, profile, digest, features)


def _part(name: str, rows: pd.DataFrame, labels: Sequence[str]) -> CorpusPart:
    used = rows[rows["source_file_id"].isna()] if "source_file_id" in rows else rows
    counts = used["emotion"].value_counts()
    corpus = corpora.find(name)
    return CorpusPart(
        title=corpus.title if corpus else name,
        recordings=len(used),
        whole=corpus.whole if corpus else None,
        copies=len(rows) - len(used),
        speakers=used["speaker"].nunique(),
        emotions={label: int(counts.get(label, 0)) for label in labels},
        licence=corpus.licence if corpus else "",
        citation=corpus.citation if corpus else "",
        unknown_speakers=int(used["speaker"].isna().sum()),
    )


def _features(rows: pd.DataFrame) -> Recordings | None:
    """The recordings with the core features, which every store has; None if there are none."""
    from ser_features.extractors import CORE_COLUMNS

    units = {column.name: column.unit for column in CORE_COLUMNS if column.name in rows}
    if not units:
        return None
    columns = ["file_id", "dataset", "speaker", "emotion", *units]
    return Recordings(rows[columns].reset_index(drop=True), len(rows), units=units)
