"""How far probabilities are from the truth: log loss and squared error, overall and of each class.

targets, probabilities → `log_loss`, `log_losses`; `mse`, `mses`

The truth is one-hot: 1 for the class that was acted, 0 for the others. The measures of one class compare its
column alone, "is it this emotion or not", so a class is also charged for probability that it claims from
others. These definitions fit the figures that system 1 (`bone_conducted_transformer`) publishes: its overall
log loss 1.4105 and MSE 0.0812 go together with its 0.2074 and 0.0514 for neutral.

>>> probabilities = np.array([[0.8, 0.2], [0.4, 0.6]])
>>> round(mse(np.array([0, 1]), probabilities), 3)
0.1
"""

import numpy as np

SMALLEST = np.finfo(np.float64).eps
"""Probabilities are kept this far from 0 and 1, as in scikit-learn: a sure mistake costs 36 nats."""


def log_loss(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean negative log-probability of the true class, in nats, 0 and above.

    Args:
        targets: true classes, (recordings,).
        probabilities: (recordings, classes), rows summing to 1.
    """
    return float(-np.log(_inside(probabilities[np.arange(len(targets)), targets])).mean())


def log_losses(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Log loss of each class against all others, in nats: the mean of -[y log p + (1 - y) log(1 - p)].

    Args:
        targets: true classes, (recordings,).
        probabilities: (recordings, classes).

    Returns:
        (classes,), 0 and above. Unlike the MSE's, their mean is not the overall log loss.
    """
    chosen = np.where(one_hot(targets, probabilities.shape[1]) == 1, probabilities, 1 - probabilities)
    return -np.log(_inside(chosen)).mean(axis=0)


def mse(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared error over recordings and classes, 0 to 2 / classes.

    (1 / NK) Σᵢ Σₖ (pᵢₖ - yᵢₖ)²: the Brier score of several classes divided by their number K.
    """
    return float(mses(targets, probabilities).mean())


def mses(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Mean squared error of each class's probability, (classes,), 0 to 1; their mean is `mse`."""
    return ((probabilities - one_hot(targets, probabilities.shape[1])) ** 2).mean(axis=0)


def one_hot(targets: np.ndarray, classes: int) -> np.ndarray:
    """The truth as probabilities: (recordings, classes), 1 for the class that was acted."""
    return np.eye(classes)[targets]


def _inside(probabilities: np.ndarray) -> np.ndarray:
    return np.clip(probabilities, SMALLEST, 1 - SMALLEST)
