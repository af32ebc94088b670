"""Recordings → duration, level, clipping and recording chain of each, decoded in parallel: `Measured`."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ser_features.audio.recordings import read_part
from ser_features.engine.runner import map_in_order
from ser_features.errors import AudioError
from ser_features.framing import active_speech
from ser_features.labels import is_emotion
from ser_features.manifest import Recording
from ser_features.parameters import Conditioning
from ser_features.sources import Part

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
        level: of active speech as recorded, in dB relative to full scale.
        silence: share of the recording before and after speech, from 0 to 1; 0 where it is unknown.
        clipped: share of samples in runs of equal ones at the peak, from 0 to 1; 0 where it is unknown.
        sha256: of the recording's bytes.
        levelled: whether its features are those of speech brought to a common level.
    """

    recording: Recording
    problem: str | None = None
    seconds: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    level: float = -math.inf
    silence: float = 0.0
    clipped: float = 0.0
    sha256: str = ""
    levelled: bool = False

    @property
    def speaker(self) -> str | None:
        """Name of the speaker; None if it is unknown."""
        return self.recording.speaker

    @property
    def emotion(self) -> str | None:
        """The emotion; None if it has none, or no agreed one."""
        return self.recording.emotion if is_emotion(self.recording.emotion) else None


def measure(recording: Recording, root: Path) -> Measured:
    """Decode one recording.

    Args:
        recording: the row.
        root: folder that its path is below.
    """
    try:
        decoded = read_part(
            Part(root / recording.path, recording.start or 0.0, recording.end, recording.audio_channel)
        )
    except AudioError as error:
        return Measured(recording, f"{type(error).__name__}: {error}")
    audio = decoded.audio
    signal = audio.signal
    level, start, end = active_speech(signal, audio.sample_rate, Conditioning().silence_db)
    return Measured(
        recording,
        None,
        len(signal) / audio.sample_rate,
        audio.sample_rate,
        audio.channels,
        level,
        1 - (end - start) / len(signal),
        clipped_share(signal),
        hashlib.sha256(decoded.content).hexdigest(),
    )


def decoded(measured: Sequence[Measured]) -> list[Measured]:
    """Those that are not refused."""
    return [one for one in measured if one.problem is None]


def keys(measured: Sequence[Measured]) -> tuple[str, ...]:
    """The file_ids, for a `Finding`."""
    return tuple(one.recording.file_id for one in measured)


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
    return list(map_in_order(partial(measure, root=root), recordings, workers, on_recording))
