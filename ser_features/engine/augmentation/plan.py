"""Store + variants → the shard tasks that are missing. Nothing is decoded or hashed here.

rows of files/ → `Shard` (with the table of its copies, if any) → `task_for` → `VariantTask`, or nothing

The table says what its copies were made of: profile and extractors, the recordings, and each variant with its
seed. Where all of it is as it is wanted, nothing is to be done.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser_features.augment import Variant
from ser_features.engine.task import Target, VariantTask, variant_label
from ser_features.errors import InputError
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import Store, layout, read_part
from ser_features.store.frames import broken
from ser_features.store.part import Held, read_whole
from ser_features.store.schema import all_columns
from ser_features.store.sweep import set_aside


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every shard is asked for.

    Attributes:
        target: the store, and what is computed of each copy.
        data: folder with a folder per corpus.
        variants: copies to make of each recording.
        seed: of the drawn parameters.
    """

    target: Target
    data: Path
    variants: tuple[Variant, ...]
    seed: int

    def digest(self, variant: Variant) -> str:
        """Fingerprint of what decides a copy, beside the recording and the extractors."""
        return _digest([variant.as_json(), self.seed])


@dataclass(frozen=True, slots=True)
class Shard:
    """The recordings of one shard, and what the store has of their copies.

    Attributes:
        dataset: name of the corpus.
        name: of the shard.
        rows: manifest columns, hash, and the user's own columns of each recording.
        copies: the committed table of copies, which need not exist.
    """

    dataset: str
    name: str
    rows: list[dict[str, Any]]
    copies: Path

    @property
    def sources(self) -> str:
        """Fingerprint of the recordings: what their names say, and their bytes; not where they lie."""
        return _digest([sorted(row.items()) for row in ({**row, "path": None} for row in self.rows)])


def shards_of(store: Store, dataset: str) -> Iterator[Shard]:
    """Yield the shards of a corpus."""
    features = {column.name for column in all_columns(store.description.features)}
    kept = {column.name for column in NAME_COLUMNS} | {"audio_sha256"}
    folder = layout.dataset_folder(store.root, "variants", dataset)
    for part in store.parts(dataset):
        table = read_part(part, without=features - kept)
        yield Shard(dataset, layout.shard_of(part), table.to_pylist(), folder / part.name)


def drop_orphans(store: Store, dataset: str) -> None:
    """Remove the copies of shards that are no more."""
    alive = {part.name for part in store.parts(dataset)}
    for copies in layout.parts(store.root, "variants", dataset):
        if copies.name not in alive:
            copies.unlink()
            label = variant_label(layout.shard_of(copies))
            layout.part_path(store.root, "failures", dataset, label).unlink(missing_ok=True)


def task_for(shard: Shard, wanted: Wanted) -> VariantTask | None:
    """What the copies of a shard lack; None if nothing.

    Raises:
        InputError: if something is lacking, and the recordings are not below `wanted.data`.
    """
    copies = _read_copies(shard, wanted.target.root)
    held = _held(shard, copies, wanted.target)
    missing = tuple(each for each in wanted.variants if held.get(each.name) != wanted.digest(each))
    if not missing:
        return None
    made = {variant.name: wanted.digest(variant) for variant in missing}
    return VariantTask(
        target=wanted.target,
        dataset=shard.dataset,
        shard=shard.name,
        data_root=_data_root(shard, wanted.data),
        compute=tuple(_recording(shard.dataset, row) for row in shard.rows),
        version=copies.version,
        variants=missing,
        seed=wanted.seed,
        sources=shard.sources,
        kept={name: digest for name, digest in held.items() if name not in made},
        made=made,
        hashes={row["file_id"]: row["audio_sha256"] for row in shard.rows},
    )


def _held(shard: Shard, copies: Held, target: Target) -> dict[str, str]:
    """Digest by variant of the copies that a shard has and that still hold."""
    said = copies.metadata
    if (said.get("digest"), said.get("sources")) != (target.digest, shard.sources):
        return {}
    frames = said["frames"]
    if broken(target.root, shard.dataset, shard.copies, frames, target.frame_families, target.wide):
        return {}
    return dict(said["variants"])


def _read_copies(shard: Shard, root: Path) -> Held:
    """The table of a shard's copies; one that is damaged is set aside."""
    found = read_whole(shard.copies, [])
    if found is None:
        set_aside(root, shard.copies)
    return found or Held()


def _recording(dataset: str, row: dict[str, Any]) -> Recording:
    """The recording that a row of files/ describes."""
    said = {column.name: row[column.name] for column in NAME_COLUMNS if column.name != "file_id"}
    extra = {name: value for name, value in row.items() if name not in {*said, "file_id", "audio_sha256"}}
    return Recording(dataset=dataset, stem=row["file_id"].removeprefix(f"{dataset}/"), extra=extra, **said)


def _data_root(shard: Shard, data: Path) -> Path:
    """Folder that the rows' paths are relative to: `data`, or the one above if that is the corpus's own.

    Raises:
        InputError: if none of the recordings is there.
    """
    root = Path(os.path.abspath(data))  # noqa: PTH100  as in corpora.base
    for folder in (root, root.parent):
        if any((folder / row["path"]).is_file() for row in shard.rows):
            return folder
    raise InputError(
        f"{shard.dataset}: no recording of the store is in {data}: expected {data / shard.rows[0]['path']}: "
        "pass the --data that the store was extracted from"
    )


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
