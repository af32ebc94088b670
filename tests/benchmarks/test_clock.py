"""CPU time counts descendants that other processes started, and cores are given back."""

import os
import subprocess
import sys

import pytest

from benchmarks import clock

BUSY = "import time\nwhile time.process_time() < 0.2: pass\n"


@pytest.mark.skipif(sys.platform != "linux", reason="descendants of other processes are read from /proc")
def test_a_running_grandchild_counts():
    before = clock.cpu_seconds()
    grandchild = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    child = f"{grandchild}\nprint(flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        assert clock.cpu_seconds() - before > 0.19
        process.stdin.close()
    assert clock.cpu_seconds() - before > 0.19


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity")
def test_cores_are_given_back():
    cores = os.sched_getaffinity(0)
    with clock.pinned(clock.last_core()):
        assert os.sched_getaffinity(0) == {max(cores)}
    with clock.pinned(None):
        assert os.sched_getaffinity(0) == cores
    assert os.sched_getaffinity(0) == cores
