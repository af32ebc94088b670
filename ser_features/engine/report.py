"""Results of the engine: `ExtractReport` of an extraction, `AugmentReport` of augmented copies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.engine.plan import Plan
from ser_features.engine.task import Failure
from ser_features.manifest import Duplicate, Scan
from ser_features.store import Store


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


@dataclass(slots=True)
class ExtractReport:
    """Result of `extract_corpora`.

    Attributes:
        stored: recordings that were missing or had changed and are stored now.
        unchanged: recordings that the store already held.
        damaged: tables that failed their checksum; their recordings are computed again.
        failures: refused files, including those refused earlier whose bytes are the same.
        duplicates: recordings that were left out because another folder has them too, by corpus.
        identical: groups of file_ids that hold the same bytes.
        counts: rows by (corpus, emotion) of the corpora of this run.
        speed_perturb: result for the slower and faster copies; None if none were requested.
    """

    stored: int = 0
    unchanged: int = 0
    damaged: list[Path] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    duplicates: dict[str, tuple[Duplicate, ...]] = field(default_factory=dict)
    identical: list[tuple[str, ...]] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    speed_perturb: AugmentReport | None = None


def begin(scans: Sequence[Scan], plans: Sequence[Plan], store: Store) -> ExtractReport:
    """The report as it stands before any work: what needs none, and what is refused by its name."""
    report = ExtractReport(
        unchanged=sum(each.unchanged for each in plans),
        damaged=[path for each in plans for path in each.damaged],
    )
    known = {file_id for each in plans for file_id in each.known_failures}
    for row in store.failures([scan.dataset for scan in scans]).to_pylist():
        if row["stage"] == "name" or row["file_id"] in known:
            report.failures.append(Failure.of(row))
    report.duplicates = {scan.dataset: scan.duplicates for scan in scans if scan.duplicates}
    return report


def finish(report: ExtractReport, store: Store, datasets: Sequence[str]) -> None:
    """Count what is stored, and find recordings that hold the same bytes."""
    held = [name for name in datasets if store.parts(name)]
    rows = store.table(held, ["file_id", "emotion", "audio_sha256"])
    for row in rows.group_by(["dataset", "emotion"]).aggregate([([], "count_all")]).to_pylist():
        report.counts[row["dataset"], row["emotion"]] = row["count_all"]
    report.identical = _identical(rows)
    report.failures.sort(key=lambda failure: failure.file_id)


def _identical(rows: pa.Table) -> list[tuple[str, ...]]:
    """Groups of file_ids with one hash."""
    counts = rows.group_by("audio_sha256").aggregate([([], "count_all")])
    several = counts.filter(pc.greater(counts["count_all"], 1))["audio_sha256"]
    same: dict[str, list[str]] = {}
    for row in rows.filter(pc.is_in(rows["audio_sha256"], several.combine_chunks())).to_pylist():
        same.setdefault(row["audio_sha256"], []).append(row["file_id"])
    return sorted(tuple(sorted(group)) for group in same.values())
