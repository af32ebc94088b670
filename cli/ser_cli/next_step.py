"""The recommended way: `ser manifest` → `ser check` → `ser extract --for best` → `ser train --model best`.

Every command that prints `next:` takes its words from here, and README and documentation say the same.
"""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

BEST = "best"
"""The recommended model."""

READ_BY_BEST = frozenset({"functionals", "loudness", "mfcc", "intonation"})
"""Families of features that it reads for its own and for other corpora, beside `core`."""

BASELINE = "logistic"
"""The model for stores that lack what `BEST` reads."""

FOLDS = 5
"""Number of folds, where there are as many speakers."""


def extraction(datasets: Sequence[str], data: Path | None = None, root: Path | None = None) -> str:
    """Extraction of corpora or tables for the recommended model.

    >>> extraction(["wavs/wavs.csv"])
    'ser extract --datasets wavs/wavs.csv --for best'
    """
    folders = {"--data": data, "--root": root}
    options = "".join(f" {option} {quote(str(folder))}" for option, folder in folders.items() if folder)
    return f"ser extract --datasets {' '.join(map(quote, datasets))} --for {BEST}{options}"


def training(store: Path) -> str:
    """Training of the best model for the features of a store, with as many folds as its speakers allow.

    A store without labels is exported.
    """
    from ser_features.labels import is_emotion
    from ser_features.store import open_store

    opened = open_store(store)
    rows = opened.table(columns=["speaker", "emotion"])
    if not any(map(is_emotion, rows["emotion"].unique().to_pylist())):
        return f"ser store export --format parquet --out features.parquet --store {store}"
    speakers = len(rows.group_by(["dataset", "speaker"]).aggregate([]))
    folds = f" --folds {FOLDS}" if speakers >= FOLDS else ""
    model = BEST if set(opened.families) >= READ_BY_BEST else BASELINE
    return f"ser train --model {model}{folds} --store {store}"
