"""Where a model listens: its attention, frame by frame, above the mel spectrogram.

`AttentionExample` → `attention` → `Picture`
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from ser_models.reporting.figures.picture import BLUE, INK, MUTED, Panel, Picture, legend
from ser_models.reporting.figures.spectrogram import draw_spectrogram
from ser_models.reporting.text import percent


@dataclass(frozen=True)
class AttentionExample:
    """One recording as a model with attention heard it.

    Attributes:
        file_id: which recording.
        acted: its emotion.
        predicted: what the model takes it for.
        confidence: how sure it is, 0 to 1.
        mel: the frames that the model heard, without padding: mel bands in dB, (frames, bands).
        weights: attention of each of those frames, (frames,), 0 and above, some above 0.
        hop_sec: seconds from frame to frame.
        start_sec: where in the recording the first frame begins, in seconds.

    Raises:
        ValueError: if there are not as many weights as frames, or all of them are 0.
    """

    file_id: str
    acted: str
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
        """Where the first frame begins and the last one ends."""
        return self.start_sec, self.start_sec + len(self.mel) * self.hop_sec


def attention(example: AttentionExample, number: int) -> Picture:
    """Draw the attention that a recording got above its spectrogram; `number` tells its file from others."""
    centres = example.start_sec + (np.arange(len(example.weights)) + 0.5) * example.hop_sec
    text = (
        f"Attention over {example.file_id}, acted {example.acted}, predicted {example.predicted}: "
        f"strongest {centres[np.argmax(example.weights)]:.2f} s into the recording"
    )
    panel = Panel(lambda axes: _draw(axes, example, centres), 4.8, 3.0, text)
    return Picture(f"attention_{number}", f"Attention over {example.file_id}", (panel,))


def _draw(axes: Axes, example: AttentionExample, centres: np.ndarray) -> None:
    start, end = example.seconds
    bands = example.mel.shape[1]
    draw_spectrogram(axes, example.mel, (start, end))
    draw_attention(axes, example.weights, centres, foot=1.05 * bands, height=0.45 * bands)
    heard = f"acted {example.acted}, predicted {example.predicted} ({percent(example.confidence, 0)} sure)"
    axes.set(xlabel=f"time (s)\n{heard}", ylabel="mel band", xlim=(start, end), ylim=(0, 1.52 * bands))
    axes.set_yticks(range(0, bands + 1, 32))
    axes.grid(False)


def draw_attention(
    axes: Axes, weights: np.ndarray, centres: np.ndarray, *, foot: float, height: float
) -> None:
    """Draw the weights as multiples of what every frame would get if none were preferred."""
    heights = foot + height * weights / weights.max()
    even = foot + height * weights.mean() / weights.max()
    axes.fill_between(centres, foot, heights, color=BLUE, alpha=0.25, linewidth=0)
    axes.plot(centres, heights, color=BLUE, linewidth=1.4, label="attention")
    axes.axhline(even, color=MUTED, linestyle="--", linewidth=1, label="if it were even")
    peak = int(np.argmax(weights))
    late = peak > len(weights) / 2
    beside = centres[peak] + (-0.03 if late else 0.03) * (centres[-1] - centres[0])
    said = f"{weights[peak] / weights.mean():.1f} × even"
    axes.text(beside, foot + height, said, ha="right" if late else "left", va="top", fontsize=8, color=INK)
    legend(axes)
