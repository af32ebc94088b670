"""Small results, histories and reports with everything in them, made of random predictions."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ser_models.evaluation.result import EvaluationResult
from ser_models.evaluation.score import probability_columns, score
from ser_models.reporting.figures import AttentionExample
from ser_models.reporting.report import CorpusPart, Data, Report

LABELS = ("angry", "neutral", "sad")


def make_predictions(
    *,
    speakers: int = 5,
    corpora: tuple[str, ...] = ("demo",),
    takes: int = 4,
    labels: tuple[str, ...] = LABELS,
    tested: tuple[str, ...] | None = None,
    name: str = "s",
) -> pd.DataFrame:
    """Predictions of speakers who say every emotion `takes` times, more often right than wrong."""
    rows = [
        {
            "file_id": f"{corpora[speaker % len(corpora)]}/{name}{speaker}_{emotion}_{take}",
            "dataset": corpora[speaker % len(corpora)],
            "speaker": f"{name}{speaker}",
            "emotion": emotion,
            "fold": speaker % 2,
        }
        for speaker in range(speakers)
        for emotion in tested or labels
        for take in range(takes)
    ]
    table = pd.DataFrame(rows)
    truth = np.eye(len(labels))[[labels.index(emotion) for emotion in table["emotion"]]]
    raw = np.random.default_rng(0).dirichlet(np.ones(len(labels)), len(table)) + 0.6 * truth
    table[probability_columns(labels)] = raw / raw.sum(axis=1, keepdims=True)
    return table


def make_result(values: dict[str, Any] | None = None, **options: Any) -> EvaluationResult:
    """The result of such predictions; `values` replace its attributes, `options` are of the predictions."""
    predictions = make_predictions(**options)
    result = EvaluationResult.of(
        score(predictions, options.get("labels", LABELS), seed=0),
        model="mlp",
        datasets=tuple(sorted(set(predictions["dataset"]))),
        synthetic=False,
        protocol="speaker-disjoint, 2 folds",
        transductive=False,
        seed=0,
    )
    return replace(result, **(values or {}))


def make_history(folds: tuple[int, ...] = (0, 1, -1), epochs: int = 3, rates: bool = False) -> pd.DataFrame:
    """A training history, in which the first epoch is the best."""
    rows = [
        {
            "fold": fold,
            "epoch": epoch,
            "loss": 1 / epoch,
            "uar": 0.5,
            "accuracy": 0.6,
            "val_loss": 1.0 + 0.1 * epoch,
            "val_uar": 0.4,
            "val_accuracy": 0.45,
            "best": epoch == 1,
        }
        for fold in folds
        for epoch in range(1, epochs + 1)
    ]
    table = pd.DataFrame(rows)
    return table.assign(learning_rate=0.1 / table["epoch"]) if rates else table


def attention_example() -> AttentionExample:
    """One second of 100 frames, with all of the attention on frame 25."""
    mel = np.linspace(-60, 0, 100 * 40).reshape(100, 40)
    weights = np.zeros(100)
    weights[25] = 1.0
    return AttentionExample("demo/s0_sad_0", "sad", "angry", 0.7, mel, weights, hop_sec=0.01)


def make_report(values: dict[str, Any] | None = None, **attributes: Any) -> Report:
    """A report; `values` replace attributes of its result, `attributes` its own."""
    counts = {"angry": 20, "neutral": 20, "sad": 20}
    part = CorpusPart("Demo corpus", 60, 72, 0, 5, counts, "CC0", "Us (2025).")
    content: dict[str, Any] = {
        "title": "A system",
        "result": make_result(values),
        "data": Data((part,), "0123456789ab", "speech16k", "ba9876543210"),
        "command": "ser train --model mlp",
        "date": "2025-11-20",
        "versions": {"ser": "0.1.0", "numpy": "2.1.0"},
    }
    return Report(**{**content, **attributes})
