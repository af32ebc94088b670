"""What a user added to an artifact, or edited in it, stays when the artifact is replaced.

old folder, its metadata → `kept` → path in the old folder → path in the new one → `carry_over`

A file that ser did not write keeps its path, and so does a folder such as .git. A document that was edited,
such as the model card, describes the old model: it becomes README.kept.md beside the new card.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ser_features.errors import InputError, listed
from ser_models.artifact.metadata import METADATA_FILE, READ_FILES, read_metadata, sha256


def kept(folder: Path) -> dict[str, str]:
    """Path of each file or folder that stays → its path in the artifact that replaces this one.

    Args:
        folder: of an artifact.

    Raises:
        ArtifactError: if it is no artifact.
        InputError: if a file cannot be read.
    """
    written = read_metadata(folder).files
    paths: dict[str, str] = {}
    for path in _entries(folder):
        name = path.relative_to(folder).as_posix()
        if not (path.is_symlink() or os.access(path, os.R_OK)):
            raise InputError(
                f"{path} was not written by ser and cannot be read: move it, or pass another --out"
            )
        if name not in (METADATA_FILE, *written):
            paths[name] = name
        elif name not in (METADATA_FILE, *READ_FILES) and path.is_file() and sha256(path) != written[name]:
            paths[name] = _beside(name)
    return paths


def notes(folder: Path) -> list[str]:
    """Lines on what stays of an artifact that is going to be replaced."""
    paths = kept(folder)
    edited = {name: new for name, new in paths.items() if new != name}
    lines = [f"{folder / name} was edited: it stays as {Path(new).name}" for name, new in edited.items()]
    added = [name for name in paths if name not in edited and not (folder / name).is_dir()]
    return lines + ([f"{folder / listed(added, 1)} not written by ser: kept"] if added else [])


def carry_over(old: Path, new: Path) -> None:
    """Put what stays of an artifact into the folder that is about to replace it.

    Args:
        old: of the artifact.
        new: complete but for these files, on the same disk.
    """
    for name, target in kept(old).items():
        source, destination = old / name, _free(new / target)
        if source.is_symlink():
            destination.symlink_to(source.readlink())
        elif source.is_dir():
            (new / target).mkdir(parents=True, exist_ok=True)
        else:
            destination.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(source, destination)


def _entries(folder: Path) -> Iterator[Path]:
    """Files, links and folders below a folder, but for pipes and sockets; links are not followed."""
    for root, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            path = Path(root, name)
            if path.is_symlink() or path.is_file() or path.is_dir():
                yield path


def _link_or_copy(source: Path, destination: Path) -> None:
    """A second name of the file, without reading it, where the file system has such links."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)


def _beside(name: str) -> str:
    """Path of an edited document beside the new one.

    >>> _beside("figures/confusion.png")
    'figures/confusion.kept.png'
    """
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.kept{path.suffix}"))


def _free(path: Path) -> Path:
    """The path, or one like it that the new artifact and the kept files leave free."""
    stem, number = path.stem, 2
    while os.path.lexists(path) and not path.is_dir():
        path, number = path.with_name(f"{stem}.{number}{path.suffix}"), number + 1
    return path
