"""Circular: nothing is lost but 5 ms on both sides of the seam."""

import numpy as np
import pytest

SEAM = 80
"""5 ms at 16 kHz."""


@pytest.mark.parametrize("fraction", [-0.5, -0.2, 0.2, 0.33])
def test_it_is_a_rotation_but_for_the_seam(apply, speech, fraction):
    found = apply("time_shift", speech, fraction=fraction)
    places = round(fraction * speech.size)
    rotated = np.roll(speech, places)
    differing = np.flatnonzero(found != rotated)
    seam = places % speech.size
    assert found.size == speech.size
    assert differing.size
    assert (np.abs(differing - seam) <= SEAM).all()
    assert abs(found[seam]) <= abs(rotated[seam])


def test_right_is_later(apply):
    signal = np.zeros(1000, np.float32)
    signal[100] = 1
    assert np.argmax(apply("time_shift", signal, fraction=0.2)) == 300
    assert np.argmax(apply("time_shift", signal, fraction=-0.2)) == 900


def test_no_shift_is_no_change(apply, speech):
    assert np.array_equal(apply("time_shift", speech, fraction=0.0), speech)
