"""Recordings of a store that a model was not trained on: only they say what it goes by with new voices.

store, splits.parquet of the artifact → `held_out` → `HeldOut`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.artifact.folder import Artifact
from ser_models.data.examples import Examples, speaker_keys
from ser_models.experiments.evaluate import stored_examples


@dataclass(frozen=True)
class HeldOut:
    """Recordings with their classes, and where they come from.

    Attributes:
        examples: the recordings.
        words: whose they are, and what the model knows of them, in words.
    """

    examples: Examples
    words: str


def held_out(artifact: Artifact, store: Path, datasets: Sequence[str] | None = None) -> HeldOut:
    """Find the recordings that the shipped model was not trained on, neither by name nor by audio.

    Args:
        artifact: loaded.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.

    Raises:
        InputError: if there is no such store, it has other features, or nothing is left.
    """
    examples = stored_examples(open_store(store), artifact, datasets)
    splits = pd.read_parquet(artifact.folder / "splits.parquet")
    splits = splits[splits["fold"] == artifact.metadata.final_fold]
    rows = examples.rows
    left = rows[~_trained_on(rows, splits[splits["split"] == "train"])]
    if left.empty:
        raise InputError(
            f"the model was trained on all {len(rows)} recordings of {store}: expected others: "
            "pass the --store it was trained on, or one with other corpora"
        )
    kept = examples.take(left["file_id"].tolist())
    return HeldOut(kept, _words(kept.rows, splits))


def _trained_on(rows: pd.DataFrame, train: pd.DataFrame) -> pd.Series:
    """Mark recordings of the training side: themselves, the same audio, or what copies were made of."""
    names = set(train["file_id"])
    if "source_file_id" in train:
        names |= set(train["source_file_id"].dropna())
    return rows["file_id"].isin(names) | rows["audio_sha256"].isin(train["audio_sha256"].dropna())


def _words(rows: pd.DataFrame, splits: pd.DataFrame) -> str:
    sides = rows["file_id"].map(splits.drop_duplicates("file_id").set_index("file_id")["split"])
    counts = {
        "of the test side": int((sides == "test").sum()),
        "of the validation side, which decided when its training stopped": int((sides == "validation").sum()),
        "that were in no part of its training": int(sides.isna().sum()),
    }
    said = ", ".join(f"{count} {side}" for side, count in counts.items() if count)
    speakers = set(speaker_keys(rows))
    text = f"{len(rows)} recordings of {len(speakers)} speakers that it was not trained on ({said})"
    met = speakers & set(speaker_keys(splits[splits["split"] == "train"]))
    return text + (f"; it was trained on other recordings of {len(met)} of them" if met else "")
