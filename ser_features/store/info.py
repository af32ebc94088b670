"""Store → `describe` → one `DatasetInfo` per corpus: rows, speakers, emotions, hours, failures."""

from dataclasses import dataclass

import pyarrow.compute as pc

from ser_features.store import layout
from ser_features.store.oddities import Overlong, overlong
from ser_features.store.read import Store

NOT_REFUSED = ("augment", "copy")
"""Stages of failures that leave no recording without a row."""


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """Contents of a store for one corpus.

    Attributes:
        dataset: name of the corpus.
        rows: number of recordings.
        speakers: number of different speakers.
        emotions: number of different emotions.
        hours: duration of the analysed audio.
        failures: number of refused files.
        tables: number of files of files/ that hold the rows.
        overlong: recordings that are far longer than the median; None if there are none.
    """

    dataset: str
    rows: int
    speakers: int
    emotions: int
    hours: float
    failures: int
    tables: int
    overlong: Overlong | None = None


def describe(store: Store) -> list[DatasetInfo]:
    """Count the contents of a store by corpus, sorted by name."""
    names = {*store.datasets, *layout.datasets(store.root, "failures")}
    return [_describe(store, dataset) for dataset in sorted(names)]


def _describe(store: Store, dataset: str) -> DatasetInfo:
    stages = store.failures([dataset])["stage"].to_pylist()
    failures = sum(stage not in NOT_REFUSED for stage in stages)
    tables = len(store.parts(dataset))
    if not tables:
        return DatasetInfo(dataset, 0, 0, 0, 0.0, failures, 0)
    table = store.table([dataset], ["file_id", "speaker", "emotion", "duration_sec"])
    return DatasetInfo(
        dataset,
        rows=len(table),
        speakers=pc.count_distinct(table["speaker"]).as_py(),
        emotions=pc.count_distinct(table["emotion"]).as_py(),
        hours=pc.sum(table["duration_sec"]).as_py() / 3600,
        failures=failures,
        tables=tables,
        overlong=next(iter(overlong(table)), None),
    )
