"""Checks of single decoded recordings: `Measured`s → `Finding`s."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from ser_features.checks.finding import Finding
from ser_features.checks.measure import Measured, decoded, keys
from ser_features.config import DEFAULT_PROFILE
from ser_features.errors import counted

QUIET_DB = -60.0
"""Level of a recording that is almost silent, relative to full scale."""

CLIPPED_SHARE = 0.001
"""Share of clipped samples from which a recording is named."""

SILENT_SHARE = 0.5
"""Share of silence before and after speech from which a recording is named."""


def refused(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Files that cannot be decoded, a line for each reason."""
    reasons: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        if one.problem is not None:
            reasons[one.problem.partition(":")[0]].append(one)
    for several in reasons.values():
        message = f"{counted(len(several), 'recording')} refused, the first because of {several[0].problem}"
        yield Finding("audio", message, keys(several))


def identical(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings of the same bytes."""
    groups: dict[tuple[str, int | None], list[Measured]] = defaultdict(list)
    for one in measured:
        if one.sha256:
            groups[one.sha256, one.recording.audio_channel].append(one)
    for several in groups.values():
        if len(several) > 1:
            labels = {(one.recording.speaker, one.recording.emotion) for one in several}
            contradiction = ", with different labels" if len(labels) > 1 else ""
            message = f"{len(several)} recordings have the same bytes{contradiction}: keep one"
            yield Finding("identical audio", message, keys(several))


def durations(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Distribution of durations, and those that an extraction refuses."""
    usable = decoded(measured)
    if not usable:
        return
    limits = DEFAULT_PROFILE.audio
    low, middle, high = np.quantile([one.seconds for one in usable], (0, 0.5, 1))
    yield Finding("durations", f"{low:.2f} to {high:.2f} s, median {middle:.2f} s")
    short = [one for one in usable if one.seconds < limits.min_seconds]
    long = [one for one in usable if one.seconds > limits.max_seconds]
    for what, limit, several, advice in (
        ("shorter", limits.min_seconds, short, "remove them"),
        ("longer", limits.max_seconds, long, "name their parts"),
    ):
        if several:
            message = f"{counted(len(several), 'recording')} {what} than {limit:g} s are refused: {advice}"
            yield Finding("durations", message, keys(several))


def quiet(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings that are almost silent."""
    if several := [one for one in decoded(measured) if one.level < QUIET_DB]:
        message = f"{counted(len(several), 'recording')} almost silent, below {QUIET_DB:g} dB: listen to them"
        yield Finding("silence", message, keys(several))


def silences(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings that are mostly silence before and after speech."""
    if several := [one for one in decoded(measured) if one.silence >= SILENT_SHARE]:
        message = (
            f"{counted(len(several), 'recording')} of which half or more is silence before and after speech: "
            "extract with a profile that leaves it out, as the default does"
        )
        yield Finding("silence", message, keys(several))


def clipped(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Recordings whose peaks are cut off."""
    if several := [one for one in decoded(measured) if one.clipped >= CLIPPED_SHARE]:
        message = f"{counted(len(several), 'recording')} clipped: lower the gain, or leave them out"
        yield Finding("clipping", message, keys(several))
