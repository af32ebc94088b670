"""A disk that is full or failing, at every call that changes something on it.

An extraction runs once to count its calls (create, write, fsync, rename, mkdir, remove). It then runs once
for each of them with that call refused: by ENOSPC and by EIO, once and from then on. It runs in this process,
as `ser extract` without workers. `run_full` uses a file system in memory that is really full.

Each time: the error is one line with the system's message; committed rows are there; pandas reads the store;
the next run completes, gives the store of a run without faults, and leaves no unfinished files.
"""

import errno
import io
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from unittest.mock import patch

from ser_features.store import layout
from tests.faults import check, corpus
from tests.faults.check import Findings
from tests.faults.failing import REMOVE, FailingDisk
from tests.faults.serial import Serial

ERRORS = (errno.ENOSPC, errno.EIO)
FAMILIES = ("core", "mel")
PAGE = 4096
ROOMY = ("size=64m", "nr_inodes=10000")
MAX_SIZE = 200
"""Largest number of pages, or of inodes, of a full disk."""


@dataclass(frozen=True, slots=True)
class Scene:
    """An extraction.

    Attributes:
        name: of the scene.
        data: data root.
        before: store before the run; need not exist.
        after: store after a run without faults.
        readable: whether the store before is readable, and must be at any time.
    """

    name: str
    data: Path
    before: Path
    after: Path
    readable: bool = True

    def arguments(self, store: Path) -> list[str]:
        """The command line, after `ser`."""
        where = ["--data", str(self.data), "--store", str(store), "--features", *FAMILIES]
        return ["extract", "--datasets", "tess", str(self.data / "own.csv"), *where]


@dataclass(frozen=True, slots=True)
class Fault:
    """A refused call.

    Attributes:
        at: its index.
        call: its kind.
        error: the error number.
        lasting: whether all later calls are refused too.
    """

    at: int
    call: str
    error: int
    lasting: bool

    def __str__(self) -> str:
        return f"{self.call} refused: {os.strerror(self.error)}{', from then on' if self.lasting else ''}"


def extract(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """Run `ser` in this process; return its exit code and the lines of stderr."""
    from ser_cli.main import main

    errors = io.StringIO()
    try:
        with (
            redirect_stdout(io.StringIO()),
            redirect_stderr(errors),
            patch("ser_features.api.Local", Serial),
        ):
            main(arguments)
    except SystemExit as end:
        return int(end.code or 0), errors.getvalue().splitlines()
    raise AssertionError("the command line did not exit")


def scenes(folder: Path) -> list[Scene]:
    """Make the corpora and stores of every scene below a folder."""
    data = folder / "data"
    corpus.make_tess(data, 5)
    corpus.make_own(data, "own", 4, 200)
    (data / "tess" / "OAF_text_sad.wav").write_text("this is no audio at all")
    (data / "tess" / "holiday.wav").write_bytes(b"RIFF")
    empty = Scene("a new store", data, folder / "nothing", folder / "new")
    _succeed(empty.arguments(empty.after))
    damaged = Scene("a damaged store", data, folder / "damaged", folder / "repaired", readable=False)
    shutil.copytree(empty.after, damaged.before)
    _damage(damaged.before)
    grown = Scene("a store with changes to make", data, folder / "few", folder / "grown")
    _succeed([*grown.arguments(grown.before), "--limit", "3"])
    _change(data, grown.before)
    for scene in (grown, damaged):
        shutil.copytree(scene.before, scene.after)
        _succeed(scene.arguments(scene.after))
    shutil.rmtree(empty.after)
    _succeed(empty.arguments(empty.after))
    return [empty, grown, damaged]


def _succeed(arguments: Sequence[str]) -> None:
    code, lines = extract(arguments)
    if code:
        raise SystemExit(f"an extraction without faults failed: {lines}")


def _change(data: Path, store: Path) -> None:
    """Change a stored recording and labels; add unfinished files of dead runs."""
    corpus.write_tone(data / "tess" / "OAF_aa_angry.wav", 90)
    corpus.write_labels(data / "own.csv", [f"own/{number:03d}.wav" for number in range(4)], ("happy", "sad"))
    part = next(store.glob("files/*/*.parquet"))
    frames = next(store.glob("frames/dataset=tess/*.npy"))
    for path in (part, frames):
        shutil.copy(path, path.with_name(f".{path.name}.elsewhere.1"))
    shutil.copy(frames, frames.with_name("00000-0123456789ab.mel.npy"))
    (store / ".store.json.elsewhere.1").write_text("{")


def _damage(store: Path) -> None:
    """Flip a byte of a table and of store.json, and remove the frames of another table."""
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
        scenes: the extractions.
        folder: for the store.
        errors: error numbers, as in `errno`.
        lasting: whether later calls are refused too.
        every: interval between the refused calls.
    """
    findings = Findings()
    for scene in scenes:
        calls = count(scene, folder / "store", findings)
        for at, error, stays in product(range(0, len(calls), every), errors, lasting):
            if (calls[at], error) != (REMOVE, errno.ENOSPC):
                fault = Fault(at, calls[at], error, stays)
                findings.violations += _try(scene, folder / "store", fault, findings.counts)
    return findings


def count(scene: Scene, store: Path, findings: Findings) -> list[str]:
    """Run a scene without faults and return its calls; every file must be written by one of them."""
    _reset(store, scene.before)
    old = {path for path in store.rglob("*") if path.is_file()}
    with FailingDisk(store) as disk:
        _succeed(scene.arguments(store))
    new = {path for path in store.rglob("*") if path.is_file()} - old - disk.written
    findings.violations += [f"{scene.name}: {path.name} was written by another call" for path in new]
    findings.counts[f"calls in {scene.name}"] = len(disk.calls)
    return disk.calls


def _reset(store: Path, before: Path) -> None:
    shutil.rmtree(store, ignore_errors=True)
    if before.is_dir():
        shutil.copytree(before, store)


def _try(scene: Scene, store: Path, fault: Fault, counts: Counter[str]) -> list[str]:
    """Refuse one call; return the violated guarantees."""
    _reset(store, scene.before)
    with FailingDisk(store, fault.at, fault.error, lasting=fault.lasting) as disk:
        code, lines = extract(scene.arguments(store))
    counts[str(fault)] += 1
    violations = [*check_end(code, lines, os.strerror(fault.error)), *check_store(scene, store)]
    tables = [path for path in disk.written if path.suffix == ".parquet" and store / "files" in path.parents]
    violations += [f"{part.name} was committed and is lost" for part in tables if not part.is_file()]
    if code == 0:
        counts["refused, and the run succeeded without it"] += 1
        violations += check.differences(store, scene.after)
    violations += check_next_run(scene, store)
    return [f"{scene.name}, call {fault.at}: {fault}: {line}" for line in violations]


def check_end(code: int, lines: Sequence[str], reason: str) -> Iterator[str]:
    """Violations in the exit code and error message of a run."""
    errors = [line for line in lines if line.startswith("error: ")]
    if code == 0 and not errors:
        return
    if code != 2 or len(errors) != 1 or errors[0] != lines[-1]:
        yield f"exit code {code} and {lines}: expected 2 and one line of error"
    elif reason not in errors[0] or "unexpected" in errors[0] or "Traceback" in "".join(lines):
        yield f"no clear error: {errors[0]}"


def check_store(scene: Scene, store: Path) -> Iterator[str]:
    """Lost or unreadable parts of a store after a fault."""
    if not scene.readable:
        return
    yield from check.damage(store)
    table, before, after = check.rows(store), check.rows(scene.before), check.rows(scene.after)
    yield from check.lost(before, table)
    if any(check.changed(table, after)):  # a table that is not yet replaced has the values of before
        for dataset, rows in table.groupby("dataset", observed=True):
            ends = [end[end["dataset"] == dataset] for end in (before, after) if len(end)]
            if all(any(check.changed(rows, end)) for end in ends):
                yield f"rows of {dataset} are neither those before nor those after"


def check_next_run(scene: Scene, store: Path) -> Iterator[str]:
    """Run again without faults; violations in the resulting store."""
    code, lines = extract(scene.arguments(store))
    if code:
        yield f"the next run failed: {lines}"
        return
    yield from check.damage(store)
    yield from check.differences(store, scene.after)
    yield from (f"{name} is left" for name in check.leftovers(store))


def run_full(scene: Scene, folder: Path) -> Findings:
    """Extract onto disks of one page, two, and so on until one suffices; then onto disks with few inodes.

    Needs the right to mount a file system (root, on Linux).
    """
    findings = Findings()
    if not can_mount(folder):
        findings.counts["full disks: skipped, as no file system can be mounted"] = 0
        return findings
    for unit, sizes in (("size", range(PAGE, MAX_SIZE * PAGE, PAGE)), ("nr_inodes", range(2, MAX_SIZE))):
        for size in sizes:
            violations, suffices = attempt_full(scene, folder, f"{unit}={size}")
            findings.violations += violations
            if suffices:
                break
            findings.counts[f"full disks ({unit})"] += 1
    return findings


def can_mount(folder: Path) -> bool:
    """Whether this process may mount a file system at a folder."""
    try:
        with _mounted(folder, ROOMY[0]):
            return True
    except OSError:
        return False


def attempt_full(scene: Scene, folder: Path, size: str) -> tuple[list[str], bool]:
    """Extract onto one disk; if it is too small, enlarge it and run again.

    Args:
        scene: the extraction.
        folder: mount point.
        size: of the disk, as an option of tmpfs.

    Returns:
        The violated guarantees, and whether the disk was large enough.
    """
    with _mounted(folder, size):
        store = folder / "store"
        code, lines = extract(scene.arguments(store))
        violations = [*check_end(code, lines, os.strerror(errno.ENOSPC)), *check.damage(store)]
        if code:
            _mount("remount," + ",".join(ROOMY), folder)
        violations += check_next_run(scene, store)
    return [f"disk with {size}: {line}" for line in violations], code == 0


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount a file system in memory at a folder, which is created.

    Raises:
        OSError: if this is not permitted.
    """
    folder.mkdir(exist_ok=True)
    _mount(options, folder)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _mount(options: str, folder: Path) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True
    )
    if done.returncode:
        raise OSError(done.stderr.strip() or f"mount ended with {done.returncode}")
