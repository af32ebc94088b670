"""Logarithms of covariances against SciPy's matrix logarithm."""

import numpy as np
from scipy.linalg import logm

from ser_models.models.kernel.covariances import SHRINKAGE, log_covariances

RNG = np.random.default_rng(4)


def test_they_are_scipys():
    frames = RNG.standard_normal((3, 30, 4)).astype(np.float32)
    mask = (np.arange(30) < np.array([[30], [3], [0]])).astype(np.float32)
    upper = np.triu_indices(4)
    counts = (30, 3, 0)
    logarithms = log_covariances({"frames": frames, "mask": mask})
    for logarithm, own, count in zip(logarithms, frames, counts, strict=True):
        covariance = np.cov(own[:count].T, bias=True) if count else np.zeros((4, 4))
        expected = logm(covariance + SHRINKAGE * np.eye(4))
        scaled = expected * np.where(np.eye(4), 1, np.sqrt(2))
        np.testing.assert_allclose(logarithm, scaled[upper], atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(logarithm), np.linalg.norm(expected), rtol=1e-6)
