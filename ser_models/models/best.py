"""Recommended model: the most accurate on new speakers of all that were evaluated (docs/accuracy.md).

>>> Best().members
('ridge', 'kernel_ridge', 'fisher_vectors')
"""

from dataclasses import dataclass
from typing import ClassVar

from ser_models.models.ensemble import Ensemble

FOR_OTHER_CORPORA = ("group_ridge", "group_kernel_ridge")
"""Members for speakers of other corpora: other rooms, microphones and languages."""


@dataclass
class Best(Ensemble):
    """Recommended ensemble: functionals for prosody, Fisher vectors for spectral detail.

    For other corpora than those it is trained on, its members are `FOR_OTHER_CORPORA`.
    """

    name: ClassVar[str] = "best"
