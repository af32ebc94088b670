r"""The path that a table gives → the file, below the table's folder or the data root, or wherever it leads.

written path → absolute | below the folder of the table | below the data root → `Located` file

A path may also be that of a recording in a Parquet file (`audio.embedded`).

- Links, `..` and absolute paths are followed: the files are the user's own. Backslashes are read as slashes.
- A name that differs from one file only in its Unicode normal form (ü as one letter or as two) is that file.
- A name that differs from one file only in case, or that lacks the suffix of one audio file, is that file,
  which a note says; where several files match, none is chosen.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> (folder / "Calls").mkdir()
>>> (folder / "Calls" / "a.wav").touch()
>>> locator = Locator(folder)
>>> locator.locate("calls\\A.WAV").path
'Calls/a.wav'
>>> locator.notes()
["1 path differs from its file in case, such as 'calls\\\\A.WAV', read from 'Calls/a.wav'"]
"""

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from ser_features.errors import InputError, counted
from ser_features.foreign import of_suffix
from ser_features.formats import SUFFIXES

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
WINDOWS_ABSOLUTE = re.compile(r"[A-Za-z]:[\\/]|\\\\")

FORM, CASE, SUFFIX, ELSEWHERE = "form", "case", "suffix", "elsewhere"
"""How a file was found that is not where its path says."""


@dataclass(frozen=True, slots=True)
class Located:
    """A file that a table names.

    Attributes:
        file: its absolute path.
        path: relative to the table's folder, with forward slashes, or absolute.
        name: what identifies it wherever the table is: its path as the table gives it, without leading `..`.
    """

    file: str
    path: str
    name: str


@dataclass(slots=True)
class Locator:
    """Finds the files of one table.

    Attributes:
        folder: of the table, absolute.
        data: data root, absolute, where relative paths are looked up that are not below `folder`.
        where: `folder`, as messages name it.
    """

    folder: Path
    data: Path | None = None
    where: str = "beside the table"
    _unusual: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _listings: dict[str, dict[tuple[str, str], list[str]]] = field(default_factory=dict)

    def locate(self, written: str) -> Located:
        """Find the file of a path.

        Raises:
            InputError: if there is none, several may be meant, or the path is none of this machine.
        """
        path = _plain(written)
        bases = [""] if path.startswith("/") else [str(base) for base in (self.folder, self.data) if base]
        for base in bases:
            file = os.path.normpath(os.path.join(base, path))  # noqa: PTH118
            if os.path.isfile(file) or _is_embedded(file):  # noqa: PTH113
                return self._located(written, file, base)
        for base in bases:
            if similar := self._similar(written, base or "/", path):
                return self._located(written, similar, base)
        if os.path.isdir(os.path.join(self.folder, path)):  # noqa: PTH112, PTH118
            raise InputError(f"path {written!r} is a folder, expected a file")
        where = f" or in {self.data}" if self.data else ""
        raise InputError(f"no file {written!r}{'' if bases == [''] else f' {self.where}{where}'}")

    def notes(self) -> list[str]:
        """One line for each way in which files were found that are not where their paths say."""
        texts = {
            CASE: ("differs from its file in case", "differ from their files in case"),
            SUFFIX: ("lacks the suffix of its file", "lack the suffix of their files"),
        }
        lines = []
        for kind, pairs in self._unusual.items():
            written, path = pairs[0]
            if kind == ELSEWHERE:
                lines.append(
                    f"{counted(len(pairs), 'recording')} below the data root {self.data}, such as {written!r}"
                )
            elif kind in texts:
                example = f"such as {written!r}, read from {path!r}"
                lines.append(f"{counted(len(pairs), 'path')} {texts[kind][len(pairs) > 1]}, {example}")
        return lines

    def _located(self, written: str, file: str, base: str) -> Located:
        if _is_below(file, self.folder):
            path = os.path.relpath(file, self.folder)
            return Located(file, path, path)
        if not base:
            return Located(file, file, file.lstrip("/"))
        name = os.path.relpath(file, base)
        if base != str(self.folder):
            self._unusual.setdefault(ELSEWHERE, []).append((written, file))
            return Located(file, file, _without_parents(name))
        return Located(file, name, _without_parents(name))

    def _similar(self, written: str, base: str, path: str) -> str | None:
        """The one file whose path differs from `path` in nothing that matters; None if there is none."""
        current, kinds = base, set()
        parts = [part for part in os.path.normpath(path).split("/") if part]
        for part in parts:
            exact = os.path.join(current, part)  # noqa: PTH118
            if not os.path.lexists(exact):
                kind, names = self._matches(current, part, is_last=part is parts[-1])
                if not names:
                    return None
                if len(names) > 1:
                    both = " or ".join(map(repr, names[:3]))
                    raise InputError(f"path {written!r} may be {both}, expected the exact name")
                kinds.add(kind)
                exact = os.path.join(current, names[0])  # noqa: PTH118
            current = os.path.normpath(exact)
        if not os.path.isfile(current):  # noqa: PTH113
            return None
        for kind in kinds:
            self._unusual.setdefault(kind, []).append((written, os.path.relpath(current, base)))
        return current

    def _matches(self, folder: str, name: str, *, is_last: bool) -> tuple[str, list[str]]:
        """The names in a folder that a written one may stand for, and what differs."""
        if folder not in self._listings:
            self._listings[folder] = _listing(folder)
        for kind in (FORM, CASE, SUFFIX) if is_last else (FORM, CASE):
            if names := self._listings[folder].get((kind, _keys(name)[kind])):
                return kind, names
        return FORM, []


def _plain(written: str) -> str:
    """The path with slashes, and with ~ as the home folder."""
    if not written:
        raise InputError("path is empty, expected that of a recording")
    if ADDRESS.match(written):
        raise InputError(f"path {written!r} is an address, expected a file: download it")
    if WINDOWS_ABSOLUTE.match(written):
        raise InputError(
            f"path {written!r} is one of a Windows drive, expected one relative to the table's folder: "
            "remove the part before the recordings"
        )
    if written.endswith("|"):
        raise InputError(f"path {written!r} is a command, which is not run: expected a file: save its output")
    path = written.replace("\\", "/")
    return os.path.expanduser(path) if path.startswith("~/") else path  # noqa: PTH111


def _listing(folder: str) -> dict[tuple[str, str], list[str]]:
    """Names in a folder by what they have in common with a written one."""
    names: dict[tuple[str, str], list[str]] = {}
    try:
        entries = sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return {}
    for entry in entries:
        keys = _keys(entry)
        stem, suffix = os.path.splitext(keys[FORM])  # noqa: PTH122
        keys[SUFFIX] = stem if suffix.lower() in SUFFIXES or of_suffix(entry) else ""
        for kind, one in keys.items():
            names.setdefault((kind, one), []).append(entry)
    return names


def _keys(name: str) -> dict[str, str]:
    form = unicodedata.normalize("NFC", name)
    return {FORM: form, CASE: unicodedata.normalize("NFC", form.casefold()), SUFFIX: form}


def _is_embedded(file: str) -> bool:
    """Whether a path is that of a recording in a Parquet file."""
    if ".parquet" not in file.lower():
        return False
    from ser_features.audio.embedded import container_of

    container = container_of(file)
    return container is not None and os.path.isfile(container)  # noqa: PTH113


def _is_below(file: str, folder: Path) -> bool:
    return file.startswith(f"{str(folder).rstrip('/')}/")


def _without_parents(path: str) -> str:
    while path.startswith("../"):
        path = path.removeprefix("../")
    return path
