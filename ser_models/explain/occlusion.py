"""Occlusion: the prediction for one recording without each group of its features.

`Parts` of one recording, groups → recordings without a group → `occluded_probabilities`

A column is replaced by a missing value, which the model imputes with the training median; frame bands by
their training mean, which is 0 after scaling; and bands of a recording that is scaled by its own range by its
minimum, which is 0 after scaling.
"""

from collections.abc import Sequence

import numpy as np

from ser_models.data.batches import Scaler
from ser_models.data.frame_inputs import ChunkInputs
from ser_models.data.inputs import Raw
from ser_models.explain.feature_groups import FeatureGroup
from ser_models.explain.parts import Parts


def occluded_probabilities(parts: Parts, groups: Sequence[FeatureGroup]) -> np.ndarray:
    """Predict one recording with all features, then without each group, in one batch per member.

    Args:
        parts: of one recording.
        groups: features that are left out together.

    Returns:
        (1 + groups, classes).
    """
    predictions = []
    for number, part in enumerate(parts.members):
        indices = [(), *(group.indices[number] for group in groups)]
        read = [row for row, own in enumerate(indices) if own or row == 0]
        predicted = part.predict(occlude(part.raw, [indices[row] for row in read], part.scaler))
        # Without a group that it does not read, a member predicts the same as with all features.
        rows = np.zeros(len(indices), np.int64)
        rows[read] = np.arange(len(read))
        predictions.append(predicted[rows])
    return parts.pool(predictions)


def occlude(raw: Raw, indices: Sequence[Sequence[int]], scaler: Scaler) -> Raw:
    """Return one recording once per group, each time without that group.

    Args:
        raw: unscaled values of the recording.
        indices: columns or bands of each group; none for the recording as it is.
        scaler: of these values.
    """
    if isinstance(raw, np.ndarray):
        rows = np.repeat(raw, len(indices), axis=0)
        for row, own in zip(rows, indices, strict=True):
            row[np.array(own, np.int64)] = np.nan
        return rows
    frames = np.asarray(raw[0])
    if isinstance(scaler.inputs, ChunkInputs):
        neutral = np.full(frames.shape[1], frames.min())
    else:
        neutral = scaler.statistics["mean"].astype(np.float32)
    copies = [frames.copy() for _ in indices]
    for copy, own in zip(copies, indices, strict=True):
        bands = np.array(own, np.int64)
        copy[:, bands] = neutral[bands]
    return copies
