"""A window takes from the whole what it would compute itself."""

from dataclasses import replace

import numpy as np
import pytest

from ser_features.audio import Audio
from ser_features.config import SPEECH16K_COMPILED, profile
from ser_features.extractors import Analysis
from ser_features.extractors.functionals.descriptors import _flux, per_frame
from ser_features.extractors.windows import Window, Windows
from ser_features.pipeline import analysis_of
from tests.cases.sounds import RATE, voice

CALL = np.concatenate([voice(0, "angry", 0, 2.0), 0.3 * voice(1, "sad", 0, 2.0)]).astype(np.float32)


def windows(name="speech16k-compiled", signal=CALL):
    return Windows(Audio(signal, RATE, 1), profile(name))


def window_of(divided, *bounds):
    """One window, computed with others."""
    _, window, _ = divided.analyses([(0.0, 1.5), bounds, (2.0, 3.5)])
    return window


def alone(analysis):
    """The same signal as a recording of its own."""
    return Analysis(analysis.signal, analysis.profile, analysis.gain_db)


@pytest.mark.parametrize("name", ["speech16k-compiled", "speech16k-compiled+preemphasis"])
@pytest.mark.parametrize("bounds", [(0.0, 1.5), (1.0, 2.5), (2.5, 4.0)])
def test_spectra_and_contour_are_those_of_the_window_alone(name, bounds):
    window = window_of(windows(name), *bounds)
    assert isinstance(window, Window)
    expected = alone(window)
    np.testing.assert_allclose(window.power, expected.power, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(window.mel_db, expected.mel_db, atol=5e-3)
    np.testing.assert_allclose(per_frame(window), per_frame(expected), rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(window.by_pair(_flux), expected.by_pair(_flux), atol=1e-4)
    contour, other = window.f0_contour, expected.f0_contour
    assert 0 <= contour.start < window.seconds
    assert np.median(contour.f0[contour.f0 > 0]) == pytest.approx(np.median(other.f0[other.f0 > 0]), rel=1e-3)
    assert contour.jitter == pytest.approx(other.jitter, rel=1e-2)
    assert contour.shimmer == pytest.approx(other.shimmer, rel=1e-2)


def test_the_whole_is_what_it_is_without_windows():
    whole, plain = windows().whole, analysis_of(Audio(CALL, RATE, 1), SPEECH16K_COMPILED)
    np.testing.assert_array_equal(whole.signal, plain.signal)
    np.testing.assert_array_equal(whole.f0_contour.f0, plain.f0_contour.f0)
    np.testing.assert_array_equal(whole.mel_db, plain.mel_db)


def test_a_faint_window_has_f0_candidates_of_its_own():
    divided = windows(signal=np.concatenate([CALL, 0.003 * CALL, CALL]))
    window = window_of(divided, 4.0, 5.5)
    assert isinstance(window, Window)
    np.testing.assert_array_equal(window.f0_contour.f0, alone(window).f0_contour.f0)


@pytest.mark.parametrize(("name", "start"), [("speech16k-compiled", 1.003), ("wide16k", 1.0)])
def test_a_window_between_two_frames_is_analysed_by_itself(name, start):
    assert type(window_of(windows(name), start, start + 1.5)) is Analysis


def test_no_spectra_are_shared_after_noise_reduction():
    pytest.importorskip("noisereduce")
    assert type(window_of(windows("speech16k+denoise"), 1.0, 2.5)) is Analysis


def test_praat_tracks_each_window():
    config = replace(SPEECH16K_COMPILED, pitch=replace(SPEECH16K_COMPILED.pitch, method="praat"))
    window = window_of(Windows(Audio(CALL, RATE, 1), config), 1.0, 2.5)
    np.testing.assert_array_equal(window.f0_contour.f0, alone(window).f0_contour.f0)
