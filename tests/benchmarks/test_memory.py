"""A store of three times the allowed memory is trained on in constant memory."""

import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone enforces RLIMIT_DATA")
def test_three_times_the_allowed_memory_is_trained_on_and_does_not_fit_at_once(tmp_path):
    command = [
        "-m",
        "benchmarks.scale.memory",
        "--limit",
        "832",
        "--times",
        "3",
        "--model",
        "mean",
        "--folder",
        tmp_path,
    ]
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1] == "limit: 832 MiB, 1/3.0 of the frames"
    assert lines[2].startswith("after epoch, ")
    allocated = [int(line.split(": ")[1].split()[0]) for line in lines if " allocated, " in line]
    assert len(allocated) == 2
    assert all(value < 832 for value in allocated)
    trained, recordings = lines[-2].split(" of ")
    assert recordings == f"{trained} recordings predicted"
    assert lines[-1] == "everything at once, same limit: MemoryError, as expected"
    assert not list(tmp_path.iterdir()), "the store is removed"
