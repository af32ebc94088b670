"""Checks of the rows of a corpus or table, before any file is opened: `Scan` → `Finding`s."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import inf

from ser_features.checks.finding import Finding
from ser_features.errors import counted
from ser_features.manifest import Recording, Scan
from ser_features.tables.rows import similar_names


def rejected(scan: Scan) -> Iterator[Finding]:
    """Rows that cannot be used, such as those without a file."""
    if several := scan.rejected:
        count = counted(len(several), "recording")
        message = f"{count} cannot be used, the first because of {several[0].reason}: correct or remove them"
        yield Finding("files", message, tuple(one.path for one in several))


def second_copies(scan: Scan) -> Iterator[Finding]:
    """Recordings that another folder has, too."""
    if several := scan.duplicates:
        message = (
            f"{counted(len(several), 'recording')} in several folders: one copy is read, remove the others"
        )
        yield Finding("copies", message, tuple(one.dropped for one in several))


def speaker_names(scan: Scan) -> Iterator[Finding]:
    """Speakers whose names differ in what people mistype, and recordings without one."""
    speakers = {one.speaker for one in scan.recordings if one.speaker is not None}
    for group in similar_names(speakers):
        names = " and ".join(map(repr, group))
        yield Finding(
            "speaker names", f"{names} differ in case, blanks or zeros only: give one person one name"
        )
    unknown = tuple(one.path for one in scan.recordings if one.speaker is None)
    if unknown:
        message = (
            f"unknown in {len(unknown)} of {counted(len(scan.recordings), 'recording')}: add a column speaker"
        )
        yield Finding("speaker names", message, unknown)


def overlapping_parts(scan: Scan) -> Iterator[Finding]:
    """Parts of a file that share samples."""
    parts: dict[tuple[str, int | None], list[Recording]] = defaultdict(list)
    for one in scan.recordings:
        if one.is_part:
            parts[one.path, one.audio_channel].append(one)
    overlapping = [
        f"{first.stem} and {second.stem}"
        for several in parts.values()
        for first, second in pairwise(sorted(several, key=lambda one: one.reading_order))
        if (second.start or 0.0) < (inf if first.end is None else first.end)
    ]
    if overlapping:
        message = (
            f"{counted(len(overlapping), 'pair')} of parts overlap, so that the same sound counts twice: "
            "correct their times"
        )
        yield Finding("parts", message, tuple(overlapping))
