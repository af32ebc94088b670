"""The names of the recordings of a split, to find the one that a copy was made of.

paths → `NameIndex` → `source_of` an `Addition` → name of the recording

>>> index = NameIndex(["train/a_1.wav", "train/aug/b_1.wav", "test/b_1.wav"])
>>> index.source_of("test/a_1_noise", Addition("test/a_1", "_noise", "_noise"))
'train/a_1'
>>> index.source_of("train/aug/b_1", Addition("train/b_1", "aug/", "aug/"))
'test/b_1'
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from ser_models.auditing.identity.additions import Addition, is_folder_of_copies


class NameIndex:
    """Names of recordings: their paths without the suffix of the file.

    Attributes:
        by_name: path by name.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.by_name: dict[str, str] = {}
        for path in paths:
            self.by_name.setdefault(without_suffix(path), path)
        self._beside: dict[int, dict[tuple[str, ...], list[str]]] = {}

    def source_of(self, name: str, addition: Addition) -> str | None:
        """The recording whose name is that of a copy without an addition; None if there is not just one.

        It is in the same folder, in one beside a folder of copies, or the only one of its name elsewhere,
        such as on the other side of a split.
        """
        base = addition.base
        if base in self.by_name:
            return base
        if addition.spelled.endswith("/"):
            before, _, after = name.partition(addition.spelled)
            if after.isdecimal():  # numbers alone occur in folders of other recordings
                return None
            return self._beside_folder(before, after) or self._elsewhere(base)
        return self._elsewhere(base)

    def _beside_folder(self, before: str, after: str) -> str | None:
        depth = before.count("/")
        if depth not in self._beside:
            beside: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for other in self.by_name:
                own = other.split("/")
                if len(own) > depth + 1 and not is_folder_of_copies(own[depth]):
                    beside["/".join(own[:depth]), "/".join(own[depth + 1 :])].append(other)
            self._beside[depth] = beside
        return _only(self._beside[depth].get((before.rstrip("/"), after), []))

    def _elsewhere(self, base: str) -> str | None:
        return _only(self._originals.get(base.rpartition("/")[2], []))

    @cached_property
    def _originals(self) -> dict[str, list[str]]:
        """Names by the name of the file; those in folders of copies are left out."""
        originals: dict[str, list[str]] = defaultdict(list)
        for name in self.by_name:
            folder, _, stem = name.rpartition("/")
            if not any(map(is_folder_of_copies, folder.split("/"))):
                originals[stem].append(name)
        return originals


def without_suffix(path: str) -> str:
    """A path without the suffix of its file, which has a letter; that of a factor of speed stays.

    >>> without_suffix("a.b/x-1.1.wav"), without_suffix("a.b/x-1.1")
    ('a.b/x-1.1', 'a.b/x-1.1')
    """
    stem, dot, suffix = path.rpartition(".")
    is_suffix = dot and suffix.isalnum() and not suffix.isdecimal() and stem and not stem.endswith("/")
    return stem if is_suffix else path


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None
