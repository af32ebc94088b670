"""Hidden states of the profile's pretrained encoder → frames, and what is told of a whole recording.

`Analysis.hidden` → `SslFrames` (the state nearest to each frame), `SslPooled` (mean and deviation of all)

>>> [column.name for column in ssl_columns(2, "mean_std")]
['ssl__0000__mean', 'ssl__0001__mean', 'ssl__0000__std', 'ssl__0001__std']
"""

from collections.abc import Sequence

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis
from ser_features.extractors.encoder import encoder_of
from ser_features.manifest import Column

MARK = "ssl__"
"""How the names of pooled hidden states begin, and no other column's."""

WORDS = {"mean": "Mean", "std": "Standard deviation"}


class SslPooled:
    """Hidden states pooled over the recording; a family of columns that has its own folder in the store."""

    name = "ssl_pooled"
    version = 1
    unit = ""
    description = (
        "Hidden states of a pretrained encoder, pooled over the recording; one column per dimension."
    )

    def columns_in(self, profile: Profile) -> tuple[Column, ...]:
        """What `vector` gives under a profile, in order.

        Raises:
            InputError: if the profile has no encoder, or another sample rate than encoders have.
        """
        encoder = encoder_of(profile)
        return ssl_columns(encoder.size, encoder.pooling)

    def vector(self, analysis: Analysis) -> np.ndarray:
        """One value per column, float64."""
        states = analysis.hidden.states.astype(np.float64)
        ways = {"mean": states.mean(axis=0), "std": states.std(axis=0)}
        return np.concatenate([ways[way] for way in encoder_of(analysis.profile).pooling.split("_")])


class SslFrames:
    """Hidden states, one for each frame of the other families."""

    name = "ssl"
    version = 1
    unit = "1"
    description = "Hidden states of a layer of a pretrained encoder, the nearest to each frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, size of a state)."""
        hop = analysis.profile.frames.hop_length
        return analysis.hidden.nearest(hop * np.arange(analysis.frames))


def places(names: Sequence[str], width: int) -> list[int]:
    """Positions of columns in what is pooled of a recording.

    Args:
        names: of the columns.
        width: of all that is pooled; half of it are means if there are deviations among the names.

    >>> places(["ssl__0001__mean", "ssl__0001__std"], width=4)
    [1, 3]
    """
    found = (name.removeprefix(MARK).split("__") for name in names)
    return [int(place) + (way == "std") * (width // 2) for place, way in found]


def ssl_columns(size: int, pooling: str) -> tuple[Column, ...]:
    """The columns of pooled states of a size, all means first."""
    return tuple(
        Column(f"{MARK}{place:04d}__{way}", "float32", "1", f"{WORDS[way]} of dimension {place}.")
        for way in pooling.split("_")
        for place in range(size)
    )
