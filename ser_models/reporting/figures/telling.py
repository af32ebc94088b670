"""Which features tell emotions apart, each by itself: a look at data, before any model.

`Recordings` → values without what belongs to the speaker → share of the variance between emotions → ranking
"""

from collections.abc import Sequence

import numpy as np

from ser_models.reporting.figures.recordings import Recordings

ALIKE = 0.8
"""A feature that correlates so strongly with a better one is passed over: it would show the same again."""


def telling(recordings: Recordings, columns: Sequence[str], most: int = 3) -> dict[str, float]:
    """Find the features in which the emotions of a speaker differ most.

    Args:
        recordings: with the columns.
        columns: features to choose from.
        most: how many are wanted.

    Returns:
        By column, the best first: the share of its variance within speakers that lies between emotions
        (η², 0 to 1). Columns that never change, and those much like a better one, are left out.
    """
    values = recordings.rows[list(columns)].astype(float)
    own = (values - values.groupby(recordings.speakers).transform("mean")).fillna(0)
    own = own.loc[:, own.std() > 1e-9 * values.abs().mean()]
    between = own.groupby(recordings.rows["emotion"]).transform("mean")
    shares = ((between**2).sum() / (own**2).sum()).sort_values(ascending=False, kind="stable")
    likeness = own[shares.index].corr().abs().to_numpy()
    chosen: list[int] = []
    for place in range(len(shares)):
        if len(chosen) < most and (not chosen or np.max(likeness[place, chosen]) < ALIKE):
            chosen.append(place)
    return {str(shares.index[place]): float(shares.iloc[place]) for place in chosen}
