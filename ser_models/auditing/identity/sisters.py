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

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ser_features.errors import listed
from ser_models.auditing.identity.additions import named, unnamed
from ser_models.auditing.identity.name_index import NameIndex, without_suffix

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
    """A name that may be that of a copy.

    Attributes:
        name: of the possible copy.
        source: name without the addition: that of another recording, or of one that is missing.
        spelled: the addition as it is written.
        is_evident: whether the recording is one of the split.
    """

    name: str
    source: str
    spelled: str
    is_evident: bool


def find(paths: Sequence[str], classes: Mapping[str, str] | None = None) -> Copies:
    """Find the augmented copies among recordings by their names.

    Args:
        paths: with forward slashes, each once.
        classes: of the recordings by path, where they are known.
    """
    index = NameIndex(paths)
    by_path = classes or {}
    class_of = {name: by_path[path] for name, path in index.by_name.items() if path in by_path}
    sources_of: dict[str, str] = {}
    notes: list[str] = []
    for candidates in (*_with_words(index, class_of), *_others(index, class_of)):
        own = [one for one in candidates if one.name not in sources_of]
        sources_of |= {one.name: one.source for one in own}
        if own:
            notes.append(_note([one.spelled for one in own]))
    sources = {}
    for path in paths:
        name = without_suffix(path)
        if name in sources_of:
            while name in sources_of:  # of a copy of a copy, the recording
                name = sources_of[name]
            sources[path] = index.by_name.get(name, name)
    return Copies(sources, tuple(notes))


def _with_words(index: NameIndex, classes: Mapping[str, str]) -> Iterator[list[_Candidate]]:
    """Copies by additions that have a word for an augmentation, those of one kind together."""
    by_kind: dict[str, list[_Candidate]] = defaultdict(list)
    kinds: dict[str, set[str]] = defaultdict(set)
    for name in index.by_name:
        if chosen := _chosen(name, index):
            kind, candidate = chosen
            by_kind[kind].append(candidate)
            kinds[candidate.source].add(kind)
    for candidates in by_kind.values():
        evident = [one for one in candidates if one.is_evident or len(kinds[one.source]) > 1]
        if len({one.source for one in evident}) >= FEWEST and _have_equal_class(evident, classes):
            yield candidates


def _chosen(name: str, index: NameIndex) -> tuple[str, _Candidate] | None:
    """The kind and candidate of a name: the longest addition to another recording, otherwise the shortest."""
    options = list(named(name))
    for one in reversed(options):
        if source := index.source_of(name, one):
            return one.kind, _Candidate(name, source, one.spelled, is_evident=True)
    for one in options:
        for further in named(one.base):
            if source := index.source_of(one.base, further):
                spelled, kind = f"{further.spelled} {one.spelled}", f"{further.kind} {one.kind}"
                return kind, _Candidate(name, source, spelled, is_evident=True)
    if not options:
        return None
    shortest = options[0]
    return shortest.kind, _Candidate(name, shortest.base, shortest.spelled, is_evident=False)


def _others(index: NameIndex, classes: Mapping[str, str]) -> Iterator[list[_Candidate]]:
    """Copies by other suffixes and prefixes, which nearly all of their names have in addition to others."""
    by_kind: dict[str, list[_Candidate]] = defaultdict(list)
    totals: Counter[str] = Counter()
    for name in index.by_name:
        for one in unnamed(name):
            totals[one.kind] += 1
            if source := index.source_of(name, one):
                by_kind[one.kind].append(_Candidate(name, source, one.spelled, is_evident=True))
    for kind, candidates in by_kind.items():
        if len(candidates) >= max(MANY, SHARE * totals[kind]) and _have_equal_class(candidates, classes):
            yield candidates


def _have_equal_class(candidates: Sequence[_Candidate], classes: Mapping[str, str]) -> bool:
    """Whether copies have the class of their source, where both are known."""
    pairs = [(classes.get(one.name), classes.get(one.source)) for one in candidates]
    equal = [one == other for one, other in pairs if one is not None and other is not None]
    return sum(equal) >= SHARE * len(equal)


def _note(spelled: Sequence[str]) -> str:
    additions = listed([f'"{one}"' for one in sorted(set(spelled))], LISTED)
    it = "it" if len(set(spelled)) == 1 else "them"
    return f"{additions} on {len(spelled)} names: taken as copies of the names without {it}"
