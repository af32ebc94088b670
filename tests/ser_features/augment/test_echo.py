"""One echo, where and as loud as was asked for."""

import numpy as np
import pytest

from ser_features.errors import TooShortError


@pytest.mark.parametrize(("delay", "decay"), [(0.5, 0.5), (0.1, 0.25), (0.25, 1.0)])
def test_impulse_response(apply, delay, decay):
    impulse = np.zeros(16_000, np.float32)
    impulse[100] = 1
    found = apply("echo", impulse, delay=delay, decay=decay)
    expected = impulse.copy()
    expected[100 + round(delay * 16_000)] = decay
    assert np.array_equal(found, expected)


def test_speech_before_the_echo_is_untouched(apply, speech):
    found = apply("echo", speech, delay=0.5, decay=0.5)
    assert found.size == speech.size
    assert np.array_equal(found[:8000], speech[:8000])
    assert found[8000:] - speech[8000:] == pytest.approx(0.5 * speech[:-8000], abs=1e-6)


def test_what_ends_before_its_echo_is_refused(apply, vowel):
    with pytest.raises(TooShortError) as caught:
        apply("echo", vowel[:6400], delay=0.5, decay=0.5)
    assert str(caught.value) == (
        "0.40 s of speech, expected more than the echo's delay of 0.5 s: pass a shorter delay"
    )
