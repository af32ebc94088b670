"""Checks that compare groups of recordings, such as speakers: `Measured`s or `Scan` → `Finding`s.

A speaker who stands apart, or an emotion that goes with a room, is learnt instead of the voice.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from ser_features.checks.finding import NAMED, Finding
from ser_features.checks.measure import Measured, decoded, keys
from ser_features.errors import counted, listed
from ser_features.labels import in_order, is_emotion
from ser_features.manifest import Scan

LEVEL_DB = 12.0
"""Difference of the median level of a group from that of the others, from which it is named."""

FEWEST = 5
"""Number of recordings from which a group is compared."""

FEWEST_SPEAKERS = 3
"""Number of speakers from which one of them can be the only one with a property."""

PURE = 0.9
"""Share of an emotion in a room from which the two go together."""

ELSEWHERE = 0.5
"""Largest share of that emotion outside the room."""

ROOM = frozenset(
    {
        *(
            "channel",
            "codec",
            "condition",
            "device",
            "mic",
            "microphone",
            "noise",
            "phone",
            "recorder",
            "source",
        ),
        *("day", "environment", "location", "place", "room", "scene", "session", "setting", "site", "studio"),
    }
)
"""Words in the name of a column that says where, when or how a recording was made."""


def is_room(column: str) -> bool:
    """Whether a column says where, when or how a recording was made, by its name.

    >>> is_room("recording_room"), is_room("mic"), is_room("mood")
    (True, True, False)
    """
    return not ROOM.isdisjoint(re.split(r"[\W_]+", column.lower()))


def speaker_levels(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Speakers who are much louder or quieter than the others."""
    advice = (
        "the profile brings speech to one level, and noise with it: listen to these recordings"
        if any(one.levelled for one in measured)
        else "correct the gain of these recordings, or extract with a profile that conditions the signal"
    )
    yield from _levels("speaker", _groups(decoded(measured), lambda one: one.speaker), advice)


def emotion_levels(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Emotions whose recordings are much louder or quieter than the others."""
    groups = _groups(decoded(measured), lambda one: one.emotion)
    yield from _levels("emotion", groups, "check that the voice is, and not the gain")


def _levels(what: str, groups: Mapping[str, list[Measured]], advice: str) -> Iterator[Finding]:
    """Groups whose median level is `LEVEL_DB` from that of the other groups; of two groups, the quieter."""
    middles = {
        name: float(np.median([one.level for one in several]))
        for name, several in groups.items()
        if len(several) >= FEWEST
    }
    apart: dict[str, float] = {}
    for name, middle in middles.items():
        others = [level for other, level in middles.items() if other != name]
        difference = middle - float(np.median(others)) if others else 0.0
        if abs(difference) >= LEVEL_DB and (difference < 0 or len(others) > 1):
            apart[name] = difference
    if apart:
        names = sorted(apart, key=lambda name: -abs(apart[name]))
        lines = [
            f"{name} is {abs(apart[name]):.0f} dB {'louder' if apart[name] > 0 else 'quieter'}"
            for name in names
        ]
        message = f"{what} {listed(lines, NAMED)} than the other {what}s: {advice}"
        yield Finding("levels", message, keys([one for name in names for one in groups[name]]))


def speaker_chain(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Sample rates and numbers of channels that one speaker has, and none of the others."""
    named = [one for one in decoded(measured) if one.speaker is not None]
    if len({one.speaker for one in named}) < FEWEST_SPEAKERS:
        return
    for what, key in CHAIN.items():
        groups = _groups(named, key)
        for value, several in groups.items() if len(groups) == 2 else ():
            speakers = {one.speaker for one in several}
            if len(speakers) == 1 and len(several) >= FEWEST:
                message = (
                    f"speaker {speakers.pop()} alone has the {what} {value}: a model can know the speaker by "
                    "it: convert all from one form"
                )
                yield Finding("recording chain", message, keys(several))


def emotions_per_speaker(scan: Scan) -> Iterator[Finding]:
    """Emotions that some speakers lack, by which a model can know them."""
    of_speaker: dict[str, set[str]] = defaultdict(set)
    for one in scan.recordings:
        if one.speaker is not None and is_emotion(one.emotion):
            of_speaker[one.speaker].add(one.emotion)
    emotions = set().union(*of_speaker.values())
    lacking = {
        speaker: in_order(emotions - present)
        for speaker, present in sorted(of_speaker.items())
        if present != emotions
    }
    if lacking:
        lines = [f"{speaker} lacks {', '.join(missing)}" for speaker, missing in lacking.items()]
        message = (
            f"{len(lacking)} of {counted(len(of_speaker), 'speaker')} lack some of {len(emotions)}: "
            f"{listed(lines, NAMED)}: record them, or leave out the emotions"
        )
        yield Finding("emotions per speaker", message)


def emotions_of_a_room(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Sample rates, numbers of channels, sessions and rooms that go with one emotion."""
    named = [one for one in decoded(measured) if one.emotion is not None]
    counts = Counter(one.emotion for one in named)
    for what, key in _properties(named).items():
        lines: list[str] = []
        together: list[Measured] = []
        for value, several in _groups(named, key).items():
            ((emotion, count),) = Counter(one.emotion for one in several).most_common(1)
            elsewhere = len(named) - len(several)
            is_pure = len(several) >= FEWEST and count >= PURE * len(several)
            if is_pure and elsewhere and counts[emotion] - count <= ELSEWHERE * elsewhere:
                lines.append(f"{value} is {emotion} in {count} of {len(several)}")
                together += several
        if lines:
            message = (
                f"{what} goes with the emotion: {listed(lines, NAMED)}: a model can learn it instead of the "
                "voice: record or convert all emotions alike"
            )
            yield Finding("recording chain", message, keys(together))


def _properties(measured: Sequence[Measured]) -> dict[str, Callable[[Measured], str | None]]:
    """What says where, when or how recordings were made: the form of the file, session, and own columns."""
    columns = sorted({column for one in measured for column in one.recording.extra if is_room(column)})
    return {**CHAIN, "session": _session, **{column: partial(_own, column=column) for column in columns}}


def _sample_rate(one: Measured) -> str:
    return f"{one.sample_rate} Hz"


def _channels(one: Measured) -> str:
    return str(one.channels)


def _session(one: Measured) -> str | None:
    return one.recording.session


def _own(one: Measured, column: str) -> str | None:
    value = one.recording.extra.get(column)
    return None if value is None else str(value)


CHAIN: dict[str, Callable[[Measured], str | None]] = {
    "sample rate": _sample_rate,
    "number of channels": _channels,
}
"""What the form of a file is, by its name."""


def _groups(measured: Sequence[Measured], key: Callable[[Measured], str | None]) -> dict[str, list[Measured]]:
    """Recordings by what they share; those of which it is unknown are left out."""
    groups: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        if (name := key(one)) is not None:
            groups[name].append(one)
    return groups
