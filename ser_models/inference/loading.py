"""An artifact folder → a `Predictor` that is known to work.

artifact folder → checked `Artifact` → `Predictor` → a prediction for a test tone
"""

import io
from pathlib import Path

import numpy as np
import soundfile

from ser_features.arguments import PathLike, checked
from ser_features.errors import ArtifactError
from ser_features.pipeline import extract_bytes
from ser_models import artifact
from ser_models.artifact.builtin import located
from ser_models.data.inputs import ColumnInputs
from ser_models.inference.predictor import Predictor
from ser_models.safe_io.strict import quoted

MAX_CHECK_FRAMES = 2**12
"""Longest input, in frames, that `load` tries the model on; a longer one would take seconds."""


@checked
def load(folder: PathLike, *, of_store: bool = False) -> Predictor:
    """Load an artifact after checking it.

    Args:
        folder: as written by `ser train`, or "builtin" for the model that comes with the package.
        of_store: whether only stored recordings are recognised, so that a user's own features will do.

    Raises:
        ArtifactError: if it is incomplete, altered, made with other features, reads a user's own features, or
            fails on a test tone.
        InputError: if `folder` is no path.
        MissingExtraError: if its model needs a package that is not installed.
    """
    predictor = Predictor(artifact.load(located(Path(folder))))
    inputs = predictor.artifact.inputs
    if isinstance(inputs, ColumnInputs) and inputs.has_own:
        if of_store:
            return predictor
        raise ArtifactError(
            f"{folder} reads {len(inputs.columns)} own features, which cannot be computed from a recording: "
            "use ser evaluate or ser explain with --own-features TABLE"
        )
    if isinstance(inputs, ColumnInputs) or inputs.length <= MAX_CHECK_FRAMES:
        _check_on_tone(predictor)
    return predictor


def _check_on_tone(predictor: Predictor) -> None:
    """Recognise half a second of a 220 Hz tone, to find parts that do not fit together at once."""
    folder, rate, tone = predictor.artifact.folder, 16_000, io.BytesIO()
    soundfile.write(tone, 0.3 * np.sin(np.arange(rate // 2) * 2 * np.pi * 220 / rate), rate, format="WAV")
    features = extract_bytes(tone.getvalue(), predictor.profile, predictor.artifact.inputs.families)
    try:
        with np.errstate(all="ignore"):
            probabilities = predictor.probabilities(predictor.raw([features]))
    except ArtifactError:
        raise
    except Exception as error:  # whatever the parts make of each other
        raise ArtifactError(f"{folder} cannot recognise a tone ({quoted(error)}): train again") from error
    if not np.isfinite(probabilities).all():
        raise ArtifactError(f"{folder} gives no numbers for a tone: restore it, or train again")
