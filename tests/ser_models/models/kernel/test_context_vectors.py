"""Contexts of frames: course over time, without the mean of the recording."""

import numpy as np

from ser_models.models.kernel.context_vectors import (
    CHANNELS,
    CONTEXT,
    COURSE,
    FLOOR,
    SAMPLED,
    STEP,
    ContextVectors,
    contexts,
)

RNG = np.random.default_rng(3)
FRAMES = RNG.standard_normal((2, 40, 42)).astype(np.float32)
MASK = np.ones((2, 40), np.float32)


def test_a_context_is_the_cosine_transform_of_its_frames():
    from scipy.fft import dct

    first = next(contexts({"frames": FRAMES, "mask": MASK}))
    channels = FRAMES[0][:, CHANNELS]
    channels[:, :13] -= channels[:, :13].mean(axis=0)
    start = CONTEXT // 2 + 1  # the first context without repeated frames, as STEP is 2
    expected = dct(channels[1 : 1 + CONTEXT], axis=0, norm="ortho")[:COURSE].T.ravel()
    np.testing.assert_allclose(first[start // STEP], expected, atol=1e-5)
    assert first.shape == (20, len(CHANNELS) * COURSE)


def test_neither_padding_nor_a_constant_channel_matters():
    coloured = FRAMES + np.concatenate([RNG.standard_normal(13), np.zeros(29)]).astype(np.float32)
    wider = {"frames": np.pad(coloured, [(0, 0), (0, 9), (0, 0)]), "mask": np.pad(MASK, [(0, 0), (0, 9)])}
    for one, other in zip(contexts({"frames": FRAMES, "mask": MASK}), contexts(wider), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    assert [len(one) for one in contexts({"frames": FRAMES, "mask": np.zeros_like(MASK)})] == [0, 0]


def test_principal_components_are_uncorrelated_with_a_variance_of_about_one():
    model = ContextVectors(size=5)
    arrays = {"frames": RNG.standard_normal((10, 90, 42)), "mask": np.ones((10, 90))}
    components = model.local(arrays, model.fit_local(arrays))
    fitted = np.concatenate([own[::SAMPLED] for own in components])
    np.testing.assert_allclose(np.cov(fitted.T, bias=True), np.eye(5), atol=5 * FLOOR)
