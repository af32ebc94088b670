"""What a report tells: the run, its data, what the paper claims, and other runs to set beside it.

`Examples` → `describe_data` → `Data`; with `EvaluationResult`s → `Report`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ser_features import corpora
from ser_models.data.examples import Examples
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.figures import AttentionExample
from ser_models.reporting.figures.recordings import Recordings


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """What was used of one corpus.

    Attributes:
        name: as in the store.
        title: as published; the name for a user's own.
        recordings: how many were used, without copies.
        whole: how many the complete corpus has; None where that is not known.
        copies: augmented copies of them.
        speakers: how many people speak.
        emotions: recordings of each class, without copies, in the order of the labels.
        licence: the terms it is published under; empty for a user's own.
        citation: the publication to cite; likewise.
    """

    name: str
    title: str
    recordings: int
    whole: int | None
    copies: int
    speakers: int
    emotions: Mapping[str, int]
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """The recordings of a run.

    Attributes:
        corpora: by name.
        fingerprint: tells these recordings, without copies, from others: by name and content.
        profile: name of the feature profile.
        digest: fingerprint of the profile and its extractors.
        recordings: those that are drawn, with their features; None where there are none to draw.
    """

    corpora: tuple[CorpusPart, ...]
    fingerprint: str
    profile: str
    digest: str
    recordings: Recordings | None = None


@dataclass(frozen=True)
class Report:
    """Everything that `write_report` tells.

    Attributes:
        title: of the page.
        result: of the evaluation.
        data: the recordings.
        command: what the user typed.
        date: day and time of the run, as it shall be read.
        versions: of the packages that were used.
        name: a few words for this run among `others`, such as "honest protocol".
        explanation: the protocol in the recipe's own words.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, kept and perhaps learning_rate; None if
            nothing was trained.
        parameters: hyperparameters of the model.
        claims: what the paper reports: values by their name in metrics.json, and `f1` by emotion.
        source: the publication.
        choices: what the paper leaves open, and how it is settled here.
        others: results of other runs of the same system, by their names.
        attention: recordings with the model's attention.
        quick_note: what was reduced, if it was; None for a full run.
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
    claims: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    choices: Sequence[str] = ()
    others: Mapping[str, EvaluationResult] = field(default_factory=dict)
    attention: Sequence[AttentionExample] = ()
    quick_note: str | None = None


def describe_data(examples: Examples, *, profile: str, digest: str) -> Data:
    """Count what was used of each corpus, and choose what is drawn of it.

    Args:
        examples: all recordings of the run, training and test, with their copies if there are any.
        profile: name of the feature profile.
        digest: fingerprint of the features.
    """
    parts = [_part(str(name), rows, examples.labels) for name, rows in examples.rows.groupby("dataset")]
    whole = examples.originals
    return Data(tuple(parts), whole.fingerprint, profile, digest, _recordings(whole.rows))


def _part(name: str, rows: pd.DataFrame, labels: Sequence[str]) -> CorpusPart:
    copied = (
        rows["source_file_id"].notna() if "source_file_id" in rows else pd.Series(False, index=rows.index)
    )
    used = rows[~copied]
    counts = used["emotion"].value_counts()
    published = corpora.find(name)
    return CorpusPart(
        name=name,
        title=published.title if published else name,
        recordings=len(used),
        whole=published.whole if published else None,
        copies=int(copied.sum()),
        speakers=used["speaker"].nunique(),
        emotions={label: int(counts.get(label, 0)) for label in labels},
        licence=published.licence if published else "",
        citation=published.citation if published else "",
    )


def _recordings(rows: pd.DataFrame) -> Recordings | None:
    """The recordings with the features that every store has, as many as a page can show."""
    from ser_features.extractors import CORE_COLUMNS

    known = [column for column in CORE_COLUMNS if column.name in rows]
    if not known:
        return None
    kept = rows[["file_id", "dataset", "speaker", "emotion", *(column.name for column in known)]]
    units = {column.name: column.unit for column in known}
    return Recordings(kept.reset_index(drop=True), len(rows), units=units)
