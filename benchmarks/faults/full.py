"""A disk that is really full: a file system in memory, from too small for anything to large enough.

Needs the right to mount (root, on Linux). Each time the extraction fails, the disk is made larger, and the
next run must complete.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults import check
from benchmarks.faults.disk import Scene, extract, judge_end, judge_next
from benchmarks.faults.report import Findings

PAGE = 4096
ROOMY = ("size=64m", "nr_inodes=10000")
REASON = os.strerror(28)  # ENOSPC
MOST = 200
"""Sizes that are tried before it is said that none is enough."""


def run(scene: Scene, folder: Path) -> Findings:
    """Extract onto disks of one page, two, and so on until one is enough; then onto those of few files."""
    findings = Findings()
    try:
        with mounted(folder, ROOMY[0]):
            pass
    except OSError as error:
        findings.counts[f"really full disks: skipped, nothing can be mounted ({error})"] = 0
        return findings
    for step in range(1, MOST):
        if _is_enough(scene, folder, f"size={step * PAGE}", findings):
            break
    for step in range(2, MOST):
        if _is_enough(scene, folder, f"nr_inodes={step}", findings):
            break
    return findings


def _is_enough(scene: Scene, folder: Path, size: str, findings: Findings) -> bool:
    with mounted(folder, size):
        store = folder / "store"
        code, lines = extract(scene.words(store))
        found = [*judge_end(code, lines, REASON), *check.torn(store)]
        if code:
            findings.counts[f"really full disks ({size.split('=')[0]})"] += 1
            _mount("remount," + ",".join(ROOMY), folder)
        found += judge_next(scene, store)
    findings.broken += [f"disk with {size}: {line}" for line in found]
    return code == 0


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
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
