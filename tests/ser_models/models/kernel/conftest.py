"""Sixty recordings of three classes and five speakers, as columns."""

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models.base import Labelled


@pytest.fixture(scope="package")
def recordings() -> Labelled:
    targets = np.repeat([0, 1, 2], [30, 20, 10])
    columns = np.random.default_rng(11).standard_normal((60, 12)) + targets[:, None] / 2
    return Labelled(
        InMemory({"columns": columns.astype(np.float32)}),
        targets,
        3,
        tuple(f"own/{index}" for index in range(60)),
        tuple(f"own/s{index % 5}" for index in range(60)),
    )
