"""Rank features by how well each separates the emotions of a speaker, before any model.

`Recordings` → deviations from the speaker's mean → η² between emotions → `rank_features`
"""

from collections.abc import Sequence

import numpy as np

from ser_models.reporting.figures.recordings import Recordings

MOST_CORRELATED = 0.8
"""A feature whose absolute correlation with a better one is as high as this is skipped as redundant."""


def rank_features(recordings: Recordings, columns: Sequence[str], most: int = 3) -> dict[str, float]:
    """Select the features that vary most between the emotions of a speaker.

    Args:
        recordings: with the columns.
        columns: features to choose from.
        most: maximal number of features.

    Returns:
        By column, the best first: the share of its variance within speakers that lies between emotions
        (η², 0 to 1). Constant columns and redundant ones are left out.
    """
    values = recordings.rows[list(columns)].astype(float)
    own = (values - values.groupby(recordings.speakers).transform("mean")).fillna(0)
    own = own.loc[:, own.std() > 1e-9 * values.abs().mean()]
    between = own.groupby(recordings.rows["emotion"]).transform("mean")
    shares = ((between**2).sum() / (own**2).sum()).sort_values(ascending=False, kind="stable")
    correlations = own[shares.index].corr().abs().to_numpy()
    chosen: list[int] = []
    for index in range(len(shares)):
        if len(chosen) < most and (not chosen or np.max(correlations[index, chosen]) < MOST_CORRELATED):
            chosen.append(index)
    return {str(shares.index[index]): float(shares.iloc[index]) for index in chosen}
