"""A store survives kills, failing disks and concurrent writers: short forms of `python -m tests.faults`."""

import errno
import os
import random
import time

import pytest

from tests.faults import corpus, disk, kills, writers
from tests.faults.killable import Extraction, is_alive

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs process groups and locks")

EVERY = [48, pytest.param(4, marks=pytest.mark.long)]
"""Intervals between the refused calls."""


@pytest.fixture
def extraction(tmp_path):
    """An extraction of 256 tones with two workers that can be killed."""
    corpus.make_tess(tmp_path / "data", 256)
    return Extraction(tmp_path, tmp_path / "data", ("tess",))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Extractions onto failing disks: a new store, one with changes to make, a damaged one."""
    return disk.scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.long
def test_kills_lose_nothing(extraction):
    findings = kills.Series(extraction, kills=4, rng=random.Random(0)).run()
    assert findings.violations == []
    assert sum(findings.counts[f"killed: {victim}"] for victim in kills.VICTIMS) == 4
    assert sum(findings.counts[f"interrupted: {moment}"] for moment in kills.MOMENTS) == 4


def test_workers_end_with_their_parent(extraction):
    with extraction.start(extraction.store) as run:
        run.wait(lambda: len(run.workers) == 2)
        workers = run.workers
        run.process.kill()
        run.process.wait()
    deadline = time.monotonic() + kills.ORPHAN_SECONDS
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(map(is_alive, workers))


@pytest.mark.parametrize("every", EVERY)
def test_every_refused_call_of_a_disk_is_survived(scenes, tmp_path, every):
    findings = disk.run(scenes, tmp_path, errors=[errno.ENOSPC], lasting=[False], every=every)
    assert findings.violations == []
    if every == 4:
        for call in ("create", "write", "fsync", "rename", "mkdir"):
            assert findings.counts[f"{call} refused: {os.strerror(errno.ENOSPC)}"] > 0


@pytest.mark.parametrize("every", EVERY)
def test_a_disk_that_goes_on_failing_is_survived(scenes, tmp_path, every):
    findings = disk.run(scenes[1:2], tmp_path, errors=[errno.EIO], lasting=[True], every=every)
    assert findings.violations == []
    assert findings.counts[f"calls in {scenes[1].name}"] > 20


@pytest.mark.parametrize("size", ["size=40k", pytest.param("nr_inodes=9", marks=pytest.mark.long)])
def test_a_full_disk_is_survived(scenes, tmp_path, size):
    if not disk.can_mount(tmp_path / "mount"):
        pytest.skip("no file system can be mounted")
    assert disk.attempt_full(scenes[0], tmp_path / "mount", size) == ([], False)


@pytest.mark.parametrize(
    ("processes", "rounds", "tones"), [(2, 1, 32), pytest.param(4, 2, 128, marks=pytest.mark.long)]
)
def test_concurrent_writers_lose_nothing(tmp_path, processes, rounds, tones):
    findings = writers.run(tmp_path, rounds, seed=0, processes=processes, tones=tones)
    assert findings.violations == []
    assert sum(findings.counts.values()) == 4 * rounds
