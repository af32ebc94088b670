"""Where the corpora of a store came from: one sealed file per corpus.

`Scan` → `claim` → `Origin` ↔ origins/<dataset>.json, or an error that names the origin that the store has

A corpus is known by its name, and a user's corpus has the name of its manifest: `labels.csv` of another
folder would be the same corpus without this file. Stores of earlier versions have none.

A manifest at another path is the same one if its recordings are: most of a sample of the stored rows have
a recording with the same key and the same bytes, as after a project was moved or copied. A built-in corpus in
another data root is the same one if it has most of those recordings, whatever their bytes.

>>> origin_path(Path("store"), "ravdess").as_posix()
'store/origins/ravdess.json'
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ser_features import audio
from ser_features.errors import InputError
from ser_features.files import BLANK_SEAL, SEAL_KEY, is_sealed, replacing, seal
from ser_features.manifest import Recording, Scan
from ser_features.store import layout, locks
from ser_features.store.part import read_if_whole
from ser_features.store.read import Store

SAMPLE = 16
"""Stored rows that are compared, evenly spread: reading them takes less than a second."""

COMPARED = ("file_id", "audio_sha256")


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a corpus.

    Attributes:
        root: absolute folder that the recordings' paths are relative to.
        table: absolute path of the user's manifest; None for a built-in corpus.
    """

    root: str
    table: str | None = None


def origin_path(root: Path, dataset: str) -> Path:
    """File of one corpus in the store at `root`."""
    return root / layout.ORIGINS / f"{dataset}.json"


def read_origin(root: Path, dataset: str) -> Origin | None:
    """Origin of a corpus of the store at `root`; None if the file is absent or damaged."""
    try:
        text = origin_path(root, dataset).read_bytes()
        content = json.loads(text)
        return Origin(content["root"], content["table"]) if is_sealed(text) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_origin(root: Path, dataset: str, origin: Origin) -> None:
    """Replace the origin of a corpus by one rename."""
    content = asdict(origin) | {SEAL_KEY: BLANK_SEAL.decode()}
    with replacing(origin_path(root, dataset)) as file:
        file.write(seal(json.dumps(content, indent=1).encode()))


def claim(store: Store, scan: Scan, *, keep_missing: bool = False, alone: bool = True) -> None:
    """Record where a corpus comes from. The first of several runs at once decides, under the commit lock.

    Args:
        store: the store.
        scan: the corpus.
        keep_missing: whether rows stay whose recordings are absent, so that a built-in corpus may be spread
            over several data roots.
        alone: whether no other run is in the store.

    Raises:
        InputError: if the store has another corpus of this name.
    """
    origin = Origin(str(scan.root), None if scan.table is None else str(scan.table))
    with locks.committing(store.root):
        held = read_origin(store.root, scan.dataset)
        if held == origin:
            return
        if not (_is_certain(held, origin, keep_missing) or _has_most(store, scan, held, alone=alone)):
            raise _refusal(store, scan, held)
        write_origin(store.root, scan.dataset, origin)


def _is_certain(held: Origin | None, origin: Origin, keep_missing: bool) -> bool:
    """Whether the corpus is the stored one, or may be joined to it, whatever its recordings are."""
    if origin.table is None:
        return keep_missing or held is None or held.root == origin.root
    return held is not None and held.table == origin.table


def _has_most(store: Store, scan: Scan, held: Origin | None, *, alone: bool) -> bool:
    """Whether a corpus has at least half of a sample of the stored recordings.

    Nothing may be stored yet because the run that recorded the origin is about to do it, unless this run is
    alone in the store.
    """
    rows = list(_rows(store, scan.dataset))
    if not rows:
        return alone or held is None
    sample = [rows[index * len(rows) // SAMPLE] for index in range(SAMPLE)] if len(rows) > SAMPLE else rows
    ids = {file_id for file_id, _ in sample}
    recordings = {one.file_id: one for one in scan.recordings if one.file_id in ids}
    by_bytes = scan.table is not None and held is not None
    equal = sum(
        _is_equal(scan.root, recordings.get(file_id), digest if by_bytes else None)
        for file_id, digest in sample
    )
    return 2 * equal >= len(sample)


def _rows(store: Store, dataset: str) -> Iterator[tuple[str, str]]:
    for part in store.parts(dataset):
        if (stored := read_if_whole(part, COMPARED)) and stored.table is not None:
            yield from zip(*(stored.table[name].to_pylist() for name in COMPARED), strict=True)


def _is_equal(root: Path, recording: Recording | None, digest: str | None) -> bool:
    """Whether there is a recording, and it has these bytes, if any are given."""
    if recording is None or digest is None:
        return recording is not None
    return audio.sha256_if_readable(root / recording.path) == digest


def _refusal(store: Store, scan: Scan, held: Origin | None) -> InputError:
    if scan.table is not None:
        other = f"the table {held.table}" if held and held.table else "another table"
        return InputError(
            f"{scan.table}: {store.root} has a corpus {scan.dataset!r} of {other}, with other recordings; "
            "expected another name: rename one of the tables, or pass another --store"
        )
    other = held.root if held else "another folder"
    return InputError(
        f"{scan.dataset}: {store.root} has it from {other}, and {scan.root} lacks most of those recordings: "
        f"pass --data {other}, another --store, or --keep-missing to keep the recordings of both"
    )
