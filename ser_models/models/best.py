"""Recommended model: the most accurate on new speakers of all that were evaluated (docs/accuracy.md).

>>> Best().members
('ridge', 'kernel_ridge', 'fisher_vectors')
"""

from dataclasses import dataclass
from typing import ClassVar

from ser_models.models.ensemble import Ensemble


@dataclass
class Best(Ensemble):
    """Recommended ensemble: functionals for prosody, Fisher vectors for spectral detail."""

    name: ClassVar[str] = "best"
