"""Checks of decoded recordings: `Measured`s → `Finding`s."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from ser_features.checks.finding import Finding
from ser_features.checks.measure import Measured
from ser_features.config import DEFAULT_PROFILE
from ser_features.errors import counted
from ser_features.labels import is_emotion

QUIET_DB = -60.0
"""Level of a recording that is almost silent, relative to full scale."""

CLIPPED_SHARE = 0.001
"""Share of clipped samples from which a recording is named."""

LEVEL_DB = 12.0
"""Difference of the median level of an emotion or a speaker from that of all, from which it is named."""

FEWEST = 5
"""Number of recordings of a group from which its levels and recording chain are compared."""

K = TypeVar("K", bound=Hashable)


def refused(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Files that cannot be decoded, a line for each reason."""
    reasons: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        if one.problem is not None:
            reasons[one.problem.partition(":")[0]].append(one)
    for several in reasons.values():
        message = f"{counted(len(several), 'recording')} refused, the first because of {several[0].problem}"
        yield Finding("audio", message, _keys(several))


def identical(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings of the same bytes."""
    groups = _groups(
        [one for one in measured if one.sha256], lambda one: (one.sha256, one.recording.audio_channel)
    )
    for several in groups.values():
        if len(several) > 1:
            labels = {(one.recording.speaker, one.recording.emotion) for one in several}
            contradiction = ", with different labels" if len(labels) > 1 else ""
            message = f"{len(several)} recordings have the same bytes{contradiction}: keep one"
            yield Finding("identical audio", message, _keys(several))


def durations(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Distribution of durations, and those that an extraction refuses."""
    decoded = _decoded(measured)
    if not decoded:
        return
    limits = DEFAULT_PROFILE.audio
    low, middle, high = np.quantile([one.seconds for one in decoded], (0, 0.5, 1))
    yield Finding("durations", f"{low:.2f} to {high:.2f} s, median {middle:.2f} s")
    short = [one for one in decoded if one.seconds < limits.min_seconds]
    long = [one for one in decoded if one.seconds > limits.max_seconds]
    for what, limit, several, advice in (
        ("shorter", limits.min_seconds, short, "remove them"),
        ("longer", limits.max_seconds, long, "name their parts"),
    ):
        if several:
            message = f"{counted(len(several), 'recording')} {what} than {limit:g} s are refused: {advice}"
            yield Finding("durations", message, _keys(several))


def quiet(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings that are almost silent."""
    if several := [one for one in _decoded(measured) if one.level < QUIET_DB]:
        message = f"{counted(len(several), 'recording')} almost silent, below {QUIET_DB:g} dB: listen to them"
        yield Finding("silence", message, _keys(several))


def clipped(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings whose peaks are cut off."""
    if several := [one for one in _decoded(measured) if one.clipped >= CLIPPED_SHARE]:
        message = f"{counted(len(several), 'recording')} clipped: lower the gain, or leave them out"
        yield Finding("clipping", message, _keys(several))


def levels(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Emotions and speakers whose recordings are much louder or quieter than the others."""
    decoded = [one for one in _decoded(measured) if one.level > QUIET_DB]
    if not decoded:
        return
    middle = float(np.median([one.level for one in decoded]))
    for what, key in (("emotion", _emotion), ("speaker", _speaker)):
        for name, several in _groups(decoded, key).items():
            difference = float(np.median([one.level for one in several])) - middle
            if name is not None and len(several) >= FEWEST and abs(difference) >= LEVEL_DB:
                message = (
                    f"{what} {name} is {abs(difference):.0f} dB {'louder' if difference > 0 else 'quieter'} "
                    "than the median: check the gain of its recordings"
                )
                yield Finding("levels", message, _keys(several))


def recording_chain(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Sample rates and numbers of channels that go with one emotion."""
    decoded = [one for one in _decoded(measured) if _emotion(one) is not None]
    counts = Counter(map(_emotion, decoded))
    for what, key in (("Hz", _sample_rate), ("channels", _channels)):
        groups = _groups(decoded, key)
        if len(groups) < 2 or len(counts) < 2:
            continue
        for value, several in groups.items():
            emotions = {_emotion(one) for one in several}
            if len(emotions) == 1 and len(several) >= FEWEST:
                name = emotions.pop()
                message = (
                    f"{value} {what} occur with {name} only, in {len(several)} of its {counts[name]} "
                    "recordings: a model can learn it instead of the voice: convert all from one form"
                )
                yield Finding("recording chain", message, _keys(several))


def _decoded(measured: Sequence[Measured]) -> list[Measured]:
    return [one for one in measured if one.problem is None]


def _emotion(one: Measured) -> str | None:
    return one.recording.emotion if is_emotion(one.recording.emotion) else None


def _speaker(one: Measured) -> str | None:
    return one.recording.speaker


def _sample_rate(one: Measured) -> int:
    return one.sample_rate


def _channels(one: Measured) -> int:
    return one.channels


def _groups(measured: Sequence[Measured], key: Callable[[Measured], K]) -> dict[K, list[Measured]]:
    groups: dict[K, list[Measured]] = defaultdict(list)
    for one in measured:
        groups[key(one)].append(one)
    return groups


def _keys(measured: Sequence[Measured]) -> tuple[str, ...]:
    return tuple(one.recording.file_id for one in measured)
