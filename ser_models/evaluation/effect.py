"""How much a feature differs between classes: effect size, and a rank test.

values by class → `effect` → `Effect` (η², Kruskal–Wallis H and p)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Effect:
    """Difference of a feature between classes.

    Attributes:
        eta_squared: share of the variance that lies between classes, 0 to 1.
        h: Kruskal–Wallis statistic.
        p_value: of it; recordings count as independent, those of one speaker too.
        classes: number of classes.
    """

    eta_squared: float
    h: float
    p_value: float
    classes: int

    def __str__(self) -> str:
        """As a sentence of a caption."""
        p_value = "p\xa0<\xa00.001" if self.p_value < 0.001 else f"p\xa0=\xa0{self.p_value:.3f}"
        return (
            f"η² {self.eta_squared:.2f} (share of the variance between classes); Kruskal–Wallis "
            f"H({self.classes - 1}) = {self.h:.1f}, {p_value}, recordings as independent."
        )


def effect(groups: Sequence[np.ndarray]) -> Effect | None:
    """Measure the difference between classes; None for fewer than two, or equal values.

    Args:
        groups: finite values of each class, at least one each.

    >>> measured = effect([np.array([1.0, 2.0, 3.0]), np.array([7.0, 8.0, 9.0])])
    >>> round(measured.eta_squared, 3), round(measured.p_value, 3)
    (0.931, 0.05)
    >>> effect([np.ones(3), np.ones(3)]) is None
    True
    """
    from scipy.stats import kruskal

    values = np.concatenate(groups) if groups else np.empty(0)
    if len(groups) < 2 or np.ptp(values) == 0:
        return None
    between = sum(len(group) * (group.mean() - values.mean()) ** 2 for group in groups)
    statistic, p_value = kruskal(*groups)
    total = float(np.square(values - values.mean()).sum())
    return Effect(float(between) / total, float(statistic), float(p_value), len(groups))
