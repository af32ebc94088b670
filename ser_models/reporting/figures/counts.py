"""Number of recordings of each emotion, by corpus.

`Store` → rows and augmented copies → `ClassCounts` per corpus → `Drawing`
"""

import sys
from collections import Counter
from collections.abc import Sequence

from ser_features.labels import in_order
from ser_features.store import Store
from ser_features.store.scan import scan
from ser_models.reporting.figures.distribution import ClassCounts, count_panels
from ser_models.reporting.figures.picture import Drawing, Picture
from ser_models.reporting.figures.recordings import sample
from ser_models.reporting.text import counted

ACROSS = 3
"""Number of panels in a row."""
PIES_ACROSS = 2


def drawing(store: Store, pie: bool = False, datasets: Sequence[str] | None = None) -> Drawing:
    """Number of recordings of each emotion and of their augmented copies, a panel per corpus.

    Args:
        store: an open store.
        pie: whether shares are drawn as a pie; bars otherwise.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus, or no recording of speech.
    """
    recordings = sample(store, datasets=datasets, most=sys.maxsize)
    rows = recordings.rows
    copies = _copies(store, dict(zip(rows["file_id"], rows["emotion"], strict=True)), recordings.datasets)
    corpora = [
        ClassCounts(
            str(name),
            {emotion: int(own["emotion"].eq(emotion).sum()) for emotion in in_order(set(own["emotion"]))},
            copies.get(str(name), {}),
        )
        for name, own in rows.groupby("dataset")
    ]
    caption = [recordings.summary()]
    if total := sum(sum(counts.values()) for counts in copies.values()):
        caption.append(f"With {counted(total, 'augmented copy', 'augmented copies')} of them.")
    panels = count_panels(corpora, pie=pie)
    across = min(PIES_ACROSS if pie else ACROSS, len(panels))
    return Drawing(Picture("counts", "Recordings of each emotion", panels, across), caption)


def _copies(store: Store, emotions: dict[str, str], datasets: Sequence[str]) -> dict[str, Counter[str]]:
    """Number of augmented copies of recordings, by corpus and emotion."""
    table = scan(store, "variants", datasets).to_table(columns=["dataset", "source_file_id"])
    counts: dict[str, Counter[str]] = {}
    for row in table.to_pylist():
        if (emotion := emotions.get(row["source_file_id"])) is not None:
            counts.setdefault(row["dataset"], Counter())[emotion] += 1
    return counts
