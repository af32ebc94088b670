"""Samples on another scale than ±1."""

import numpy as np
import pytest

from ser_features.audio.scale import LOUD_NOTE, NARROW_NOTE, restored

VOICE = np.sin(np.arange(4000) / 7).astype(np.float32)
WHOLE = np.rint(VOICE * 1000).astype(np.float32)


@pytest.mark.parametrize("peak", [0.001, 1.0, 1.5, 7.9])
def test_usual_peaks_are_taken_as_they_are(peak):
    signal = VOICE * np.float32(peak)
    assert restored(signal, "FLOAT") == (pytest.approx(signal, abs=0), None)
    assert restored(np.rint(signal), "FLOAT")[1] is None


@pytest.mark.parametrize("peak", [8.1, 20.0, 255.0])
def test_peaks_that_no_integer_scale_explains_are_noted(peak):
    signal = VOICE * np.float32(peak)
    assert restored(signal, "FLOAT") == (pytest.approx(signal, abs=0), LOUD_NOTE)


@pytest.mark.parametrize(
    ("signal", "bits"),
    [
        (VOICE * 257, 16),
        (VOICE * 32_767, 16),
        (VOICE * 40_000, 16),  # a sum of two recordings, or resampled
        (np.rint(VOICE * 20), 16),
        (VOICE * 2.0**23, 24),
        (VOICE * 70_000, 24),
        (VOICE * 2.0**31, 32),
    ],
)
def test_integer_scales_are_divided_by_their_power_of_two(signal, bits):
    for encoding in ("FLOAT", "DOUBLE"):
        scaled, note = restored(signal.astype(np.float32), encoding)
        assert note == f"samples on the scale of {bits}-bit integers, divided by 2^{bits - 1}"
        assert np.array_equal(scaled * 2.0 ** (bits - 1), signal.astype(np.float32))


@pytest.mark.parametrize("bits", [8, 16])
def test_unsigned_integers_are_centred(bits):
    middle = 2 ** (bits - 1)
    scaled, note = restored(np.rint(VOICE * 0.7 * middle + middle).astype(np.float32), "FLOAT")
    assert note == f"samples on the scale of unsigned {bits}-bit integers, centred, divided by 2^{bits - 1}"
    assert scaled == pytest.approx(0.7 * VOICE, abs=1 / middle)


def test_16_bits_in_32():
    scaled, note = restored(WHOLE / np.float32(2**31), "PCM_32")
    assert note == NARROW_NOTE
    assert np.array_equal(scaled, WHOLE / np.float32(2**15))
    quiet = WHOLE / np.float32(2**24)
    assert restored(quiet, "PCM_32") == (pytest.approx(quiet, abs=0), None)
    assert restored(quiet / 2**15, "FLOAT")[1] is None  # divided twice: quiet, nothing else
