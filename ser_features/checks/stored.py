"""Rows of a store as the checks take them.

`Store` → `scan`, `measured` → checks of a store
rows of a training → `measured` → `before_training` → at most `LINES` lines
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_features.checks import groups
from ser_features.checks.finding import Finding
from ser_features.checks.measure import Measured
from ser_features.extractors.core import GAIN
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS, Recording, Rejected, Scan
from ser_features.store.info import NOT_REFUSED
from ser_features.store.read import Store

if TYPE_CHECKING:
    import pandas as pd

MOST = 10_000
"""Number of recordings that are looked at before a training, evenly spread."""

LINES = 3
"""Largest number of lines before a training."""

NAMES = ("dataset", "path", "speaker", "emotion", "emotion_code", "session")
"""Columns of text that the checks read."""

NUMBERS = ("audio_channel", "start", "end")
"""Columns of numbers that the checks read, where they are stored."""

KNOWN = frozenset(column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS))

BEFORE_TRAINING: tuple[Callable[[Sequence[Measured]], Iterator[Finding]], ...] = (
    groups.speaker_levels,
    groups.speaker_chain,
    groups.emotions_of_a_room,
    groups.emotion_levels,
)
"""Checks before a training, what misleads a model most first; what a speaker lacks comes after them."""


def scan(store: Store, dataset: str, measured: Sequence[Measured]) -> Scan:
    """The recordings of a corpus, and the files that its extraction refused.

    Args:
        store: an open store.
        dataset: name of the corpus.
        measured: its recordings.
    """
    failures = store.failures([dataset]).to_pylist()
    rejected = (
        Rejected(dataset, row["path"], f"{row['error_class']}: {row['message']}", row["error_class"])
        for row in failures
        if row["stage"] not in NOT_REFUSED
    )
    return Scan(dataset, store.root, [one.recording for one in measured], tuple(rejected))


def measured(store: Store, stored: "pd.DataFrame") -> list[Measured]:
    """Rows of a store as if they had been decoded now.

    Args:
        store: an open store.
        stored: rows of `Store.files`, of any corpora.
    """
    conditioning = store.profile.audio.conditioning
    gains, rms = stored.get(GAIN.name), stored["rms_mean"]
    levels = conditioning.level_db - gains if conditioning else 20 * np.log10(rms)
    files = stored[["duration_sec", "source_sample_rate", "channels", "audio_sha256"]]
    return [
        Measured(
            recording,
            seconds=seconds,
            sample_rate=rate,
            channels=channels,
            level=level,
            sha256=f"{sha256} {recording.start} {recording.end}" if sha256 else "",
            levelled=conditioning is not None,
        )
        for recording, level, (seconds, rate, channels, sha256) in zip(
            _recordings(stored), levels, files.itertuples(index=False), strict=True
        )
    ]


def _recordings(stored: "pd.DataFrame") -> list[Recording]:
    """What the checks read of the names of rows."""
    own = [name for name in stored if name not in KNOWN and groups.is_room(name)]
    columns = ["file_id", *NAMES, *(name for name in NUMBERS if name in stored), *own]
    values = stored[columns].astype(object).where(stored[columns].notna(), None)
    return [_recording(row, own) for row in values.to_dict("records")]


def _recording(row: Mapping[str, Any], own: Sequence[str]) -> Recording:
    names = {name: row[name] for name in (*NAMES, *NUMBERS) if name in row}
    stem = row["file_id"].partition("/")[2]
    return Recording(stem=stem, extra={name: row[name] for name in own}, **names)


def before_training(store: Store, stored: "pd.DataFrame") -> tuple[str, ...]:
    """What may mislead a model, in a few lines, the worst first.

    Args:
        store: an open store.
        stored: rows that a model is trained and tested on, without augmented copies.

    Returns:
        At most `LINES` lines; of more findings the last line says how many there are, and where.
    """
    several = stored["dataset"].nunique() > 1
    lines = []
    for dataset, of_corpus in stored.groupby("dataset"):
        every = -(-len(of_corpus) // MOST)
        recordings = measured(store, of_corpus.iloc[::every])
        of_each = _recordings(of_corpus.drop_duplicates(["speaker", "emotion"]))
        content = Scan(dataset, store.root, of_each)
        findings = (
            *(finding for check in BEFORE_TRAINING for finding in check(recordings)),
            *groups.emotions_per_speaker(content),
        )
        lines += [f"{dataset}: {finding.line}" if several else finding.line for finding in findings]
    if len(lines) <= LINES:
        return tuple(lines)
    return (*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more: ser check {store.root}")
