"""One model or two, one recording or several."""

import pytest

from ser_models.app.answers import Answers
from ser_models.app.result import Recording, ResultRenderer
from tests.pages import text_of
from tests.serving import noise, voice

GOOD, NOISE = Recording("voice.wav", voice(1.0)), Recording("<noise>.wav", noise(2.0))
BAD = Recording("bad.wav", b"no sound")


@pytest.fixture(scope="module")
def table(renderer: ResultRenderer) -> str:
    return Answers([renderer]).recognise([GOOD, NOISE, BAD])


def test_several_recordings_are_a_table(renderer, table):
    text = text_of(table)
    emotion = renderer.predictor.predict(GOOD.content).emotion
    assert "3 recordings" in text
    assert f"voice.wav| 1.0 s| {emotion}| Confidence" in text
    assert "<noise>.wav| 2.0 s| no speech| No emotion is recognised." in text
    assert "bad.wav| | Not recognised: not audio" in text


def test_names_are_escaped(table):
    assert "<noise>" not in table


def test_the_table_can_be_downloaded(table):
    assert [name in table for name in ("predictions.csv", "predictions.TextGrid.zip")] == [True, True]


def test_two_models_are_side_by_side(renderer):
    other = ResultRenderer(renderer.predictor, renderer.evaluation, 2)
    html = Answers([renderer, other]).recognise([GOOD])
    assert html.count('<h2 class="value">') == 2
    assert "recording-1-wide" in html
    assert "recording-2-wide" in html
    assert Answers([renderer, other]).describe_models().count('aria-label="About this model"') == 2
