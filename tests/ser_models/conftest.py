"""A tiny store of tones, tables made of nothing but names, and small results with everything in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ser_features.store import Store, open_store
from ser_models.data.examples import Examples
from ser_models.evaluation.predictions import probability_columns
from ser_models.evaluation.score import score
from ser_models.reporting.figures import AttentionExample

LABELS = ("angry", "neutral", "sad")


@pytest.fixture(scope="session")
def store(store_root: Path) -> Store:
    return open_store(store_root)


@pytest.fixture(scope="session")
def whole_store(whole_store_root: Path) -> Store:
    return open_store(whole_store_root)


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


@pytest.fixture
def make_predictions() -> Callable[..., pd.DataFrame]:
    """Return a maker of predictions: each speaker says every emotion `takes` times, often understood."""

    def make(
        speakers: int = 5,
        corpora: tuple[str, ...] = ("demo",),
        takes: int = 4,
        labels: tuple[str, ...] = LABELS,
        acted: tuple[str, ...] | None = None,
        name: str = "s",
    ) -> pd.DataFrame:
        rng = np.random.default_rng(0)
        rows = [
            {
                "file_id": f"{corpora[speaker % len(corpora)]}/{name}{speaker}_{emotion}_{take}",
                "dataset": corpora[speaker % len(corpora)],
                "speaker": f"{name}{speaker}",
                "emotion": emotion,
                "fold": speaker % 2,
            }
            for speaker in range(speakers)
            for emotion in acted or labels
            for take in range(takes)
        ]
        table = pd.DataFrame(rows)
        truth = np.eye(len(labels))[[labels.index(emotion) for emotion in table["emotion"]]]
        raw = rng.dirichlet(np.ones(len(labels)), len(table)) + 0.6 * truth
        table[probability_columns(labels)] = raw / raw.sum(axis=1, keepdims=True)
        return table

    return make


@pytest.fixture
def make_metrics(make_predictions: Callable[..., pd.DataFrame]) -> Callable[..., dict[str, Any]]:
    """Return a maker of the content of metrics.json; words go to `make_predictions` or replace values."""

    def make(values: dict[str, Any] | None = None, **words: Any) -> dict[str, Any]:
        predictions = make_predictions(**words)
        return {
            "model": "mlp",
            "datasets": sorted(set(predictions["dataset"])),
            "synthetic": False,
            "protocol": "speaker-disjoint, 2 folds",
            **score(predictions, words.get("labels", LABELS), seed=0),
            "leakage": [],
            "notes": [],
            "seed": 0,
            **(values or {}),
        }

    return make


@pytest.fixture
def make_history() -> Callable[..., pd.DataFrame]:
    """Return a maker of training histories, whose first epoch was kept."""

    def make(folds: tuple[int, ...] = (0, 1, -1), epochs: int = 3, rates: bool = False) -> pd.DataFrame:
        rows = [
            {
                "fold": fold,
                "epoch": epoch,
                "loss": 1 / epoch,
                "uar": 0.5,
                "val_loss": 1.0 + 0.1 * epoch,
                "val_uar": 0.4,
                "best": epoch == 1,
            }
            for fold in folds
            for epoch in range(1, epochs + 1)
        ]
        table = pd.DataFrame(rows)
        return table.assign(learning_rate=0.1 / table["epoch"]) if rates else table

    return make


@pytest.fixture
def heard() -> AttentionExample:
    """One second of 100 frames, with all of the attention on frame 25."""
    mel = np.linspace(-60, 0, 100 * 40).reshape(100, 40)
    weights = np.zeros(100)
    weights[25] = 1.0
    return AttentionExample("demo/s0_sad_0", "sad", "angry", 0.7, mel, weights, hop_sec=0.01)
