"""Paths of a store.

    store.json
    files/dataset=<name>/part-<shard>.parquet        one row per recording
    frames/dataset=<name>/<shard>-<hash>.mel.npy     all frames of the shard
    functionals/dataset=<name>/<shard>-<hash>.parquet    thousands of columns of the shard's recordings
    ssl_pooled/…                                     the same for a pretrained encoder's pooled hidden states
    variants/dataset=<name>/part-<shard>.parquet     one row per augmented copy of the shard's recordings
    frames/dataset=<name>/variants-<shard>-<hash>.mel.npy
    functionals_of_variants/dataset=<name>/variants-<shard>-<hash>.parquet
    labels/dataset=<name>/part-votes.parquet         one row per answer of a rater
    failures/dataset=<name>/part-<shard>.parquet     one row per refused file
    failures/dataset=<name>/part-variants-<shard>.parquet    one row per copy that could not be computed
    origins/<name>.json                              manifest or data root that the corpus came from
    damaged/…                                        damaged tables, which have been computed again
    locks/                                           empty files that runs lock while they work

Names that begin with a dot are unfinished, and readers skip them. The root is a `Path`, or a `RemotePath` on
an object store.

>>> part_name("00003")
'part-00003.parquet'
"""

import os
from pathlib import Path, PurePosixPath
from typing import Any

from ser_features.errors import InputError

DESCRIPTION = "store.json"

TABLES = ("files", "variants", "labels", "failures")
"""Folders of Parquet tables."""

ORIGINS = "origins"
"""Folder of one file per corpus that says where it came from (`store.origins`)."""

OTHER_FOLDERS = ("damaged", "frames", "locks", ORIGINS)
"""Folders that hold neither tables of recordings nor wide tables."""

VARIANTS_FOLDER = "_of_variants"
"""Suffix of the folders of wide tables of augmented copies."""

OF_VARIANTS = "variants-"
"""Prefix of the `frame_shard` of augmented copies. Their wide tables have a folder of their own, so that the
other folder holds recordings only."""


def store_root(path: str | os.PathLike[str]) -> Any:
    """A `Path` for a folder of this machine, a `RemotePath` for s3://bucket/prefix.

    Raises:
        InputError: if it is a URL of another kind, or has no bucket.
    """
    scheme, is_url, rest = str(path).partition("://")
    if not is_url:
        return Path(path)
    if scheme != "s3" or not rest.strip("/"):
        raise InputError(f"{path} is no place for a store: expected a folder, or s3://bucket/prefix")
    from ser_features.store.remote import RemotePath

    return RemotePath(scheme, PurePosixPath(rest.strip("/")))


def is_store(path: str) -> bool:
    """Whether a path is that of a store: a URL, or a folder with its description."""
    return "://" in path or (Path(path) / DESCRIPTION).is_file()


def dataset_folder(root: Path, table: str, dataset: str) -> Path:
    """Folder of one corpus in one of `TABLES` or in frames."""
    return root / table / f"dataset={dataset}"


def datasets(root: Path, table: str) -> list[str]:
    """Names of the corpora in one of `TABLES` or in frames, sorted."""
    return sorted(folder.name.removeprefix("dataset=") for folder in (root / table).glob("dataset=*"))


def part_name(shard: str) -> str:
    """File name of a shard's table."""
    return f"part-{shard}.parquet"


def part_path(root: Path, table: str, dataset: str, shard: str) -> Path:
    """Path of a shard's table in one of `TABLES`."""
    return dataset_folder(root, table, dataset) / part_name(shard)


def parts(root: Path, table: str, dataset: str) -> list[Path]:
    """Committed tables of one corpus, sorted by name."""
    return sorted(dataset_folder(root, table, dataset).glob("part-*.parquet"))


def shard_of(part: Path) -> str:
    """Name of the shard of a table."""
    return part.stem.removeprefix("part-")


def frame_path(root: Path, dataset: str, frame_shard: str, family: str, *, wide: bool = False) -> Path:
    """Path of the frames, or of the wide table, of one family of a shard.

    Args:
        root: of the store.
        dataset: name of the corpus.
        frame_shard: the row's column of that name.
        family: its name.
        wide: whether the family has a Parquet table of its own instead of frames.
    """
    if wide:
        folder = f"{family}{VARIANTS_FOLDER}" if frame_shard.startswith(OF_VARIANTS) else family
        return dataset_folder(root, folder, dataset) / f"{frame_shard}.parquet"
    return dataset_folder(root, "frames", dataset) / f"{frame_shard}.{family}.npy"


def frame_folders(root: Path) -> tuple[str, ...]:
    """Folders of a store with paths of `frame_path`: frames, and two per wide family."""
    others = (path for path in root.glob("[!.]*") if path.name not in (*TABLES, *OTHER_FOLDERS))
    return ("frames", *sorted(path.name for path in others if any(path.glob("dataset=*"))))


def wide_families(root: Path) -> frozenset[str]:
    """Families that have tables of their own in a store, by its folders."""
    return frozenset(name.removesuffix(VARIANTS_FOLDER) for name in frame_folders(root)) - {"frames"}


def frame_shard_of(path: Path) -> str:
    """The `frame_shard` of a frame file.

    >>> frame_shard_of(Path("00003-0123456789ab.mel.npy"))
    '00003-0123456789ab'
    """
    return path.name.split(".", 1)[0]
