"""Copies are what their names say; the stored figures are those that the project promises."""

import io

import numpy as np
import pytest
import soundfile

from benchmarks.accuracy.near_duplicates import measure, page
from benchmarks.accuracy.near_duplicates.copies import COPIES, FURTHER, REQUIRED
from benchmarks.accuracy.near_duplicates.draw import HALVES
from benchmarks.robustness.alterations import mp3
from ser_features.audio import decode
from tests.cases.sounds import voice

CHANGED = {
    "0.1 s cut at the start": -0.105,
    "0.1 s cut at the end": -0.105,
    "silence around": 1,
    "cut, softer, 22.05 kHz and MP3 at once": -0.105,
    "click one second before": 1,
}
"""Seconds by which a copy is longer than its recording."""


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_414, 48_000])
def test_mp3_has_the_stated_bit_rate(rate):
    signal = np.random.default_rng(0).normal(0, 0.1, 4 * rate)
    content = mp3(64)(signal, rate)
    assert len(content) * 8 / 4_000 == pytest.approx(64, rel=0.07)
    assert soundfile.info(io.BytesIO(content)).samplerate == {24_414: 24_000}.get(rate, rate)


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_the_recording(kind):
    signal = voice(seconds=1.0, rate=24_414).astype(np.float64)
    audio = decode(COPIES[kind](signal, 24_414), min_seconds=0.1, max_seconds=9)
    assert len(audio.signal) / audio.sample_rate == pytest.approx(1 + CHANGED.get(kind, 0), abs=0.06)


def test_the_stored_figures_are_those_that_are_promised():
    result = measure.stored()
    for half in HALVES:
        assert set(result.copies[half]) == set(REQUIRED) | set(FURTHER)
        for one in (result.copies[half][kind] for kind in REQUIRED):
            assert one.same_take >= 0.99 * one.copies > 300
        pairs = sum(one.pairs for one in result.takes[half].values())
        assert sum(one.grouped for one in result.takes[half].values()) <= 0.001 * pairs
        assert pairs > 1_000


def test_the_page_shows_the_other_half():
    text = page.tables(measure.stored())
    one = measure.stored().copies[HALVES[1]]["MP3, 64 kbit/s"]
    share = 100 * one.same_take / one.copies
    assert f"| MP3, 64 kbit/s | {one.copies} | {share:.1f} % | {one.lowest:.3f} |" in text
    assert "| Opus, 24 kbit/s * |" in text
