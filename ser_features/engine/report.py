"""Results of the engine: `ExtractReport` of an extraction, `AugmentReport` of augmented copies."""

from dataclasses import dataclass, field
from pathlib import Path

from ser_features import notebook
from ser_features.engine.task import Failure
from ser_features.labels import in_order
from ser_features.manifest import Duplicate
from ser_features.store.oddities import Contradiction, Overlong

SHOWN = 5
"""Refused files that a notebook shows."""


@dataclass(slots=True)
class AugmentReport:
    """Result of `augment_store`.

    Attributes:
        stored: copies computed and stored by this run.
        unchanged: requested copies that the store already held.
        failures: copies that could not be computed, by this run or an earlier one of the same variants.
    """

    stored: int = 0
    unchanged: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AudioNote:
    """What is unusual about some files.

    Attributes:
        note: one sentence.
        count: number of recordings.
        example: path of one of them, below the data root.
    """

    note: str
    count: int
    example: str


@dataclass(slots=True)
class ExtractReport:
    """Result of `extract_corpora`.

    Attributes:
        stored: recordings that were missing or had changed and are stored now.
        unchanged: recordings that the store already held.
        relabelled: recordings whose labels or path have changed, without a new computation.
        removed: file_ids of rows that were removed because the corpus no longer has their recordings.
        damaged: tables that failed their checksum; their recordings are computed again.
        failures: refused files, including those refused earlier whose bytes are the same.
        corpus_notes: what the user should know about the corpora, one line per property.
        second_copies: refused files of recordings that have another file, which is stored instead.
        duplicates: recordings that were left out because another folder has them too, by corpus.
        identical: groups of file_ids that hold the same bytes.
        contradictory: those of them whose emotion or speaker differs.
        modalities: groups of file_ids that are one take in several modalities.
        overlong: recordings that are far longer than the median of their corpus, by corpus.
        notes: what is unusual about files of this run's corpora, the most frequent first.
        counts: rows by (corpus, emotion) of the corpora of this run.
        copies: result for the augmented copies; None if none were requested.
    """

    stored: int = 0
    unchanged: int = 0
    relabelled: int = 0
    removed: list[str] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    corpus_notes: list[str] = field(default_factory=list)
    second_copies: list[Failure] = field(default_factory=list)
    duplicates: dict[str, tuple[Duplicate, ...]] = field(default_factory=dict)
    identical: list[tuple[str, ...]] = field(default_factory=list)
    contradictory: list[Contradiction] = field(default_factory=list)
    modalities: list[tuple[str, ...]] = field(default_factory=list)
    overlong: list[Overlong] = field(default_factory=list)
    notes: list[AudioNote] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    copies: AugmentReport | None = None

    def __repr__(self) -> str:
        """The numbers alone."""
        return f"ExtractReport({self.stored} stored, {self.unchanged} unchanged, {len(self.failures)} failed)"

    def _repr_html_(self) -> str:
        """Rows by corpus and emotion, and the first refused files."""
        labels = in_order({emotion for _, emotion in self.counts})
        rows = [
            [dataset, *(self.counts.get((dataset, label), 0) for label in labels)]
            for dataset in sorted({dataset for dataset, _ in self.counts})
        ]
        failed = "; ".join(f"{one.path}: {one.message}" for one in self.failures[:SHOWN])
        return notebook.table(repr(self), ["corpus", *labels], rows, failed and f"failed: {failed}")
