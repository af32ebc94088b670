"""Hidden states of the profile's pretrained encoder → frames, and their statistics per recording.

`Analysis.hidden_states` → `SslFrames` (nearest state per frame), `SslPooled` (mean and deviation over time)

>>> [column.name for column in ssl_columns(2, "mean_std")]
['ssl__0000__mean', 'ssl__0001__mean', 'ssl__0000__std', 'ssl__0001__std']
"""

from collections.abc import Sequence

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis, FrameExtractor, WideExtractor
from ser_features.extractors.encoder import encoder_of
from ser_features.manifest import Column

PREFIX = "ssl__"
"""Prefix of the column names of pooled hidden states."""

POOLING = {"mean": "Mean", "std": "Standard deviation"}


class SslPooled(WideExtractor):
    """Hidden states, pooled over time: mean, or mean and standard deviation, of each dimension."""

    name = "ssl_pooled"
    description = (
        "Hidden states of a pretrained encoder, pooled over the recording; one column per dimension."
    )

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """One column per dimension and statistic.

        Raises:
            InputError: if the profile has no encoder, or another sample rate than encoders have.
        """
        encoder = encoder_of(profile)
        return ssl_columns(encoder.size, encoder.pooling)

    def extract(self, analysis: Analysis) -> np.ndarray:
        """One value per column, float64."""
        states = analysis.hidden_states.states.astype(np.float64)
        pooled = {"mean": states.mean(axis=0), "std": states.std(axis=0)}
        return np.concatenate([pooled[name] for name in encoder_of(analysis.profile).pooling.split("_")])

    def owns(self, column: str) -> bool:
        """Whether the name begins with `PREFIX`, as the number of columns depends on the encoder."""
        return column.startswith(PREFIX)

    def positions(self, names: Sequence[str], width: int) -> list[int]:
        """Positions of columns; half of `width` are means if there are deviations among the names.

        >>> SslPooled().positions(["ssl__0001__mean", "ssl__0001__std"], width=4)
        [1, 3]
        """
        parts = (name.removeprefix(PREFIX).split("__") for name in names)
        return [int(dimension) + (statistic == "std") * (width // 2) for dimension, statistic in parts]


class SslFrames(FrameExtractor):
    """Hidden states, one per frame of the other families."""

    name = "ssl"
    unit = "1"
    description = "Hidden states of a layer of a pretrained encoder, the nearest to each frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, hidden size)."""
        hop = analysis.profile.frames.hop_length
        return analysis.hidden_states.nearest(hop * np.arange(analysis.frames))


def ssl_columns(size: int, pooling: str) -> tuple[Column, ...]:
    """The columns of pooled hidden states of a size, all means first."""
    return tuple(
        Column(
            f"{PREFIX}{dimension:04d}__{name}", "float32", "1", f"{POOLING[name]} of dimension {dimension}."
        )
        for name in pooling.split("_")
        for dimension in range(size)
    )
