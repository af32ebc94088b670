"""A recording beside its augmented copies: waveform and mel spectrogram of each.

file, profile, `Variant`s → parameters → `copy_of` → a row per copy → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ser_features.augment import Parameter, Parameters, SpectrogramTransform, Variant, check_variants
from ser_features.config import Profile
from ser_features.extractors import Analysis
from ser_features.pipeline import copy_of
from ser_models.reporting.figures.picture import INK, Drawing, Panel, Picture, literal
from ser_models.reporting.figures.recordings import read_file
from ser_models.reporting.figures.spectrogram import draw_analysis, draw_waveform

WIDTH, HEIGHT = 4.4, 1.5
"""Of a panel, in inches."""
LABEL_INCHES = 0.25
"""Additional height of the last row, which has the label of the time axis."""


@dataclass(frozen=True)
class Row:
    """One row of the figure.

    Attributes:
        name: of the copy, with its parameters.
        analysis: of the recording, or of the copy.
        seconds: end of the time axis, in s.
        peak: end of the amplitude axis.
        last: whether the time axis is labelled.
    """

    name: str
    analysis: Analysis
    seconds: float
    peak: float
    last: bool

    def panels(self) -> tuple[Panel, Panel]:
        """Waveform and spectrogram."""
        height = HEIGHT + LABEL_INCHES * self.last
        return (
            Panel(partial(_waveform, row=self), WIDTH, height, f"Waveform: {self.name}"),
            Panel(partial(_spectrogram, row=self), WIDTH, height, f"Mel spectrogram: {self.name}"),
        )

    def finish(self, axes: Axes) -> None:
        """Set the time axis, the same in all rows."""
        axes.set_xlim(0, self.seconds)
        axes.tick_params(labelbottom=self.last)
        axes.set_xlabel("time (s)" if self.last else "")


def drawing(file: Path, profile: Profile, variants: Sequence[Variant], *, seed: int = 0) -> Drawing:
    """Draw a recording, and below it one row per augmented copy.

    Args:
        file: the recording.
        profile: the feature configuration.
        variants: the copies; at least one.
        seed: of the drawn parameters.

    Raises:
        AudioError: a subclass for each reason to reject the file.
        MissingExtraError: if a transform needs a package that is not installed.
    """
    check_variants(variants)
    recording = read_file(file, profile)
    analyses = {"original": recording.analysis}
    for variant in variants:
        parameters = variant.draw(seed, recording.name)
        copy = copy_of(recording.decoded, recording.analysis, variant, parameters)
        analyses[_name(variant, parameters)] = copy
    seconds = max(analysis.seconds for analysis in analyses.values())
    peak = max(float(np.abs(analysis.signal).max()) for analysis in analyses.values())
    last = len(analyses) - 1
    rows = [
        Row(name, analysis, seconds, peak, number == last)
        for number, (name, analysis) in enumerate(analyses.items())
    ]
    panels = tuple(panel for row in rows for panel in row.panels())
    picture = Picture("augmented", f"Augmented copies of {recording.name}", panels, across=2)
    return Drawing(picture, [recording.summary(), f"Parameters are drawn with the seed {seed}."])


def _name(variant: Variant, parameters: Parameters) -> str:
    """Name of a copy with its parameters, and whether the signal is that of the original."""
    listed = ", ".join(_value(one, parameters[one.name]) for one in variant.kind.parameters)
    unchanged = " (of the spectrogram only)" if isinstance(variant.kind, SpectrogramTransform) else ""
    return f"{variant.name}{f': {listed}' if listed else ''}{unchanged}"


def _value(parameter: Parameter, value: float) -> str:
    """Value of a parameter, with its unit unless the name has it, as `snr_db` does."""
    stated = parameter.unit == "1" or parameter.unit.lower() in parameter.name
    return f"{parameter.name} {value:.3g}{'' if stated else f' {parameter.unit}'}"


def _waveform(axes: Axes, row: Row) -> None:
    draw_waveform(axes, row.analysis.signal, row.analysis.sample_rate)
    axes.set(ylim=(-1.05 * row.peak, 1.05 * row.peak), ylabel="amplitude")
    axes.set_title(literal(row.name), loc="left", fontsize=9, color=INK)
    row.finish(axes)


def _spectrogram(axes: Axes, row: Row) -> None:
    draw_analysis(axes, row.analysis)
    row.finish(axes)
