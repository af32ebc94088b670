"""Recordings of a store that are not in the training data of a model.

store, splits.parquet of the artifact → `held_out` → `HeldOut`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.artifact.folder import Artifact
from ser_models.data.examples import Examples, audio_keys, speaker_keys
from ser_models.experiments.evaluate import final_splits, stored_examples


@dataclass(frozen=True)
class HeldOut:
    """Recordings outside of the training data.

    Attributes:
        examples: the recordings with their classes.
        description: their number, speakers and splits.
    """

    examples: Examples
    description: str


def held_out(
    artifact: Artifact,
    store: Path,
    datasets: Sequence[str] | None = None,
    own_features: Path | None = None,
) -> HeldOut:
    """Select the recordings that the final model was not trained on, neither by name nor by audio.

    Args:
        artifact: loaded.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.
        own_features: table of the features that a model with own features reads; None for another model.

    Raises:
        InputError: if there is no such store, it has other features, or no recording is left.
    """
    examples = stored_examples(open_store(store), artifact, datasets, own_features)
    splits = final_splits(artifact)
    trained_on = splits[splits["split"].isin(fitted_sides(artifact))]
    rows = examples.rows
    selected = rows[~_trained_on(rows, trained_on)]
    if selected.empty:
        raise InputError(
            f"the model was trained on all {len(rows)} recordings of {store}: expected others: "
            "pass the --store it was trained on, or one with other corpora"
        )
    held_out_examples = examples.take(selected["file_id"].tolist())
    return HeldOut(held_out_examples, _description(held_out_examples.rows, splits, trained_on))


def fitted_sides(artifact: Artifact) -> tuple[str, ...]:
    """Sides of the recordings that the weights of a model were fitted to."""
    return ("train", "validation") if artifact.model.trains_on_validation else ("train",)


def _trained_on(rows: pd.DataFrame, train: pd.DataFrame) -> pd.Series:
    """Mark training recordings, recordings with the same audio, and sources of augmented training copies."""
    names = set(train["file_id"])
    if "source_file_id" in train:
        names |= set(train["source_file_id"].dropna())
    same_audio = audio_keys(rows).isin(audio_keys(train).dropna())
    return rows["file_id"].isin(names) | same_audio


def _description(rows: pd.DataFrame, splits: pd.DataFrame, trained_on: pd.DataFrame) -> str:
    sides = rows["file_id"].map(splits.drop_duplicates("file_id").set_index("file_id")["split"])
    counts = {
        "in the test set": int((sides == "test").sum()),
        "in the validation set, which was used for early stopping": int((sides == "validation").sum()),
        "in none of its sets": int(sides.isna().sum()),
    }
    by_side = ", ".join(f"{count} {side}" for side, count in counts.items() if count)
    speakers = set(speaker_keys(rows)) - {None}
    unknown = int(rows["speaker"].isna().sum())
    who = " and ".join(
        text
        for count, text in ((len(speakers), f"{len(speakers)} speakers"), (unknown, "unknown speakers"))
        if count
    )
    text = f"{len(rows)} recordings of {who} outside of the training data ({by_side})"
    shared = speakers & set(speaker_keys(trained_on))
    return text + (f"; other recordings of {len(shared)} of these speakers are in it" if shared else "")
