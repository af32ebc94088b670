"""Several rows of one recording, such as one per rater → one recording, or its refusal as contradictory.

`Entry`s → groups of one file → `merge` → recordings, rejected ones, notes

Rows contradict each other if they give different emotions or different speakers. Where they differ in other
columns only, these are null.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ser_features.manifest import Recording, Rejected, Value
from ser_features.tables.rows import Entry, listed, row_numbers

DECISIVE = frozenset(("dataset", "stem", "path", "emotion", "emotion_code", "extra", "alternatives"))
"""Attributes that are equal in merged rows, or taken from the first one."""


@dataclass(slots=True)
class Merged:
    """Result of `merge`.

    Attributes:
        recordings: one per file.
        rejected: files whose label is unknown or contradicted.
        repeated: rows that say the same as an earlier one.
        differing: number of recordings by column in which their rows differ.
    """

    recordings: list[Recording] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    differing: Counter[str] = field(default_factory=Counter)

    def notes(self) -> list[str]:
        """What users should know about rows of the same recording."""
        lines = []
        if self.repeated:
            lines.append(f"{row_numbers(self.repeated)}: same as an earlier row, read once")
        if self.differing:
            columns = listed([f"{name} ({number})" for name, number in self.differing.most_common()])
            lines.append(f"recordings whose rows differ, by column: {columns}: stored as null")
        return lines


def merge(entries: Iterable[Entry]) -> Merged:
    """Join the rows of each file."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.file.file, []).append(entry)
    result = Merged()
    for group in groups.values():
        first = group[0].recording
        if problem := _problem(group):
            result.rejected.append(Rejected(first.dataset, first.path, problem))
        else:
            result.recordings.append(first if len(group) == 1 else _joined(group, result))
    return result


def _problem(group: Sequence[Entry]) -> str | None:
    """Why the rows of one file cannot be used, or None."""
    labels: dict[str, list[int]] = {}
    speakers: dict[str, list[int]] = {}
    for entry in group:
        labels.setdefault(entry.label, []).append(entry.row)
        if entry.recording.speaker is not None:
            speakers.setdefault(entry.recording.speaker, []).append(entry.row)
    if len(labels) > 1:
        labels.pop("", None)  # a rater without an answer contradicts nothing
    for what, values in (("emotion", labels), ("speaker", speakers)):
        if len(values) > 1:
            return f"{_disagreement(what, values)}, expected one {what} per recording: keep one row"
    unusable = [entry for entry in group if entry.label in labels and entry.problem]
    if unusable:
        return f"{row_numbers([entry.row for entry in unusable])}: {unusable[0].problem}"
    return None


def _disagreement(what: str, values: dict[str, list[int]]) -> str:
    parts = [
        f"{row_numbers(rows)} {'says' if len(rows) == 1 else 'say'} {value!r}"
        for value, rows in values.items()
    ]
    return f"{what}: {listed(parts)}"


def _joined(group: Sequence[Entry], result: Merged) -> Recording:
    """One recording of several rows; values in which they differ are None."""
    first = next(entry.recording for entry in group if entry.problem is None)
    names = [one.name for one in fields(Recording) if one.name not in DECISIVE]
    values: dict[str, Any] = {
        name: _common(name, [getattr(entry.recording, name) for entry in group], result) for name in names
    }
    extra: dict[str, Value] = {
        name: _common(name, [entry.recording.extra[name] for entry in group], result) for name in first.extra
    }
    same = [entry.recording for entry in group]
    result.repeated += [entry.row for index, entry in enumerate(group) if entry.recording in same[:index]]
    return replace(first, **values, extra=extra)


def _common(column: str, values: Sequence[Value], result: Merged) -> Value:
    """The only value besides None; None if there are several."""
    present = {value for value in values if value is not None}
    if len(present) > 1:
        result.differing[column] += 1
        return None
    return present.pop() if present else None
