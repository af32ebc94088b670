"""Predictions as rows, and as files of rows for programs and analysts.

`Prediction`s → `rows` → CSV, Parquet, or a pandas table (`frame`), optionally with audformat's index
`Prediction`s → JSON
Files are written as the predictions arrive, so that memory does not grow with their number.

>>> from ser_models.inference.prediction import Prediction, PredictOptions
>>> one = Prediction("a.wav", "sad", 0.9, {"happy": 0.1, "sad": 0.9}, seconds=2.0)
>>> list(rows(one, ["happy", "sad"]))
[{'file': 'a.wav', 'emotion': 'sad', 'confidence': 0.9, 'p_happy': 0.1, 'p_sad': 0.9, ...}]
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TextIO

from ser_models.inference.prediction import Prediction, PredictOptions

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 4096
"""Rows of a Parquet file that are in memory at the same time."""

TEXT_COLUMNS = ("file", "emotion", "verdict", "warning", "notes", "error")

ANSWER_START = 2**16
"""Bytes of a file that show whether it contains predictions."""

TEXT = r'"(?:[^"\\]|\\.)*"'
JSON_START = re.compile(
    rf'\[\n  \{{\n    "file": {TEXT},\n    "emotion": (?:null|{TEXT}),\n    "confidence": '
)
"""Beginning of what `write_json` writes."""


class Placed(Protocol):
    """A file to recognise, or the prediction for it."""

    @property
    def start(self) -> float | None:
        """Of the part, in s; None for the whole file."""

    @property
    def channel(self) -> int | None:
        """Number of the channel; 0 or None for a mix."""


def kind_of(recordings: Iterable[Placed], options: PredictOptions) -> dict[str, bool]:
    """What a row is, as arguments of `columns`.

    Args:
        recordings: files to recognise, or their predictions.
        options: of the prediction.
    """
    placed = [(one.start is not None, bool(one.channel)) for one in recordings]
    return {
        "windows": options.windows,
        "channels": options.channel == "each" or any(channel for _, channel in placed),
        "parts": any(part for part, _ in placed),
    }


def columns(
    labels: Sequence[str], *, windows: bool = False, channels: bool = False, parts: bool = False
) -> list[str]:
    """Return the names of the columns.

    Args:
        labels: the emotions.
        windows: whether a row is a window instead of a recording.
        channels: whether a row is of one channel.
        parts: whether a row is a part of a file.
    """
    bounds = [*(["channel"] if channels else []), *(["start", "end"] if windows or parts else [])]
    probabilities = [f"p_{label}" for label in labels]
    return [
        "file",
        *bounds,
        "emotion",
        "confidence",
        *probabilities,
        "ood_score",
        "verdict",
        "warning",
        "notes",
        "error",
    ]


def rows(
    prediction: Prediction,
    labels: Sequence[str],
    *,
    windows: bool = False,
    channels: bool = False,
    parts: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the row of a recording, or a row per window.

    Args:
        prediction: for the recording.
        labels: the emotions.
        windows: whether a row is a window; a recording without windows has one row.
        channels: whether a row is of one channel.
        parts: whether a row is a part of a file; a whole file has its start and end.

    Yields:
        A value, or None, for each of `columns`; start and end in s.
    """
    names = columns(labels, windows=windows, channels=channels, parts=parts)
    whole = vars(prediction)
    if prediction.start is None:
        whole = {**whole, "start": 0.0, "end": prediction.seconds}
    several = [asdict(one) | {"confidence": one.confidence} for one in prediction.windows]
    for window in (several if windows else []) or [{}]:
        values = {**whole, **window}
        values |= {f"p_{label}": value for label, value in values["probabilities"].items()}
        yield {name: values.get(name) for name in names}


def frame(
    predictions: Iterable[Prediction],
    labels: Sequence[str],
    *,
    windows: bool = False,
    channels: bool = False,
    parts: bool = False,
    audformat: bool = False,
) -> "pd.DataFrame":
    """Return predictions as a pandas table.

    Args:
        predictions: of any number.
        labels: the emotions.
        windows: whether a row is a window instead of a recording.
        channels: whether a row is of one channel.
        parts: whether a row is a part of a file.
        audformat: whether the index is audformat's segmented index (file, start, end), the latter two as
            time; numbered otherwise.
    """
    import pandas as pd

    bounds = windows or parts or audformat
    # In audformat's index every row is a segment; without windows it is the whole recording.
    whole = predictions if windows else (replace(prediction, windows=[]) for prediction in predictions)
    kind = {"windows": bounds, "channels": channels}
    values = [row for prediction in whole for row in rows(prediction, labels, **kind)]
    table = pd.DataFrame(values, columns=columns(labels, **kind))
    if not audformat:
        return table
    times = {name: pd.to_timedelta(table[name].astype("float64"), unit="s") for name in ("start", "end")}
    return table.assign(**times).set_index(["file", "start", "end"])


def write_csv(file: TextIO, predictions: Iterable[Prediction], labels: Sequence[str], **kind: bool) -> None:
    """Write rows as CSV, of a `kind` as in `columns`; None is an empty field."""
    writer = csv.DictWriter(file, columns(labels, **kind), lineterminator="\n")
    writer.writeheader()
    for prediction in predictions:
        writer.writerows(rows(prediction, labels, **kind))


def write_json(file: TextIO, predictions: Iterable[Prediction], *_: object, **__: object) -> None:
    """Write a JSON list with an object per recording; see `Prediction.to_json`."""
    file.write("[")
    for number, prediction in enumerate(predictions):
        text = json.dumps(prediction.to_json(), indent=2, ensure_ascii=False).replace("\n", "\n  ")
        file.write(f"{',' if number else ''}\n  {text}")
    file.write("\n]\n")


def write_parquet(
    file: IO[bytes], predictions: Iterable[Prediction], labels: Sequence[str], **kind: bool
) -> None:
    """Write rows as Parquet, of a `kind` as in `columns`: text and float64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = columns(labels, **kind)
    schema = pa.schema([(name, pa.string() if name in TEXT_COLUMNS else pa.float64()) for name in names])
    pending = (row for prediction in predictions for row in rows(prediction, labels, **kind))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(pending, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


WRITERS: dict[str, Callable[..., None]] = {
    "csv": write_csv,
    "json": write_json,
    "parquet": write_parquet,
}
"""Writer of each file format: (file, predictions, labels, kind as of `columns`); all but Parquet are text."""


def is_answer(path: Path) -> bool:
    """Whether a file contains predictions and nothing else, as far as its header or first entry shows.

    Further columns, as users add them by hand, make it a file of theirs.
    """
    if not path.is_file():  # reading a pipe would wait for its other end
        return False
    try:
        with path.open("rb") as file:
            start = file.read(ANSWER_START)
        if start.startswith(b"PAR1"):
            import pyarrow.parquet as pq

            return _are_columns(pq.read_schema(path).names)
        text = start.decode(errors="ignore")
    except (OSError, ValueError):
        return False
    return bool(JSON_START.match(text)) or _are_columns(text.partition("\n")[0].split(","))


def _are_columns(names: Sequence[str]) -> bool:
    """Whether these are `columns` of predictions, of this version or of one with fewer columns."""
    labels = [name.removeprefix("p_") for name in names if name.startswith("p_")]
    windows = "start" in names
    required = ("file", "emotion", "confidence", "ood_score")
    return {*required} <= {*names} <= {*columns(labels, windows=windows, channels=True)}


def write_file(
    path: Path,
    form: str,
    predictions: Iterable[Prediction],
    labels: Sequence[str],
    **kind: bool,
) -> None:
    """Write predictions into a file that appears whole or not at all.

    Args:
        path: of the file, replaced if it exists.
        form: one of `WRITERS`.
        predictions: of any number.
        labels: the emotions.
        kind: of a row, as in `columns`; JSON has windows within recordings.

    Raises:
        StoreError: if the disk is full or failing.
    """
    from ser_features.files import replacing, writing  # imports pyarrow, which the screen does not need

    with writing("the predictions", path), replacing(path) as file:
        if form == "parquet":
            write_parquet(file, predictions, labels, **kind)
            return
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            WRITERS[form](text, predictions, labels, **kind)
        finally:
            text.detach()
