"""How sure to be: one number by which a model's log-probabilities are divided, found on validation speakers.

probabilities and true classes of speakers that were not trained on → `fit_temperature` → artifact.json
probabilities of any recording → `apply_temperature` → as often right as they say

Guo et al., "On calibration of modern neural networks", 2017. The most probable class stays the same. A voice
is easier or harder than the next, so few speakers say little: their temperature is drawn towards 1.

>>> sure = np.array([[0.99, 0.01], [0.99, 0.01], [0.99, 0.01], [0.01, 0.99]])
>>> found = fit_temperature(sure, np.array([0, 0, 1, 1]), speakers=10**6)
>>> round(found, 2), apply_temperature(sure, found)[0].round(2).tolist()
(4.18, [0.75, 0.25])
>>> fit_temperature(sure, np.array([0, 0, 1, 1]), speakers=1) < found
True
"""

import numpy as np

LOWEST, HIGHEST = 0.2, 20.0
"""Bounds of a temperature: beyond, a handful of recordings decide, and no answer is left or no doubt."""


PULL = 0.2
"""Loss that a temperature of e costs with one validation speaker; with more of them, a part each."""


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Sharpen (below 1) or blunt (above 1) probabilities.

    Args:
        probabilities: (recordings, classes), rows summing to 1.
        temperature: above 0; 1 leaves them as they are.
    """
    if temperature == 1:
        return probabilities
    highest = np.maximum(probabilities.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    powers = (probabilities / highest) ** (1 / temperature)
    whole: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return whole


def fit_temperature(probabilities: np.ndarray, targets: np.ndarray, speakers: int) -> float:
    """Find the temperature under which recordings are most likely to have their true classes.

    Args:
        probabilities: of recordings that the model was not trained on, (recordings, classes).
        targets: their classes, (recordings,).
        speakers: how many people speak in them, 1 at least.
    """
    from scipy.optimize import minimize_scalar  # which prediction does without

    def loss(logarithm: float) -> float:
        true = apply_temperature(probabilities, np.exp(logarithm))[np.arange(len(targets)), targets]
        drawn = PULL * logarithm**2 / speakers
        return float(-np.log(np.maximum(true, np.finfo(np.float64).eps)).mean() + drawn)

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(found.x))
