"""Vocal tract length perturbation: formants move by alpha, F0 is unchanged."""

import librosa
import numpy as np
import pytest

from ser_features.augment.vocal_tract import unwarp

FORMANTS = (600, 1200, 2500, 3500)
VOICES = [(80, 200), (150, 300), (250, 500)]
BINS = np.fft.rfftfreq(1024, 1 / 16_000)
VOICED = (BINS > 200) & (BINS < 4000)


def spectrum(signal: np.ndarray) -> np.ndarray:
    """Long-term average spectrum in dB, smoothed over 100 Hz."""
    power = (np.abs(librosa.stft(signal, n_fft=1024, hop_length=256)) ** 2).mean(axis=1)
    window = np.hanning(9)[1:-1]
    return np.convolve(10 * np.log10(power + 1e-12), window / window.sum(), "same")


def factor(before: np.ndarray, after: np.ndarray) -> float:
    """By how much the frequency axis is stretched, at best correlation of the average spectra."""
    one, two = spectrum(before), spectrum(after)
    factors = np.arange(0.7, 1.4, 0.005)
    fits = [np.corrcoef(np.interp(BINS / item, BINS, one)[VOICED], two[VOICED])[0, 1] for item in factors]
    return float(factors[np.argmax(fits)])


@pytest.mark.parametrize(("low", "high"), VOICES)
@pytest.mark.parametrize("alpha", [0.85, 0.9, 1.1, 1.2])
def test_formants_of_a_vowel_move_by_alpha(apply, low, high, alpha, voice):
    vowel = voice(low, high, FORMANTS)
    assert factor(vowel, apply("vocal_tract", vowel, alpha=alpha)) == pytest.approx(alpha, abs=0.025)


@pytest.mark.parametrize(("low", "high"), VOICES)
def test_output_is_close_to_a_shorter_vocal_tract(apply, low, high, voice):
    """The vowel with all formants 1.1 times as high is twice as near to the copy as to the original."""
    vowel = voice(low, high, FORMANTS)
    shorter = spectrum(voice(low, high, tuple(1.1 * item for item in FORMANTS)))
    copy = spectrum(apply("vocal_tract", vowel, alpha=1.1))
    distance = [np.sqrt(np.mean((shorter - other)[VOICED] ** 2)) for other in (copy, spectrum(vowel))]
    assert distance[0] < distance[1] / 2


@pytest.mark.parametrize("alpha", [0.9, 1.1])
def test_f0_of_speech_is_unchanged(apply, speech, alpha, cents):
    assert cents(speech, apply("vocal_tract", speech, alpha=alpha)) == pytest.approx(0, abs=5)


def test_the_centre_of_real_spectra_moves_up_and_down(apply, speech):
    def centre(signal):
        return librosa.feature.spectral_centroid(y=signal, sr=16_000)[0].mean()

    low, high = (centre(apply("vocal_tract", speech, alpha=alpha)) for alpha in (0.85, 1.2))
    assert low < centre(speech) < high


def test_alpha_one_changes_nothing(apply, speech):
    np.testing.assert_allclose(apply("vocal_tract", speech, alpha=1.0), speech, atol=1e-6)


@pytest.mark.parametrize("alpha", [0.8, 0.9, 1.1, 1.25])
@pytest.mark.parametrize("nyquist", [4000, 8000, 24_000])
def test_the_warp_is_that_of_jaitly_and_hinton(alpha, nyquist):
    """G(f) = α f up to F · min(α, 1) / α, then straight to half the sample rate; undoing it gives f back."""
    bend = min(4800, 0.6 * nyquist) * min(alpha, 1) / alpha
    frequencies = np.linspace(0, nyquist, 500)
    above = nyquist - (nyquist - alpha * bend) / (nyquist - bend) * (nyquist - frequencies)
    warped = np.where(frequencies <= bend, alpha * frequencies, above)
    assert unwarp(warped, alpha, nyquist) == pytest.approx(frequencies, abs=1e-6)
