"""Rows of a store that contradict each other, count twice, or do not belong.

rows of files/ → `identical`, `contradictory`, `in_several_modalities`, `overlong` → what to look at, by name

>>> rows = pa.table({"dataset": ["own"] * 9, "file_id": [f"own/u{n}" for n in range(9)],
...                  "duration_sec": [1.2] * 8 + [290.0]})
>>> print(*overlong(rows))
own: u8 is 290 s, the median is 1.2 s
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TAKE = ("dataset", "speaker", "emotion_code", "intensity", "vocal_channel", "statement", "repetition")
"""Columns that name one take: equal ones with another modality are the same voice twice."""

CONTENT = ("audio_channel", "start", "end", "audio_sha256")
"""Columns that identify the sound of a row: two channels or parts of a file differ."""

COLUMNS = ("file_id", "emotion", *CONTENT, "duration_sec", "modality", *TAKE[1:])
"""Columns that the functions read, besides `dataset`."""

LONG_RATIO, LONG_SECONDS = 20.0, 30.0
"""A recording longer than both, the first in medians of its corpus, is most likely cut wrongly: utterances of
one corpus rarely differ by more than a factor of ten."""

NAMED = 3
"""Number of recordings that a line names."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Identical audio with different labels.

    Attributes:
        file_ids: of the recordings, sorted.
        labels: emotion and speaker of each.
    """

    file_ids: tuple[str, ...]
    labels: tuple[tuple[str, str | None], ...]

    def __str__(self) -> str:
        named = (
            f"{file_id} ({emotion}, {speaker or 'speaker unknown'})"
            for file_id, (emotion, speaker) in zip(self.file_ids, self.labels, strict=True)
        )
        return " = ".join(named)


@dataclass(frozen=True, slots=True)
class Overlong:
    """Recordings of a corpus that are far longer than the others.

    Attributes:
        dataset: name of the corpus.
        file_ids: of the recordings, the longest first.
        seconds: duration of each.
        median: duration of all recordings of the corpus, in seconds.
    """

    dataset: str
    file_ids: tuple[str, ...]
    seconds: tuple[float, ...]
    median: float

    def __str__(self) -> str:
        several = zip(self.file_ids[:NAMED], self.seconds, strict=False)
        named = [f"{file_id.partition('/')[2]} is {seconds:.0f} s" for file_id, seconds in several]
        if more := len(self.file_ids) - len(named):
            named.append(f"{more} more are as long")
        return f"{self.dataset}: {', '.join(named)}, the median is {self.median:.1f} s"


def identical(rows: pa.Table) -> list[tuple[str, ...]]:
    """Groups of file_ids with the same SHA-256, channel and times, sorted."""
    return sorted(tuple(row["file_id"] for row in group) for group in _groups(rows, CONTENT))


def contradictory(rows: pa.Table) -> list[Contradiction]:
    """Groups of identical audio with more than one emotion or speaker, sorted."""
    result = []
    for group in _groups(rows, CONTENT):
        labels = tuple((row["emotion"], row["speaker"]) for row in group)
        if len(set(labels)) > 1:
            result.append(Contradiction(tuple(row["file_id"] for row in group), labels))
    return sorted(result, key=lambda one: one.file_ids)


def in_several_modalities(rows: pa.Table) -> list[tuple[str, ...]]:
    """Groups of file_ids that are one take, such as RAVDESS's audio-only and audio-video files, sorted."""
    if pc.count_distinct(rows["modality"]).as_py() < 2:
        return []
    groups = _groups(rows.filter(pc.is_valid(rows["statement"])), TAKE)
    several = (group for group in groups if len({row["modality"] for row in group}) > 1)
    return sorted(tuple(row["file_id"] for row in group) for group in several)


def overlong(rows: pa.Table) -> list[Overlong]:
    """Recordings that are far longer than the median of their corpus, by corpus."""
    result = []
    for dataset in sorted(pc.unique(rows["dataset"]).to_pylist()):
        of_corpus = rows.filter(pc.equal(rows["dataset"], dataset))
        seconds = of_corpus["duration_sec"].to_numpy()
        median = float(np.median(seconds))
        longest = np.argsort(-seconds, kind="stable")
        far = [int(row) for row in longest if seconds[row] > max(LONG_RATIO * median, LONG_SECONDS)]
        if far:
            names = of_corpus["file_id"].take(far).to_pylist()
            result.append(Overlong(dataset, tuple(names), tuple(float(seconds[row]) for row in far), median))
    return result


def _groups(rows: pa.Table, keys: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Rows that agree in all of these columns with another row, each group sorted by file_id."""
    counts = rows.group_by(list(keys)).aggregate([([], "count_all")])
    several = counts.filter(pc.greater(counts["count_all"], 1)).select(list(keys))
    if not len(several):
        return []
    repeated = {tuple(row.values()) for row in several.to_pylist()}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows.filter(pc.is_in(rows[keys[-1]], several[keys[-1]].combine_chunks())).to_pylist():
        key = tuple(row[name] for name in keys)
        if key in repeated:
            groups.setdefault(key, []).append(row)
    return [sorted(group, key=lambda row: str(row["file_id"])) for group in groups.values()]
