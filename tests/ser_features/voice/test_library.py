"""The kernels are compiled by one process, whole or not at all."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from ser_features.errors import NotCompiledError
from ser_features.files import replacing
from ser_features.voice import library as module
from ser_features.voice.build import signatures
from ser_features.voice.pointers import CODES

PROCESSES, ROUNDS = 8, 50
JITTER = """
import sys
import numpy as np
from ser_features.voice.library import library
print(library().jitter(np.array([0, 0.01, 0.021, 0.031]), 4, 0.0001, 0.02, 1.3))
assert "numba" not in sys.modules
"""


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Iterator[Path]:
    """Folder of an empty cache, from which this process has loaded nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    module._library.cache_clear()
    yield tmp_path / "ser" / "voice"
    module._library.cache_clear()


@pytest.fixture(scope="session")
def compiled() -> bytes:
    """Content of the file of kernels in the user's cache."""
    module.library()
    return (module.own_cache("voice") / f"{module._key()}.kernels").read_bytes()


def cold() -> "subprocess.Popen[str]":
    """A new process that calls a kernel."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", JITTER], start_new_session=True, **pipes)


def test_every_kernel_has_known_types():
    kinds = {code for codes in signatures().values() for code in codes}
    assert kinds <= set(CODES.values())


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("version", lambda name: (_ for _ in ()).throw(PackageNotFoundError(name)), "numba"),
        ("own_cache", lambda name: Path("/dev/null") / name, "Not a directory"),
        ("sys", type("sys", (), {"executable": "false"}), "exit status 1"),
    ],
    ids=["no numba", "no folder", "no compiler"],
)
def test_what_cannot_be_compiled_is_explained(cache, monkeypatch, name, value, reason):
    monkeypatch.setattr(module, name, value)
    with pytest.raises(NotCompiledError, match=f"voice analysis not compiled: .*{reason}"):
        module.library()


def test_a_damaged_file_is_not_loaded(compiled, tmp_path):
    path = tmp_path / "kernels"
    for damaged in (compiled[:-1], compiled[:-1] + b"x", compiled[:10], b"", b"[]\n", b"{}\n"):
        path.write_bytes(damaged)
        assert module._read(path) is None
    path.write_bytes(compiled)
    assert module._read(path) is not None


def _race(content: bytes, number: int, results: "multiprocessing.Queue[tuple[bool, float]]") -> None:
    """Call a kernel in a process whose compilation takes a random time."""
    compilations = []

    def compile_slowly(path: Path) -> tuple[bytes, module.Signatures]:
        compilations.append(path)
        time.sleep(random.Random(number).random() * 0.02)
        with replacing(path) as file:
            file.write(content)
        return module._read(path)

    module._compiled = compile_slowly
    module._library.cache_clear()
    jitter = module.library().jitter(np.array([0, 0.01, 0.021, 0.031]), 4, 0.0001, 0.02, 1.3)
    results.put((bool(compilations), jitter))


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="no fork")
def test_of_eight_processes_at_once_one_compiles(compiled, tmp_path, monkeypatch):
    context = multiprocessing.get_context("fork")
    for number in range(ROUNDS):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(number)))
        results = context.Queue()
        workers = [context.Process(target=_race, args=(compiled, number, results)) for _ in range(PROCESSES)]
        for worker in workers:
            worker.start()
        outcomes = [results.get(timeout=60) for _ in workers]
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0] * PROCESSES
        assert sum(first for first, _ in outcomes) == 1
        assert len({jitter for _, jitter in outcomes}) == 1


@pytest.mark.long
def test_eight_cold_processes_compile_and_agree(cache):
    processes = [cold() for _ in range(PROCESSES)]
    outputs = [one.communicate(timeout=600) for one in processes]
    assert [one.returncode for one in processes] == [0] * PROCESSES, outputs
    assert len({output for output, _ in outputs}) == 1
    assert len(list(cache.glob("*.kernels"))) == 1


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="no process groups")
@pytest.mark.parametrize("seconds", [0.5, 2.0, 4.0])
def test_a_killed_compilation_leaves_nothing_that_harms(cache, seconds):
    first = cold()
    while not list(cache.glob("*.lock")):
        time.sleep(0.01)
    time.sleep(seconds)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    second = cold()
    output, errors = second.communicate(timeout=600)
    assert second.returncode == 0, errors
    assert float(output) == pytest.approx(3 / 31)
