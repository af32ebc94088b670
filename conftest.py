"""Doctests are collected only from files that have any, because collecting a module imports it."""

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule


def has_examples(path: Path) -> bool:
    """Whether a Python file has a doctest."""
    return b">>> " in path.read_bytes()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Pass over modules of the packages that have no doctest."""
    is_test = collection_path.name.startswith("test_")
    if collection_path.suffix != ".py" or is_test or has_examples(collection_path):
        return None
    return True


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, Sequence[pytest.Collector], list[pytest.Collector]]:
    """Collect test files once, not a second time for doctests."""
    collectors = yield
    if file_path.suffix == ".py" and not has_examples(file_path):
        return [collector for collector in collectors if not isinstance(collector, DoctestModule)]
    return list(collectors)
