"""Each method's F0 contour, jitter and shimmer in the features of a recording."""

import numpy as np
import pytest

from ser_features.config import SPEECH16K, SPEECH16K_COMPILED
from ser_features.errors import NotCompiledError
from ser_features.extractors import Analysis
from ser_features.extractors.core import Pitch, Prosody
from ser_features.extractors.f0_contour import BY_PRAAT, prepare
from ser_features.extractors.functionals.descriptors import harmonicity
from ser_features.pipeline import extract
from ser_features.voice import library
from tests.ser_features.extractors.test_f0_tracker import glide, syllables


def analyses(signal: np.ndarray) -> tuple[Analysis, Analysis]:
    """By the kernels, and by Praat."""
    samples = signal.astype(np.float32)
    return Analysis(samples, SPEECH16K_COMPILED), Analysis(samples, SPEECH16K)


@pytest.mark.parametrize("make", [glide, syllables])
def test_the_kernels_give_praat_s_features(make):
    compiled, praat = analyses(make(16_000))
    assert compiled.f0_contour.compiled
    assert not praat.f0_contour.compiled
    expected = Prosody().extract(praat)
    assert Prosody().extract(compiled) == pytest.approx(expected, rel=1e-3, nan_ok=True)
    np.testing.assert_allclose(Pitch().extract(compiled), Pitch().extract(praat), rtol=1e-3)
    np.testing.assert_allclose(harmonicity(compiled), harmonicity(praat), atol=0.1)
    assert compiled.notes == praat.notes == ()


def test_a_recording_shorter_than_the_window_has_no_f0():
    compiled, _ = analyses(glide(16_000)[:640])
    assert compiled.f0_contour is None
    assert compiled.notes == ()


def test_where_nothing_can_be_compiled_praat_is_used_and_noted(monkeypatch):
    monkeypatch.setattr(library, "_library", lambda: NotCompiledError("no package numba"))
    signal = glide(16_000)
    prepare(SPEECH16K_COMPILED.pitch)
    compiled, praat = extract((signal, 16_000), SPEECH16K_COMPILED), extract((signal, 16_000), SPEECH16K)
    assert compiled.columns == praat.columns
    assert compiled.audio_notes == BY_PRAAT
    assert praat.audio_notes is None
    assert extract((signal, 16_000), SPEECH16K_COMPILED, ["mel"]).audio_notes is None
