"""Where everything of a store lies.

    store.json
    files/dataset=<name>/part-<shard>.parquet        one row per recording
    frames/dataset=<name>/<shard>-<hash>.mel.npy     all frames of the shard
    functionals/dataset=<name>/<shard>-<hash>.parquet    thousands of columns of the shard's recordings
    ssl_pooled/…                                     the same of a pretrained encoder's pooled hidden states
    variants/dataset=<name>/part-<shard>.parquet     one row per augmented copy of the shard's recordings
    frames/dataset=<name>/variants-<shard>-<hash>.mel.npy
    functionals_of_variants/dataset=<name>/variants-<shard>-<hash>.parquet
    failures/dataset=<name>/part-<shard>.parquet     one row per refused file
    failures/dataset=<name>/part-variants-<shard>.parquet    one row per copy that could not be made
    damaged/…                                        tables that were found damaged, and made anew
    locks/                                           empty files that runs hold while they work

Names that begin with a dot are unfinished: readers pass over them. A root is a `Path`, or a
`RemotePath` on an object store.

>>> part_name("00003")
'part-00003.parquet'
"""

from pathlib import Path

DESCRIPTION = "store.json"

TABLES = ("files", "variants", "failures")
"""Folders of Parquet tables."""

OTHER_FOLDERS = ("damaged", "frames", "locks")
"""Folders that hold neither tables of recordings nor wide tables."""

VARIANTS_FOLDER = "_of_variants"
"""Suffix of the folders of wide tables of augmented copies."""

OF_VARIANTS = "variants-"
"""How the `frame_shard` of augmented copies begins: their wide tables have a folder of their own, so that
whoever reads the other one meets recordings only."""


def dataset_folder(root: Path, table: str, dataset: str) -> Path:
    """Folder of one corpus in one of files, variants, frames and failures."""
    return root / table / f"dataset={dataset}"


def datasets(root: Path, table: str) -> list[str]:
    """Names of the corpora that one of files, variants, frames and failures holds, sorted."""
    return sorted(folder.name.removeprefix("dataset=") for folder in (root / table).glob("dataset=*"))


def part_name(shard: str) -> str:
    """File name of a shard's table."""
    return f"part-{shard}.parquet"


def part_path(root: Path, table: str, dataset: str, shard: str) -> Path:
    """A shard's table in one of files, variants and failures."""
    return dataset_folder(root, table, dataset) / part_name(shard)


def parts(root: Path, table: str, dataset: str) -> list[Path]:
    """The committed shards of one corpus, sorted by name."""
    return sorted(dataset_folder(root, table, dataset).glob("part-*.parquet"))


def shard_of(part: Path) -> str:
    """The shard that a table file holds."""
    return part.stem.removeprefix("part-")


def frame_path(root: Path, dataset: str, frame_shard: str, family: str, *, wide: bool = False) -> Path:
    """File with all frames, or the wide table, of one family of a shard.

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
    """Names of the folders of a store that `frame_path` leads to: frames, and two per wide family."""
    others = (path for path in root.glob("[!.]*") if path.name not in (*TABLES, *OTHER_FOLDERS))
    return ("frames", *sorted(path.name for path in others if any(path.glob("dataset=*"))))


def wide_families(root: Path) -> frozenset[str]:
    """Families of which a store has tables of their own, as its folders say."""
    return frozenset(name.removesuffix(VARIANTS_FOLDER) for name in frame_folders(root)) - {"frames"}


def frame_shard_of(path: Path) -> str:
    """The `frame_shard` that a file of frames belongs to.

    >>> frame_shard_of(Path("00003-0123456789ab.mel.npy"))
    '00003-0123456789ab'
    """
    return path.name.split(".", 1)[0]
