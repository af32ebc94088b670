"""Splits whose rows are identified."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ser_models.auditing.split_table import KEYS, IdentifiedSplit


@pytest.fixture(scope="session")
def identified() -> Callable[..., IdentifiedSplit]:
    """Make a split from a side of each row; columns replace those of distinct recordings and speakers."""

    def make(*sides: str, **columns: Any) -> IdentifiedSplit:
        names = [f"{number}.wav" for number in range(len(sides))]
        speakers = {"speaker": [f"s{number}" for number in range(len(sides))]}
        rows = pd.DataFrame({"path": names, "fold": "1", "side": sides, "dataset": "own"})
        rows = rows.assign(**dict.fromkeys((*KEYS, "source_file_id", "audio_channel", "start", "end")))
        rows = rows.assign(**{**speakers, "file_id": names, "audio_sha256": names, **columns})
        return IdentifiedSplit(rows, {})

    return make
