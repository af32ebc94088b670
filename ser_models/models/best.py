"""Recommended model: the most accurate on new speakers of all that were evaluated (docs/accuracy.md).

>>> Best().members
('ridge', 'kernel_ridge', 'fisher_vectors')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ser_models.models.ensemble import Ensemble


@dataclass
class Best(Ensemble):
    """Recommended ensemble: functionals for prosody, Fisher vectors for spectral detail.

    For other corpora (other rooms, microphones, languages): groups of functionals with fixed shares.
    """

    name: ClassVar[str] = "best"
    for_other_corpora: ClassVar[Mapping[str, Any]] = {"members": ("group_ridge", "group_kernel_ridge")}
