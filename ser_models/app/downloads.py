"""Predictions → files to download, which are part of the page: the server keeps none of them.

`Prediction`s → CSV, JSON, audformat table, TextGrid, ELAN (the latter two zipped for several) → `Download`s
"""

import base64
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ser_models.inference.annotations import elan, textgrid
from ser_models.inference.output import frame, write_csv, write_json
from ser_models.inference.prediction import Prediction

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of every file in an archive: the same predictions give the same archive."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file for a link of the page.

    Attributes:
        title: of the link.
        name: of the file.
        address: a data URL with its content.
    """

    title: str
    name: str
    address: str


def downloads(predictions: Sequence[Prediction], labels: Sequence[str]) -> list[Download]:
    """Return a download in each format.

    Args:
        predictions: of the recordings that were recognised together, refused ones included.
        labels: emotions of the model.
    """
    recognised = [one for one in predictions if not one.error]
    csv, json = io.StringIO(), io.StringIO()
    write_csv(csv, predictions, labels)
    write_json(json, predictions)
    files = [
        _download("CSV", "predictions.csv", csv.getvalue(), "text/csv"),
        _download("JSON", "predictions.json", json.getvalue(), "application/json"),
    ]
    if recognised:
        table = frame(recognised, labels, audformat=True).to_csv()
        files.append(_download("audformat", "db.emotion.predictions.csv", table, "text/csv"))
        files.append(_annotations("TextGrid", ".TextGrid", recognised, textgrid))
        files.append(_annotations("ELAN", ".eaf", recognised, elan))
    return files


def _annotations(
    title: str, suffix: str, predictions: Sequence[Prediction], write: Callable[[Prediction], str]
) -> Download:
    """A file for one recording, an archive for several."""
    if len(predictions) == 1:
        [one] = predictions
        return _download(title, f"{PurePath(one.file).stem}{suffix}", write(one), "text/plain")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(predictions, start=1):
            name = f"{number:02d}_{PurePath(one.file).stem}{suffix}"
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), write(one))
    return _download(title, f"predictions{suffix}.zip", buffer.getvalue(), "application/zip")


def _download(title: str, name: str, content: str | bytes, kind: str) -> Download:
    data = content.encode() if isinstance(content, str) else content
    return Download(title, name, f"data:{kind};base64,{base64.b64encode(data).decode()}")
