"""Threads: how many, their order, errors, and one thread of BLAS and OpenMP in each."""

from types import SimpleNamespace

import pytest
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_info, threadpool_limits

from ser_models.models import create
from ser_models.models import parallel as own
from ser_models.models.parallel import COPIES, one_thread_each, parallel, shared_out


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_keep_their_order(jobs):
    assert list(parallel(str, range(20), jobs=jobs)) == list(map(str, range(20)))


def test_an_error_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(parallel(lambda item: 1 // item, [1, 0], jobs=2))


def test_libraries_have_one_thread_in_each_and_as_many_as_before_afterwards():
    def seen(_):
        return blas_threads(), _openmp_effective_n_threads()

    with threadpool_limits(3):
        assert list(parallel(seen, range(4), jobs=2)) == [({1}, 1)] * 4
        assert blas_threads() == {3}
        with one_thread_each():
            assert seen(0) == ({1}, 1)
        assert blas_threads() == {3}


CLASSICAL = SimpleNamespace(fits_in_threads=True, on_gpu=False)
NETWORK = SimpleNamespace(fits_in_threads=False, on_gpu=False)
NETWORK_ON_GPU = SimpleNamespace(fits_in_threads=False, on_gpu=True)


@pytest.mark.parametrize(
    ("model", "jobs", "folds", "shared"),
    [
        (CLASSICAL, None, 6, (6, 1)),
        (CLASSICAL, None, 3, (3, 2)),
        (CLASSICAL, None, 1, (1, 8)),
        (CLASSICAL, 2, 6, (2, 1)),
        (CLASSICAL, 1, 6, (1, 1)),
        (NETWORK, None, 6, (1, 1)),
        (NETWORK, 3, 6, (3, 1)),
        (NETWORK_ON_GPU, None, 6, (1, 1)),
        (NETWORK_ON_GPU, 3, 6, (1, 1)),
    ],
)
def test_cores_are_shared_among_folds(model, jobs, folds, shared, monkeypatch):
    monkeypatch.setattr("loky.cpu_count", lambda: 8)
    assert shared_out(model, jobs, folds=folds, fold_bytes=1) == shared


def test_by_default_no_more_folds_at_a_time_than_memory_holds(monkeypatch):
    monkeypatch.setattr("loky.cpu_count", lambda: 8)
    monkeypatch.setattr(own, "memory", lambda: 2 * 3 * COPIES * 1000)
    assert shared_out(CLASSICAL, None, folds=6, fold_bytes=1000) == (3, 2)
    assert shared_out(CLASSICAL, None, folds=6, fold_bytes=10**6) == (1, 8)
    assert shared_out(CLASSICAL, 6, folds=6, fold_bytes=10**6) == (6, 1)


def test_an_ensemble_fits_in_threads_if_its_members_do():
    assert create("best").fits_in_threads
    assert not create("best").on_gpu


@pytest.mark.long
def test_networks_use_the_gpu_of_keras(monkeypatch):
    keras = pytest.importorskip("keras")
    with_network = create("ensemble", {"members": ["ridge", "mlp"]})
    assert not with_network.fits_in_threads
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [f"{kind}:0"])
    assert create("mlp").on_gpu
    assert with_network.on_gpu
