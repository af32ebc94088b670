"""Frame files: memory-mapped for readers, checked for writers.

>>> header = frame_header(3, 2)
>>> len(header) % 64, len(header) == len(frame_header(10**9, 2))
(0, True)
"""

import hashlib
import io
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ser_features.errors import StoreError
from ser_features.files import is_local, publish, scratch
from ser_features.store import layout

BLOCK = 2**20
"""Bytes hashed at once."""


def frame_header(frames: int, bands: int) -> bytes:
    """Npy header; NumPy pads it for growth along axis 0, so its length does not depend on `frames`."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (frames, bands)}
    )
    return header.getvalue()


def open_frames(root: Path, dataset: str, frame_shard: str, family: str) -> np.ndarray:
    """Memory-map all frames of one shard, float32 of shape (sum of frames, bands).

    Raises:
        StoreError: if the file is missing or is no such array.
    """
    path = layout.frame_path(root, dataset, frame_shard, family)
    try:
        return np.load(path if is_local(path) else fetched(path), mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}): run ser extract again to redo it") from error


def fetched(path: Any) -> Path:
    """Download a frame file of an object store once; its name determines its content.

    Downloads are cached in the user's cache folder (`XDG_CACHE_HOME`) and may be deleted at any time.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ser" / "frames"
    copy = cache / hashlib.sha256(str(path.parent).encode()).hexdigest()[:16] / path.name
    if not copy.exists():
        temporary = scratch(copy)
        path.download(temporary)
        publish(temporary, copy)
    return copy


def problem(path: Path, sha256: str) -> str | None:
    """Read a frame file or a wide table completely and return what is wrong with it; None if nothing is.

    Args:
        path: the file.
        sha256: expected hash of its array data, or of the whole file of a wide table.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if not path.name.endswith(".parquet"):
                npy = np.lib.format.read_array_header_1_0(file) if file.read(8)[:6] == b"\x93NUMPY" else None
                end = file.tell()
                file.seek(0)
                if npy is None or len(npy[0]) != 2 or file.read(end) != frame_header(*npy[0]):
                    return "it has another header than was written"
            while block := file.read(BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return "it is missing"
    except (OSError, ValueError) as error:
        return f"it cannot be read ({error})"
    return None if digest.hexdigest() == sha256 else "its content is not as it was written"


def broken(
    root: Path,
    dataset: str,
    part: Path,
    checksums: Mapping[str, Mapping[str, str]],
    families: Sequence[str],
    wide: Collection[str] = (),
) -> set[str]:
    """Find the `frame_shard`s of a table whose files are missing, or were changed since its commit.

    Frame files are older than the table that refers to them. Only younger files are read.

    Args:
        root: of the store.
        dataset: name of the corpus.
        part: the table.
        checksums: SHA-256 by `frame_shard` and family, from the table's metadata.
        families: families of frames and of wide tables that every row has.
        wide: those of them that are wide tables.
    """
    committed = part.stat().st_mtime if families else 0.0
    return {
        frame_shard
        for frame_shard, digests in checksums.items()
        for family in families
        if not _is_sound(
            layout.frame_path(root, dataset, frame_shard, family, wide=family in wide),
            digests.get(family, ""),
            committed,
        )
    }


def _is_sound(path: Path, sha256: str, committed: float) -> bool:
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return changed <= committed or problem(path, sha256) is None
