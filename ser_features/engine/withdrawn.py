"""Rows of a store without a recording in the corpus as it is now: which of them are removed.

rows that no recording was matched to, `Scan` → `withdrawn` → file_ids that leave the store

A row is removed if its recording was deleted, or if the manifest or the grammar of names refuses it now.
It stays where the corpus cannot tell: below a folder that cannot be read, or if its file appeared after the
scan, when another run has stored it.
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ser_features.corpora.walk import is_file
from ser_features.manifest import Scan


class StoredRow(NamedTuple):
    """Key and path of a row of files/ or failures/.

    Attributes:
        file_id: key of the recording.
        path: of its file.
        is_copy: whether it is a refused file in whose place another one is stored.
    """

    file_id: str
    path: str
    is_copy: bool = False


def withdrawn(
    unmatched: Mapping[str, Sequence[StoredRow]], scan: Scan, *, keep_missing: bool = False
) -> dict[str, list[str]]:
    """Find the rows that leave the store.

    Args:
        unmatched: by shard, rows that no recording to compare was matched to: some may be beyond a limit, or
            in an earlier shard too.
        scan: the corpus.
        keep_missing: whether rows stay whose recording is gone; those of refused recordings leave anyway.

    Returns:
        By shard, their file_ids.
    """
    leaves = _Rule(scan, keep_missing)
    leaving = {shard: [row.file_id for row in rows if leaves(row)] for shard, rows in unmatched.items()}
    return {shard: file_ids for shard, file_ids in leaving.items() if file_ids}


class _Rule:
    """Whether a row leaves; see the module."""

    def __init__(self, scan: Scan, keep_missing: bool) -> None:
        self._scan, self._keep_missing = scan, keep_missing
        self._present = {recording.file_id for recording in scan.recordings}
        self._paths = {recording.path for recording in scan.recordings}
        self._refused = {posixpath.normpath(one.path.replace("\\", "/")) for one in scan.rejected}
        self._unread = tuple(f"{path}/" for path in self._refused)

    def __call__(self, row: StoredRow) -> bool:
        if row.path.startswith(self._unread):
            return False
        if row.file_id in self._present:
            return row.is_copy and row.path not in self._paths
        exists = is_file(self._scan.root / row.path)
        if row.path in self._refused and exists:
            return True
        if self._keep_missing:
            return False
        return self._scan.table is not None or not exists or row.path in self._paths
