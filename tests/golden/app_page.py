"""The text of the app's page for a fixed recording and a fixed model.

    python -m tests.golden.app_page    # writes app_page.txt beside this file: review the difference

fixed `Inspection`, metadata, result → HTML → text, one line per block
"""

from pathlib import Path

import numpy as np
import pandas as pd

from ser_features.extractors import CORE_COLUMNS
from ser_features.pipeline import Features
from ser_models.app.inspection import Inspection
from ser_models.app.result import ResultRenderer, render, render_error
from ser_models.artifact.folder import Artifact
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.entries import Finding
from ser_models.explain import Contributions
from ser_models.inference import Prediction, Predictor
from ser_models.inference.prediction import ranked
from ser_models.inference.recording import RecordingAnalysis
from ser_models.inference.timeline import WindowPrediction
from tests.pages import text_of
from tests.results import make_result

FRAMES, BANDS, RATE = 200, 64, 16_000
GOLDEN = Path(__file__).with_suffix(".txt")
PROBABILITIES = {"angry": 0.1, "neutral": 0.3, "sad": 0.6}

RESULT = make_result({"leakage": (Finding("speaker", "x", 1),) * 2, "protocol": "speaker-disjoint, 4 folds"})


def inspection(**changes: object) -> Inspection:
    """Return two seconds from 0.5 s on, voiced in the first second, with windows and attention weights."""
    rng = np.random.default_rng(0)
    f0 = np.where(np.arange(FRAMES) < 100, 200.0, np.nan)
    mel = rng.uniform(-80, 0, (FRAMES, BANDS)).astype(np.float32)
    columns = {column.name: 1.5 + index for index, column in enumerate(CORE_COLUMNS)} | {"jitter": np.nan}
    features = Features(columns, {"mel": mel, "pitch": f0[:, None]}, 2.0, RATE, 1, "")
    signal = rng.uniform(-0.1, 0.1, 2 * RATE).astype(np.float32)
    weights = np.zeros(FRAMES)
    weights[50:150], weights[120] = 0.005, 0.2
    windows = [
        WindowPrediction(0.0, 3.0, "sad", PROBABILITIES),
        WindowPrediction(1.0, 4.0, None, {}),
        WindowPrediction(2.0, 5.0, "angry", {"angry": 0.9, "neutral": 0.02, "sad": 0.08}),
    ]
    values: dict[str, object] = {
        "analysis": RecordingAnalysis(3.0, signal, RATE, 0.5, features),
        "prediction": Prediction(
            *("x.wav", "sad", 0.6, PROBABILITIES, ranked(PROBABILITIES), "a warning"),
            seconds=5.0,
            ood_score=1.234,
            verdict="other channel",
            windows=windows,
        ),
        "hop_sec": 0.01,
        "percentiles": {name: 2.2 * index for index, name in enumerate(columns)},
        "attention": weights,
        "contributions": contributions(),
    }
    return Inspection(**(values | changes))


def contributions() -> Contributions:
    """Return contributions of four topics: two for the answer, one against it, one without influence."""
    rows = [
        ("pitch", 0.25, "neutral", 0.5),
        ("MFCC", -0.1, "sad", 0.7),
        ("rhythm", 0.021, "sad", 0.58),
        ("level", 0.002, "sad", 0.6),
    ]
    columns = ["feature", "contribution", "emotion_without", "probability_without"]
    table = pd.DataFrame(rows, columns=columns).assign(description="A topic.")
    return Contributions(Path(), "mlp", "occlusion", "x.wav", "sad", PROBABILITIES, 0.6, table)


def metadata(**changes: object) -> ArtifactMetadata:
    """Return metadata of which the page shows model, datasets, labels, label_map and synthetic."""
    shown = {
        "model": "mlp",
        "datasets": ["ravdess", "own"],
        "labels": list(PROBABILITIES),
        "label_map": {"calm": "neutral"},
        "synthetic": False,
    }
    fields = dict.fromkeys(ArtifactMetadata.__dataclass_fields__)
    return ArtifactMetadata(**(fields | shown | changes))


def renderer(**changes: object) -> ResultRenderer:
    """Return a renderer without a model, for `describe_model`."""
    artifact = Artifact(Path(), metadata(**changes), *[None] * 4)
    return ResultRenderer(Predictor(artifact), RESULT)


def page_text() -> str:
    """Return the text of a result, of the description of the model and of an error."""
    parts = (
        render(inspection(), "x.wav", RESULT),
        renderer().describe_model(),
        render_error("0 bytes", "empty.wav"),
    )
    return "\n".join(map(text_of, parts))


if __name__ == "__main__":
    GOLDEN.write_text(page_text(), encoding="utf-8")
