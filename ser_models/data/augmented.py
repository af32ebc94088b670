"""Augmented copies among the examples, and on which side of a split they may stand.

`Examples` + `Store.variants` → `add_copies` → `Examples` (originals and copies) → `with_training_copies`

An honest protocol splits the originals alone; then only those on the training side bring their copies. A
split that is drawn over copies as well puts sisters of one recording on both sides: `leakage` names them.
"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from ser_models.data.examples import Examples
from ser_models.data.split import Split


def add_copies(examples: Examples, variants: pd.DataFrame) -> Examples:
    """Put the augmented copies of the examples beside them.

    Args:
        examples: originals.
        variants: `Store.variants`; copies of other recordings are passed over.

    Returns:
        Examples sorted by `file_id` with the columns source_file_id and variant, null for originals; a copy
        has its source's class.
    """
    classes = examples.rows.set_index("file_id")["emotion"]
    copies = variants[variants["source_file_id"].isin(classes.index)]
    copies = copies.assign(emotion=copies["source_file_id"].map(classes))
    rows = pd.concat([examples.rows.assign(source_file_id=None, variant=None), copies])
    return replace(examples, rows=rows.sort_values("file_id").reset_index(drop=True))


def originals(examples: Examples) -> Examples:
    """The recordings themselves, without their copies."""
    if "source_file_id" not in examples.rows:
        return examples
    kept = examples.rows["source_file_id"].isna()
    return replace(examples, rows=examples.rows[kept].reset_index(drop=True))


def with_training_copies(split: Split, examples: Examples, *, sides: Sequence[str] = ("train",)) -> Split:
    """Let the copies of training recordings join the training side of each fold.

    Args:
        split: dealt over originals.
        examples: originals and copies.
        sides: whose recordings bring their copies; of validation where a model learns from it too.
    """
    copies = examples.rows.loc[examples.rows["source_file_id"].notna(), ["file_id", "source_file_id"]]
    trained = split.table[split.table["split"].isin(sides)].rename(columns={"file_id": "source_file_id"})
    joined = trained.merge(copies, on="source_file_id")[["file_id", "fold", "split"]]
    note = f"{len(copies)} augmented copies, of training recordings only"
    return replace(
        split, table=pd.concat([split.table, joined], ignore_index=True), notes=(*split.notes, note)
    )
