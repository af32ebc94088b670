"""A store survives kills, failing disks and other writers: short forms of `make faults`."""

import errno
import os
import random
import time

import pytest

from tests.faults import corpus, disk, full, kills, writers
from tests.faults.killable import Extraction, is_alive

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills process groups, and asks for locks")


@pytest.fixture
def extraction(tmp_path):
    """An extraction of 256 tones with two workers, which can be killed."""
    corpus.make_tess(tmp_path / "data", 256)
    return Extraction(tmp_path, tmp_path / "data", ("tess",))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Extractions onto disks that fail: a new store, one with changes to make, a damaged one."""
    return disk.scenes(tmp_path_factory.mktemp("scenes"))


def test_kills_lose_nothing(extraction):
    found = kills.Series(extraction, kills=4, rng=random.Random(0)).run()
    assert found.broken == []
    assert sum(found.counts[f"killed: {victim}"] for victim in kills.VICTIMS) == 4
    assert sum(found.counts[f"met: {moment}"] for moment in kills.MOMENTS) == 4


def test_workers_end_with_the_process_that_they_work_for(extraction):
    with extraction.start(extraction.store) as run:
        run.wait(lambda: len(run.workers) == 2)
        workers = run.workers
        run.process.kill()
        run.process.wait()
    deadline = time.monotonic() + kills.PATIENCE
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(map(is_alive, workers))


def test_every_refused_call_of_a_disk_is_survived(scenes, tmp_path):
    found = disk.run(scenes, tmp_path, errors=[errno.ENOSPC], lasting=[False], every=4)
    assert found.broken == []
    for call in ("create", "write", "fsync", "rename", "mkdir"):
        assert found.counts[f"{call} refused: {os.strerror(errno.ENOSPC)}"] > 0


def test_a_disk_that_goes_on_failing_is_survived(scenes, tmp_path):
    found = disk.run(scenes[1:2], tmp_path, errors=[errno.EIO], lasting=[True], every=4)
    assert found.broken == []
    assert found.counts[f"calls in {scenes[1].name}"] > 20


def test_a_disk_that_is_really_full_is_survived(scenes, tmp_path):
    if not full.is_possible(tmp_path / "mount"):
        pytest.skip("no file system can be mounted")
    for size in ("size=40k", "nr_inodes=9"):
        found, enough = full.attempt(scenes[0], tmp_path / "mount", size)
        assert (found, enough) == ([], False)


def test_writers_at_once_lose_nothing(tmp_path):
    found = writers.run(tmp_path, rounds=2, seed=0, processes=4)
    assert found.broken == []
    assert sum(found.counts.values()) == 8
