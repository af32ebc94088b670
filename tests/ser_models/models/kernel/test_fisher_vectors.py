"""Fisher vectors against scikit-learn's mixture and numerical gradients."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from ser_models.models.kernel.fisher_vectors import (
    AT_ONCE,
    ITERATIONS,
    MIN_GAIN,
    MIN_VARIANCE,
    fit_mixture,
    mean_normalised,
    responsibilities,
    standardisation,
    standardised,
    vectors,
)

RNG = np.random.default_rng(2)
MIXTURE = {
    "mixing": np.array([0.3, 0.7]),
    "means": np.array([[-1.0, 0.5, 0.0], [1.5, 0.0, -0.5]]),
    "deviations": np.array([[0.5, 1.0, 0.7], [0.8, 0.4, 1.2]]),
}


def drawn(count):
    kinds = RNG.choice(2, count, p=MIXTURE["mixing"])
    return MIXTURE["means"][kinds] + MIXTURE["deviations"][kinds] * RNG.standard_normal((count, 3))


def test_responsibilities_are_equal_those_of_scikit_learn():
    other = GaussianMixture(2, covariance_type="diag")
    other.weights_, other.means_ = MIXTURE["mixing"], MIXTURE["means"]
    other.covariances_ = MIXTURE["deviations"] ** 2
    other.precisions_cholesky_ = 1 / MIXTURE["deviations"]
    frames = drawn(50)
    np.testing.assert_allclose(responsibilities(frames, MIXTURE), other.predict_proba(frames), atol=1e-9)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_mixture_is_equal_that_of_scikit_learn():
    frames = RNG.standard_normal((20, 40, 15)).astype(np.float32)
    arrays = {"frames": frames, "mask": np.ones((20, 40), np.float32)}
    fitted = fit_mixture(mean_normalised(arrays), 4, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    pooled = np.concatenate(list(mean_normalised(arrays)))[np.sort(rng.permutation(800))].astype(float)
    other = GaussianMixture(
        4,
        covariance_type="diag",
        max_iter=ITERATIONS,
        tol=MIN_GAIN,
        reg_covar=MIN_VARIANCE,
        random_state=int(rng.integers(2**31)),
    ).fit(pooled)
    np.testing.assert_allclose(fitted["mixing"], other.weights_, rtol=1e-9)
    np.testing.assert_allclose(fitted["means"], other.means_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fitted["deviations"] ** 2, other.covariances_, rtol=1e-9)


def test_vectors_do_not_depend_on_the_recordings_beside_them():
    frames = RNG.standard_normal((AT_ONCE + 3, 7, 3)).astype(np.float32)
    mask = (np.arange(7) < RNG.integers(0, 8, AT_ONCE + 3)[:, None]).astype(np.float32)
    recordings = list(mean_normalised({"frames": frames, "mask": mask}))
    alone = [vectors([recording], MIXTURE)[0] for recording in recordings]
    np.testing.assert_allclose(vectors(recordings, MIXTURE), alone, atol=1e-12)


def log_likelihood(frames, mixture):
    """Mean over the frames, written out."""
    apart = (frames[:, None, :] - mixture["means"]) / mixture["deviations"]
    densities = np.exp(-(apart**2).sum(axis=2) / 2) / mixture["deviations"].prod(axis=1)
    return np.log(densities @ mixture["mixing"]).mean()


def gradient_of(frames, name):
    """Gradient of the log-likelihood by each of `name`, by central differences."""
    gradient, step = np.zeros((2, 3)), 1e-5
    for index in np.ndindex(2, 3):
        ends = []
        for sign in (1, -1):
            moved = {key: array.copy() for key, array in MIXTURE.items()}
            moved[name][index] += sign * step
            ends.append(log_likelihood(frames, moved))
        gradient[index] = (ends[0] - ends[1]) / (2 * step)
    return gradient


def vector(frames):
    """Fisher vector of one recording."""
    recordings = mean_normalised({"frames": frames[None], "mask": np.ones((1, len(frames)))})
    return vectors(recordings, MIXTURE)[0]


def test_the_vector_is_the_scaled_gradient_of_the_log_likelihood():
    """Perronnin et al. 2010, eq. 7 and 8: scaled by deviation / √mixing, and 1 / √2 for deviations."""
    raw = drawn(40)
    frames = next(mean_normalised({"frames": raw[None], "mask": np.ones((1, 40))}))
    scale = MIXTURE["deviations"] / np.sqrt(MIXTURE["mixing"])[:, None]
    gradient = np.concatenate(
        [scale * gradient_of(frames, "means"), scale * gradient_of(frames, "deviations") / np.sqrt(2)]
    ).ravel()
    rooted = np.sign(gradient) * np.sqrt(np.abs(gradient))
    np.testing.assert_allclose(vector(raw), rooted / np.linalg.norm(rooted), atol=1e-4)


def test_the_gradient_vanishes_for_frames_of_the_mixture_itself():
    """Before square root and norm, it decreases with the square root of the number of frames."""
    frames = drawn(100_000)
    assert max(np.abs(gradient_of(frames, name)).max() for name in ("means", "deviations")) < 0.03


def test_padding_is_ignored():
    frames = RNG.standard_normal((1, 30, 39)).astype(np.float32)
    mask = np.ones((1, 30), np.float32)
    wider = {"frames": np.pad(frames, [(0, 0), (0, 20), (0, 0)]), "mask": np.pad(mask, [(0, 0), (0, 20)])}
    mixture = {
        "mixing": np.full(4, 0.25),
        "means": RNG.standard_normal((4, 39)),
        "deviations": np.ones((4, 39)),
    }
    alone = vectors(mean_normalised({"frames": frames, "mask": mask}), mixture)
    np.testing.assert_allclose(vectors(mean_normalised(wider), mixture), alone)
    np.testing.assert_allclose(np.linalg.norm(alone), 1)
    silent = vectors(mean_normalised({"frames": frames, "mask": np.zeros_like(mask)}), mixture)
    assert not silent.any()


def test_a_constant_offset_of_the_cepstra_is_removed():
    frames = RNG.standard_normal((1, 30, 39)).astype(np.float32)
    mask = np.ones((1, 30), np.float32)
    channel = np.concatenate([RNG.standard_normal(13), np.zeros(26)]).astype(np.float32)
    dry, coloured = (
        next(mean_normalised({"frames": given, "mask": mask})) for given in (frames, frames + channel)
    )
    np.testing.assert_allclose(dry, coloured, atol=1e-5)


def test_columns_that_are_constant_but_for_rounding_errors_are_not_scaled_up():
    rng = np.random.default_rng(0)
    unscaled = np.column_stack([1e-9 * rng.standard_normal(50), rng.standard_normal(50)])
    result = standardised(unscaled, standardisation(unscaled))
    assert np.abs(result[:, 0]).max() < 1e-8
    np.testing.assert_allclose(result[:, 1].std(), 1 / np.sqrt(2), rtol=1e-6)
