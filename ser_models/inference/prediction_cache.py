"""Predictions that are stored as they are computed, so that a killed run over many files can be resumed.

files → `PredictionCache` (stored predictions are read, missing ones computed and appended) → one output file

The cache is a hidden file of JSON lines beside the output file, removed when that is complete. It belongs to
one artifact and one set of options. A prediction is valid as long as the size and modification time of its
file are those from before the file was read.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import compress
from pathlib import Path
from typing import IO, Any

from ser_features.audio import is_settled, stamp
from ser_features.errors import InputError
from ser_features.files import try_lock, writing
from ser_features.manifest import part_key
from ser_models.artifact.metadata import METADATA_FILE, sha256
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.collect import AudioFile
from ser_models.inference.output import kind_of, write_file
from ser_models.inference.parallel import predict_files
from ser_models.inference.prediction import Prediction, PredictionSummary, PredictOptions
from ser_models.inference.predictor import Predictor

Stamp = tuple[int, int] | None
"""Size in bytes and modification time in ns of a file; None if it does not exist, or changed just now."""

START = b'{"artifact":'
"""Beginning of every cache."""


class PredictionCache:
    """Predictions on disk, by file.

    Args:
        path: of the cache.
        key: of the predictions; those of another key are deleted.

    Raises:
        InputError: if another run uses the cache, or the file is no cache.
    """

    def __init__(self, path: Path, key: dict[str, Any]) -> None:
        self.path = path
        self._stored: dict[str, tuple[Stamp, int]] = {}  # stamp, and position in the file
        self._stamps: dict[str, Stamp] = {}
        self._file: IO[bytes] = path.open("a+b")
        if not try_lock(self._file.fileno()):
            raise InputError(f"{path} is being written by another run: wait for it, or pass another --out")
        self._read(key)

    def close(self) -> None:
        """Close the file and keep it for the next run."""
        self._file.close()

    def has(self, file: AudioFile) -> bool:
        """Whether there is a valid prediction for a file.

        If there is none, the size and modification time of the file are noted for `add`: a file that changes
        while it is being recognised must be recognised again by the next run.
        """
        current, stored = stamp(file.path), self._stored.get(_name(file))
        self._stamps[_name(file)] = current if current and is_settled(current[1]) else None
        return stored is not None and stored[0] == current

    def add(self, file: AudioFile, prediction: Prediction) -> None:
        """Append the prediction for a file that `has` was called for."""
        position = self._file.seek(0, os.SEEK_END)
        before = self._stamps[_name(file)]
        values = {"stamp": before, "name": _name(file), "prediction": prediction.to_json()}
        line = json.dumps(values, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        self._stored[_name(file)] = before, position

    def get(self, file: AudioFile) -> Prediction:
        """Return the stored prediction for a file."""
        self._file.seek(self._stored[_name(file)][1])
        return Prediction.from_json(json.loads(self._file.readline())["prediction"])

    def _read(self, key: dict[str, Any]) -> None:
        """Find the stored predictions; delete them if they have another key."""
        self._file.seek(0)
        first = self._file.readline()
        if first and not first.startswith(START):
            raise InputError(f"{self.path} was not written by ser: move it, or pass another --out")
        if _parsed(first) != key:
            self._file.truncate(0)
            self._file.write(json.dumps(key).encode() + b"\n")
            self._file.flush()
            return
        position = self._file.tell()
        while line := self._file.readline():
            entry = _parsed(line)
            if entry is None:  # a line that was cut short by a kill
                self._file.truncate(position)
                return
            of_file = entry["stamp"] and tuple(entry["stamp"])
            self._stored[entry["name"]] = of_file, position
            position = self._file.tell()


def predict_into_file(
    out: Path,
    predictor: Predictor,
    files: Sequence[AudioFile],
    options: PredictOptions,
    *,
    form: str,
    stats: Sequence[SpeakerStats | None] | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] = lambda cached, done: None,
) -> PredictionSummary:
    """Recognise files and write the predictions into one file; the same call resumes a killed run.

    Args:
        out: the file, replaced once all predictions are computed.
        predictor: the model.
        files: the audio files.
        options: of the prediction.
        form: one of `output.WRITERS`.
        stats: result of `parallel.estimate_speakers`; None for a model without speaker normalisation.
        workers: processes; None for one per core.
        progress: called with the number of predictions from an earlier run and the number of all so far.

    Raises:
        StoreError: if `out` cannot be written.
        InputError: if another run is writing it.
    """
    artifact_sha256 = sha256(predictor.artifact.folder / METADATA_FILE)
    key = {"artifact": artifact_sha256, **asdict(options), "speakers": _digest(stats or []), "names": True}
    with writing("the predictions", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        cache = PredictionCache(out.with_name(f".{out.name}.partial"), key)
    with closing(cache):
        missing = [not cache.has(file) for file in files]
        todo = list(compress(files, missing))
        summary = PredictionSummary(cached=len(files) - len(todo))
        progress(summary.cached, summary.cached)
        own = list(compress(stats, missing)) if stats else None
        computed = predict_files(predictor, todo, options, stats=own, workers=workers)
        for done, (file, prediction) in enumerate(zip(todo, computed, strict=True), start=summary.cached + 1):
            with writing("the predictions", out):
                cache.add(file, prediction)
            progress(summary.cached, done)
        predictions = summary.collect(cache.get(file) for file in files)
        write_file(out, form, predictions, predictor.labels, **kind_of(files, options))
        cache.path.unlink()
    return summary


def _name(file: AudioFile) -> str:
    """What identifies a file of a run: its path, part and channel, and why it is refused unread."""
    return f"{file.path}\0{part_key(file.start, file.end, file.channel)}\0{file.problem or ''}"


def _digest(stats: Sequence[SpeakerStats | None]) -> str:
    """Return a digest of speaker statistics: with others, the predictions of an earlier run are not valid."""
    distinct = {id(own): own for own in stats if own}
    digest = hashlib.sha256()
    for own in distinct.values():
        digest.update(own.mean.tobytes() + own.deviation.tobytes())
    numbers = {name: number for number, name in enumerate(distinct)}
    digest.update(json.dumps([numbers.get(id(own)) for own in stats]).encode())
    return digest.hexdigest()


def _parsed(line: bytes) -> Any:
    """Return the value of a complete line; None for one that was cut short."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
