"""Answers that are kept as they come, so that a killed run over a large folder goes on where it stood.

files → `Journal` (known: taken from disk; unknown: recognised, and appended) → answers in order → one file

The journal is a hidden file of JSON lines beside the file that is asked for, removed when that is whole. It
belongs to one artifact and one question; a file is answered while its size and time stay the same.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import compress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ser_features.audio import stamp
from ser_features.errors import InputError
from ser_features.files import writing
from ser_models.artifact.metadata import METADATA_FILE, sha256
from ser_models.data.speaker_norm import SpeakerStats
from ser_models.inference.output import write_file
from ser_models.inference.parallel import recognise
from ser_models.inference.prediction import Prediction, Told
from ser_models.inference.predictor import Predictor

if TYPE_CHECKING:
    from ser_models.inference.files import Listed


class Journal:
    """Answers on disk, by file.

    Attributes:
        path: of the journal.

    Raises:
        InputError: if another run has it.
    """

    def __init__(self, path: Path, key: dict[str, Any]) -> None:
        self.path = path
        self._places: dict[str, tuple[list[int] | None, int]] = {}
        self._file: IO[bytes] = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"{path} is being written by another run: wait for it, or pass another --out"
            ) from error
        self._read(key)

    def close(self) -> None:
        """Leave what was answered for the next run."""
        self._file.close()

    def knows(self, path: Path) -> bool:
        """Whether a file is answered, and is the one that was."""
        found = self._places.get(str(path))
        return found is not None and found[0] == _stamped(path)

    def add(self, path: Path, prediction: Prediction) -> None:
        """Append an answer."""
        place = self._file.seek(0, os.SEEK_END)
        stamped = _stamped(path)
        line = json.dumps({"stamp": stamped, "answer": vars(prediction)}, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        self._places[str(path)] = (stamped, place)

    def answer(self, path: Path) -> Prediction:
        """Return the answer to a file that is known."""
        self._file.seek(self._places[str(path)][1])
        return Prediction(**json.loads(self._file.readline())["answer"])

    def _read(self, key: dict[str, Any]) -> None:
        """Find the answers that are there; begin anew if they are another model's, or to another question."""
        self._file.seek(0)
        if _parsed(self._file.readline()) != key:
            self._file.truncate(0)
            self._file.write(json.dumps(key).encode() + b"\n")
            self._file.flush()
            return
        place = self._file.tell()
        while line := self._file.readline():
            entry = _parsed(line)
            if entry is None:  # a line that was cut short by a kill
                self._file.truncate(place)
                return
            self._places[entry["answer"]["file"]] = (entry["stamp"], place)
            place = self._file.tell()


def answer_into(
    out: Path,
    predictor: Predictor,
    files: "Sequence[Listed]",
    *,
    form: str,
    known: Sequence[SpeakerStats | None] | None = None,
    workers: int | None = None,
    top: int = 3,
    timeline: bool = False,
    abstain_below: float = 0.0,
    watch: Callable[[int, int], None] = lambda before, done: None,
) -> Told:
    """Recognise files and write the answers into one file; the same call goes on after a kill.

    Args:
        out: the file, replaced if it is there, once all is answered.
        predictor: the model.
        files: what is asked for.
        form: one of `answers.FILES`.
        known: of each file, what `batch.voices` found; None if the model answers each file by itself.
        workers: processes; None for one per core.
        top: how many emotions to rank.
        timeline: whether long recordings are also recognised window by window.
        abstain_below: confidence below which no emotion is said, 0 to 1.
        watch: told how many answers were there from an earlier run, and how many there are now.

    Raises:
        StoreError: if `out` cannot be written.
        InputError: if another run is writing it.
    """
    asked: dict[str, Any] = {"top": top, "timeline": timeline, "abstain_below": abstain_below}
    voices = known or [None] * len(files)
    key = {
        "artifact": sha256(predictor.artifact.folder / METADATA_FILE),
        **asked,
        "voices": _told_apart(voices),
    }
    with writing("the answers", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        journal = Journal(out.with_name(f".{out.name}.partial"), key)
    with closing(journal):
        unknown = [not journal.knows(file.path) for file in files]
        todo = list(compress(files, unknown))
        told = Told(before=len(files) - len(todo))
        watch(told.before, told.before)
        heard = list(compress(voices, unknown))
        found = recognise(predictor, todo, known=heard, workers=workers, **asked)
        for done, (file, prediction) in enumerate(zip(todo, found, strict=True), start=told.before + 1):
            with writing("the answers", out):
                journal.add(file.path, prediction)
            watch(told.before, done)
        answers = told.passing(journal.answer(file.path) for file in files)
        write_file(out, form, answers, predictor.labels, timeline=timeline)
        journal.path.unlink()
    return told


def _told_apart(voices: Sequence[SpeakerStats | None]) -> str:
    """A digest of voices: with others, the answers of an earlier run are not those to this one."""
    different = {id(voice): voice for voice in voices if voice}
    digest = hashlib.sha256()
    for voice in different.values():
        digest.update(voice.mean.tobytes() + voice.deviation.tobytes())
    numbers = {name: place for place, name in enumerate(different)}
    digest.update(json.dumps([numbers.get(id(voice)) for voice in voices]).encode())
    return digest.hexdigest()


def _stamped(path: Path) -> list[int] | None:
    found = stamp(path)
    return None if found is None else list(found)


def _parsed(line: bytes) -> Any:
    """The value of a whole line; None of one that was cut short."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
