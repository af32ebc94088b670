"""audiomentations, driven with explicit parameters: its own drawing uses the global random state.

name of its transform, settings, parameters → its `apply` → float32
"""

from typing import Any

import numpy as np

from ser_features.extras import require

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
    require(name, PACKAGE)
    import audiomentations  # 0.7 s to import, and few runs augment

    transform = getattr(audiomentations, name)(**settings)
    transform.parameters = {"should_apply": True, **parameters}
    return np.asarray(transform.apply(signal.copy(), sample_rate), np.float32)
