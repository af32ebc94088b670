"""Fit the confidence of a trained model on labelled recordings from elsewhere.

artifact, store → predictions of unseen speakers → temperature → copy of the artifact, with the temperature
→ `Recalibration`: the calibration error before and after

A model is calibrated on speakers of its own corpora, and is too confident in other rooms. The temperature
does not change which emotion is predicted.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ser_features.errors import InputError
from ser_features.files import replacing_folder
from ser_models.artifact.folder import Artifact, check_target
from ser_models.artifact.kept import carry_over
from ser_models.artifact.metadata import METADATA_FILE, sha256, write_metadata
from ser_models.evaluation.metrics import calibration
from ser_models.evaluation.score import probability_columns
from ser_models.experiments.evaluate import is_unseen, predicted, training_rows
from ser_models.models.base import HIGHEST, LOWEST, apply_temperature, balanced_weights, fit_temperature

CARD, HEADING = "README.md", "## Confidence"
"""The model card, which may have been edited, and the heading of its section on a recalibration."""


@dataclass(frozen=True)
class Recalibration:
    """A temperature that was fitted after the training, and what it is worth.

    Attributes:
        temperature: divisor of the log-probabilities of the model as it was.
        datasets: corpora of the recordings.
        recordings: their number.
        speakers: number of their speakers.
        accuracy: share of them that the model recognises.
        confidence: mean confidence before and after.
        ece: expected calibration error before and after; after, each part of the recordings with a
            temperature that was fitted on the other parts.
        parts: what the parts are: "corpus", or "speaker" with one corpus.
    """

    temperature: float
    datasets: tuple[str, ...]
    recordings: int
    speakers: int
    accuracy: float
    confidence: tuple[float, float]
    ece: tuple[float, float]
    parts: str


@dataclass(frozen=True)
class _Predicted:
    """Predictions of unseen recordings.

    Attributes:
        probabilities: (recordings, classes).
        targets: class of each recording, (recordings,).
        corpora: number of its corpus, likewise, from 0.
        speakers: number of its speaker, likewise.
    """

    probabilities: np.ndarray
    targets: np.ndarray
    corpora: np.ndarray
    speakers: np.ndarray

    def take(self, rows: np.ndarray) -> "_Predicted":
        return _Predicted(
            self.probabilities[rows], self.targets[rows], self.corpora[rows], self.speakers[rows]
        )

    def temperature(self) -> float:
        """The best temperature if every class of every corpus counts the same."""
        weights = balanced_weights(self.targets, self.probabilities.shape[1], self.corpora)
        return fit_temperature(self.probabilities, self.targets, len(set(self.speakers)), weights)


def calibrate(
    folder: Path,
    store: Path,
    datasets: Sequence[str] | None,
    out: Path,
    own_features: Path | None = None,
) -> Recalibration:
    """Fit the confidence of a model on recordings of speakers that were not in its training.

    Args:
        folder: the artifact; it is not changed.
        store: a feature store of the same profile.
        datasets: corpora to use; None for all.
        out: folder of the calibrated copy; an artifact there is replaced.
        own_features: as for `evaluate`.

    Raises:
        ArtifactError: if the artifact cannot be loaded.
        InputError: as `evaluate`; if the speakers of all recordings were in the training or are unknown; or
            if there is a single one, whose voice cannot stand for others.
    """
    check_target(out)
    artifact, examples, predictions = predicted(folder, store, datasets, own_features)
    unseen = is_unseen(examples.rows, training_rows(artifact)).to_numpy()
    rows, targets = examples.rows[unseen], np.asarray(examples.targets)[unseen]
    data = _Predicted(
        predictions.loc[unseen, probability_columns(examples.labels)].to_numpy(),
        targets,
        np.unique(rows["dataset"].astype(str), return_inverse=True)[1],
        np.unique(examples.groups[unseen], return_inverse=True)[1],
    )
    if len(set(data.speakers)) < 2:
        raise InputError(
            f"{store} has {len(rows)} recordings of {len(set(data.speakers))} speakers that "
            f"{folder} was not trained on, expected two speakers or more: name other --datasets"
        )
    result = _measured(data, tuple(dict.fromkeys(rows["dataset"])))
    _write(artifact, result, out)
    return result


def _measured(data: _Predicted, datasets: tuple[str, ...]) -> Recalibration:
    several = len(datasets) > 1
    parts = data.corpora if several else data.speakers
    after = data.probabilities.copy()
    for part in np.unique(parts):
        others = data.take(np.flatnonzero(parts != part)).temperature()
        after[parts == part] = apply_temperature(data.probabilities[parts == part], others)
    correct = data.probabilities.argmax(axis=1) == data.targets
    confidences = [probabilities.max(axis=1) for probabilities in (data.probabilities, after)]
    errors = [calibration(confidence, correct).ece for confidence in confidences]
    return Recalibration(
        temperature=data.temperature(),
        datasets=datasets,
        recordings=len(data.targets),
        speakers=len(set(data.speakers)),
        accuracy=float(correct.mean()),
        confidence=(float(confidences[0].mean()), float(confidences[1].mean())),
        ece=(errors[0], errors[1]),
        parts="corpus" if several else "speaker",
    )


def _write(artifact: Artifact, result: Recalibration, out: Path) -> None:
    """Copy what ser wrote of the artifact, with the temperature in its metadata and a section of its card."""
    metadata = artifact.metadata
    product = float(np.clip(metadata.temperature * result.temperature, LOWEST, HIGHEST))
    with replacing_folder(out) as hidden:
        for name, written in metadata.files.items():
            source = artifact.folder / name
            if source.is_file() and (name == CARD or sha256(source) == written):
                (hidden / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, hidden / name)
        card = hidden / CARD
        if card.is_file():
            before = card.read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
            card.write_text(f"{before}\n\n{_section(result)}\n", encoding="utf-8")
        write_metadata(hidden, replace(metadata, temperature=product, calibrated_on=list(result.datasets)))
        if (out / METADATA_FILE).is_file():
            carry_over(out, hidden)


def _section(result: Recalibration) -> str:
    return (
        f"{HEADING}\n\nAfter the training, the confidence was fitted on {result.recordings} recordings of "
        f"{result.speakers} other speakers, of {', '.join(result.datasets)}, of which the model recognises "
        f"{result.accuracy:.1%}: its mean confidence there was {result.confidence[0]:.1%} and is "
        f"{result.confidence[1]:.1%}, with an expected calibration error of {result.ece[0]:.3f} before and "
        f"{result.ece[1]:.3f} after, each {result.parts} with the temperature of the others. The results "
        "above, `report.html` and `predictions.parquet` are of the training, without it."
    )
