"""Recordings → those that are the same take.

`Recording`s → `_read` in parallel (digest, `Fingerprint`) → identical, then near-identical `Pair`s
→ `Duplicates`

>>> import soundfile, tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> signal = np.random.default_rng(0).uniform(-1, 1, 16_000)
>>> soundfile.write(folder / "a.wav", signal, 16_000)
>>> soundfile.write(folder / "b.wav", signal[800:] / 2, 16_000)
>>> rows = [Recording("own", name, f"{name}.wav", None, "unknown", "") for name in "ab"]
>>> find_duplicates(folder, rows).groups
{'own/a': 'own/a', 'own/b': 'own/a'}
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ser_features.audio.recordings import decode_recording
from ser_features.duplicates.candidates import candidates
from ser_features.duplicates.fingerprint import Fingerprint, fingerprint, similarity
from ser_features.engine.runner import in_order
from ser_features.errors import AudioError
from ser_features.manifest import Recording

NEAR = 0.8
"""Lowest similarity of near-identical recordings: midway between altered copies (at least 0.9) and different
takes of one sentence by one speaker (at most 0.67)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings of the same take.

    Attributes:
        one: file_id of the first by name.
        other: file_id of the other.
        similarity: share of equal bits of their fingerprints, from `NEAR` to 1.
        is_identical: whether the bytes or the samples are equal.
    """

    one: str
    other: str
    similarity: float
    is_identical: bool


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Recordings of the same take.

    Attributes:
        pairs: those that join the groups, sorted by name; identical recordings are paired with the first.
        identical: by file_id of an identical recording, the file_id of the first of them.
        groups: by file_id of a recording that is identical or near-identical to another, the file_id of the
            first of its group.
        refused: why a recording could not be decoded, by file_id.
    """

    pairs: tuple[Pair, ...]
    identical: Mapping[str, str]
    groups: Mapping[str, str]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Sound:
    """A recording as it is compared: SHA-256 of its rate and samples, and its fingerprint."""

    file_id: str
    digest: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class _Refused:
    """A recording that cannot be decoded, and why."""

    file_id: str
    problem: str


def find_duplicates(
    root: Path,
    recordings: Sequence[Recording],
    *,
    workers: int | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> Duplicates:
    """Find recordings of the same take.

    Near-identical ones have at least 0.4 s of speech, of which 80 % is also in the other one. Each recording
    is decoded once; about 0.5 kB are kept for a second of audio.

    Args:
        root: folder that the paths of the recordings are below.
        recordings: the rows; of a part of a file, only the part is compared.
        workers: number of processes; None for one per core. The result does not depend on it.
        on_recording: called with the number of decoded recordings and of all.
    """
    rows = sorted(recordings, key=lambda one: one.reading_order)
    sounds, refused = [], {}
    for one in in_order(partial(_read, root=root), rows, workers, on_recording):
        if isinstance(one, _Sound):
            sounds.append(one)
        else:
            refused[one.file_id] = one.problem
    sounds.sort(key=lambda sound: sound.file_id)
    identical = list(_identical(sounds))
    copies = {pair.other for pair in identical}
    near = list(_near_identical([one for one in sounds if one.file_id not in copies]))
    pairs = sorted(identical + near, key=lambda pair: (pair.one, pair.other))
    return Duplicates(tuple(pairs), _groups(identical), _groups(pairs), refused)


def _read(recording: Recording, root: Path) -> _Sound | _Refused:
    try:
        audio = decode_recording(recording, root).audio
    except AudioError as error:
        return _Refused(recording.file_id, f"{type(error).__name__}: {error}")
    digest = hashlib.sha256(audio.sample_rate.to_bytes(4) + audio.signal.tobytes()).hexdigest()
    return _Sound(recording.file_id, digest, fingerprint(audio.signal, audio.sample_rate))


def _identical(sounds: Sequence[_Sound]) -> Iterator[Pair]:
    """Pairs of recordings of equal samples with the first of them; equal bytes have equal samples."""
    first: dict[str, str] = {}
    for sound in sounds:
        name = first.setdefault(sound.digest, sound.file_id)
        if name != sound.file_id:
            yield Pair(name, sound.file_id, 1.0, is_identical=True)


def _near_identical(sounds: Sequence[_Sound]) -> Iterator[Pair]:
    fingerprints = [sound.fingerprint for sound in sounds]
    for one, other, offset in candidates(fingerprints):
        share = similarity(fingerprints[one], fingerprints[other], offset)
        if share >= NEAR:
            yield Pair(sounds[one].file_id, sounds[other].file_id, share, is_identical=False)


def _groups(pairs: Sequence[Pair]) -> dict[str, str]:
    """The first by name of the recordings that a recording is connected with by pairs."""
    names = sorted({name for pair in pairs for name in (pair.one, pair.other)})
    position = {name: number for number, name in enumerate(names)}
    ends = np.array([(position[pair.one], position[pair.other]) for pair in pairs], int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(pairs), bool), (ends[0], ends[1])), (len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    first: dict[int, str] = {}
    return {name: first.setdefault(number, name) for name, number in zip(names, component, strict=True)}
