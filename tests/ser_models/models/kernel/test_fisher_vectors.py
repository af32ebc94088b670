"""Fisher vectors against scikit-learn's mixture, and on frames with a known answer."""

import numpy as np
from sklearn.mixture import GaussianMixture

from ser_models.models.kernel.fisher_vectors import FisherVectors, levelled, responsibilities, vectors

RNG = np.random.default_rng(2)
MIXTURE = {
    "mixing": np.array([0.3, 0.7]),
    "means": np.array([[-1.0, 0.5, 0.0], [1.5, 0.0, -0.5]]),
    "deviations": np.array([[0.5, 1.0, 0.7], [0.8, 0.4, 1.2]]),
}


def drawn(count):
    kinds = RNG.choice(2, count, p=MIXTURE["mixing"])
    return MIXTURE["means"][kinds] + MIXTURE["deviations"][kinds] * RNG.standard_normal((count, 3))


def test_responsibilities_are_scikit_learns():
    other = GaussianMixture(2, covariance_type="diag")
    other.weights_, other.means_ = MIXTURE["mixing"], MIXTURE["means"]
    other.covariances_ = MIXTURE["deviations"] ** 2
    other.precisions_cholesky_ = 1 / MIXTURE["deviations"]
    frames = drawn(50)
    np.testing.assert_allclose(responsibilities(frames, MIXTURE), other.predict_proba(frames), atol=1e-9)


def log_likelihood(frames, mixture):
    """Mean over the frames, written out."""
    apart = (frames[:, None, :] - mixture["means"]) / mixture["deviations"]
    densities = np.exp(-(apart**2).sum(axis=2) / 2) / mixture["deviations"].prod(axis=1)
    return np.log(densities @ mixture["mixing"]).mean()


def slopes(frames, name):
    """Slope of the log-likelihood in each of `name`, by central differences."""
    found, step = np.zeros((2, 3)), 1e-5
    for place in np.ndindex(2, 3):
        ends = []
        for sign in (1, -1):
            moved = {key: array.copy() for key, array in MIXTURE.items()}
            moved[name][place] += sign * step
            ends.append(log_likelihood(frames, moved))
        found[place] = (ends[0] - ends[1]) / (2 * step)
    return found


def vector(frames):
    """Its Fisher vector as `vectors` tells it; the mixture has less than 13 bands, so level them first."""
    return vectors({"frames": frames[None], "mask": np.ones((1, len(frames)))}, MIXTURE)[0]


def test_the_vector_is_the_slope_of_the_likelihood_over_what_it_varies_by():
    """Perronnin et al. 2010, eq. 7 and 8: by deviation/root of mixing, and root of 2 less for deviations."""
    raw = drawn(40)
    frames = next(levelled({"frames": raw[None], "mask": np.ones((1, 40))}))
    scale = MIXTURE["deviations"] / np.sqrt(MIXTURE["mixing"])[:, None]
    gradient = np.concatenate(
        [scale * slopes(frames, "means"), scale * slopes(frames, "deviations") / np.sqrt(2)]
    ).ravel()
    rooted = np.sign(gradient) * np.sqrt(np.abs(gradient))
    np.testing.assert_allclose(vector(raw), rooted / np.linalg.norm(rooted), atol=1e-4)


def test_the_slope_of_frames_of_the_mixture_itself_vanishes():
    """Before root and norm, which keep directions alone, it falls with the square root of the frames."""
    frames = drawn(100_000)
    assert max(np.abs(slopes(frames, name)).max() for name in ("means", "deviations")) < 0.03


def test_padding_says_nothing():
    frames = RNG.standard_normal((1, 30, 39)).astype(np.float32)
    mask = np.ones((1, 30), np.float32)
    wider = {"frames": np.pad(frames, [(0, 0), (0, 20), (0, 0)]), "mask": np.pad(mask, [(0, 0), (0, 20)])}
    mixture = {
        "mixing": np.full(4, 0.25),
        "means": RNG.standard_normal((4, 39)),
        "deviations": np.ones((4, 39)),
    }
    alone = vectors({"frames": frames, "mask": mask}, mixture)
    np.testing.assert_allclose(vectors(wider, mixture), alone)
    np.testing.assert_allclose(np.linalg.norm(alone), 1)
    nothing = vectors({"frames": frames, "mask": np.zeros_like(mask)}, mixture)
    assert not nothing.any()


def test_what_a_room_adds_to_every_frame_is_taken_away():
    frames = RNG.standard_normal((1, 30, 39)).astype(np.float32)
    mask = np.ones((1, 30), np.float32)
    colour = np.concatenate([RNG.standard_normal(13), np.zeros(26)]).astype(np.float32)
    here, there = (next(levelled({"frames": each, "mask": mask})) for each in (frames, frames + colour))
    np.testing.assert_allclose(here, there, atol=1e-5)


def test_it_hears_mfcc():
    assert FisherVectors().inputs.families == ("mfcc",)
