"""An answer shows everything that is known of a recording, and no file name can do harm in it."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest

from ser_features.errors import ArtifactError
from ser_features.extractors import CORE_COLUMNS
from ser_models.app import answer as module
from ser_models.app.answer import Answers, refusal, style
from ser_models.evaluation.result import Finding
from ser_models.reporting.figures.picture import EMOTION_COLOURS
from ser_models.reporting.figures.theme import variable
from tests.serving import empty_room, music, noise, voice

NASTY = """<img src=x onerror=alert(1)> "quoted" 'n' ${alert(2)} {{7*7}} & co.wav"""


def text_of(html: str) -> str:
    """What a reader sees."""
    without = re.sub(r"<wbr>", "", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).replace("\xa0", " ").split())


@pytest.fixture(scope="module")
def short(answers) -> str:
    return answers.answer(voice(2.0), "voice.wav")


@pytest.fixture(scope="module")
def long(answers) -> str:
    return answers.answer(voice(6.5), "long.wav")


def test_the_emotion_and_all_probabilities(answers, short):
    prediction = answers.predictor.predict([voice(2.0)], names=["voice.wav"])[0]
    assert f'<h2 class="value">{prediction.emotion}</h2>' in short
    bars = re.findall(
        r'<th scope="row">(\w+)</th><td><div class="share"><span class="bar" style="--share: ([\d.]+)"', short
    )
    assert {emotion: float(share) for emotion, share in bars} == pytest.approx(
        prediction.probabilities, abs=1e-4
    )
    assert bars[0][0] == prediction.emotion, "the most probable one first"
    for value in prediction.probabilities.values():
        assert f"{100 * value:.1f} %" in text_of(short)


def test_every_feature_with_unit_and_place(short):
    text = text_of(short)
    for column in CORE_COLUMNS:
        assert column.name in text
    places = re.findall(r"--place: (\d+)%", short)
    assert len(places) == len(CORE_COLUMNS) - 1, "all but the sample rate"
    assert re.search(r"pitch_median 15\d Hz", text)


def test_the_figures_follow_the_page_and_have_words(short):
    assert short.count("<svg") == 2, "one for a wide page and one for a narrow one"
    assert len(re.findall(r'role="img" aria-label="Sound from [^"]*Pitch \(F0\) between', short)) == 2
    ids = re.findall(r' id="([^"]+)"', short)
    assert len(ids) == len(set(ids))


def test_a_long_recording_has_a_timeline_and_a_short_one_has_none(short, long):
    assert "From moment to moment" not in short
    assert "From moment to moment" in long
    assert long.count("<svg") == 4
    assert long.count("Emotion by window: 0.0 to 3.0 s") == 2
    assert "3.5 s" in text_of(long), "the last window ends with the recording"


def test_the_sound_stands_in_the_page_itself(short):
    assert short.count('src="data:audio/wav;base64,UklGR') == 1
    links = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"', short)
    assert links == [], "nothing is fetched"


@pytest.mark.parametrize("sound", [noise, music, empty_room])
def test_what_is_no_speech_like_the_training_is_warned_of(answers, sound):
    html = answers.answer(sound(2.0), "sound.wav")
    assert 'class="banner far" role="alert"' in html
    assert "Far from what the model knows:" in html


def test_a_recording_like_the_training_is_not_warned_of(answers, short):
    distance = answers.predictor.predict([voice(2.0)], names=["x"])[0].distance
    assert distance < 1
    assert "banner" not in short
    assert f"Distance from the training recordings: {distance:.2f};" in text_of(short)


@pytest.mark.parametrize(("side", "told"), [("train", True), ("test", False)])
def test_a_recording_that_it_learned_from_is_told_from_others(answers, artifact, recordings, side, told):
    split = pd.read_parquet(artifact / "splits.parquet")
    stem = split.loc[split["split"] == side, "file_id"].iloc[0].partition("/")[2]
    html = answers.answer((recordings / f"{stem}.wav").read_bytes(), "x.wav")
    assert ("It learned from this very recording" in text_of(html)) == told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file has 0 bytes"),
        (b"text", "not audio"),
        (voice(61), "61 s long, expected at most 60 s"),
        (voice(0.05), "0.05 s long, expected at least 0.1 s"),
    ],
)
def test_bad_audio_gives_one_line(answers, content, said):
    html = answers.answer(content, "bad.wav")
    assert text_of(html).startswith(f"bad.wav No answer: {said}")
    assert "<svg" not in html
    assert 'role="alert"' in html


@pytest.mark.parametrize("content", [voice(1.0), b"text"])
def test_file_names_are_escaped(answers, content):
    html = answers.answer(content, NASTY)
    assert "<img" not in html
    assert text_of(html).startswith(NASTY)


def test_warnings_and_emotions_are_escaped(answers, monkeypatch):
    def hear(predictor, content, name):
        hearing = real(predictor, content, name)
        marked = replace(hearing.prediction, warning="<b>w</b>", emotion="<i>", probabilities={"<i>": 1.0})
        return replace(hearing, prediction=marked)

    real = module.hear
    monkeypatch.setattr(module, "hear", hear)
    html = answers.answer(voice(1.0), "x.wav")
    assert "<b>w" not in html
    assert "<i>" not in re.sub(r'<i style="--place', "", html)
    assert "&lt;b&gt;w&lt;/b&gt;" in html
    assert "<script" not in refusal("<script>alert(1)</script>", "<script>")


def test_what_the_model_knows(answers):
    result, text = answers.result, text_of(answers.knowledge())
    low, high = result.uar_ci95
    assert f"{100 * result.uar:.1f} % UAR" in text
    assert f"95 % interval {100 * low:.1f} % to {100 * high:.1f} %" in text
    assert "Model logistic, trained on own." in text
    for emotion, row in result.per_class.items():
        assert f"{emotion} {100 * row.recall:.0f} % {100 * row.precision:.0f} % {row.support}" in text
    assert "leak" not in text


def test_leaks_and_synthetic_speech_are_said(answers):
    metadata = replace(answers.predictor.artifact.metadata, synthetic=True)
    predictor = replace(answers.predictor, artifact=replace(answers.predictor.artifact, metadata=metadata))
    leaky = replace(answers.result, leakage=(Finding("speaker", "x", 1),) * 2)
    text = text_of(Answers(predictor, leaky).knowledge())
    assert "2 leaks found in its test." in text
    assert "they say nothing about people" in text


def test_an_artifact_without_a_valid_result_is_refused(answers, tmp_path):
    (tmp_path / "metrics.json").write_text('{"uar": "high"}')
    artifact = replace(answers.predictor.artifact, folder=tmp_path)
    with pytest.raises(ArtifactError, match="is not a result of this version of ser: field "):
        Answers.of(replace(answers.predictor, artifact=artifact))


def test_two_at_a_time_draw_what_one_draws(answers):
    sounds = [voice(1.0, pitch) for pitch in (110, 140, 170, 200)]
    alone = [answers.answer(sound, "x.wav") for sound in sounds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda sound: answers.answer(sound, "x.wav"), sounds))
    assert together == alone


def test_the_style_has_every_colour_by_day_and_by_night():
    sheet = style()
    for colour in EMOTION_COLOURS.values():
        assert sheet.count(f"{variable(colour)}:") == 2
    assert "http" not in sheet
    assert "@import" not in sheet
