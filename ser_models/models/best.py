"""Recommended model: the most accurate on new speakers of all that were evaluated (docs/accuracy.md).

>>> Best().members
('group_ridge', 'loudness_kernel_ridge', 'fisher_vectors_f0', 'context_vectors', 'covariances')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ser_models.models.ensemble import Ensemble
from ser_models.models.hyperparameters import Names


@dataclass
class Best(Ensemble):
    """Recommended ensemble: functionals and loudness for prosody, frames in three forms for spectral detail.

    For other corpora (other rooms, microphones, languages): functionals and the course of the loudness.
    """

    name: ClassVar[str] = "best"
    members: Names = (
        "group_ridge",
        "loudness_kernel_ridge",
        "fisher_vectors_f0",
        "context_vectors",
        "covariances",
    )
    for_other_corpora: ClassVar[Mapping[str, Any]] = {"members": ("loudness_ridge", "loudness_kernel_ridge")}
