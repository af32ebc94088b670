"""Time stretch, speed, pitch shift, time shift, time mask and echo, measured on their output."""

import librosa
import numpy as np
import pytest

from ser_features.augment import Variant
from ser_features.errors import TooShortError

SEAM = 80
"""5 ms at 16 kHz."""

RAMPS = 160
"""Two of 5 ms at 16 kHz."""


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.9, 1.1, 1.2, 2.0])
def test_time_stretch_length_is_divided_by_the_rate(apply, speech, rate):
    assert apply("time_stretch", speech, rate=rate).size == pytest.approx(speech.size / rate, abs=1)


@pytest.mark.parametrize("rate", [0.8, 1.2, 1.25])
def test_time_stretch_keeps_f0_of_a_tone_within_three_cents(apply, sine, rate, pitch):
    tone = sine(220, 16_000, seconds=2) + sine(440, 16_000, seconds=2, amplitude=0.2)
    output = pitch(apply("time_stretch", tone, rate=rate))
    assert np.median(1200 * np.log2(output[output > 0] / 220)) == pytest.approx(0, abs=3)


def test_time_stretch_keeps_f0_of_speech(apply, speech, cents):
    slow = apply("time_stretch", apply("time_stretch", speech, rate=0.8), rate=1.25)
    size = min(slow.size, speech.size)
    assert cents(speech[:size], slow[:size]) == pytest.approx(0, abs=10)


def test_time_stretch_scales_the_timing(apply, sine):
    """A tone from 1.2 s to 1.8 s lies between 1.0 s and 1.5 s after."""
    signal = np.zeros(48_000, np.float32)
    signal[19_200:28_800] = sine(300, 16_000, seconds=0.6)
    output = np.abs(apply("time_stretch", signal, rate=1.2)) > 0.25
    loud = np.flatnonzero(output) / 16_000
    assert (loud[0], loud[-1]) == pytest.approx((1.0, 1.5), abs=0.04)


def test_time_stretch_keeps_the_level(apply, speech, level):
    assert level(apply("time_stretch", speech, rate=1.2)) == pytest.approx(level(speech), rel=0.15)


@pytest.mark.parametrize("rate", [0.9, 1.1, 1.25])
def test_speed_length_is_divided_by_the_rate(apply, speech, rate):
    assert apply("speed", speech, rate=rate).size == int(np.ceil(speech.size / rate))


@pytest.mark.parametrize("rate", [0.9, 1.1])
def test_speed_pitch_is_multiplied_by_the_rate(apply, speech, rate, pitch):
    one, two = pitch(speech), pitch(apply("speed", speech, rate=rate))
    at = np.minimum((np.arange(two.size) * rate).astype(int), one.size - 1)
    voiced = (one[at] > 0) & (two > 0)
    shift = np.median(1200 * np.log2(two[voiced] / one[at][voiced]))
    assert shift == pytest.approx(1200 * np.log2(rate), abs=15)


def test_speed_of_a_tone(apply, sine):
    output = apply("speed", sine(1000, 16_000), rate=1.1)
    expected = sine(1100, 16_000, seconds=1 / 1.1)
    assert output[300:14_000] == pytest.approx(expected[300:14_000], abs=1e-3)


def test_speed_equals_resampling_with_librosa(apply, speech):
    reference = librosa.resample(speech, orig_sr=1.1 * 16_000, target_sr=16_000, res_type="soxr_hq")
    assert apply("speed", speech, rate=1.1) == pytest.approx(reference, abs=1e-6)


@pytest.mark.parametrize("semitones", [-2.0, -0.5, 1.0, 2.0])
def test_pitch_shift_of_speech(apply, speech, semitones, cents, level):
    output = apply("pitch_shift", speech, semitones=semitones)
    assert output.size == speech.size
    assert cents(speech, output) == pytest.approx(100 * semitones, abs=10)
    assert level(output) == pytest.approx(level(speech), rel=0.15)


@pytest.mark.parametrize("semitones", [-4.0, -2.0, 2.0, 4.0])
def test_pitch_shift_of_a_tone(apply, sine, semitones, pitch):
    tone = sine(220, 16_000, seconds=2) + sine(440, 16_000, seconds=2, amplitude=0.2)
    output = pitch(apply("pitch_shift", tone, semitones=semitones))
    assert np.median(1200 * np.log2(output[output > 0] / 220)) == pytest.approx(100 * semitones, abs=5)


def test_pitch_shift_keeps_the_timing(apply, sine):
    signal = np.zeros(32_000, np.float32)
    signal[8_000:24_000] = sine(300, 16_000)
    loud = np.flatnonzero(np.abs(apply("pitch_shift", signal, semitones=2)) > 0.25) / 16_000
    assert (loud[0], loud[-1]) == pytest.approx((0.5, 1.5), abs=0.04)


@pytest.mark.parametrize("fraction", [-0.5, -0.2, 0.2, 0.33])
def test_time_shift_is_a_rotation_except_at_the_seam(apply, speech, fraction):
    output = apply("time_shift", speech, fraction=fraction)
    places = round(fraction * speech.size)
    rotated = np.roll(speech, places)
    differing = np.flatnonzero(output != rotated)
    seam = places % speech.size
    assert output.size == speech.size
    assert differing.size
    assert (np.abs(differing - seam) <= SEAM).all()
    assert abs(output[seam]) <= abs(rotated[seam])


def test_time_shift_direction(apply):
    signal = np.zeros(1000, np.float32)
    signal[100] = 1
    assert np.argmax(apply("time_shift", signal, fraction=0.2)) == 300
    assert np.argmax(apply("time_shift", signal, fraction=-0.2)) == 900


def test_time_shift_by_zero(apply, speech):
    assert np.array_equal(apply("time_shift", speech, fraction=0.0), speech)


@pytest.mark.parametrize("position", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("fraction", [0.02, 0.1, 0.5])
def test_time_mask_is_one_gap_of_the_given_share(apply, speech, fraction, position):
    output = apply("time_mask", speech, fraction=fraction, position=position)
    length = int(fraction * speech.size)
    start = round(position * (speech.size - length))
    differing = np.flatnonzero(output != speech)
    assert differing.min() >= start
    assert differing.max() < start + length
    silent = output[start + RAMPS // 2 : start + length - RAMPS // 2]
    assert silent.size == length - RAMPS
    assert not silent.any()


def test_time_mask_draws_up_to_a_tenth_at_any_position(apply):
    variant, ones = Variant("gap", "time_mask"), np.ones(16_000, np.float32)
    shares, middles = [], []
    for number in range(300):
        output = apply("time_mask", ones, **variant.draw(0, f"x/{number}"))
        changed = np.flatnonzero(output != 1)
        shares.append(changed.size / ones.size)
        middles.append(changed.mean() / ones.size if changed.size else 0.5)
    assert 0.095 < max(shares) <= 0.1
    assert min(shares) < 0.01
    assert np.mean(shares) == pytest.approx(0.05, abs=0.006)
    assert min(middles) < 0.1 < 0.9 < max(middles)


def test_time_mask_of_zero_length(apply, speech):
    assert np.array_equal(apply("time_mask", speech, fraction=0.0, position=0.5), speech)


@pytest.mark.parametrize(("delay", "decay"), [(0.5, 0.5), (0.1, 0.25), (0.25, 1.0)])
def test_echo_impulse_response(apply, delay, decay):
    impulse = np.zeros(16_000, np.float32)
    impulse[100] = 1
    output = apply("echo", impulse, delay=delay, decay=decay)
    expected = impulse.copy()
    expected[100 + round(delay * 16_000)] = decay
    assert np.array_equal(output, expected)


def test_echo_leaves_the_signal_before_the_delay(apply, speech):
    output = apply("echo", speech, delay=0.5, decay=0.5)
    assert output.size == speech.size
    assert np.array_equal(output[:8000], speech[:8000])
    np.testing.assert_allclose(output[8000:] - speech[8000:], 0.5 * speech[:-8000], atol=1e-6)


def test_echo_of_a_signal_shorter_than_the_delay(apply, vowel):
    with pytest.raises(TooShortError) as caught:
        apply("echo", vowel[:6400], delay=0.5, decay=0.5)
    assert str(caught.value) == (
        "0.40 s of speech, expected more than the echo's delay of 0.5 s: pass a shorter delay"
    )
