r"""Augmented copies that names show: `x_noise.wav` beside `x.wav`, `aug/x.wav`, `x-1.1.wav`.

paths → candidates: an addition to the name of another recording → counted additions → `Copies`

- A suffix, a prefix or a folder with a word of `additions.WORDS`, such as `_noise_0.01`, counts if without it
  `FEWEST` names are those of other recordings.
- Two additions to the same name, such as `x_noise` and `x_pitch`, count without `x` itself.
- Another suffix or prefix, or a factor of speed such as `-1.1`, counts if `MANY` names have it, nearly all of
  which are those of another recording without it. Whole numbers, single letters, emotions and words for takes
  never count: they number recordings.
- Copies have the class of their source: an addition whose names have another one does not count.

>>> paths = ["a_1.wav", "a_1_noise.wav", "a_2.wav", "a_2_noise.wav", "a_2_1.wav"]
>>> copies = find(paths)
>>> copies.sources
{'a_1_noise.wav': 'a_1.wav', 'a_2_noise.wav': 'a_2.wav'}
>>> copies.notes
('"_noise" on 2 names: taken as copies of the names without it',)
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ser_features.errors import listed
from ser_models.auditing.additions import Addition, is_folder_of_copies, named, unnamed

FEWEST = 2
"""Least number of recordings whose names have an addition of a kind."""

MANY = 10
"""The same of an addition without a word for an augmentation."""

SHARE = 0.9
"""Least share of the names with such an addition, and of pairs of equal class."""

LISTED = 3
"""Number of spellings of an addition in a note."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The augmented copies of a split.

    Attributes:
        sources: by path of a copy, the path of the recording that it was made of; where that is missing, the
            name that it would have.
        notes: what was taken as copies, a sentence per kind of addition.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name that may be that of a copy."""

    name: str
    addition: Addition


def find(paths: Sequence[str], classes: Mapping[str, str] | None = None) -> Copies:
    """Find the augmented copies among recordings by their names.

    Args:
        paths: with forward slashes, each once.
        classes: of the recordings by path, where they are known.
    """
    by_name: dict[str, str] = {}
    for path in paths:
        by_name.setdefault(without_suffix(path), path)
    search = _Search(by_name, classes or {})
    bases: dict[str, str] = {}
    notes: list[str] = []
    for candidates in search.counted().values():
        own = [one for one in candidates if one.name not in bases]
        bases |= {one.name: one.addition.base for one in own}
        if own:
            notes.append(_note([one.addition.spelled for one in own]))
    sources = {}
    for path in paths:
        name = without_suffix(path)
        if name in bases:
            while name in bases:  # of a copy of a copy, the recording
                name = bases[name]
            sources[path] = by_name.get(name, name)
    return Copies(sources, tuple(notes))


def without_suffix(path: str) -> str:
    """A path without the suffix of its file, which has a letter; that of a factor of speed stays.

    >>> without_suffix("a.b/x-1.1.wav"), without_suffix("a.b/x-1.1")
    ('a.b/x-1.1', 'a.b/x-1.1')
    """
    stem, dot, suffix = path.rpartition(".")
    is_suffix = dot and suffix.isalnum() and not suffix.isdecimal() and stem and not stem.endswith("/")
    return stem if is_suffix else path


class _Search:
    """Additions to the names of a split that count.

    Attributes:
        by_name: path by name.
        classes: of the recordings by path, where they are known.
    """

    def __init__(self, by_name: Mapping[str, str], classes: Mapping[str, str]) -> None:
        self.by_name, self.classes = by_name, classes
        self._beside: dict[int, dict[tuple[str, ...], list[str]]] = {}

    def counted(self) -> dict[str, list[_Candidate]]:
        """Candidates by the kinds of additions that count."""
        by_word = self._by_kind(self._named)
        kinds: dict[str, set[str]] = defaultdict(set)
        for kind, candidates in by_word.items():
            for one in candidates:
                kinds[one.addition.base].add(kind)
        counted = {}
        for kind, candidates in by_word.items():
            evident = [
                one
                for one in candidates
                if one.addition.base in self.by_name or len(kinds[one.addition.base]) > 1
            ]
            if len({one.addition.base for one in evident}) >= FEWEST and self._have_equal_class(evident):
                counted[kind] = candidates
        for kind, candidates in self._by_kind(unnamed).items():
            evident = [one for one in candidates if one.addition.base in self.by_name]
            is_usual = len(evident) >= max(MANY, SHARE * len(candidates))
            if kind not in counted and is_usual and self._have_equal_class(evident):
                counted[kind] = evident
        return counted

    def _by_kind(self, additions: Callable[[str], Iterable[Addition]]) -> dict[str, list[_Candidate]]:
        by_kind: dict[str, list[_Candidate]] = defaultdict(list)
        for name in self.by_name:
            for one in additions(name):
                by_kind[one.kind].append(_Candidate(name, one))
        return by_kind

    def _named(self, name: str) -> Iterator[Addition]:
        """The addition that a name has to that of another recording; where there is none, the shortest."""
        options = list(named(name))
        for one in reversed(options):
            if one.base in self.by_name:
                yield one
                return
        for one in options:
            if one.spelled.endswith("/") and (base := self._beside_folder(name, one.spelled[:-1])):
                yield Addition(base, one.spelled, one.kind)
                return
        for one in options:
            for further in named(one.base):
                if further.base in self.by_name:
                    yield Addition(
                        further.base, f"{further.spelled} {one.spelled}", f"{further.kind} {one.kind}"
                    )
                    return
        yield from options[:1]

    def _beside_folder(self, name: str, folder: str) -> str | None:
        """The only recording of this name in another folder beside that of the copies; None otherwise."""
        parts = name.split("/")
        depth = parts.index(folder)
        if depth not in self._beside:
            beside: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for other in self.by_name:
                own = other.split("/")
                if len(own) > depth + 1 and not is_folder_of_copies(own[depth]):
                    beside[(*own[:depth], "", *own[depth + 1 :])].append(other)
            self._beside[depth] = beside
        others = self._beside[depth].get((*parts[:depth], "", *parts[depth + 1 :]), [])
        return others[0] if len(others) == 1 else None

    def _have_equal_class(self, candidates: Sequence[_Candidate]) -> bool:
        """Whether copies have the class of their source, where both are known."""
        of_copies = (self.classes.get(self.by_name[one.name]) for one in candidates)
        of_sources = (self.classes.get(self.by_name.get(one.addition.base, "")) for one in candidates)
        pairs = zip(of_copies, of_sources, strict=True)
        equal = [one == other for one, other in pairs if one is not None and other is not None]
        return sum(equal) >= SHARE * len(equal)


def _note(spelled: Sequence[str]) -> str:
    additions = listed([f'"{one}"' for one in sorted(set(spelled))], LISTED)
    it = "it" if len(set(spelled)) == 1 else "them"
    return f"{additions} on {len(spelled)} names: taken as copies of the names without {it}"
