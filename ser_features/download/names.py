r"""Name of an archive member → a path inside the folder on every system, or an error.

>>> safe_path("Actor_01/03-01-01-01-01-01-01.wav")
PurePosixPath('Actor_01/03-01-01-01-01-01-01.wav')
>>> safe_path("../../.profile")
Traceback (most recent call last):
...
ser_features.errors.UnsafeArchiveError: member '../../.profile' leaves the folder: the archive is not unpacked
"""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from ser_features.errors import UnsafeArchiveError

PART_BYTES = 255
"""Longest name of a file or folder on the usual file systems."""

PATH_BYTES = 1000
DEPTH = 32


def safe_path(name: str) -> PurePosixPath:
    """Path of a member, relative to the folder that the archive is unpacked into.

    Args:
        name: as the archive has it, with forward slashes.

    Raises:
        UnsafeArchiveError: if the name is absolute, leads upwards, has a backslash, a colon or an
            invisible character, is too long, or is empty.
    """
    path = PurePosixPath(name)
    if problem := _problem(name, path):
        raise refusal(name, problem)
    return path


def require_apart(files: Iterable[PurePosixPath], folders: Iterable[PurePosixPath]) -> None:
    """Check that no two members have the same path, on file systems of any kind.

    Args:
        files: paths of the files to write.
        folders: paths of the members that are folders, which may repeat.

    Raises:
        UnsafeArchiveError: if two files have the same name (ignoring case and Unicode normalisation), or a
            file has the name of a folder.
    """
    seen: dict[str, PurePosixPath] = {}
    for path in files:
        if seen.setdefault(_key(path), path) is not path:
            raise refusal(str(path), "is there twice")
    parents = {_key(parent) for path in [*seen.values(), *folders] for parent in path.parents}
    if clash := sorted((parents | {_key(path) for path in folders}) & set(seen)):
        raise refusal(str(seen[clash[0]]), "is a file and a folder")


def refusal(name: str, problem: str) -> UnsafeArchiveError:
    """Error for a member that is refused."""
    short = name if len(name) <= 80 else f"{name[:80]}…"
    return UnsafeArchiveError(f"member {short!r} {problem}: the archive is not unpacked")


def _problem(name: str, path: PurePosixPath) -> str | None:
    if any(unicodedata.category(character).startswith("C") for character in name):
        return "has an invisible character"
    if "\\" in name or ":" in name:
        return "has a backslash or a colon"
    if path.is_absolute() or ".." in path.parts:
        return "leaves the folder"
    if not path.parts:
        return "has no name"
    if len(path.parts) > DEPTH:
        return f"lies {len(path.parts)} folders deep, expected {DEPTH} at most"
    if len(name.encode()) > PATH_BYTES or any(len(part.encode()) > PART_BYTES for part in path.parts):
        return "has too long a name"
    return None


def _key(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
