"""Corpus folder → the audio files in it, at any depth, without ever leaving it.

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> (root / "tess" / "OAF_angry").mkdir(parents=True)
>>> for name in ("OAF_back_angry.wav", "._OAF_back_angry.wav", "notes.txt"):
...     (root / "tess" / "OAF_angry" / name).touch()
>>> list(audio_files(root, "tess"))
[Found(path='tess/OAF_angry/OAF_back_angry.wav', problem=None)]
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

IGNORED_PREFIXES = (".", "__MACOSX")
"""Hidden files, and files that macOS adds to archives (`._name.wav` is no audio)."""


class Found(NamedTuple):
    """An audio file.

    Attributes:
        path: relative to the data root, with forward slashes.
        problem: why it cannot be used, or None.
    """

    path: str
    problem: str | None


def audio_files(root: Path, folder: str) -> Iterator[Found]:
    """Yield every audio file below `root/folder`, in no particular order.

    Symbolic links to folders are not followed; links to files count if they stay inside the corpus folder.

    Args:
        root: absolute data root.
        folder: name of the corpus folder in it, which may itself be a symbolic link.
    """
    base = os.path.realpath(root / folder)
    pending = [folder]
    while pending:
        parent = pending.pop()
        try:
            entries = list(os.scandir(root / parent))
        except OSError as error:
            yield Found(_readable(parent), f"folder cannot be read: {error.strerror}")
            continue
        for entry in entries:
            if entry.name.startswith(IGNORED_PREFIXES):
                continue
            path = f"{parent}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif _looks_like_audio(entry):
                yield Found(_readable(path), _problem(entry, path, base))


def is_inside(path: str | Path, base: str) -> bool:
    """Whether `path`, with all links resolved, lies below the resolved folder `base`."""
    return Path(os.path.realpath(path)).is_relative_to(base)


def is_file(path: str | Path) -> bool:
    """Whether `path` is a regular file; unlike `Path.is_file`, False after any error."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """Whether `path` is a folder or a link to one; False after any error."""
    return os.path.isdir(path)  # noqa: PTH112


def _looks_like_audio(entry: "os.DirEntry[str]") -> bool:
    # Imports soundfile and numpy, which listing the corpora does not need.
    from ser_features.audio import SUFFIXES

    is_linked_folder = entry.is_symlink() and is_folder(entry.path)
    return is_linked_folder or os.path.splitext(entry.name)[1].lower() in SUFFIXES  # noqa: PTH122


def _problem(entry: "os.DirEntry[str]", path: str, base: str) -> str | None:
    if entry.is_symlink() and not is_inside(entry.path, base):
        return "link that leads out of the corpus folder: replace it with a copy"
    if not (entry.is_file(follow_symlinks=False) or is_file(entry.path)):
        return "linked folder, which is not followed" if is_folder(entry.path) else "not a regular file"
    if _readable(path) != path:
        return "name is not valid UTF-8: rename it"
    return None


def _readable(path: str) -> str:
    """Escape the bytes of a name that are not UTF-8, which no table can hold."""
    return path.encode("utf-8", "backslashreplace").decode()
