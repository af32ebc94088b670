"""What is recommended: of all that was tried, what recognises new speakers best (docs/accuracy.md).

>>> Best().members
('ridge', 'kernel_ridge', 'fisher_vectors')
"""

from dataclasses import dataclass
from typing import ClassVar

from ser_models.models.ensemble import Ensemble
from ser_models.models.hyperparameters import Names


@dataclass
class Best(Ensemble):
    """Functionals for how a sentence is spoken, Fisher vectors for how its sounds are.

    Attributes:
        members: names of models.
    """

    name: ClassVar[str] = "best"
    members: Names = ("ridge", "kernel_ridge", "fisher_vectors")
