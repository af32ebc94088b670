"""Signals with known answers, and real recordings by name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def sine() -> Callable[..., np.ndarray]:
    """Make a float32 sine of a frequency in Hz, at a rate in Hz."""

    def make(frequency: float, rate: int, *, seconds: float = 1.0, amplitude: float = 0.5) -> np.ndarray:
        time = np.arange(round(seconds * rate)) / rate
        return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def real(real_data: Path) -> Callable[[str], Path]:
    """Find a real recording by its stem; the test is skipped where it is absent."""
    paths = {path.stem: path for path in real_data.rglob("*.*")}

    def find(stem: str) -> Path:
        if stem not in paths:
            pytest.skip(f"no recording {stem} in {real_data}")
        return paths[stem]

    return find
