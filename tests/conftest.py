"""Fixtures that several parts of the tests share."""

import os
from pathlib import Path

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Data root of real recordings: `SER_DATA`, or `../shared/data` beside the checkout."""
    folder = Path(os.environ.get("SER_DATA", BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip(f"no real recordings: {folder} is no folder; set SER_DATA")
    return folder
