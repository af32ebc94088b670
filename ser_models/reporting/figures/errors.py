"""Error analysis of one or several models: by duration, by SNR, and by how many of them are wrong.

predictions.parquet of artifacts, `Store` → `ErrorTable` (recordings that all have tested) → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_features.errors import InputError
from ser_features.files import replacing, writing
from ser_features.outputs import first_line, refuse_to_replace
from ser_features.store import Store
from ser_models.artifact.tested import names_of, read_tests
from ser_models.evaluation.metrics import subsets
from ser_models.evaluation.snr import estimated_snr
from ser_models.reporting.figures.picture import BLUE, INK, ORANGE, Drawing, Panel, Picture
from ser_models.reporting.figures.recordings import MOST
from ser_models.reporting.figures.subsets import subset_panel
from ser_models.reporting.text import counted, percent

MEL = "mel"
PREDICTED = "predicted_"
"""Beginning of the columns with the prediction of each model."""
PROPERTIES = {"duration_sec": "duration (s)", "snr_db": "estimated SNR (dB)"}
"""Columns by which errors are divided → their label."""


@dataclass(frozen=True)
class ErrorTable:
    """Recordings that all of some models have tested.

    Attributes:
        models: names of the artifacts.
        rows: file_id, dataset, speaker, emotion, duration_sec in s, snr_db in dB (absent without mel frames),
            wrong (number of models) and predicted_<model>; sorted by wrong, highest first, then by file_id.
    """

    models: tuple[str, ...]
    rows: pd.DataFrame

    @property
    def wrong_in_all(self) -> pd.DataFrame:
        """The recordings that every model has wrong."""
        return self.rows[self.rows["wrong"] == len(self.models)]

    def summary(self) -> str:
        """Number of recordings that every model has wrong."""
        all_of = "all of " if len(self.models) > 1 else ""
        return f"{len(self.wrong_in_all):,} of them wrong in {all_of}{', '.join(self.models)}"

    def save(self, path: Path, *, force: bool = False) -> None:
        """Write the rows as CSV.

        Raises:
            InputError: if another file is at the path.
            StoreError: if it cannot be written.
        """
        refuse_to_replace(path, force=force, is_ours=_is_table)
        with writing("the table", path), replacing(path) as file:
            file.write(self.rows.to_csv(index=False).encode())


def _is_table(path: Path) -> bool:
    return first_line(path).startswith("file_id,dataset,speaker,emotion,duration_sec,")


def read_errors(artifacts: Sequence[Path], store: Store) -> ErrorTable:
    """Read the test predictions of artifacts, with duration and SNR of the recordings.

    Args:
        artifacts: folders; at least one.
        store: with the recordings.

    Raises:
        ArtifactError: if one is no artifact, or its predictions are missing or altered.
        InputError: if no recording was tested by all, or none is in the store.
    """
    artifacts = list(dict.fromkeys(artifacts))
    names = names_of(artifacts)
    rows = _tested(artifacts[0], names[0])
    for artifact, name in zip(artifacts[1:], names[1:], strict=True):
        rows = rows.merge(_tested(artifact, name)[["file_id", PREDICTED + name]], on="file_id")
    stored = store.files()
    rows = rows.merge(stored.drop(columns=["dataset", "speaker", "emotion"]), on="file_id")
    if rows.empty:
        raise InputError(
            f"no recording of {store.root} was tested by {', '.join(names)}: expected artifacts of the same "
            "recordings, and their store: pass another --store"
        )
    rows["wrong"] = sum((rows[PREDICTED + name] != rows["emotion"]).astype(int) for name in names)
    if MEL in store.families:
        rows["snr_db"] = _ratios(store, rows)
    columns = [
        "file_id",
        "dataset",
        "speaker",
        "emotion",
        *(name for name in PROPERTIES if name in rows),
        "wrong",
    ]
    columns += [PREDICTED + name for name in names]
    ordered = rows[columns].sort_values(["wrong", "file_id"], ascending=[False, True], ignore_index=True)
    return ErrorTable(names, ordered)


def drawing(table: ErrorTable) -> Drawing:
    """Draw UAR by duration and SNR, and how many models are wrong."""
    true = table.rows["emotion"].to_numpy()
    panels = []
    for column, label in PROPERTIES.items():
        if column in table.rows:
            values = table.rows[column].to_numpy(float)
            models = {
                name: subsets(values, true, table.rows[PREDICTED + name].to_numpy()) for name in table.models
            }
            panels.append(subset_panel(models, label))
    if len(table.models) > 1:
        panels.append(_wrong_panel(table))
    measured = " SNR: 75th over 10th percentile of the levels of the frames, calibrated with white noise."
    caption = [
        f"{counted(len(table.rows), 'test recording')}, {table.summary()}.",
        "Lines: at most five subsets of about equal size." + (measured if "snr_db" in table.rows else ""),
    ]
    return Drawing(Picture("errors", "Error analysis", tuple(panels), across=min(2, len(panels))), caption)


def _tested(artifact: Path, name: str) -> pd.DataFrame:
    """The test predictions of an artifact."""
    columns = ["file_id", "dataset", "speaker", "emotion", "predicted"]
    return read_tests(artifact)[columns].rename(columns={"predicted": PREDICTED + name})


def _ratios(store: Store, rows: pd.DataFrame) -> pd.Series:
    """Estimated SNR of at most `MOST` recordings, in dB; NaN for the others."""
    chosen = rows if len(rows) <= MOST else rows.sample(MOST, random_state=0)
    values = [estimated_snr(np.asarray(mel)) for mel in store.frames(chosen, MEL)]
    return pd.Series(values, index=chosen.index, dtype=float).reindex(rows.index)


def _wrong_panel(table: ErrorTable) -> Panel:
    counts = table.rows["wrong"].value_counts().reindex(range(len(table.models) + 1), fill_value=0)
    listed = ", ".join(f"{number} {count:,}" for number, count in counts.items())

    def draw(axes: Axes) -> None:
        colours = [ORANGE if number == len(table.models) else BLUE for number in counts.index]
        axes.bar(counts.index, counts, width=0.7, color=colours, zorder=2)
        for number, count in counts.items():
            share = percent(count / len(table.rows), 0)
            axes.text(number, count, f"{count:,}\n{share}", ha="center", va="bottom", fontsize=8, color=INK)
        axes.set(xlabel="number of models that are wrong", ylabel="number of recordings")
        axes.set_ylim(0, 1.2 * counts.max())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="x", visible=False)

    return Panel(draw, 4.8, 3.4, f"Recordings by the number of models that are wrong: {listed}")
