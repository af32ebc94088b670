"""SpecAugment and spectrogram shift."""

import numpy as np
import pytest

from ser_features.augment import TRANSFORMS, Variant

MEL = np.random.default_rng(0).uniform(-80, 0, (200, 64)).astype(np.float32)


def masked(**parameters: float) -> np.ndarray:
    given = {"time_share": 0, "time_position": 0, "band_share": 0, "band_position": 0} | parameters
    return TRANSFORMS["spec_augment"].apply(MEL, given)


@pytest.mark.parametrize(("position", "start"), [(0.0, 0), (0.5, 80), (1.0, 160)])
def test_spec_augment_time_mask(position, start):
    output = masked(time_share=0.2, time_position=position)
    expected = MEL.copy()
    expected[start : start + 40] = MEL.mean()
    assert output == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("position", "start"), [(0.0, 0), (0.5, 24), (1.0, 48)])
def test_spec_augment_frequency_mask(position, start):
    output = masked(band_share=0.25, band_position=position)
    expected = MEL.copy()
    expected[:, start : start + 16] = MEL.mean()
    assert output == pytest.approx(expected, abs=1e-4)


def test_spec_augment_leaves_cells_outside_the_masks():
    output = masked(time_share=0.1, time_position=0.3, band_share=0.1, band_position=0.6)
    assert (output != MEL).mean() == pytest.approx(1 - 0.9 * (64 - 6) / 64, abs=1e-3)


def test_spec_augment_draws_up_to_a_fifth():
    variant = Variant("masked", "spec_augment")
    drawn = [variant.draw(0, f"x/{number}") for number in range(300)]
    for name in ("time_share", "band_share"):
        shares = [item[name] for item in drawn]
        assert 0 <= min(shares) < 0.01 < 0.19 < max(shares) <= 0.2


@pytest.mark.parametrize(("fraction", "frames"), [(0.25, 50), (0.5, 100)])
def test_spectrogram_shift_right(fraction, frames):
    output = TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": fraction})
    assert np.array_equal(output[frames:], MEL[:-frames])
    assert (output[:frames] == MEL.min()).all()


def test_spectrogram_shift_left():
    output = TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": -0.25})
    assert np.array_equal(output[:-50], MEL[50:])
    assert (output[-50:] == MEL.min()).all()


def test_spectrogram_shift_by_zero():
    assert np.array_equal(TRANSFORMS["spectrogram_shift"].apply(MEL, {"fraction": 0.0}), MEL)
