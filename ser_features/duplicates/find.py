"""Recordings → those that are the same take.

`Part`s → `read_sounds` in parallel → `Sound`s → identical, then near-identical `Pair`s → `duplicates_among`

>>> import pathlib, soundfile, tempfile
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> signal = np.random.default_rng(0).uniform(-1, 1, 16_000)
>>> soundfile.write(folder / "a.wav", signal, 16_000)
>>> soundfile.write(folder / "b.wav", signal[800:] / 2, 16_000)
>>> find_duplicates({name: Part(folder / f"{name}.wav") for name in "ab"}).groups
{'a': 'a', 'b': 'a'}
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ser_features.audio.decoder import Audio
from ser_features.audio.recordings import read_part
from ser_features.duplicates.candidates import candidates
from ser_features.duplicates.fingerprint import NO_FINGERPRINT, Fingerprint, fingerprint, similarity
from ser_features.engine.runner import map_in_order
from ser_features.errors import AudioError
from ser_features.sources import Part

NEAR = 0.77
"""Lowest similarity of near-identical recordings: about midway between altered copies (at least 0.88)
and different takes of one sentence by one speaker (at most 0.64); docs/audit.md."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings of the same take.

    Attributes:
        one: name of the first.
        other: name of the other, behind it in the order of names.
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
        identical: by name of a recording that is identical to another, the first name of these.
        groups: by name of a recording that is identical or near-identical to another, the first name of its
            group.
        refused: why a recording could not be decoded, by its name.
    """

    pairs: tuple[Pair, ...]
    identical: Mapping[str, str]
    groups: Mapping[str, str]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as it is compared.

    Attributes:
        name: of the recording.
        digest: SHA-256 of its sample rate and samples.
        fingerprint: of its signal.
        problem: why it could not be decoded; None if it could.
    """

    name: str
    digest: str = ""
    fingerprint: Fingerprint = NO_FINGERPRINT
    problem: str | None = None


def find_duplicates(
    recordings: Mapping[str, Part],
    *,
    workers: int | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> Duplicates:
    """Find recordings of the same take.

    Near-identical ones have at least 0.4 s of speech, of which 80 % is also in the other one. Each recording
    is decoded once; about 0.5 kB are kept for a second of audio.

    Args:
        recordings: by name, where the audio is; of a part or channel of a file, only that is compared.
        workers: number of processes; None for one per core. The result does not depend on it.
        on_recording: called with the number of decoded recordings and of all.
    """
    return duplicates_among(read_sounds(recordings, workers, on_recording))


def read_sounds(
    recordings: Mapping[str, Part],
    workers: int | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> list[Sound]:
    """Decode recordings, sorted by name; arguments as of `find_duplicates`."""
    in_files = sorted(recordings.items(), key=lambda one: (str(one[1].path), one[1].start, one[0]))
    sounds = map_in_order(_read, in_files, workers, on_recording)
    return sorted(sounds, key=lambda sound: sound.name)


def duplicates_among(sounds: Sequence[Sound]) -> Duplicates:
    """Compare decoded recordings; as `find_duplicates`."""
    decoded = [one for one in sounds if one.problem is None]
    identical = list(_identical(decoded))
    copies = {pair.other for pair in identical}
    near = list(_near_identical([one for one in decoded if one.name not in copies]))
    pairs = sorted(identical + near, key=lambda pair: (pair.one, pair.other))
    refused = {one.name: one.problem for one in sounds if one.problem is not None}
    return Duplicates(tuple(pairs), _groups(identical), _groups(pairs), refused)


def _read(recording: tuple[str, Part]) -> Sound:
    name, part = recording
    try:
        return sound_of(name, read_part(part).audio)
    except AudioError as error:
        return Sound(name, problem=f"{type(error).__name__}: {error}")


def sound_of(name: str, audio: Audio) -> Sound:
    """A decoded recording as it is compared."""
    digest = hashlib.sha256(audio.sample_rate.to_bytes(4) + audio.signal.tobytes()).hexdigest()
    return Sound(name, digest, fingerprint(audio.signal, audio.sample_rate))


def _identical(sounds: Sequence[Sound]) -> Iterator[Pair]:
    """Pairs of recordings of equal samples with the first of them; equal bytes have equal samples."""
    first: dict[str, str] = {}
    for sound in sounds:
        name = first.setdefault(sound.digest, sound.name)
        if name != sound.name:
            yield Pair(name, sound.name, 1.0, is_identical=True)


def _near_identical(sounds: Sequence[Sound]) -> Iterator[Pair]:
    fingerprints = [sound.fingerprint for sound in sounds]
    for one, other, offset in candidates(fingerprints):
        share = max(
            similarity(fingerprints[one], fingerprints[other], around)
            for around in range(offset - 1, offset + 2)  # copies may begin between two frames
        )
        if share >= NEAR:
            yield Pair(sounds[one].name, sounds[other].name, share, is_identical=False)


def _groups(pairs: Sequence[Pair]) -> dict[str, str]:
    """The first by name of the recordings that a recording is connected with by pairs."""
    names = sorted({name for pair in pairs for name in (pair.one, pair.other)})
    position = {name: number for number, name in enumerate(names)}
    ends = np.array([(position[pair.one], position[pair.other]) for pair in pairs], int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(pairs), bool), (ends[0], ends[1])), (len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    first: dict[int, str] = {}
    return {name: first.setdefault(number, name) for name, number in zip(names, component, strict=True)}
