"""The attention weight of each frame, above the mel spectrogram.

`AttentionExample` → `attention` → `Picture`
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from ser_models.reporting.figures.picture import BLUE, INK, MUTED, Panel, Picture, legend, literal
from ser_models.reporting.figures.spectrogram import draw_spectrogram
from ser_models.reporting.text import percent


@dataclass(frozen=True)
class AttentionExample:
    """The attention of a model over one recording.

    Attributes:
        file_id: the recording.
        true: its emotion.
        predicted: the predicted emotion.
        confidence: probability of the predicted emotion, 0 to 1.
        mel: model input without padding: mel bands in dB, (frames, bands).
        weights: attention of each frame, (frames,), 0 or above, at least one above 0.
        hop_sec: hop length in seconds.
        start_sec: start of the first frame in the recording, in seconds.

    Raises:
        ValueError: if there are not as many weights as frames, or all of them are 0.
    """

    file_id: str
    true: str
    predicted: str
    confidence: float
    mel: np.ndarray
    weights: np.ndarray
    hop_sec: float
    start_sec: float = 0.0

    def __post_init__(self) -> None:
        if len(self.mel) != len(self.weights):
            raise ValueError(
                f"{self.file_id}: {len(self.weights)} attention weights for {len(self.mel)} frames: "
                "expected one per frame"
            )
        if not self.weights.any():
            raise ValueError(f"{self.file_id}: every attention weight is 0: expected some above 0")

    @property
    def seconds(self) -> tuple[float, float]:
        """Start of the first frame and end of the last one."""
        return self.start_sec, self.start_sec + len(self.mel) * self.hop_sec


def attention(example: AttentionExample, number: int) -> Picture:
    """Attention above the spectrogram; `number` is part of the name of the file."""
    centres = example.start_sec + (np.arange(len(example.weights)) + 0.5) * example.hop_sec
    text = (
        f"Attention over {example.file_id}, true emotion {example.true}, predicted {example.predicted}: "
        f"maximum {centres[np.argmax(example.weights)]:.2f} s"
    )
    panel = Panel(lambda axes: _draw(axes, example, centres), 4.8, 3.0, text)
    return Picture(f"attention_{number}", f"Attention over {example.file_id}", (panel,))


def _draw(axes: Axes, example: AttentionExample, centres: np.ndarray) -> None:
    start, end = example.seconds
    bands = example.mel.shape[1]
    draw_spectrogram(axes, example.mel, (start, end))
    draw_attention(axes, example.weights, centres, foot=1.05 * bands, height=0.45 * bands)
    emotions = f"true {example.true}, predicted {example.predicted} ({percent(example.confidence, 0)})"
    axes.set(
        xlabel=literal(f"time (s)\n{emotions}"), ylabel="mel band", xlim=(start, end), ylim=(0, 1.52 * bands)
    )
    axes.set_yticks(range(0, bands + 1, 32))
    axes.grid(False)


def draw_attention(
    axes: Axes, weights: np.ndarray, centres: np.ndarray, *, foot: float, height: float
) -> None:
    """Draw the weights as multiples of uniform attention."""
    heights = foot + height * weights / weights.max()
    uniform = foot + height * weights.mean() / weights.max()
    axes.fill_between(centres, foot, heights, color=BLUE, alpha=0.25, linewidth=0)
    axes.plot(centres, heights, color=BLUE, linewidth=1.4, label="attention")
    axes.axhline(uniform, color=MUTED, linestyle="--", linewidth=1, label="uniform attention")
    peak = int(np.argmax(weights))
    late = peak > len(weights) / 2
    beside = centres[peak] + (-0.03 if late else 0.03) * (centres[-1] - centres[0])
    ratio = f"{weights[peak] / weights.mean():.1f} × uniform"
    axes.text(beside, foot + height, ratio, ha="right" if late else "left", va="top", fontsize=8, color=INK)
    legend(axes)
