"""What `ser extract` and `ser store` do, in one call each.

paths as text or `Path` → the engine, the store
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from ser_features.config import profile as find_profile
from ser_features.engine import ExtractReport, Observer, extract_corpora
from ser_features.extractors.encoder import configure
from ser_features.store import Store, open_store
from ser_features.store.remote import root

PathLike = str | os.PathLike[str]


def extract(
    datasets: Sequence[str] | str,
    *,
    data: PathLike = "data/raw",
    store: PathLike = "data/store",
    profile: str | None = None,
    families: Sequence[str] | None = None,
    encoder: PathLike | None = None,
    encoder_layer: int = -1,
    encoder_pooling: Literal["mean", "mean_std"] = "mean",
    workers: int | None = None,
    limit: int | None = None,
    observer: Observer | None = None,
) -> ExtractReport:
    """Bring a feature store up to date with corpora: do what is missing or changed, and nothing else.

    Args:
        datasets: names of corpora such as "ravdess", or paths of one's own tables (*.csv).
        data: folder with a folder per corpus.
        store: folder of the store, made if it does not exist; or s3://bucket/prefix.
        profile: name of the feature configuration; that of the store, or speech16k for a new one, by default.
        families: what to store; what the store holds, or core, mel, mfcc and pitch for a new one, by default.
        encoder: folder of a pretrained encoder, for the family ssl; that of the store by default.
        encoder_layer: whose hidden states are taken: 0 is what the first layer reads, -1 the last.
        encoder_pooling: what is told of the hidden states of a recording.
        workers: processes of this machine; one per core by default.
        limit: at most so many recordings per corpus, evenly spread.
        observer: told of the progress.

    Returns:
        What was stored, left unchanged, refused and noticed.

    Raises:
        InputError: if a corpus is not where it should be, or the store has another profile.
    """
    return extract_corpora(
        [datasets] if isinstance(datasets, str) else datasets,
        data=Path(data),
        store=root(store),
        profile=find_profile(profile) if profile else None,
        families=families,
        encoder=configure(Path(encoder), encoder_layer, encoder_pooling) if encoder else None,
        workers=workers,
        limit=limit,
        observer=observer,
    )


def read_store(store: PathLike = "data/store") -> Store:
    """Open a feature store.

    Args:
        store: its folder; or s3://bucket/prefix.

    Returns:
        `files()` gives its rows as a pandas table, `frames(rows, "mel")` the frames of some of them.

    Raises:
        InputError: if there is none.
    """
    return open_store(root(store))
