"""Corpus folder → the recordings in it, at any depth, through links as well.

>>> import tempfile
>>> root = Path(tempfile.mkdtemp())
>>> (root / "tess" / "OAF_angry").mkdir(parents=True)
>>> for name in ("OAF_back_angry.wav", "._OAF_back_angry.wav", "notes.txt"):
...     (root / "tess" / "OAF_angry" / name).touch()
>>> list(audio_files(root, "tess"))
[Found(path='tess/OAF_angry/OAF_back_angry.wav', problem=None, foreign=None)]
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ser_features.foreign import HEAD, Foreign, identify, of_suffix
from ser_features.formats import SUFFIXES, is_read

IGNORED_PREFIXES = (".", "__MACOSX")
"""Hidden files, and files that macOS adds to archives (`._name.wav` is no audio)."""


class Found(NamedTuple):
    """An audio file.

    Attributes:
        path: relative to the data root, with forward slashes.
        problem: why it cannot be used, or None.
        foreign: its format, if libsndfile does not read it.
    """

    path: str
    problem: str | None = None
    foreign: Foreign | None = None


AT_ONCE = 65_536
"""Paths listed at once."""


def audio_files(root: Path, folder: str) -> Iterator[Found]:
    """Yield every audio file below `root/folder`, in no particular order, as `audio_paths` finds them."""
    for several in audio_paths(root, folder):
        if isinstance(several, Found):
            yield several
        else:
            yield from map(Found, several)


def audio_paths(root: Path, folder: str) -> Iterator[Found | list[str]]:
    """Yield the paths of the audio files below `root/folder`, many at once, and unusual files one by one.

    A usual file is regular, is no link, and its path is ASCII.

    Links are followed wherever they lead. No folder is visited twice, so that a cycle of links ends. A file
    in a format that libsndfile does not read is left out if the same folder has one of its stem that it does.

    Args:
        root: absolute data root.
        folder: name of the corpus folder in it.
    """
    usual: list[str] = []
    visited: set[str] = set()
    folders = [(folder, os.path.realpath(root / folder))]
    links: list[str] = []
    while folders or links:
        if not folders:  # all folders that need no link come first, so that these keep their own paths
            links.sort(reverse=True)
            link = links.pop()
            folders.append((link, os.path.realpath(root / link)))
        parent, real = folders.pop()
        if real in visited:
            continue
        visited.add(real)
        others: list[tuple[os.DirEntry[str], Foreign]] = []
        ascii_parent = os.path.join(root, parent).isascii()  # noqa: PTH118
        try:
            for entry in os.scandir(root / parent):  # one by one, as a folder may have a million
                name = entry.name
                is_audio = _has_audio_suffix(name)
                if name.startswith(IGNORED_PREFIXES):
                    continue
                if is_audio and ascii_parent and name.isascii() and entry.is_file(follow_symlinks=False):
                    usual.append(f"{parent}/{name}")
                    if len(usual) == AT_ONCE:
                        yield usual
                        usual = []
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((f"{parent}/{name}", f"{real}/{name}"))
                elif entry.is_symlink() and is_folder(entry.path):
                    links.append(f"{parent}/{name}")
                elif is_audio:
                    yield Found(_readable(f"{parent}/{name}"), _problem(entry))
                elif form := of_suffix(name):
                    others.append((entry, form))
            yield from _foreign_only(others, root, parent)
        except OSError as error:
            yield Found(_readable(parent), f"folder cannot be read: {error.strerror}")
    if usual:
        yield usual


def _has_audio_suffix(name: str) -> bool:
    return name[name.rfind(".") :].lower() in SUFFIXES


def _foreign_only(
    entries: Sequence[tuple["os.DirEntry[str]", Foreign]], root: Path, parent: str
) -> Iterator[Found]:
    """The files of one folder in formats that libsndfile does not read, but those it has in another one."""
    if not entries:
        return
    names = (one.name for one in os.scandir(root / parent))  # again, to hold no million names without need
    stems = {name.rpartition(".")[0] for name in names if _has_audio_suffix(name)}
    for entry, form in entries:
        if entry.name.rpartition(".")[0] not in stems:
            yield _foreign(entry, _readable(f"{parent}/{entry.name}"), form)


def _foreign(entry: "os.DirEntry[str]", path: str, form: Foreign) -> Found:
    """A file whose extension stands for a format that libsndfile does not read; its content decides."""
    if problem := _problem(entry):
        return Found(path, problem)
    try:
        with open(entry.path, "rb") as file:  # noqa: PTH123  as fast as the listing
            head = file.read(HEAD)
    except OSError:
        head = b""
    if is_read(head):
        return Found(path)
    form = identify(head) or form
    return Found(path, None if form.is_read else form.message, form)


def folders_of(paths: Iterable[str]) -> set[PurePosixPath]:
    """Folders of files, and the folders above them.

    >>> sorted(map(str, folders_of(["cremad/AudioWAV/a.wav", "cremad/AudioWAV/b.wav"])))
    ['cremad', 'cremad/AudioWAV']

    Args:
        paths: relative to the data root, with forward slashes.
    """
    parents = {PurePosixPath(parent) for parent in set(map(os.path.dirname, paths))}  # of a million paths
    return {folder for parent in parents for folder in (parent, *parent.parents) if folder.name}


def is_file(path: str | Path) -> bool:
    """Whether `path` is a regular file; unlike `Path.is_file`, False after any error."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """Whether `path` is a folder or a link to one; False after any error."""
    return os.path.isdir(path)  # noqa: PTH112


def _problem(entry: "os.DirEntry[str]") -> str | None:
    if not (entry.is_file(follow_symlinks=False) or is_file(entry.path)):
        if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110
            return f"link to {os.readlink(entry.path)!r}, where no file is: restore the file"  # noqa: PTH115
        return "not a regular file"
    if _readable(entry.path) != entry.path:
        return "name is not valid UTF-8: rename it"
    return None


def _readable(path: str) -> str:
    """Escape the bytes of a name that are not UTF-8, which no table can hold."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
