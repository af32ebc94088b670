"""Praat, imported where it can start: its library ends the process if the working folder was deleted.

Raises:
    WorkingFolderError: by the import of this module, in such a folder.
"""

from pathlib import Path

from ser_features.errors import WorkingFolderError
from ser_features.parameters import PitchConfig

try:
    Path.cwd()
except OSError as error:
    raise WorkingFolderError from error

import parselmouth
from parselmouth.praat import call, run

__all__ = ["call", "parselmouth", "perturbation", "run"]


def perturbation(
    sound: parselmouth.Sound, pitch: parselmouth.Pitch, config: PitchConfig
) -> tuple[float, float]:
    """Local jitter and local shimmer of a whole recording; NaN without enough periods.

    Args:
        sound: the signal.
        pitch: its F0 contour.
        config: which periods and amplitudes are used.
    """
    pulses = call([sound, pitch], "To PointProcess (cc)")
    limits = (config.shortest_period, config.longest_period, config.max_period_factor)
    shimmer = call([sound, pulses], "Get shimmer (local)", 0, 0, *limits, config.max_amplitude_factor)
    return call(pulses, "Get jitter (local)", 0, 0, *limits), shimmer
