"""Real Dask clusters of processes of this machine: runs survive their workers and give the local values."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pytest
from ser_cli.main import main

from ser_features import extract, read_store
from ser_features.config import DEFAULT_PROFILE
from ser_features.corpora import scan
from ser_features.engine import Observer, cluster, shard
from ser_features.engine.cluster import Dask
from ser_features.engine.connect import connect, own_cluster
from ser_features.engine.open_store import describe
from ser_features.engine.plan import plan
from ser_features.engine.runner import Local, Work
from ser_features.engine.task import Target
from ser_features.errors import InputError, MissingExtraError, SerError
from ser_features.extractors import DEFAULT_FAMILIES
from ser_features.store import open_or_create
from ser_features.threads import ONE_THREAD
from tests.ser_features.conftest import TONES
from tests.ser_features.engine.conftest import DEATHS

dask = pytest.importorskip("dask", reason="no Dask: pip install 'ser-toolkit[dask]'")
distributed = pytest.importorskip("distributed", reason="no Dask: pip install 'ser-toolkit[dask]'")

EXTRACTION = Work(shard.run_shard, shard.probe)
WITHOUT_SER = "import sys\nsys.modules['ser_features'] = None\n"


@pytest.fixture(scope="module")
def dask_cluster(deadly_path):
    """Two workers with little memory that die of a marked recording; Dask gives a task up at once."""
    with (
        pytest.MonkeyPatch.context() as patch,
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
    ):
        patch.setenv("PYTHONPATH", deadly_path)
        with own_cluster(2, memory_limit="800 MB") as started:
            yield started


@pytest.fixture
def runner(dask_cluster):
    with connect(dask_cluster.scheduler_address) as runner:
        runner.client.wait_for_workers(2)
        yield runner


@pytest.fixture(scope="module")
def empty_cluster():
    with own_cluster(0) as started:
        yield started


@pytest.fixture
def tasks(tess, tmp_path):
    store = open_or_create(tmp_path / "store", describe(DEFAULT_PROFILE, DEFAULT_FAMILIES))
    target = Target.of(store.root, store.profile, store.families)
    return list(plan(scan("tess", tess), store, target).tasks)


def contents(tree):
    return {name: content for name, (content, _) in tree.items()}


def test_store_is_the_same_as_that_of_a_local_run(runner, extract_tess, tmp_path, tree):
    seen = []
    observer = Observer(on_progress=lambda *state: seen.append(state))
    report = extract_tess(runner=runner, store=tmp_path / "dask", observer=observer)
    assert (report.stored, report.failures, seen[-1]) == (TONES, [], (TONES, 0))
    extract_tess(store=tmp_path / "local")
    assert len(pd.read_parquet(tmp_path / "dask" / "files")) == TONES
    assert contents(tree(tmp_path / "dask")) == contents(tree(tmp_path / "local"))
    assert extract_tess(runner=runner, store=tmp_path / "dask").unchanged == TONES


def test_speed_perturbed_copies_are_computed_on_the_cluster_too(dask_cluster, tess, tmp_path, monkeypatch):
    monkeypatch.setattr(Local, "run", lambda *_: pytest.fail("work was done on this machine"))
    report = extract(
        "tess",
        data=tess,
        store=tmp_path / "store",
        features=["core"],
        executor="dask",
        scheduler=dask_cluster.scheduler_address,
        limit=4,
        speed_perturb=True,
    )
    assert (report.stored, report.copies.stored) == (4, 8)
    assert len(read_store(tmp_path / "store").variants()) == 8


@pytest.mark.long
def test_recordings_that_kill_their_workers_are_quarantined_and_all_others_are_stored(
    runner, mark, extract_tess, tmp_path
):
    """By a signal, by a crash, and by taking more memory than the worker may have."""
    stems = ("OAF_wordb_sad", "YAF_worda_fear", "YAF_wordb_ps")
    poison = [mark(stem, death) for stem, death in zip(stems, DEATHS, strict=True)]
    report = extract_tess(runner=runner)
    assert [(f.file_id, f.stage, f.error_class) for f in report.failures] == [
        (file_id, "worker", "WorkerDiedError") for file_id in poison
    ]
    assert all("killed its worker process twice" in failure.message for failure in report.failures)
    rows = pd.read_parquet(tmp_path / "store" / "files")
    assert report.stored == len(rows) == TONES - 3
    assert rows["file_id"].is_unique


@pytest.mark.long
def test_a_worker_killed_during_the_run_loses_nothing(runner, extract_tess, tmp_path, wait_for_unfinished):
    store = tmp_path / "store"
    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(extract_tess, runner=runner)
        processes = runner.client.run(os.getpid)
        wait_for_unfinished(store, ".*.npy.*")
        for process in processes.values():
            os.kill(process, signal.SIGKILL)
        report = run.result()
    assert (report.stored, report.failures) == (TONES, [])
    assert pd.read_parquet(store / "files")["file_id"].nunique() == TONES
    assert set(runner.client.run(os.getpid).values()).isdisjoint(processes.values())


@pytest.mark.parametrize("own", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_command_works_on_a_running_cluster_and_on_its_own(dask_cluster, tess, tmp_path, capsys, own):
    words = ["extract", "--datasets", "tess", "--data", str(tess), "--limit", "8", "--executor", "dask"]
    words += ["--workers", "1"] if own else ["--scheduler", dask_cluster.scheduler_address]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--store", str(tmp_path / "store")])
    assert ended.value.code == 0
    assert "8 stored, 0 unchanged, 0 failed" in capsys.readouterr().out


def test_workers_use_one_thread_each(runner):
    settings = runner.client.run(lambda: [os.environ.get(name) for name in ONE_THREAD])
    assert list(settings.values()) == [["1", "1", "1"]] * 2
    assert list(runner.client.nthreads().values()) == [1, 1]


def test_store_that_a_worker_does_not_see_ends_the_run(runner, tasks, tmp_path):
    elsewhere = [replace(task, target=replace(task.target, root=tmp_path / "no")) for task in tasks]
    with pytest.raises(InputError, match=r"sees no store at .*no: expected a file system that all machines"):
        list(runner.run(elsewhere, EXTRACTION))


def test_recordings_that_a_worker_does_not_see_end_the_run(runner, tasks, tmp_path):
    elsewhere = [replace(task, data_root=tmp_path / "no") for task in tasks]
    with pytest.raises(InputError, match=r"worker on .* sees no recordings at .*no: expected a file system"):
        list(runner.run(elsewhere, EXTRACTION))


def test_worker_of_another_version_ends_the_run(runner, tasks, monkeypatch):
    monkeypatch.setattr(cluster, "FINGERPRINT", "another")
    with pytest.raises(InputError, match=r"tcp://.* has another version of ser: install the same version"):
        list(runner.run(tasks, EXTRACTION))


@pytest.mark.long
def test_worker_without_ser_ends_the_run(tasks, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_SER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        own_cluster(1) as started,
        distributed.Client(started, set_as_default=False) as client,
        pytest.raises(
            InputError, match=r"tcp://.* has no ser \(.*ser_features.*\): install the same version"
        ),
    ):
        list(Dask(client).run(tasks, EXTRACTION))


def test_a_cluster_without_workers_is_given_up(empty_cluster, tasks, monkeypatch):
    monkeypatch.setattr(cluster, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(cluster, "NO_WORKER_SECONDS", 0.2)
    with (
        connect(empty_cluster.scheduler_address) as runner,
        pytest.raises(SerError, match=r"no worker for 0 s: start some with dask worker ADDRESS, and run"),
    ):
        list(runner.run(tasks, EXTRACTION))


def test_scheduler_that_goes_away_ends_the_run(tasks, monkeypatch):
    monkeypatch.setattr(cluster, "POLL_SECONDS", 0.05)
    with (
        own_cluster(0) as own,
        connect(own.scheduler_address) as runner,
        ThreadPoolExecutor(1) as thread,
    ):
        run = thread.submit(list, runner.run(tasks, EXTRACTION))
        while not runner.client.futures:
            pass
        own.close()
        with pytest.raises(SerError, match=r"the Dask scheduler is gone: start it again, and run the same"):
            run.result()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "ftp://head:8786"])
def test_wrong_address_is_one_line(address, monkeypatch):
    monkeypatch.setattr("ser_features.engine.connect.CONNECT_SECONDS", 0.2)
    with (
        pytest.raises(InputError, match=f"no Dask scheduler answers at '{address}' .*: expected an address"),
        connect(address),
    ):
        pass


def test_the_address_of_a_worker_is_refused(runner):
    worker = next(iter(runner.client.nthreads()))
    with (
        pytest.raises(InputError, match="is a Dask worker: expected the address of the sched"),
        connect(worker),
    ):
        pass


def test_address_of_something_else_is_one_line(runner, monkeypatch):
    monkeypatch.setattr("ser_features.engine.connect.CONNECT_SECONDS", 0.2)
    page = runner.client.dashboard_link.removeprefix("http://").removesuffix("/status")
    with pytest.raises(InputError, match=r"no Dask scheduler answers at '127\.0\.0\.1:"), connect(page):
        pass


def test_nothing_to_do_needs_no_worker(empty_cluster):
    with connect(empty_cluster.scheduler_address) as runner:
        assert list(runner.run([], EXTRACTION)) == []


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        MissingExtraError, match=r"needs distributed, which is not installed: pip install 'ser-toolkit\[dask"
    ):
        connect().__enter__()
