"""Tables of a store whose recordings are unchanged, by the fingerprint in their metadata.

table's file → `read` → `ReadFile`: its content, and the recordings whose rows it still has

A table is read, verified and compared at once, so that several tables can be in threads: files are read,
hashed and looked at without the interpreter lock.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ser_features import audio
from ser_features.manifest import Scan
from ser_features.recordings import Chosen, Recordings
from ser_features.store import Store
from ser_features.store.part import WholeFile, broken, metadata_in, read_whole
from ser_features.store.write import FINGERPRINTED, STAMP, fingerprint

Stamp = tuple[int, int] | None
"""Size in bytes and modification time in ns of a file; None without one."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What a table has of a corpus whose recordings are as they were.

    Attributes:
        positions: of the recordings among those of the corpus.
        checksums: of the frame files, by `frame_shard` and family.
    """

    positions: slice
    checksums: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A table's file, and what a corpus says of it.

    Attributes:
        whole: the file, which passes its checksum.
        unchanged: None if a recording, a label or a frame file has changed, or the fingerprint does not tell.
    """

    whole: WholeFile
    unchanged: Unchanged | None


def read(part: Path, store: Store, scan: Scan, chosen: Chosen) -> ReadFile | None:
    """Read a table and compare its fingerprint with the recordings that follow its first one, if awaited.

    The rows are not read. Tables of earlier versions have no fingerprint, and none covers a user's own
    columns.

    Args:
        part: the table's file.
        store: that has it.
        scan: the corpus.
        chosen: recordings of the corpus.

    Returns:
        None if there is no such file.

    Raises:
        DamagedError: if it fails its checksum.
        StoreError: if the disk or the connection fails.
    """
    whole = read_whole(part)
    return None if whole is None else ReadFile(whole, _unchanged(part, whole, store, scan, chosen))


def _unchanged(part: Path, whole: WholeFile, store: Store, scan: Scan, chosen: Chosen) -> Unchanged | None:
    metadata = metadata_in(whole.content)
    rows, checksums = metadata.get("rows"), metadata.get("frames", {})
    families, wide = store.description.frame_families, store.description.wide
    if not rows or not rows["count"] or scan.own or (families and not rows["framed"]):
        return None
    positions = chosen.following(rows["first"], rows["count"])
    if positions is None or rows["sha256"] != _fingerprint(chosen.recordings[positions], scan):
        return None
    if broken(store.root, scan.dataset, part, checksums, families, wide):
        return None
    return Unchanged(positions, checksums)


def _fingerprint(recordings: Recordings, scan: Scan) -> str | None:
    """Fingerprint that the rows of recordings have if nothing has changed; None without one of the files."""
    now = stamps(recordings, scan)
    if not now or None in now:
        return None
    filled = recordings.filled
    columns = {name: recordings.column(name) for name in FINGERPRINTED if name in filled}
    values = zip(*filter(None, now), strict=True)
    columns |= {name: pa.array(column, pa.int64()) for name, column in zip(STAMP, values, strict=True)}
    return fingerprint(pa.table(columns), FINGERPRINTED)


def stamps(recordings: Recordings, scan: Scan) -> list[Stamp]:
    """Size and modification time of the file of each recording, as it is now."""
    paths = recordings.column("path").to_pylist()
    if scan.table is not None:  # only a user's table may have absolute paths, which a slow `join` would see
        return [audio.stamp(os.path.join(scan.root, path)) for path in paths]  # noqa: PTH118
    folder = os.path.join(scan.root, "")  # noqa: PTH118
    return [audio.stamp(folder + path) for path in paths]
