"""Attention stands above the spectrogram at the time it belongs to."""

from dataclasses import replace

import numpy as np
import pytest

from ser_models.reporting.figures import attention
from ser_models.reporting.figures.picture import plain
from tests.results import attention_example

EXAMPLE = attention_example()


def axes_of(example):
    [panel] = attention(example, 1).panels
    return plain(panel).axes[0]


def test_spectrogram_and_curve_share_the_time_axis():
    axes = axes_of(EXAMPLE)
    assert axes.images[0].get_extent() == [0.0, 1.0, 0, 40]
    assert axes.images[0].get_array().shape == (40, 100)
    curve = axes.lines[0]
    assert curve.get_xdata()[np.argmax(curve.get_ydata())] == pytest.approx(0.255)
    assert axes.get_xlim() == (0.0, 1.0)
    assert min(curve.get_ydata()) >= 40  # above the spectrogram


def test_the_peak_is_told_in_even_shares():
    assert [text.get_text() for text in axes_of(EXAMPLE).texts] == ["100.0 × uniform"]
    assert [text.get_text() for text in axes_of(replace(EXAMPLE, weights=np.full(100, 0.01))).texts] == [
        "1.0 × uniform"
    ]


def test_a_cropped_recording_keeps_its_own_time():
    example = replace(EXAMPLE, start_sec=2.0)
    assert axes_of(example).get_xlim() == (2.0, 3.0)
    [panel] = attention(example, 1).panels
    assert panel.text.endswith("maximum 2.25 s")


def test_weights_that_do_not_fit_the_frames_are_refused():
    with pytest.raises(
        ValueError, match="demo/s0_sad_0: 99 attention weights for 100 frames: expected one per"
    ):
        replace(EXAMPLE, weights=np.ones(99))


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(ValueError, match="demo/s0_sad_0: every attention weight is 0: expected some above 0"):
        replace(EXAMPLE, weights=np.zeros(100))
