"""Short clips of recordings for a report, on request only: recordings are personal data.

`Store` (origins of its corpora), file_ids → files with the same bytes → decoded, cut → MP3 → data URLs
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ser_features import audio
from ser_features.errors import AudioError, InputError
from ser_features.pipeline import decode, decode_part
from ser_features.preprocess import resample
from ser_features.sources import Part
from ser_features.store import Store
from ser_features.store.origins import read_origin
from ser_models.data.examples import PART_COLUMNS
from ser_models.reporting.sound import mp3_url

MAX_SECONDS = 8.0
"""Longest clip, in s; of longer recordings it is the beginning."""

SAMPLE_RATE = 16_000
"""Of clips, in Hz."""


def clips_of(store: Store, rows: pd.DataFrame, file_ids: Sequence[str]) -> dict[str, str]:
    """Encode the beginning of recordings.

    Args:
        store: that the rows are of.
        rows: with file_id, dataset, path and audio_sha256, and the columns of parts.
        file_ids: the recordings.

    Returns:
        Data URL by file_id, of the recordings whose file is where it was extracted from, with the same bytes.
    """
    columns = [name for name in (*PART_COLUMNS, "dataset", "path", "audio_sha256") if name in rows]
    selected = rows.set_index("file_id").loc[list(file_ids), columns].astype(object)
    return dict(_encoded(store, selected.where(selected.notna(), None)))


def _encoded(store: Store, rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for file_id, row in rows.to_dict("index").items():
        origin = read_origin(store.root, row["dataset"])
        path = Path(origin.root if origin else "", row["path"])
        if audio.sha256_if_readable(path) == row["audio_sha256"]:
            try:
                decoded = _decoded(store, path, row)
            except (AudioError, InputError):
                continue
            signal = decoded.signal[: round(MAX_SECONDS * decoded.sample_rate)]
            yield str(file_id), mp3_url(resample(signal, decoded.sample_rate, SAMPLE_RATE), SAMPLE_RATE)


def _decoded(store: Store, path: Path, row: dict[str, Any]) -> audio.Audio:
    channel = row.get("audio_channel")
    channel = None if channel is None else int(channel)
    if row.get("start") is None:
        return decode(audio.read_bytes(path), store.profile, channel)
    return decode_part(Part(path, row["start"], row["end"], channel), store.profile)
