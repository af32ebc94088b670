"""Which channels of a recording are mixed."""

import numpy as np
import pytest

from ser_features.audio.channels import DEAD_NOTE, INVERTED_NOTE, Mixer

RNG = np.random.default_rng(0)
VOICE = RNG.standard_normal(8000).astype(np.float32) * np.hanning(8000).astype(np.float32)
OTHER = RNG.standard_normal(8000).astype(np.float32)


def mixed(*channels: np.ndarray) -> tuple[np.ndarray, str | None]:
    block = np.stack(channels, axis=1).astype(np.float32)
    mixer = Mixer()
    signal = np.concatenate([mixer.mono(block[:3000]), mixer.mono(block[3000:])])
    other = mixer.again()
    return (signal, None) if other is None else (other.mono(block), other.note)


@pytest.mark.parametrize(
    "dead",
    [0 * VOICE, np.full_like(VOICE, 0.01), 10**-3.1 * OTHER * VOICE.std()],
    ids=["digital silence", "offset", "noise 62 dB below"],
)
def test_a_channel_without_sound_does_not_count(dead):
    for channels in ((VOICE, dead), (dead, VOICE), (dead, VOICE, VOICE, dead)):
        signal, note = mixed(*channels)
        assert np.array_equal(signal, VOICE)
        assert note == DEAD_NOTE


def test_a_quiet_channel_counts():
    signal, note = mixed(VOICE, 10**-2.8 * OTHER * VOICE.std())
    assert note is None
    assert np.abs(signal).max() < 0.6 * np.abs(VOICE).max()


@pytest.mark.parametrize("factor", [-1.0, -0.5, -2.0])
def test_of_inverted_channels_the_first_or_the_louder_one_is_used(factor):
    signal, note = mixed(VOICE, factor * VOICE)
    assert np.array_equal(signal, max((VOICE, factor * VOICE), key=np.ptp))
    assert note == INVERTED_NOTE


@pytest.mark.parametrize(("noise", "is_inverted"), [(0.2, True), (1.0, False)])
def test_inverted_means_a_correlation_near_minus_one(noise, is_inverted):
    _, note = mixed(VOICE, -VOICE + noise * VOICE.std() * OTHER)
    assert (note == INVERTED_NOTE) is is_inverted


def test_equal_channels_are_like_mono():
    signal, note = mixed(VOICE, VOICE)
    assert np.array_equal(signal, VOICE)
    assert note is None


def test_channels_that_nothing_distinguishes_are_averaged():
    for channels in ((0 * VOICE, 0 * VOICE), (VOICE, np.full_like(VOICE, np.nan)), (VOICE, OTHER)):
        assert mixed(*channels)[1] is None


def test_a_chosen_channel_is_used_whatever_it_holds():
    mixer = Mixer((1,))
    assert not mixer.mono(np.stack([VOICE, 0 * VOICE], axis=1)).any()
    assert mixer.again() is None
