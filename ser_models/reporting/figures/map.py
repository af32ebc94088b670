"""Map of recordings: their features in two dimensions, by principal components or t-SNE.

`Store` → `Recordings` with all features → standardised, missing values at the median → `plane` → `Drawing`

t-SNE: van der Maaten and Hinton, Visualizing data using t-SNE, 2008. Trustworthiness: Venna and Kaski, 2001.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import (
    CORPUS_COLOURS,
    EMOTION_COLOURS,
    INK,
    Drawing,
    Panel,
    Picture,
    label_colours,
    literal,
)
from ser_models.reporting.figures.recordings import Recordings, features, sample
from ser_models.reporting.text import percent

By = Literal["emotion", "speaker", "dataset"]
Method = Literal["pca", "tsne"]
Style = tuple[str, str]
"""Marker and colour of a group."""

MARKERS = "os^DvPX*"
"""Each marker is used with all colours before the next one."""
MOST_NAMED = 40
"""Maximal number of groups with a legend."""
LOADINGS = 2
"""Number of features that are named beside each axis."""
PERPLEXITY = 30.0
"""Effective number of neighbours of t-SNE; a third of the recordings if they are fewer."""
NEIGHBOURS = 5
"""Number of neighbours by which the trustworthiness of t-SNE is measured."""


@dataclass(frozen=True)
class Plane:
    """Recordings in two dimensions.

    Attributes:
        points: shape (recordings, 2); of components in standard deviations of the features.
        summary: what the dimensions are, without a final full stop.
        shares: share of the variance of each component, 0 to 1; empty for t-SNE.
        names: features with the largest loadings on each component, with a minus sign if negative; likewise.
    """

    points: np.ndarray
    summary: str
    shares: tuple[float, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    @property
    def axes(self) -> tuple[str, ...]:
        """Labels of both axes."""
        return tuple(
            f"component {number}, {percent(share, 0)} of the variance\n{', '.join(names)}"
            for number, (share, names) in enumerate(zip(self.shares, self.names, strict=True), start=1)
        ) or ("t-SNE 1", "t-SNE 2")


def drawing(
    store: Store, by: By = "emotion", datasets: Sequence[str] | None = None, method: Method = "pca"
) -> Drawing:
    """Map of the recordings of a store.

    Args:
        store: an open store.
        by: grouping shown by colour.
        datasets: corpora to draw; all by default.
        method: principal components, or t-SNE.

    Raises:
        InputError: if there is no such corpus, or fewer than three recordings or two variable features.
    """
    columns = features(store)
    recordings = sample(store, columns, datasets)
    reduced = plane(recordings, columns, method)
    caption = [
        recordings.summary(),
        f"{reduced.summary}, standardised over these recordings."
        + (
            " Beside the axes: the features with the largest loadings."
            if method == "pca"
            else " Only which points are near each other has a meaning, not axes, distances or sizes."
        ),
    ]
    name = f"map_{by}" if method == "pca" else f"map_{by}_{method}"
    picture = Picture(name, f"Map of the recordings by {by}", (_panel(recordings, reduced, by, 7.2),))
    return Drawing(picture, caption)


def panel(recordings: Recordings, columns: Sequence[str], by: By = "emotion", width: float = 7.2) -> Panel:
    """The panel of a map by principal components.

    Args:
        recordings: with the columns.
        columns: features.
        by: grouping shown by colour.
        width: in inches.

    Raises:
        InputError: if there are fewer than three recordings or two variable features.
    """
    return _panel(recordings, plane(recordings, columns), by, width)


def _panel(recordings: Recordings, reduced: Plane, by: By, width: float) -> Panel:
    keys = recordings.speakers if by == "speaker" else recordings.rows[by].to_numpy()
    groups = recordings.emotions if by == "emotion" else sorted(set(keys))
    text = f"{reduced.summary}, coloured by {len(groups)} groups ({by})"
    spans = np.ptp(reduced.points, axis=0)
    margin = 1.5 if by == "emotion" else 1.9
    height = float(np.clip(spans[1] / spans[0], 0.5, 1.2)) * (width - margin) + 0.8  # equal aspect
    return Panel(lambda axes: _draw(axes, reduced, keys, _styles(groups, by)), width, height, text)


def plane(recordings: Recordings, columns: Sequence[str], method: Method = "pca") -> Plane:
    """Reduce features to two dimensions; arguments and errors as of `drawing` and `panel`."""
    values = recordings.rows[list(columns)].astype(float)
    values = values.fillna(values.median())
    spread = values.std(ddof=0)
    values = values.loc[:, spread > 1e-9 * values.mean().abs().clip(lower=1.0)]
    if values.shape[1] < 2 or len(values) < 3:
        raise InputError(
            f"found {len(values)} recordings and {values.shape[1]} features that differ: expected at least 3 "
            "and 2: extract more"
        )
    standardised = (values - values.mean()) / values.std(ddof=0)
    reduce = _neighbours if method == "tsne" else _components
    return reduce(standardised, f"{len(columns)} features")


def _components(values: pd.DataFrame, of: str) -> Plane:
    from sklearn.decomposition import PCA

    pca = PCA(2, svd_solver="full")
    points = pca.fit_transform(values)
    shares = tuple(map(float, pca.explained_variance_ratio_))
    names = tuple(_largest(list(values), loadings) for loadings in pca.components_)
    summary = f"Two principal components of {of}, with {percent(sum(shares), 0)} of their variance"
    return Plane(points, summary, shares, names)


def _neighbours(values: pd.DataFrame, of: str) -> Plane:
    from sklearn.manifold import TSNE, trustworthiness

    matrix = values.to_numpy()
    perplexity = min(PERPLEXITY, (len(matrix) - 1) / 3)
    points = TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(matrix)
    kept = trustworthiness(matrix, points, n_neighbors=min(NEIGHBOURS, (len(matrix) - 1) // 2))
    summary = f"t-SNE of {of} (perplexity {perplexity:.0f}, seed 0, trustworthiness {kept:.2f} of 1)"
    return Plane(points, summary)


def _largest(names: Sequence[str], loadings: np.ndarray) -> tuple[str, ...]:
    order = np.argsort(-np.abs(loadings))[:LOADINGS]
    return tuple(("" if loadings[index] > 0 else "−") + names[index] for index in order)


def _styles(groups: Sequence[str], by: By) -> dict[str, Style]:
    """Marker and colour of each group."""
    if by == "emotion":
        return {group: ("o", colour) for group, colour in label_colours(groups).items()}
    colours = CORPUS_COLOURS if by == "dataset" else tuple(EMOTION_COLOURS.values())
    pairs = cycle((marker, colour) for marker in MARKERS for colour in colours)
    return dict(zip(groups, pairs, strict=False))


def _draw(axes: Axes, plane: Plane, keys: np.ndarray, styles: Mapping[str, Style]) -> None:
    size = float(np.clip(105 / np.sqrt(len(keys)), 2.0, 5.5))
    order = np.random.default_rng(0).permutation(len(keys))  # so that no group covers all others
    for chunk in np.array_split(order, np.clip(len(order) // 200, 1, 8)):
        for group, (marker, colour) in styles.items():
            points = plane.points[chunk][keys[chunk] == group]
            axes.plot(*points.T, marker, color=colour, markersize=size, markeredgewidth=0, alpha=0.6)
    if len(styles) <= MOST_NAMED:
        _name(axes, plane, keys, styles)
    axes.set(xlabel=plane.axes[0], ylabel=plane.axes[1])
    axes.set_aspect("equal", "datalim")


def _name(axes: Axes, plane: Plane, keys: np.ndarray, styles: Mapping[str, Style]) -> None:
    """Mark the median of each group, and add a legend."""
    halo = [patheffects.withStroke(linewidth=2.4, foreground="#ffffff")]
    for group, (marker, colour) in styles.items():
        median = np.median(plane.points[keys == group], axis=0)
        [mark] = axes.plot(*median, marker, color=colour, markersize=9, markeredgecolor=INK, zorder=4)
        mark.set(markeredgewidth=0.9, path_effects=halo, label=literal(str(group)))
    box = axes.legend(
        frameon=False,
        fontsize=8,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        labelcolor=INK,
        ncols=1 if len(styles) <= 20 else 2,
        handletextpad=0.3,
        borderaxespad=0.2,
        title="median of",
        title_fontsize=8,
        alignment="left",
    )
    box.get_title().set_color(INK)
