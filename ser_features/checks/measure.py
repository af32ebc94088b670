"""Recordings → duration, level, clipping and recording chain of each, decoded in parallel: `Measured`."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import loky
import numpy as np

from ser_features.audio import decode, read_bytes
from ser_features.audio.excerpts import excerpt
from ser_features.engine.runner import pool
from ser_features.errors import AudioError
from ser_features.manifest import Recording

LONGEST = 3_600.0
"""Most seconds of a recording that is decoded; longer ones are refused unread."""

CHUNK = 16
"""Recordings per message to a process; corpora of fewer are decoded in this one."""

FLAT = 3
"""Number of equal samples at the peak from which they count as clipped."""

RESOLUTION = 1e-7
"""Largest difference of samples that are equal, of full scale."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A decoded recording.

    Attributes:
        recording: its row.
        problem: why it is refused; None if it is not.
        seconds: duration in s.
        sample_rate: of the file, in Hz.
        channels: of the file.
        level: root mean square in dB relative to full scale.
        clipped: share of samples in runs of equal ones at the peak, from 0 to 1.
        sha256: of the recording's bytes.
    """

    recording: Recording
    problem: str | None = None
    seconds: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    level: float = -math.inf
    clipped: float = 0.0
    sha256: str = ""


def measure(recording: Recording, root: Path) -> Measured:
    """Decode one recording.

    Args:
        recording: the row.
        root: folder that its path is below.
    """
    path = root / recording.path
    try:
        if recording.is_part:
            content = excerpt(path, recording.start or 0.0, recording.end, longest=LONGEST).content
        else:
            content = read_bytes(path)
        decoded = decode(content, min_seconds=0.0, max_seconds=LONGEST, channel=recording.audio_channel or 0)
    except AudioError as error:
        return Measured(recording, f"{type(error).__name__}: {error}")
    signal = decoded.signal
    level = float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
    return Measured(
        recording,
        None,
        len(signal) / decoded.sample_rate,
        decoded.sample_rate,
        decoded.channels,
        20 * math.log10(level) if level else -math.inf,
        clipped_share(signal),
        hashlib.sha256(content).hexdigest(),
    )


def clipped_share(signal: np.ndarray) -> float:
    """Share of samples in runs of `FLAT` or more at the peak.

    >>> clipped_share(np.array([0, 0.5, 1, 1, 1, 1, 0, -1]))
    0.5
    """
    if len(signal) < FLAT:
        return 0.0
    magnitudes = np.abs(signal)
    at_peak = magnitudes >= magnitudes.max() - RESOLUTION
    starts = np.asarray(np.lib.stride_tricks.sliding_window_view(at_peak, FLAT).all(axis=1))
    in_run = np.zeros(len(signal), bool)
    for offset in range(FLAT):
        in_run[offset : offset + len(starts)] |= starts
    return float(in_run.mean())


def measure_all(
    root: Path,
    recordings: Sequence[Recording],
    workers: int | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> list[Measured]:
    """Decode recordings, in their order.

    Args:
        root: folder that their paths are below.
        recordings: the rows.
        workers: number of processes; None for one per core.
        on_recording: called with the number of decoded recordings and of all.
    """
    one = partial(measure, root=root)
    results = (
        map(one, recordings)
        if len(recordings) <= CHUNK or workers == 1
        else pool(workers or loky.cpu_count()).map(one, recordings, chunksize=CHUNK)
    )
    measured: list[Measured] = []
    for result in results:
        measured.append(result)
        if on_recording:
            on_recording(len(measured), len(recordings))
    return measured
