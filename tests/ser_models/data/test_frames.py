"""Frames of a recording are cropped, padded and cut into chunks, and mapped back."""

import numpy as np
import pytest

from ser_models.data.frames import chunked, pad_or_crop, uncropped


@pytest.mark.parametrize(("count", "length", "first"), [(10, 4, 3), (10, 10, 0), (3, 8, 0), (11, 4, 3)])
def test_crop_is_the_centre_and_padding_at_the_end(count, length, first):
    frames = np.arange(1.0, count + 1)[:, None]
    out, mask = pad_or_crop(frames, length)
    kept = min(count, length)
    assert out.shape == (length, 1)
    assert mask.tolist() == [1] * kept + [0] * (length - kept)
    assert out[:kept, 0].tolist() == frames[first : first + kept, 0].tolist()


@pytest.mark.parametrize(("frames", "length"), [(10, 4), (10, 10), (3, 8), (11, 4)])
def test_uncropped_undoes_the_crop(frames, length):
    values, _ = pad_or_crop(np.arange(1.0, frames + 1)[:, None], length)
    back = uncropped(values[:, 0], frames)
    assert back.shape == (frames,)
    kept = back > 0
    assert back[kept].tolist() == (np.flatnonzero(kept) + 1).tolist()
    assert kept.sum() == min(frames, length)


def test_chunks_hold_the_frames_in_their_order():
    frames = np.arange(12.0).reshape(6, 2)  # 6 frames of 2 bands, scaled to 0–1 by 11
    chunks = chunked(frames, chunks=2, length=3)
    assert chunks.shape == (2, 2, 3, 1)
    assert chunks.dtype == np.float32
    for chunk in range(2):
        for band in range(2):
            expected = frames[3 * chunk : 3 * chunk + 3, band] / 11
            np.testing.assert_allclose(chunks[chunk, band, :, 0], expected, rtol=1e-6)


def test_chunks_are_scaled_by_the_whole_recording_and_cut_from_its_centre():
    frames = np.array([[-100.0], [-50.0], [-25.0], [-50.0], [0.0], [-50.0]])
    np.testing.assert_allclose(chunked(frames, chunks=1, length=2).ravel(), [0.75, 0.5])


def test_chunks_are_padded_with_zeros_at_the_end():
    chunks = chunked(np.array([[1.0], [2.0], [3.0]]), chunks=2, length=3)
    assert chunks[:, 0, :, 0].tolist() == [[0, 0.5, 1], [0, 0, 0]]


def test_a_recording_of_one_value_becomes_zero():
    assert not chunked(np.full((5, 3), -80.0), chunks=1, length=4).any()
