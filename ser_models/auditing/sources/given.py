"""What a user names as a split → the lists to read, each with its name and side.

files and folders → `sources_of` → a `Source` per list, or per folder of recordings

A folder is one of a format of tables (audformat, Kaldi); or its files, to two folders below, whose names or
folders state sides or folds, are lists; or its recordings are the rows; or it has one table.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.corpora.walk import IGNORED_PREFIXES, audio_files
from ser_features.errors import InputError, listed
from ser_features.tables.forms import source_of
from ser_models.auditing.sources.content import plain_name
from ser_models.auditing.sources.file_names import fold_in, natural, side_in
from ser_models.auditing.sources.forms import is_list
from ser_models.auditing.sources.lines import is_audio

DEPTH = 2
"""Folders between a folder of lists and a list in it, at most."""

LISTED = 4
KALDI, PARQUET = "wav.scp", "parquet"


@dataclass(frozen=True, slots=True)
class Source:
    """A list, or a folder of recordings.

    Attributes:
        path: of the file or folder.
        name: its path below the folder that all sources have in common, without its suffix.
        side: as the user names it; None if that is to be recognised.
        has_recordings: whether it is a folder of recordings.
    """

    path: Path
    name: str
    side: str | None = None
    has_recordings: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """The lists of a split.

    Attributes:
        base: folder that all of them are in.
        sources: in the natural order of their names within a folder.
        notes: which files of folders were not read.
    """

    base: Path
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def sources_of(given: Sequence[tuple[Path, str | None]]) -> Sources:
    """Find the lists of files and folders.

    Args:
        given: path and side of each, as the user names them.

    Raises:
        InputError: if a folder has no list and no recording.
    """
    base = _common([path for path, _ in given])
    notes: list[str] = []
    sources = [one for path, side in given for one in _sources(path, side, base, notes)]
    return Sources(base, tuple(sources), tuple(notes))


def _common(paths: Sequence[Path]) -> Path:
    """The folder that all paths are in, or the only path if it is a folder."""
    folders = [os.path.abspath(path if _is_folder(path) else path.parent) for path in paths]  # noqa: PTH100
    return Path(os.path.commonpath(folders))


def _sources(path: Path, side: str | None, base: Path, notes: list[str]) -> Iterator[Source]:
    """The lists that a path stands for."""
    source = source_of(path)
    if not _is_folder(path) or (source and source.form.module != PARQUET):
        yield Source(path, _name(path, base), side)
        return
    lists = _lists_below(path)
    stating = [one for one in lists if side or _states(_name(one, base))]
    if not any(_states(plain_name(one).stem) for one in lists) and _has_recordings(path):
        yield Source(path, _name(path, base), side, has_recordings=True)
    elif stating:
        if others := [one.name for one in lists if one not in stating]:
            notes.append(f"not read, as their names state no side: {listed(others, LISTED)}")
        yield from _once_each([Source(one, _name(one, base), side) for one in stating], notes)
    elif source or len(lists) == 1:
        yield Source(path if source else lists[0], _name(path, base), side)
    else:
        raise InputError(
            f"{path} has {listed([one.name for one in lists], LISTED) or 'no list and no recording'}, "
            "expected folders or lists named train, dev and test: name one table, or lists with --train "
            "and --test"
        )


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  a path may be anything that was typed


def _name(path: Path, base: Path) -> str:
    name = plain_name(Path(os.path.relpath(path, base)))
    return name.with_suffix("").as_posix() if name.name else ""


def _states(name: str) -> bool:
    return bool(side_in(name) or fold_in(name))


def _has_recordings(folder: Path) -> bool:
    return next(audio_files(folder.absolute(), "."), None) is not None


def _lists_below(folder: Path) -> list[Path]:
    """Lists, and Kaldi folders, in their natural order; a transcript beside its recording is no list."""
    lists = []
    for parent, folders, files in os.walk(folder, followlinks=True):
        if len(Path(parent).relative_to(folder).parts) >= DEPTH:
            folders.clear()
        if KALDI in files:
            lists.append(Path(parent))
            continue
        recordings = {Path(file).stem for file in files if is_audio(file)}
        shown = (Path(parent, file) for file in files if not file.startswith(IGNORED_PREFIXES))
        lists += (path for path in shown if is_list(path) and path.stem not in recordings)
    return sorted(lists, key=lambda path: natural(str(path)))


def _once_each(sources: Sequence[Source], notes: list[str]) -> Iterator[Source]:
    """One of several sources of the same name, such as train.csv and train.json."""
    first: dict[str, Source] = {}
    for source in sources:
        if (other := first.setdefault(source.name, source)) is source:
            yield source
        else:
            notes.append(f"{source.path.name} is not read, as {other.path.name} has the same name")
