"""Paths of a split → files or stored recordings, by the ends of their paths.

paths of the rows, a folder → `files_of` → `Matched`: the file of each path, and the paths without one
paths of the rows, paths of a store → `match` → `Matched`

A published list names `wav/a.wav` where a local folder has `emodb/wav/a.flac`. Two paths match if
their last parts are equal: as many parts as it takes to tell the path from the others of the split and the
file from the other files. Case, Unicode normal form and the suffix of an audio file do not count. Where
several files match, one with the same suffix is chosen; if that does not decide, none is.

>>> match(["wav/a.wav", "wav/b.wav"], ["emodb/wav/a.flac", "emodb/wav/c.flac"]).by_path
{'wav/a.wav': 'emodb/wav/a.flac'}
>>> match(["train/1.wav", "test/1.wav"], ["own/test/1.wav"]).by_path
{'test/1.wav': 'own/test/1.wav'}
"""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ser_features.errors import InputError
from ser_features.foreign import of_suffix
from ser_features.formats import SUFFIXES

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found of the paths of a split.

    Attributes:
        by_path: the file or stored path of each path that has one.
        missing: paths that nothing matches.
        ambiguous: paths that several match.
    """

    by_path: Mapping[str, str]
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def files_of(paths: Iterable[str], folder: Path) -> Matched:
    """Find the audio files of the rows of a split.

    Args:
        paths: as the split writes them. Absolute ones, and ones that exist as they are below `folder`, are
            taken without a search.
        folder: searched at any depth, through links as well.

    Returns:
        Absolute paths of files, in `by_path`.

    Raises:
        InputError: if there is no such folder.
    """
    from ser_features.corpora.walk import audio_files, is_file

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: expected that of the recordings: check the path")
    folder = Path(os.path.abspath(folder))  # noqa: PTH100  links are not resolved
    written = list(dict.fromkeys(paths))
    exact = {path: str(folder / path) for path in written if is_file(folder / path)}
    others = [path for path in written if path not in exact]
    if not others:
        return Matched(exact)
    exact_files = set(exact.values())
    available = (str(folder.parent / file.path) for file in audio_files(folder.parent, folder.name))
    matched = match(others, [file for file in available if file not in exact_files])
    return Matched({**exact, **matched.by_path}, matched.missing, matched.ambiguous)


def match(paths: Iterable[str], available: Iterable[str]) -> Matched:
    """Match paths by their ends.

    Args:
        paths: of the rows of a split, with forward slashes.
        available: paths of files or of stored recordings, likewise.
    """
    left = {path: _parts(path) for path in dict.fromkeys(paths)}
    files = {path: _parts(path) for path in dict.fromkeys(available)}
    by_path: dict[str, str] = {}
    missing: list[str] = []
    ambiguous: list[str] = []
    length = 0
    while left:
        length += 1
        candidates = _by_end(files, length)
        for end, rivals in _by_end(left, length).items():
            some = candidates.get(end, [])
            for path in rivals:
                one = some[0] if len(rivals) == len(some) == 1 else None
                if one is None and some and len(left[path]) > length:
                    continue  # longer ends may decide
                one = one or _of_same_suffix(path, some)
                if one is not None:
                    by_path[path] = one
                else:
                    (ambiguous if some else missing).append(path)
                del left[path]
    return Matched(by_path, tuple(missing), tuple(ambiguous))


def _parts(path: str) -> Parts:
    """Folders and name without the suffix of an audio file, in one case and Unicode normal form."""
    stem, suffix = os.path.splitext(path)  # noqa: PTH122  hundreds of thousands of paths
    plain = stem if suffix.lower() in SUFFIXES or of_suffix(path) else path
    form = unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain).casefold())
    return tuple(part for part in form.split("/") if part not in ("", "."))


def _by_end(paths: Mapping[str, Parts], length: int) -> dict[Parts, list[str]]:
    """Paths by their last parts."""
    by_end: dict[Parts, list[str]] = defaultdict(list)
    for path, parts in paths.items():
        by_end[parts[-length:]].append(path)
    return by_end


def _of_same_suffix(path: str, candidates: Iterable[str]) -> str | None:
    """The one candidate with the suffix of `path`; None if that is not one."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    same = [one for one in candidates if os.path.splitext(one)[1].lower() == suffix]  # noqa: PTH122
    return same[0] if len(same) == 1 else None
