"""A disk that is full or failing, at every single call that changes something on it.

An extraction is run once to count its calls (create, write, fsync, rename, mkdir, remove); then again and
again, and each time another one of them is refused: with ENOSPC and with EIO, once and from then on. It runs
in this process, as `ser extract` does, but for its workers.

Each time: the error is one line that says what the system said; what was committed is there; pandas reads the
store; the next run completes, the store is that of a run without faults, and nothing is left lying about.
"""

import errno
import io
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from unittest.mock import patch

from ser_features.store import layout
from tests.faults import check, corpus
from tests.faults.failing import REMOVE, FailingDisk
from tests.faults.report import Findings
from tests.faults.serial import Serial

ERRORS = (errno.ENOSPC, errno.EIO)
FAMILIES = ("core", "mel")


@dataclass(frozen=True, slots=True)
class Scene:
    """An extraction.

    Attributes:
        name: of the scene.
        data: the corpora's folder.
        before: the store as the run finds it; need not exist.
        after: the store as a run without faults leaves it.
        readable: whether the store can be read before, so that it must be at any time.
    """

    name: str
    data: Path
    before: Path
    after: Path
    readable: bool = True

    def words(self, store: Path) -> list[str]:
        """The command line, after `ser`."""
        where = ["--data", str(self.data), "--store", str(store), "--features", *FAMILIES]
        return ["extract", "--datasets", "tess", str(self.data / "own.csv"), *where]


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that is refused.

    Attributes:
        at: its index.
        call: what is asked.
        error: what the system says.
        lasting: whether all later calls are refused, too.
    """

    at: int
    call: str
    error: int
    lasting: bool

    @property
    def words(self) -> str:
        """What happens."""
        return f"{self.call} refused: {os.strerror(self.error)}{', from then on' if self.lasting else ''}"


def extract(words: Sequence[str]) -> tuple[int, list[str]]:
    """Run `ser` in this process; returns its exit code and the lines of stderr."""
    from ser_cli.main import main

    errors = io.StringIO()
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(errors), _without_workers():
            main(words)
    except SystemExit as end:
        return int(end.code or 0), errors.getvalue().splitlines()
    raise AssertionError("the command line did not exit")


@contextmanager
def _without_workers() -> Iterator[None]:
    with patch("ser_features.engine.runner.Local", Serial):
        yield


def scenes(folder: Path) -> list[Scene]:
    """Make the corpora and the stores of every scene below a folder."""
    data = folder / "data"
    corpus.make_tess(data, 5)
    corpus.make_own(data, "own", 4, 200)
    (data / "tess" / "OAF_text_sad.wav").write_text("this is no audio at all")
    (data / "tess" / "holiday.wav").write_bytes(b"RIFF")
    empty = Scene("a new store", data, folder / "nothing", folder / "new")
    _succeed(empty.words(empty.after))
    damaged = Scene("a damaged store", data, folder / "damaged", folder / "mended", readable=False)
    shutil.copytree(empty.after, damaged.before)
    _damage(damaged.before)
    grown = Scene("a store with changes to make", data, folder / "few", folder / "grown")
    _succeed([*grown.words(grown.before), "--limit", "3"])
    _change(data, grown.before)
    for scene in (grown, damaged):
        shutil.copytree(scene.before, scene.after)
        _succeed(scene.words(scene.after))
    shutil.rmtree(empty.after)
    _succeed(empty.words(empty.after))
    return [empty, grown, damaged]


def _succeed(words: Sequence[str]) -> None:
    code, lines = extract(words)
    if code:
        raise SystemExit(f"an extraction without faults failed: {lines}")


def _change(data: Path, store: Path) -> None:
    """Change a recording, a label and a refused file that the store knows; leave what died runs leave."""
    corpus.write_tone(data / "tess" / "OAF_aa_angry.wav", 90)
    corpus.write_labels(data / "own.csv", [f"own/{number:03d}.wav" for number in range(4)], ("happy", "sad"))
    part = next(store.glob("files/*/*.parquet"))
    frames = next(store.glob("frames/dataset=tess/*.npy"))
    for path in (part, frames):
        shutil.copy(path, path.with_name(f".{path.name}.elsewhere.1"))
    shutil.copy(frames, frames.with_name("00000-0123456789ab.mel.npy"))
    (store / ".store.json.elsewhere.1").write_text("{")


def _damage(store: Path) -> None:
    """Flip a byte of a table and of store.json, and lose the frames of another table."""
    for path in (layout.part_path(store, "files", "tess", "00000"), store / layout.DESCRIPTION):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    next(store.glob("frames/dataset=own/*.npy")).unlink()


def run(
    scenes: Sequence[Scene],
    folder: Path,
    *,
    errors: Sequence[int] = ERRORS,
    lasting: Sequence[bool] = (False, True),
    every: int = 1,
) -> Findings:
    """Refuse every call of every scene.

    Args:
        scenes: what is extracted.
        folder: for the store.
        errors: as in `errno`.
        lasting: whether the disk goes on failing.
        every: take only every so many calls.
    """
    findings = Findings()
    for scene in scenes:
        calls = count(scene, folder / "store", findings)
        for at, error, stays in product(range(0, len(calls), every), errors, lasting):
            if (calls[at], error) != (REMOVE, errno.ENOSPC):
                fault = Fault(at, calls[at], error, stays)
                findings.broken += _try(scene, folder / "store", fault, findings.counts)
    return findings


def count(scene: Scene, store: Path, findings: Findings) -> list[str]:
    """Run a scene without faults and return its calls; every file must have come by one of them."""
    _reset(store, scene.before)
    old = {path for path in store.rglob("*") if path.is_file()}
    with FailingDisk(store) as disk:
        _succeed(scene.words(store))
    new = {path for path in store.rglob("*") if path.is_file()} - old - disk.written
    findings.broken += [f"{scene.name}: {path.name} was written in a way that is not tried" for path in new]
    findings.counts[f"calls in {scene.name}"] = len(disk.calls)
    return disk.calls


def _reset(store: Path, before: Path) -> None:
    shutil.rmtree(store, ignore_errors=True)
    if before.is_dir():
        shutil.copytree(before, store)


def _try(scene: Scene, store: Path, fault: Fault, counts: Counter[str]) -> list[str]:
    """Have one call refused; returns the promises that were broken."""
    _reset(store, scene.before)
    with FailingDisk(store, fault.at, fault.error, lasting=fault.lasting) as disk:
        code, lines = extract(scene.words(store))
    counts[fault.words] += 1
    found = [*judge_end(code, lines, os.strerror(fault.error)), *judge_store(scene, store)]
    tables = [path for path in disk.written if path.suffix == ".parquet" and store / "files" in path.parents]
    found += [f"{part.name} was committed and is lost" for part in tables if not part.is_file()]
    if code == 0:
        counts["refused, and the run could do without it"] += 1
        found += check.differences(store, scene.after)
    found += judge_next(scene, store)
    return [f"{scene.name}, call {fault.at}: {fault.words}: {line}" for line in found]


def judge_end(code: int, lines: Sequence[str], reason: str) -> Iterator[str]:
    """Say what is wrong with the way in which a run ended on a fault."""
    said = [line for line in lines if line.startswith("error: ")]
    if code == 0 and not said:
        return
    if code != 2 or len(said) != 1 or said[0] != lines[-1]:
        yield f"exit code {code} and {lines}: expected 2 and one line of error"
    elif reason not in said[0] or "unexpected" in said[0] or "Traceback" in "".join(lines):
        yield f"no clear error: {said[0]}"


def judge_store(scene: Scene, store: Path) -> Iterator[str]:
    """Say what of a store was lost, or cannot be read, after a fault."""
    if not scene.readable:
        return
    yield from check.torn(store)
    found, before, after = check.rows(store), check.rows(scene.before), check.rows(scene.after)
    if lost := set(before.index) - set(found.index):
        yield f"{len(lost)} rows are lost, such as {min(lost)}"
    if any(check.changed(found, after)):  # a table that is not yet replaced has the values of before
        for dataset, rows in found.groupby("dataset", observed=True):
            ends = [table[table["dataset"] == dataset] for table in (before, after) if len(table)]
            if all(any(check.changed(rows, end)) for end in ends):
                yield f"rows of {dataset} are neither as before nor as after"


def judge_next(scene: Scene, store: Path) -> Iterator[str]:
    """Run again, now without faults, and say what is wrong with the store."""
    code, lines = extract(scene.words(store))
    if code:
        yield f"the next run failed: {lines}"
        return
    yield from check.torn(store)
    yield from check.differences(store, scene.after)
    yield from (f"{name} is left" for name in check.litter(store))
