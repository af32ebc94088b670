"""Air against bone conduction of one recording: its spectra, spectrograms, and the response of the filter.

file, profile → signal at `BONE_RATE` → `bone_conduct` → spectra of both, their difference beside the response
of the filter → `Drawing`
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ser_features.config import Profile
from ser_features.extractors import Analysis
from ser_features.pipeline import analysis_of
from ser_features.preprocess import BONE_GAIN, BONE_POLE, BONE_RATE, bone_conduct, resample
from ser_models.reporting.figures.picture import BLUE, MUTED, ORANGE, Drawing, Panel, Picture, legend
from ser_models.reporting.figures.recordings import read_file
from ser_models.reporting.figures.spectrogram import draw_analysis

SEGMENT = 2048
"""Samples of a segment of Welch's method, at `BONE_RATE`: 43 ms."""
POINTS = 60
"""Number of points of the measured difference."""
TINY = 1e-20
"""Lower limit of a power density, before the logarithm."""


@dataclass(frozen=True)
class Spectra:
    """Power spectral densities of one recording, by Welch's method.

    Attributes:
        frequencies: in Hz, up to half the sample rate of the file, (bins,).
        air: of the recording, in dB re full scale per Hz, (bins,).
        bone: of the filtered recording, likewise.
    """

    frequencies: np.ndarray
    air: np.ndarray
    bone: np.ndarray


def spectra(signal: np.ndarray, sample_rate: int) -> Spectra:
    """Compute the spectra of a recording as recorded, and through the filter of bone conduction.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
    """
    from scipy.signal import welch

    air = resample(signal, sample_rate, BONE_RATE)
    segment = min(SEGMENT, air.size)
    frequencies, before = welch(air, BONE_RATE, nperseg=segment)
    _, after = welch(bone_conduct(air), BONE_RATE, nperseg=segment)
    used = (frequencies > 0) & (frequencies <= min(sample_rate, BONE_RATE) / 2)
    decibels = [10 * np.log10(np.maximum(power[used], TINY)) for power in (before, after)]
    return Spectra(frequencies[used], *decibels)


def response(frequencies: np.ndarray) -> np.ndarray:
    """Gain of the filter in dB at frequencies in Hz; shape as given."""
    from scipy.signal import freqz

    _, gains = freqz([BONE_GAIN], [1.0, -BONE_POLE], worN=frequencies, fs=BONE_RATE)
    return 20 * np.log10(np.abs(gains))


def drawing(file: Path, profile: Profile) -> Drawing:
    """Draw the spectra of a recording with and without bone conduction, and the response of the filter.

    Args:
        file: the recording.
        profile: the feature configuration of the spectrograms; both with and without bone conduction.

    Raises:
        AudioError: a subclass for each reason to reject the file.
    """
    recording = read_file(file, replace(profile, audio=replace(profile.audio, bone_conduction=False)))
    filtered = replace(profile, audio=replace(profile.audio, bone_conduction=True))
    measured = spectra(recording.decoded.signal, recording.decoded.sample_rate)
    top = measured.frequencies[-1] / 1000
    panels = (
        Panel(
            partial(_spectra, spectra=measured), 4.6, 3.1, f"Spectra of air and bone speech to {top:g} kHz"
        ),
        Panel(partial(_response, spectra=measured), 4.6, 3.1, "Gain of the filter, and measured difference"),
        _spectrogram(recording.analysis, "air"),
        _spectrogram(analysis_of(recording.decoded, filtered), "bone"),
    )
    caption = [
        recording.summary(),
        f"Bone conduction: H(z) = {BONE_GAIN} / (1 − {BONE_POLE} z⁻¹) at {BONE_RATE // 1000} kHz. Spectra: "
        "Welch's method over the whole recording. Spectrograms: as the profile computes them, each relative "
        "to its own maximum.",
    ]
    picture = Picture("bone", f"Air and bone conduction of {recording.name}", panels, across=2)
    return Drawing(picture, caption)


def _spectra(axes: Axes, spectra: Spectra) -> None:
    for name, values, colour in (("air", spectra.air, BLUE), ("bone", spectra.bone, ORANGE)):
        axes.plot(spectra.frequencies / 1000, values, color=colour, linewidth=1.2, label=name)
    axes.set(xlabel="frequency (kHz)", ylabel="power density (dB/Hz)")
    axes.set_xlim(0, spectra.frequencies[-1] / 1000)
    legend(axes)


def _response(axes: Axes, spectra: Spectra) -> None:
    frequencies = np.linspace(0, BONE_RATE / 2, 400)
    axes.plot(frequencies / 1000, response(frequencies), color=MUTED, linewidth=1.6, label="filter")
    chosen = np.linspace(0, len(spectra.frequencies) - 1, POINTS).astype(int)
    difference = (spectra.bone - spectra.air)[chosen]
    [dots] = axes.plot(spectra.frequencies[chosen] / 1000, difference, "o", color=ORANGE, markersize=3.5)
    dots.set_label("bone − air")
    axes.set(xlabel="frequency (kHz)", ylabel="gain (dB)", xlim=(0, BONE_RATE / 2000))
    legend(axes)


def _spectrogram(analysis: Analysis, name: str) -> Panel:
    def draw(axes: Axes) -> None:
        draw_analysis(axes, analysis)
        axes.set(xlim=(0, analysis.seconds), xlabel=f"time (s)\n{name}")

    return Panel(draw, 4.6, 2.3, f"Mel spectrogram of {name} speech")
