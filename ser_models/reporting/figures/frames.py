"""Frames of one recording over time: waveform, mel spectrogram, MFCC, RMS and zero-crossing rate.

file, profile → `Analysis` → five panels with a common time axis → `Drawing`
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_features.config import Profile
from ser_features.extractors import Analysis
from ser_features.extractors.core import MIN_RMS
from ser_models.reporting.figures.picture import BLUE, DIVERGING, Drawing, Panel, Picture, in_percent
from ser_models.reporting.figures.recordings import read_file
from ser_models.reporting.figures.spectrogram import draw_analysis, draw_waveform

WIDTH = 7.4
"""Of all panels, in inches."""
MOST_DEVIATIONS = 3.0
"""MFCC this many standard deviations from their mean have the darkest colour."""


def drawing(file: Path, profile: Profile) -> Drawing:
    """Draw the frames of a recording over time.

    Args:
        file: the recording.
        profile: the feature configuration.

    Raises:
        AudioError: a subclass for each reason to reject the file.
    """
    recording = read_file(file, profile)
    analysis = recording.analysis
    rows: list[tuple[Callable[..., None], float, str]] = [
        (_waveform, 1.3, "Waveform"),
        (_mel, 1.9, "Mel spectrogram"),
        (_mfcc, 1.9, f"{analysis.mfcc.shape[1]} MFCC"),
        (_rms, 1.3, "RMS"),
        (_zero_crossings, 1.6, "Zero-crossing rate"),
    ]
    panels = tuple(
        Panel(partial(_draw, analysis=analysis, draw=draw, last=draw is _zero_crossings), WIDTH, height, text)
        for draw, height, text in rows
    )
    frames = profile.frames
    window, hop = (1000 * size / analysis.sample_rate for size in (frames.frame_length, frames.hop_length))
    caption = [
        recording.summary(),
        f"Frames of {window:.0f} ms every {hop:.0f} ms. MFCC: standard deviations from the mean of the "
        "coefficient over the recording. RMS: as recorded, before any gain.",
    ]
    return Drawing(Picture("frames", f"Frames of {recording.name}", panels, across=1), caption)


def _draw(axes: Axes, analysis: Analysis, draw: Callable[[Axes, Analysis], None], *, last: bool) -> None:
    """Draw one row; only the `last` one has a label of the time axis."""
    draw(axes, analysis)
    axes.set_xlim(0, analysis.seconds)
    if last:
        axes.set_xlabel("time (s)")
    else:
        axes.tick_params(labelbottom=False)


def _waveform(axes: Axes, analysis: Analysis) -> None:
    draw_waveform(axes, analysis.signal, analysis.sample_rate)
    axes.set_ylabel("amplitude")


def _mel(axes: Axes, analysis: Analysis) -> None:
    draw_analysis(axes, analysis)


def _mfcc(axes: Axes, analysis: Analysis) -> None:
    mfcc = analysis.mfcc
    deviation = np.maximum(mfcc.std(axis=0), np.finfo(np.float32).tiny)
    half = analysis.profile.frames.hop_length / analysis.sample_rate / 2
    image = axes.imshow(
        ((mfcc - mfcc.mean(axis=0)) / deviation).T,
        origin="lower",
        aspect="auto",
        interpolation="none",
        cmap=DIVERGING,
        vmin=-MOST_DEVIATIONS,
        vmax=MOST_DEVIATIONS,
        extent=(-half, analysis.frame_times[-1] + half, -0.5, mfcc.shape[1] - 0.5),
    )
    axes.set_ylabel("MFCC")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(False)
    bar = axes.figure.colorbar(image, cax=axes.inset_axes((1.01, 0, 0.015, 1)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, length=0)
    bar.set_label("standard deviations", fontsize=8)


def _rms(axes: Axes, analysis: Analysis) -> None:
    levels = 20 * np.log10(np.maximum(analysis.rms, MIN_RMS)) - analysis.gain_db
    axes.plot(analysis.frame_times, levels, color=BLUE, linewidth=1.3)
    axes.set_ylabel("RMS (dB)")


def _zero_crossings(axes: Axes, analysis: Analysis) -> None:
    axes.plot(analysis.frame_times, analysis.zero_crossings, color=BLUE, linewidth=1.3)
    axes.set_ylim(bottom=0)
    in_percent(axes.yaxis)
    axes.set_ylabel("ZCR")
