"""Recordings and their copies, compared as the audit does; counted by kind of copy and by corpus.

data root → `drawn` → `copied` → `duplicates_among` → `measure` → `NearDuplicates`
→ docs/results/near_duplicates.json → `stored`
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from benchmarks.accuracy.common import RESULTS, SEED
from benchmarks.accuracy.near_duplicates.copies import COPIES
from benchmarks.accuracy.near_duplicates.draw import HALVES, Sentence, drawn
from ser_features.audio import decode
from ser_features.audio.recordings import LONGEST, read_part
from ser_features.duplicates.candidates import candidates
from ser_features.duplicates.find import NEAR, Duplicates, Sound, duplicates_among, read_sounds, sound_of
from ser_features.duplicates.fingerprint import Fingerprint, similarity
from ser_features.engine.runner import map_in_order
from ser_features.sources import Part

PATH = RESULTS / "near_duplicates.json"
CORPORA = ("emodb", "ravdess", "tess", "nemo")

Pair = tuple[str, str]
Prints = Mapping[str, Fingerprint]


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of one kind.

    Attributes:
        copies: their number.
        same_take: number of those that are in one group with their recording.
        lowest: lowest similarity of a copy with its recording; 0 if one is no candidate.
    """

    copies: int
    same_take: int
    lowest: float


@dataclass(frozen=True, slots=True)
class Takes:
    """Pairs of different takes of one sentence by one speaker.

    Attributes:
        pairs: their number.
        same_emotion: number of these of one emotion, such as the repetitions of RAVDESS.
        grouped: number of pairs of which recordings or copies are in one group, with copies of any one kind.
        highest: highest similarity of a pair at any alignment.
    """

    pairs: int
    same_emotion: int
    grouped: int
    highest: float


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """The result.

    Attributes:
        threshold: lowest similarity of near-identical recordings.
        recordings: number by corpus.
        identical: pairs of recordings of the corpora that have equal samples; they are no other takes.
        copies: by half of the sentences and kind of copy.
        takes: by half of the sentences and corpus.
        seed: of the draw.
        date: of the measurement.
    """

    threshold: float
    recordings: Mapping[str, int]
    identical: Sequence[Pair]
    copies: Mapping[str, Mapping[str, Copies]]
    takes: Mapping[str, Mapping[str, Takes]]
    seed: int
    date: str


def measure(data: Path, files: int) -> NearDuplicates:
    """Compare recordings of each corpus with each other and with their copies.

    Args:
        data: data root.
        files: most recordings of a corpus.
    """
    sentences = [one for corpus in CORPORA for one in drawn(corpus, data, files)]
    parts = {row.file_id: Part(data / row.path) for one in sentences for row in one.takes}
    originals = read_sounds(parts)
    own = duplicates_among(originals)
    grouped = _grouped(sentences, own, "")
    copies: dict[str, dict[str, Copies]] = {half: {} for half in HALVES}
    for kind, sounds_of_kind in copied(parts).items():
        sounds = [*originals, *sounds_of_kind]
        duplicates = duplicates_among(sounds)
        grouped |= _grouped(sentences, duplicates, kind)
        for half in HALVES:
            names = (row.file_id for one in sentences if one.half == half for row in one.takes)
            copies[half][kind] = _copies(names, kind, duplicates, _prints(sounds))
    return NearDuplicates(
        NEAR,
        {corpus: sum(len(one.takes) for one in sentences if one.corpus == corpus) for corpus in CORPORA},
        [(pair.one, pair.other) for pair in own.pairs if pair.is_identical],
        copies,
        {
            half: {
                corpus: _takes(
                    [one for one in sentences if (one.corpus, one.half) == (corpus, half)],
                    own.identical,
                    grouped,
                    _prints(originals),
                )
                for corpus in CORPORA
            }
            for half in HALVES
        },
        SEED,
        datetime.now(UTC).date().isoformat(),
    )


def copied(parts: Mapping[str, Part]) -> dict[str, list[Sound]]:
    """By kind, a copy of each recording, decoded; its name has the kind in front."""
    recordings = [(name, part, kind) for name, part in parts.items() for kind in COPIES]
    by_kind: dict[str, list[Sound]] = {kind: [] for kind in COPIES}
    for (_, _, kind), sound in zip(recordings, map_in_order(_copy, recordings), strict=True):
        by_kind[kind].append(sound)
    return by_kind


def _copy(recording: tuple[str, Part, str]) -> Sound:
    name, part, kind = recording
    audio = read_part(part).audio
    content = COPIES[kind](audio.signal.astype(np.float64), audio.sample_rate)
    return sound_of(f"{kind} {name}", decode(content, min_seconds=0.0, max_seconds=LONGEST))


def _prints(sounds: Iterable[Sound]) -> Prints:
    return {one.name: one.fingerprint for one in sounds}


def _copies(names: Iterable[str], kind: str, duplicates: Duplicates, prints: Prints) -> Copies:
    similarities, same_take = [], 0
    for name in names:
        copy = f"{kind} {name}"
        same_take += name in duplicates.groups and duplicates.groups[name] == duplicates.groups.get(copy)
        own, other = prints[name], prints[copy]
        aligned = [one.offset + step for one in candidates([own, other]) for step in (-1, 0, 1)]
        similarities.append(max((similarity(own, other, offset) for offset in aligned), default=0.0))
    return Copies(len(similarities), same_take, round(min(similarities), 3))


def _grouped(sentences: Iterable[Sentence], duplicates: Duplicates, kind: str) -> set[Pair]:
    """Pairs of takes that are in one group, as they are or as their copies of a kind."""

    def groups(name: str) -> set[str]:
        return {duplicates.groups.get(one, one) for one in (name, f"{kind} {name}")}

    pairs = ((one.file_id, other.file_id) for several in sentences for one, other in several.pairs)
    return {(one, other) for one, other in pairs if groups(one) & groups(other)}


def _takes(
    sentences: Iterable[Sentence], identical: Mapping[str, str], grouped: set[Pair], prints: Prints
) -> Takes:
    rows = [
        (one, other)
        for several in sentences
        for one, other in several.pairs
        if identical.get(one.file_id, one.file_id) != identical.get(other.file_id, other.file_id)
    ]
    pairs = [(one.file_id, other.file_id) for one, other in rows]
    highest = max((_highest(prints[one], prints[other]) for one, other in pairs), default=0.0)
    same_emotion = sum(one.emotion == other.emotion for one, other in rows)
    return Takes(len(pairs), same_emotion, len(grouped.intersection(pairs)), round(highest, 3))


def _highest(one: Fingerprint, other: Fingerprint) -> float:
    """Similarity at the alignment where it is highest."""
    return max(
        (similarity(one, other, offset) for offset in range(-len(other.codes), len(one.codes))), default=0.0
    )


def store(result: NearDuplicates) -> None:
    """Write docs/results/near_duplicates.json."""
    PATH.write_bytes(TypeAdapter(NearDuplicates).dump_json(result, indent=1) + b"\n")


def stored() -> NearDuplicates:
    """Read docs/results/near_duplicates.json."""
    return TypeAdapter(NearDuplicates).validate_json(PATH.read_bytes())
