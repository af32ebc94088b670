"""Store + variants → the shard tasks that are missing. Nothing is decoded or hashed here.

rows of files/ → `Shard` (with the table of its copies, if any) → `task_for` → `VariantTask`, or None

The metadata of a table of copies says what determined them: profile and extractors, the recordings, and each
variant with its seed. Variants for which all of it is unchanged need no work.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from ser_features.augment import Variant
from ser_features.engine.task import Target, VariantTask, variant_label
from ser_features.errors import InputError
from ser_features.manifest import NAME_COLUMNS, OWN, VARIANT_MARK, Column, Recording
from ser_features.store import Store, layout, read_part
from ser_features.store.description import all_columns
from ser_features.store.origins import read_origin
from ser_features.store.part import StoredTable, broken, read_if_whole, read_parts
from ser_features.store.write import set_aside

LABELS = frozenset({*(column.name for column in NAME_COLUMNS), "audio_sha256"})
"""Columns of files/ that determine a copy, besides the user's own."""


@dataclass(frozen=True, slots=True)
class Request:
    """Copies to compute of every shard.

    Attributes:
        target: the store, and the families to compute of each copy.
        data: folder with one folder per corpus.
        variants: one copy of each recording per variant.
        seed: of the drawn parameters.
    """

    target: Target
    data: Path
    variants: tuple[Variant, ...]
    seed: int

    def digest(self, variant: Variant) -> str:
        """Fingerprint of what determines a copy, besides the recording and the extractors."""
        return _digest([variant.as_json(), self.seed])


@dataclass(frozen=True, slots=True)
class Shard:
    """The recordings of one shard, and the table of their copies.

    Attributes:
        dataset: name of the corpus.
        name: name of the shard.
        rows: manifest columns, hash, and the user's own columns of each recording.
        own: the latter.
        copies: path of the table of copies, which need not exist.
    """

    dataset: str
    name: str
    rows: list[dict[str, Any]]
    own: tuple[Column, ...]
    copies: Path

    @property
    def sources(self) -> str:
        """Fingerprint of the recordings' labels and bytes, without their paths."""
        return _digest([sorted(row.items()) for row in ({**row, "path": None} for row in self.rows)])


def shards_of(store: Store, dataset: str) -> Iterator[Shard]:
    """Yield the shards of a corpus."""
    computed = {column.name for column in all_columns(store.description.features)}
    computed -= LABELS
    folder = layout.dataset_folder(store.root, "variants", dataset)
    for part in store.parts(dataset):
        table = read_part(part, without=computed)
        own = tuple(
            Column(field.name, str(field.type), "", OWN) for field in table.schema if field.name not in LABELS
        )
        yield Shard(dataset, layout.shard_of(part), table.to_pylist(), own, folder / part.name)


def without_copies(store: Store, dataset: str) -> int:
    """Number of recordings that no copy was requested of, in a corpus that has copies of others."""
    parts = layout.parts(store.root, "variants", dataset)
    copied = {name for table in read_parts(parts, ["source_file_id"]) for name in table[0].to_pylist()}
    if not copied:
        return 0
    tried = (
        file_id.rpartition(VARIANT_MARK)[0] for file_id in store.failures([dataset])["file_id"].to_pylist()
    )
    return len(set(store.table([dataset], ["file_id"])["file_id"].to_pylist()) - copied - set(tried))


def drop_orphans(store: Store, dataset: str) -> None:
    """Remove the copies of shards that no longer exist."""
    alive = {part.name for part in store.parts(dataset)}
    for copies in layout.parts(store.root, "variants", dataset):
        if copies.name not in alive:
            copies.unlink()
            label = variant_label(layout.shard_of(copies))
            layout.part_path(store.root, "failures", dataset, label).unlink(missing_ok=True)


def task_for(shard: Shard, request: Request) -> VariantTask | None:
    """Task for the copies that a shard lacks; None if it lacks none.

    Raises:
        InputError: if some are missing, and the recordings are not below `request.data`.
    """
    copies = _read_copies(shard, request.target.root)
    valid = _valid_variants(shard, copies, request.target)
    missing = tuple(one for one in request.variants if valid.get(one.name) != request.digest(one))
    if not missing:
        return None
    made = {variant.name: request.digest(variant) for variant in missing}
    return VariantTask(
        target=request.target,
        dataset=shard.dataset,
        shard=shard.name,
        data_root=_data_root(shard, request),
        compute=tuple(
            sorted((_recording(shard, row) for row in shard.rows), key=attrgetter("reading_order"))
        ),
        version=copies.version,
        variants=missing,
        seed=request.seed,
        sources=shard.sources,
        kept={name: digest for name, digest in valid.items() if name not in made},
        made=made,
        hashes={row["file_id"]: row["audio_sha256"] for row in shard.rows},
        own=shard.own,
    )


def _valid_variants(shard: Shard, copies: StoredTable, target: Target) -> dict[str, str]:
    """Digest by variant of the stored copies that are still valid."""
    metadata = copies.metadata
    if (metadata.get("digest"), metadata.get("sources")) != (target.digest, shard.sources):
        return {}
    frames = metadata["frames"]
    if broken(target.root, shard.dataset, shard.copies, frames, target.frame_families, target.wide):
        return {}
    return dict(metadata["variants"])


def _read_copies(shard: Shard, root: Path) -> StoredTable:
    """The table of a shard's copies; a damaged one is moved to damaged/."""
    stored = read_if_whole(shard.copies, [])
    if stored is None:
        set_aside(root, shard.copies)
    return stored or StoredTable()


def _recording(shard: Shard, row: dict[str, Any]) -> Recording:
    """The recording that a row of files/ describes."""
    labels: dict[str, Any] = {
        column.name: row.get(column.name) for column in NAME_COLUMNS if column.name != "file_id"
    }
    extra = {column.name: row[column.name] for column in shard.own}
    stem = row["file_id"].removeprefix(f"{shard.dataset}/")
    return Recording(dataset=shard.dataset, stem=stem, extra=extra, **labels)


def _data_root(shard: Shard, request: Request) -> Path:
    """Folder that the rows' paths are relative to: that of a user's table, else `data`, or its parent.

    Raises:
        InputError: if none of the recordings is there.
    """
    root = Path(os.path.abspath(request.data))  # noqa: PTH100  as in corpora.base
    origin = read_origin(request.target.root, shard.dataset)
    of_table = [Path(origin.root)] if origin and origin.table else []
    for folder in (*of_table, root, root.parent):
        if any((folder / row["path"]).is_file() for row in shard.rows):
            return folder
    raise InputError(
        f"{shard.dataset}: no recording of the store is in {request.data}: "
        f"expected {request.data / shard.rows[0]['path']}: pass the --data that the store was extracted from"
    )


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
