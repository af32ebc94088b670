"""A tiny store of tones, tables made of nothing but names, and small results with everything in them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ser_features.store import Store, open_store
from ser_models.data.examples import Examples


@pytest.fixture(scope="session")
def store(store_root: Path) -> Store:
    return open_store(store_root)


@pytest.fixture
def make_examples() -> Callable[..., Examples]:
    """Return a maker of examples without a store: each speaker says every emotion `takes` times."""

    def make(speakers: int = 6, takes: int = 2, emotions: int = 3, datasets: int = 1) -> Examples:
        labels = ("angry", "disgust", "fear", "happy", "neutral", "calm", "sad")[:emotions]
        rows = [
            {
                "file_id": f"d{dataset}/s{speaker}_{emotion}_{take}",
                "dataset": f"d{dataset}",
                "speaker": f"s{speaker}",
                "gender": ("female", "male")[speaker % 2],
                "emotion": emotion,
                "path": f"{speaker}/{emotion}/{take}.wav",
                "audio_sha256": f"{dataset}-{speaker}-{emotion}-{take}",
            }
            for dataset in range(datasets)
            for speaker in range(speakers)
            for emotion in labels
            for take in range(takes)
        ]
        return Examples(pd.DataFrame(rows), labels)

    return make
