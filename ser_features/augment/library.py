"""audiomentations with explicit parameters, because it draws from the global random state itself.

name of its transform, settings, parameters → `apply` → float32
"""

from typing import Any

import numpy as np

from ser_features.extras import require

PACKAGE = "audiomentations"
"""Installed by the extra `augment`."""


def run(
    name: str, signal: np.ndarray, sample_rate: int, *, parameters: dict[str, Any], **settings: Any
) -> np.ndarray:
    """Apply a transform of audiomentations.

    Args:
        name: of the class in audiomentations.
        signal: float32, shape (n,).
        sample_rate: in Hz.
        parameters: the values that the transform would draw.
        settings: arguments of the class.

    Raises:
        MissingExtraError: if audiomentations is not installed.
    """
    require(name, PACKAGE)
    import audiomentations  # 0.7 s to import, and few runs augment

    transform = getattr(audiomentations, name)(**settings)
    transform.parameters = {"should_apply": True, **parameters}
    return np.asarray(transform.apply(signal.copy(), sample_rate), np.float32)
