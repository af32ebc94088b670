"""audiomentations, driven with explicit parameters: its own drawing uses the global random state.

name of its transform, settings, parameters → its `apply` → float32
"""

from typing import Any

import numpy as np

from ser_features.errors import MissingExtraError

PACKAGE = "audiomentations"
"""What the extra `augment` installs."""


def run(
    name: str, signal: np.ndarray, sample_rate: int, *, parameters: dict[str, Any], **settings: Any
) -> np.ndarray:
    """Apply one of its transforms.

    Args:
        name: of the class in audiomentations.
        signal: float32, shape (n,).
        sample_rate: in Hz.
        parameters: what the transform would have drawn.
        settings: arguments of the class.

    Raises:
        MissingExtraError: if audiomentations is not installed.
    """
    try:
        import audiomentations  # 0.7 s to import, and few runs augment
    except ModuleNotFoundError as error:
        raise MissingExtraError(missing(name)) from error

    transform = getattr(audiomentations, name)(**settings)
    transform.parameters = {"should_apply": True, **parameters}
    return np.asarray(transform.apply(signal.copy(), sample_rate), np.float32)


def missing(what: str) -> str:
    """What to say where the package is not installed.

    >>> missing("pitch_shift")
    "pitch_shift needs audiomentations, which is not installed: pip install 'ser-toolkit[augment]'"
    """
    return f"{what} needs {PACKAGE}, which is not installed: pip install 'ser-toolkit[augment]'"
