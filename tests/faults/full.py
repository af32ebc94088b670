"""A disk that is really full: a file system in memory, from too small for anything to large enough.

Needs the right to mount (root, on Linux). Each time the extraction fails, the disk is made larger, and the
next run must complete.
"""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import check
from tests.faults.disk import Scene, extract, judge_end, judge_next
from tests.faults.report import Findings

PAGE = 4096
ROOMY = ("size=64m", "nr_inodes=10000")
REASON = os.strerror(errno.ENOSPC)
MOST = 200
"""Sizes that are tried before it is said that none is enough."""


def run(scene: Scene, folder: Path) -> Findings:
    """Extract onto disks of one page, two, and so on until one is enough; then onto those of few files."""
    findings = Findings()
    if not is_possible(folder):
        findings.counts["really full disks: skipped, as nothing can be mounted"] = 0
        return findings
    for unit, sizes in (("size", range(PAGE, MOST * PAGE, PAGE)), ("nr_inodes", range(2, MOST))):
        for size in sizes:
            broken, enough = attempt(scene, folder, f"{unit}={size}")
            findings.broken += broken
            if enough:
                break
            findings.counts[f"really full disks ({unit})"] += 1
    return findings


def is_possible(folder: Path) -> bool:
    """Whether this process may mount a file system at a folder."""
    try:
        with _mounted(folder, ROOMY[0]):
            return True
    except OSError:
        return False


def attempt(scene: Scene, folder: Path, size: str) -> tuple[list[str], bool]:
    """Extract onto one disk.

    Args:
        scene: what is extracted.
        folder: where the disk is mounted.
        size: of the disk, as an option of tmpfs.

    Returns:
        The promises that were broken, and whether there was room enough.
    """
    with _mounted(folder, size):
        store = folder / "store"
        code, lines = extract(scene.words(store))
        found = [*judge_end(code, lines, REASON), *check.torn(store)]
        if code:
            _mount("remount," + ",".join(ROOMY), folder)
        found += judge_next(scene, store)
    return [f"disk with {size}: {line}" for line in found], code == 0


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    """Have a file system in memory at a folder, which is made.

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
        raise OSError(done.stderr.strip() or f"mount says {done.returncode}")
