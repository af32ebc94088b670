"""Names of recordings by the grammars of known corpora: which corpora they are of, and what they state.

paths → `recognised` on a sample → `Corpus`es → `parse` of each path → `NamesRead`

Corpora are recognised if a share of `COVERED` of a sample are their names. Where two grammars accept a name,
the stricter one counts: it refuses the example of the other corpus, which accepts its own.

>>> by_grammar({"wav/03a01Fa.wav": "", "wav/08b10Wb.wav": ""}).values["speaker"].tolist()
['03', '08']
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ser_features import corpora
from ser_features.arguments import chosen, same
from ser_features.corpora.base import Corpus
from ser_features.errors import FileNameError, InputError
from ser_features.labels import is_emotion
from ser_features.manifest import Recording
from ser_models.auditing.identity.names_read import NamesRead, values_of
from ser_models.auditing.split_table import KEYS

SAMPLE = 300
"""Number of names by which corpora are recognised."""

COVERED = 0.8
"""Least share of the sample that must be names of the corpora."""

FEWEST = 0.01
"""Least share of the sample for one of several corpora."""

REMAINING = 10
"""Number of names that are of no corpus of their list from which on they are a list of their own."""

MOST_GROUPS = 50
"""Number of folders or datasets of a split, the largest first, that may be corpora of their own."""

NO_CORPUS = "its name is that of no known corpus: pass --corpus, --pattern or --speaker"


class AmbiguousNamesError(InputError):
    """Names that are those of several corpora."""

    def __init__(self, names: Sequence[str], example: str) -> None:
        super().__init__(
            f"{example!r} may be a name of {' or of '.join(names)}: expected one: pass --corpus {names[0]}"
        )


@dataclass(slots=True)
class _Reading:
    """What is collected while names are read."""

    read: dict[str, Mapping[str, object]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    stated: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    used: list[Corpus] = field(default_factory=list)


def by_grammar(groups: Mapping[str, str], corpus: str | None = None) -> NamesRead:
    """Read names by the grammars of their corpora.

    Args:
        groups: by path, a group of recordings that may be a corpus of its own, such as a dataset of the
            table; empty for all others.
        corpus: whose names they are; None to recognise it.

    Raises:
        InputError: if the corpus is unknown.
        AmbiguousNamesError: if they may be names of several corpora.
    """
    reading = _Reading()
    if corpus is not None:
        _read(list(groups), (corpora.get(chosen(corpus, corpora.names(), "corpus")),), reading)
    else:
        for own, paths in _by_corpora(groups).items():
            remaining = _read(paths, own, reading)
            if own and len(remaining) >= REMAINING and (more := recognised(remaining)):
                _read(remaining, more, reading)
    titles = ", ".join(one.title for one in reading.used)
    notes = (f"names of {titles} recognised",) if titles and corpus is None else ()
    return NamesRead(values_of(reading.read), reading.problems, _read_from(reading), notes)


def unread(paths: Iterable[str]) -> NamesRead:
    """What is stated by names that are of no known corpus: nothing."""
    problems = dict.fromkeys(paths, NO_CORPUS)
    return NamesRead(values_of({path: {} for path in problems}), problems)


def recognised(paths: Sequence[str]) -> tuple[Corpus, ...]:
    """The corpora that names are of, those of most names first; none if they are of no known corpus.

    Args:
        paths: with forward slashes.

    Raises:
        AmbiguousNamesError: if they may be names of several corpora.
    """
    step = max(1, len(paths) // SAMPLE)
    sample = paths[::step]
    claims = {path: [one for one in _all() if _parsed(one, path)] for path in sample}
    hits = Counter(one for own in claims.values() for one in own)
    likely = {one for one, number in hits.items() if number >= FEWEST * len(sample)}
    of_corpora = {path: _strictest(one for one in own if one in likely) for path, own in claims.items()}
    if sum(map(bool, of_corpora.values())) < COVERED * len(sample):
        return ()
    for path, own in of_corpora.items():
        if len(own) > 1:
            raise AmbiguousNamesError([one.name for one in own], path)
    counts = Counter(one for own in of_corpora.values() for one in own)
    return tuple(one for one, _ in counts.most_common())


@cache
def _all() -> tuple[Corpus, ...]:
    return tuple(map(corpora.get, corpora.names()))


def _parsed(corpus: Corpus, path: str) -> Recording | None:
    try:
        return corpus.parse(path)
    except FileNameError:
        return None


def _strictest(candidates: Iterable[Corpus]) -> list[Corpus]:
    several = list(candidates)
    return [one for one in several if not any(_is_stricter(other, one) for other in several)]


@cache
def _is_stricter(one: Corpus, other: Corpus) -> bool:
    """Whether a corpus refuses the example of another one, which accepts its own."""
    return _parsed(other, one.layout) is not None and _parsed(one, other.layout) is None


def _by_corpora(groups: Mapping[str, str]) -> dict[tuple[Corpus, ...], list[str]]:
    """Paths by the corpora that they are of; () where none is known.

    Names of one group that are of no known corpus as a whole are tried by their first folders.
    """
    members = _members(groups)
    if len(members) == 1:
        [(group, paths)] = members.items()
        if own := _called(group, paths) or recognised(paths):
            return {own: paths}
        members = _members(_first_folders(paths))
    by_corpora: dict[tuple[Corpus, ...], list[str]] = defaultdict(list)
    largest = sorted(members, key=lambda group: -len(members[group]))[:MOST_GROUPS]
    for group, paths in members.items():
        by_corpora[(_called(group, paths) or recognised(paths)) if group in largest else ()] += paths
    return dict(by_corpora)


def _members(groups: Mapping[str, str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for path, group in groups.items():
        members[group].append(path)
    return dict(members)


def _called(group: str, paths: Sequence[str]) -> tuple[Corpus, ...]:
    """The corpus whose name a group has, if it accepts enough of its names."""
    name = same(group, corpora.names())
    if name is None:
        return ()
    sample = paths[:: max(1, len(paths) // SAMPLE)]
    corpus = next(one for one in _all() if one.name == name)
    accepted = sum(_parsed(corpus, path) is not None for path in sample)
    return (corpus,) if accepted >= COVERED * len(sample) else ()


def _first_folders(paths: Sequence[str]) -> dict[str, str]:
    """First folder of each path below the folders that all have."""
    split = [path.split("/")[:-1] for path in paths]
    shortest, longest = min(split), max(split)
    common = next(
        (depth for depth, (one, other) in enumerate(zip(shortest, longest, strict=False)) if one != other),
        min(len(shortest), len(longest)),
    )
    return {path: "".join(folders[common : common + 1]) for path, folders in zip(paths, split, strict=True)}


def _read(paths: Sequence[str], own: tuple[Corpus, ...], reading: _Reading) -> list[str]:
    """Parse paths by the first of the strictest corpora that accepts them; returns those that none does."""
    order = sorted(own, key=lambda one: sum(_is_stricter(other, one) for other in own))
    reading.used += [one for one in own if one not in reading.used]
    for path in paths:
        problem, recording = NO_CORPUS, None
        for corpus in order:
            try:
                recording = corpus.parse(path)
                break
            except FileNameError as error:
                problem = str(error)
        if recording is None:
            reading.read.setdefault(path, {"dataset": own[0].name} if len(own) == 1 else {})
            reading.problems[path] = problem
        else:
            reading.problems.pop(path, None)
            reading.read[path] = values = _values(recording)
            reading.stated[recording.dataset].update(key for key in KEYS if values[key] is not None)
    return [path for path in paths if path in reading.problems]


def _values(recording: Recording) -> dict[str, object]:
    values: dict[str, object] = {key: getattr(recording, key) for key in KEYS}
    if not is_emotion(recording.emotion):
        values["emotion"] = None
    return {
        **values,
        "file_id": recording.file_id,
        "dataset": recording.dataset,
        "emotion_code": recording.emotion_code,
    }


def _read_from(reading: _Reading) -> dict[str, str]:
    """What states each property, of all corpora; the speaker also where it is unknown."""
    phrases: dict[str, list[str]] = defaultdict(list)
    for corpus in reading.used:
        stated = reading.stated[corpus.name]
        for key in KEYS:
            if key in stated:
                phrases[key].append(_phrase(corpus, key))
        if "speaker" not in stated:
            phrases["speaker"].append(_unknown(corpus))
    return {key: "; ".join(phrases[key]) for key in KEYS if key in phrases}


def _phrase(corpus: Corpus, key: str) -> str:
    if key == "speaker" and corpus.speakers == 1:
        return f"{corpus.title} has one speaker"
    names = f"names of {corpus.title}"
    return f"{corpus.read_from[key]} ({names})" if key in corpus.read_from else names


def _unknown(corpus: Corpus) -> str:
    default = f"unknown: names of {corpus.title} do not state it"
    phrase = corpus.read_from.get("speaker", "")
    return f"{phrase} ({corpus.title})" if phrase.startswith("unknown") else default
