"""Predictions as rows, and as files of rows: what programs and analysts read.

`Prediction`s → `rows` → CSV, Parquet, or a pandas table (`frame`), perhaps with audformat's index
`Prediction`s → JSON
All but the table are written as the predictions come, so that their number does not matter.

>>> from ser_models.inference.prediction import Prediction
>>> one = Prediction("a.wav", "sad", 0.9, {"happy": 0.1, "sad": 0.9}, seconds=2.0)
>>> list(rows(one, ["happy", "sad"]))
[{'file': 'a.wav', 'emotion': 'sad', 'confidence': 0.9, 'p_happy': 0.1, 'p_sad': 0.9, ...}]
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

from ser_models.inference.prediction import Prediction

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 4096
"""Rows of a Parquet file that are in memory at the same time."""

TEXTS = ("file", "emotion", "warning", "error")


def columns(labels: Sequence[str], *, timeline: bool = False) -> list[str]:
    """Names of the columns.

    Args:
        labels: the emotions.
        timeline: whether a row is a window instead of a recording.
    """
    span = ["start", "end"] if timeline else []
    shares = [f"p_{label}" for label in labels]
    return ["file", *span, "emotion", "confidence", *shares, "distance", "warning", "error"]


def rows(
    prediction: Prediction, labels: Sequence[str], *, timeline: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the row of a recording, or a row per window.

    Args:
        prediction: of the recording.
        labels: the emotions.
        timeline: whether a row is a window; a recording without windows is one.

    Yields:
        A value, or None, by each of `columns`; start and end in s.
    """
    names = columns(labels, timeline=timeline)
    for part in _parts(prediction, timeline):
        shares = part["probabilities"]
        known = {**vars(prediction), **part, "confidence": max(shares.values(), default=None)}
        known |= {f"p_{label}": share for label, share in shares.items()}
        yield {name: known.get(name) for name in names}


def _parts(prediction: Prediction, timeline: bool) -> list[dict[str, Any]]:
    """What has a row of its own: the windows, or the whole recording."""
    if timeline and prediction.timeline:
        return prediction.timeline
    span = {"start": 0.0, "end": prediction.seconds}
    return [{**span, "emotion": prediction.emotion, "probabilities": prediction.probabilities}]


def frame(
    predictions: Iterable[Prediction],
    labels: Sequence[str],
    *,
    timeline: bool = False,
    audformat: bool = False,
) -> "pd.DataFrame":
    """Return predictions as a pandas table.

    Args:
        predictions: in any number.
        labels: the emotions.
        timeline: whether a row is a window instead of a recording.
        audformat: whether the index is a segmented one as audformat has it: (file, start, end), the latter
            two as time; numbered otherwise.
    """
    import pandas as pd

    spans = timeline or audformat
    # With audformat every row is a span of time, that of the whole recording if there is no timeline.
    asked = predictions if timeline else (replace(each, timeline=[]) for each in predictions)
    found = [row for each in asked for row in rows(each, labels, timeline=spans)]
    table = pd.DataFrame(found, columns=columns(labels, timeline=spans))
    if not audformat:
        return table
    times = {name: pd.to_timedelta(table[name].astype("float64"), unit="s") for name in ("start", "end")}
    return table.assign(**times).set_index(["file", "start", "end"])


def write_csv(
    file: TextIO, predictions: Iterable[Prediction], labels: Sequence[str], *, timeline: bool = False
) -> None:
    """Write rows as CSV; nothing stands for None."""
    writer = csv.DictWriter(file, columns(labels, timeline=timeline), lineterminator="\n")
    writer.writeheader()
    for each in predictions:
        writer.writerows(rows(each, labels, timeline=timeline))


def write_json(
    file: TextIO, predictions: Iterable[Prediction], labels: Sequence[str] = (), *, timeline: bool = False
) -> None:
    """Write a JSON list with an object per recording; see `Prediction.to_json`."""
    file.write("[")
    for place, each in enumerate(predictions):
        text = json.dumps(each.to_json(), indent=2, ensure_ascii=False).replace("\n", "\n  ")
        file.write(f"{',' if place else ''}\n  {text}")
    file.write("\n]\n")


def write_parquet(
    file: IO[bytes], predictions: Iterable[Prediction], labels: Sequence[str], *, timeline: bool = False
) -> None:
    """Write rows as Parquet: text and float64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = columns(labels, timeline=timeline)
    schema = pa.schema([(name, pa.string() if name in TEXTS else pa.float64()) for name in names])
    found = (row for each in predictions for row in rows(each, labels, timeline=timeline))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(islice(found, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))


def _as_text(write: Callable[..., None]) -> Callable[..., None]:
    """Let what writes text write into a file of bytes, in UTF-8."""

    def into_bytes(file: IO[bytes], *arguments: Any, **named: Any) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            write(text, *arguments, **named)
        finally:
            text.detach()

    return into_bytes


FILES: dict[str, Callable[..., None]] = {
    "csv": _as_text(write_csv),
    "json": _as_text(write_json),
    "parquet": write_parquet,
}
"""What writes a file of each format: (file of bytes, predictions, labels, timeline=…)."""


def write_file(
    path: Path,
    form: str,
    predictions: Iterable[Prediction],
    labels: Sequence[str],
    *,
    timeline: bool = False,
) -> None:
    """Write predictions into a file that appears whole or not at all.

    Args:
        path: of the file, replaced if it is there.
        form: one of `FILES`.
        predictions: in any number.
        labels: the emotions.
        timeline: whether a row is a window; JSON has both.

    Raises:
        StoreError: if the disk is full or failing.
    """
    from ser_features.files import replacing, writing  # and pyarrow, which a screen does not need

    with writing("the answers", path), replacing(path) as file:
        FILES[form](file, predictions, labels, timeline=timeline)
