"""Examples are synthetic, the same every time, and one is long enough for a timeline."""

import io

import numpy as np
import pytest
import soundfile

from ser_models.app import limits
from ser_models.app.clips import SCRIPT, examples, wav
from ser_models.inference.windows import LONG_SEC


@pytest.fixture(scope="module")
def made():
    return examples()


def test_examples_are_what_the_page_takes(made):
    assert [example.title for example in made] == [title for title, _, _ in SCRIPT]
    for example in made:
        limits.check(example.content)
        signal, rate = soundfile.read(io.BytesIO(example.content))
        assert len(signal) / rate == pytest.approx(example.seconds)
        assert example.name.startswith("synthetic voice")


def test_one_is_long_and_one_is_short(made):
    seconds = [example.seconds for example in made]
    assert min(seconds) < LONG_SEC < max(seconds)


def test_examples_are_the_same_every_time(made):
    assert [each.content for each in examples()] == [each.content for each in made]


def test_loud_samples_are_clipped_not_wrapped():
    signal, rate = soundfile.read(io.BytesIO(wav(np.array([2.0, -2.0, 0.5]), 16_000)))
    np.testing.assert_allclose(signal, [1, -1, 0.5], atol=1e-3)
    assert rate == 16_000
