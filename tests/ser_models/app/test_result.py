"""The result shows everything about a recording and its prediction, and no file name can inject HTML."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features import audio
from ser_features.audio.stream import NEVER_FILLED_IN
from ser_features.errors import ArtifactError, AudioError, TooLongError, UnsupportedAudioError
from ser_features.extractors import CORE_COLUMNS
from ser_models.app import limits, text
from ser_models.app.features import groups
from ser_models.app.inspection import inspect
from ser_models.app.result import ResultRenderer, render, render_error, style
from ser_models.inference.answer import UNSURE_WARNING
from ser_models.inference.prediction import Prediction, ranked
from ser_models.inference.timeline import TimelineSpan
from ser_models.reporting.figures.picture import EMOTION_COLOURS, FURTHER_COLOURS
from ser_models.reporting.html import variable
from ser_models.reporting.text import percent
from tests.golden import app_page
from tests.pages import text_of
from tests.serving import empty_room, music, noise, voice

INJECTION = """<img src=x onerror=alert(1)> "quoted" 'n' ${alert(2)} {{7*7}} & co.wav"""


def test_the_text_of_the_page():
    """After a change: python -m tests.golden.app_page, and review the difference."""
    assert app_page.page_text() == app_page.GOLDEN.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def short(renderer) -> str:
    return renderer.recognise(voice(2.0), "voice.wav")


@pytest.fixture(scope="module")
def long(renderer) -> str:
    return renderer.recognise(voice(6.5), "long.wav")


def test_emotion_and_all_probabilities(renderer, short):
    prediction = renderer.predictor.predict(voice(2.0))
    assert f'<h2 class="value">{prediction.emotion}</h2>' in short
    bars = re.findall(
        r'<th scope="row">(\w+)</th><td><div class="share"><span class="bar" style="--share: ([\d.]+)"', short
    )
    shown = {emotion: float(share) for emotion, share in bars}
    assert shown == pytest.approx(prediction.probabilities, abs=1e-4)
    assert bars[0][0] == prediction.emotion, "in descending order"
    assert prediction.ood_score < 1
    assert re.findall(r'class="banner.*</strong> (.*)</p>', short) == [f"{UNSURE_WARNING}."]
    assert f"Out-of-distribution score {prediction.ood_score:.2f}:" in text_of(short)


def test_notes_on_the_file_are_shown(renderer):
    samples = voice(2.0)
    at = samples.index(b"data") + 4
    page = renderer.recognise(samples[:at] + bytes(4) + samples[at + 4 :], "voice.wav")
    assert f"File: {NEVER_FILLED_IN}." in text_of(page)


def test_all_core_features_with_percentiles(short):
    assert all(column.name in text_of(short) for column in CORE_COLUMNS)
    assert len(re.findall(r"--place: (\d+)%", short)) == len(CORE_COLUMNS) - 1, "all but the sample rate"
    assert re.search(r"pitch_median\| 15\d Hz", text_of(short))


def test_figures_are_drawn_for_wide_and_narrow_pages(short, long):
    assert short.count("<svg") == 2
    assert long.count("<svg") == 4
    assert len(re.findall(r'role="img" aria-label="Waveform [^"]*F0 between', short)) == 2
    ids = re.findall(r' id="([^"]+)"', long)
    assert len(ids) == len(set(ids))


def test_only_long_recordings_have_windows(short, long):
    assert "Prediction over time" not in short
    assert "Prediction over time" in long
    assert long.count("Emotion by window: 0.0 to 3.0 s") == 2
    assert "3.5 s" in text_of(long), "the last window ends with the recording"


def test_the_page_contains_the_sound_and_loads_nothing(short):
    assert short.count('src="data:audio/wav;base64,UklGR') == 1
    assert re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"', short) == []


@pytest.mark.parametrize("sound", [noise, music, empty_room])
def test_other_sounds_are_no_speech(renderer, sound):
    html = renderer.recognise(sound(2.0), "sound.wav")
    assert 'class="banner far" role="alert"' in html
    assert '<h2 class="value verdict">no speech</h2>' in html
    assert 'class="bars"' not in html


@pytest.mark.parametrize(("side", "marked"), [("train", True), ("test", False)])
def test_a_training_recording_is_recognised_as_such(renderer, artifact, recordings, side, marked):
    split = pd.read_parquet(artifact / "splits.parquet")
    stem = split.loc[split["split"] == side, "file_id"].iloc[0].partition("/")[2]
    html = renderer.recognise((recordings / f"{stem}.wav").read_bytes(), "x.wav")
    assert ("This recording is part of the training data" in text_of(html)) == marked


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file has 0 bytes: expected audio: record it again"),
        (b"a text that was renamed", "not audio"),
        (voice(600.5), "600.5 s long, expected at most 600 s: cut it into utterances"),
        (voice(0.05), "0.05 s long, expected at least 0.1 s"),
        (
            b"RIFF" + bytes(65 * 2**20),
            "the file has 65.0 MB, expected at most 64 MB: cut it, or save it as FLAC, OGG or MP3",
        ),
    ],
)
def test_bad_audio_gives_one_line(renderer, content, message):
    html = renderer.recognise(content, "bad.wav")
    assert text_of(html).startswith(f"bad.wav\nNot recognised: {message}")
    assert "<svg" not in html
    assert 'role="alert"' in html
    with pytest.raises(AudioError) as refused:
        inspect(renderer.predictor, content, "bad.wav")
    assert "\n" not in str(refused.value)


def test_limits_are_errors_of_their_own(renderer):
    config = renderer.predictor.profile.audio
    assert limits.RECORDING.decode(voice(599.9), config).signal.size == 599.9 * 16_000
    with pytest.raises(TooLongError):
        limits.RECORDING.decode(voice(600.5), config)
    with pytest.raises(UnsupportedAudioError):
        limits.RECORDING.decode(bytes(65 * 2**20), config)


def test_an_upload_is_decoded_once(renderer, monkeypatch):
    decoded = []
    decode = audio.decode
    monkeypatch.setattr(
        audio, "decode", lambda content, **limits: decoded.append(content) or decode(content, **limits)
    )
    renderer.recognise(voice(6.0), "x.wav")
    assert len(decoded) == 1


def test_an_inspection_agrees_with_the_predictor(renderer):
    content = voice(6.5)
    inspection = inspect(renderer.predictor, content, "x.wav")
    direct = renderer.predictor.predict(content, windows=True)
    assert inspection.prediction.probabilities == pytest.approx(direct.probabilities)
    assert inspection.prediction.ood_score == pytest.approx(direct.ood_score)
    assert [window.emotion for window in inspection.prediction.windows] == [
        window.emotion for window in direct.windows
    ]
    assert len(inspection.prediction.top) == len(renderer.predictor.labels)
    assert inspection.mel.shape == (inspection.f0.size, renderer.predictor.profile.frames.n_mels)
    assert list(inspection.columns) == [column.name for column in CORE_COLUMNS]
    computed = {name for name, value in inspection.columns.items() if not np.isnan(value)}
    assert set(inspection.percentiles) == computed
    assert all(0 <= value <= 100 for value in inspection.percentiles.values())
    assert inspection.attention is None


@pytest.mark.parametrize("content", [voice(1.0), b"text"])
def test_file_names_are_escaped(renderer, content):
    html = renderer.recognise(content, INJECTION)
    assert "<img" not in html
    assert text_of(html).startswith(INJECTION)


def test_warnings_and_emotions_are_escaped():
    prediction = replace(
        app_page.inspection().prediction, warning="<b>w</b>", emotion="<i>", top=ranked({"<i>": 1.0})
    )
    html = render(app_page.inspection(prediction=prediction), "x.wav", app_page.RESULT)
    assert "<b>w" not in html
    assert "<i>" not in re.sub(r'<i style="--place', "", html)
    assert "&lt;b&gt;w&lt;/b&gt;" in html
    assert "<script" not in render_error("<script>alert(1)</script>", "<script>")


def test_the_description_has_the_evaluation_of_the_artifact(renderer):
    evaluation, description = renderer.evaluation, text_of(renderer.describe_model())
    assert f"{100 * evaluation.uar:.1f} % UAR" in description
    assert "Model logistic, trained on own." in description
    assert f"Evaluated on {evaluation.n} recordings, {evaluation.protocol}." in description
    for emotion, row in evaluation.per_class.items():
        assert emotion in description
        assert f"{100 * row.recall:.0f} %" in description
    assert "leak" not in description


def test_an_artifact_without_a_valid_result_is_refused(renderer, tmp_path):
    (tmp_path / "metrics.json").write_text('{"uar": "high"}')
    artifact = replace(renderer.predictor.artifact, folder=tmp_path)
    with pytest.raises(ArtifactError, match="is not a result of this version of ser: field "):
        ResultRenderer.of(replace(renderer.predictor, artifact=artifact))


def test_threads_do_not_mix_their_figures(renderer):
    sounds = [voice(1.0, pitch) for pitch in (110, 170)]
    alone = [renderer.recognise(sound, "x.wav") for sound in sounds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda sound: renderer.recognise(sound, "x.wav"), sounds * 2))
    assert together == alone * 2


def test_the_style_has_every_colour_in_light_and_dark_mode():
    sheet = style()
    for colour in (*EMOTION_COLOURS.values(), *FURTHER_COLOURS):
        assert sheet.count(f"{variable(colour)}:") == 2
    assert "http" not in sheet
    assert "@import" not in sheet


PREDICTION = Prediction("x.wav", "sad", 0.6, {}, ranked({"angry": 0.1, "neutral": 0.3, "sad": 0.6}))


@pytest.mark.parametrize(
    ("probabilities", "sentence"),
    [
        ({"neutral": 0.3, "sad": 0.6}, "Second: neutral, 30\xa0%."),
        ({"neutral": 0.45, "sad": 0.47}, "Second, by a small margin: neutral, 45\xa0%."),
        ({"neutral": 0.004, "sad": 0.996}, ""),
        ({"sad": 1.0}, ""),
    ],
)
def test_runner_up(probabilities, sentence):
    assert text.runner_up(replace(PREDICTION, top=ranked(probabilities))) == sentence


@pytest.mark.parametrize(
    ("changes", "headline", "answer"),
    [
        ({"verdict": "emotion"}, "sad", "Confidence 60\xa0%. Second: neutral, 30\xa0%."),
        ({"verdict": "mixed", "emotion": None}, "mixed", "On average over time: sad, 60\xa0%. Second: n"),
        ({"verdict": "other voice"}, "another kind of voice", "A guess: sad, 60\xa0%. Second: neutral"),
        ({"verdict": "no speech", "emotion": None}, "no speech", "No emotion is recognised."),
    ],
)
def test_the_headline_is_the_verdict(changes, headline, answer):
    prediction = replace(PREDICTION, **changes)
    assert text.headline(prediction) == headline
    assert text.answer(prediction).startswith(answer)


def test_reliability_of_an_emotion_that_was_not_evaluated():
    uar = percent(app_page.RESULT.uar)
    assert text.reliability(replace(PREDICTION, emotion="fear"), app_page.RESULT) == (
        f"In its evaluation (speaker-disjoint, 4 folds) the model has a UAR of {uar}; fear was never tested."
    )


def test_a_steady_time_course():
    assert text.time_course([TimelineSpan(0.0, 4.0, "sad", 0.6)]) == "Sad throughout."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"datasets": ["own"]}, text.NOT_ACTED),
        ({"synthetic": True}, text.SYNTHETIC),
        ({"label_map": {}}, "It has 3 classes: angry, neutral and sad. Every recording"),
    ],
)
def test_descriptions_of_other_models(changes, sentence):
    assert sentence in text_of(app_page.renderer(**changes).describe_model())


def feature(name="jitter", value=1.5, percentile=None):
    [group] = groups({name: value}, {} if percentile is None else {name: percentile})
    return group.title, *group.rows


def test_unknown_features_are_in_a_group_of_their_own():
    others = [column.name for column in CORE_COLUMNS if feature(column.name)[0] == "Other"]
    assert others == ["sample_rate"]
    assert feature("new_feature")[0] == "Other"


def test_the_reasons_of_an_answer(renderer):
    inspection = inspect(renderer.predictor, voice(2.0), "x.wav")
    contributions = inspection.contributions
    assert contributions.emotion == inspection.prediction.top[0]["emotion"]
    assert contributions.probabilities == pytest.approx(inspection.prediction.probabilities)
    explained = inspection.why
    shown = [reason.topic for reason in explained.reasons]
    assert sorted(shown + explained.others) == ["MFCC", "pitch", "rhythm", "spectrum", "voice quality"]
    assert text_of(render(inspection, "x.wav", app_page.RESULT)).count(f"Why {contributions.emotion}?") == 1
    assert inspect(renderer.predictor, noise(2.0), "noise.wav").why is None, "no speech"


def test_a_long_recording_has_no_reasons_as_a_whole(renderer):
    assert inspect(renderer.predictor, voice(6.5), "long.wav").why is None


def test_missing_and_constant_values_have_no_percentile():
    _, row = feature("pitch_mean", np.nan, 50.0)
    assert (row.value, row.rounded, row.rare) == ("–", "–", False)
    assert feature("sample_rate", 16_000.0, 50.0)[1].percentile is None


@pytest.mark.parametrize(
    ("percentile", "rounded", "rare"),
    [
        (0.0, "0", True),
        (0.9, "1", True),
        (1.0, "1", False),
        (50.4, "50", False),
        (99.0, "99", False),
        (99.6, "100", True),
        (100.0, "100", True),
    ],
)
def test_rare_percentiles(percentile, rounded, rare):
    _, row = feature(percentile=percentile)
    assert (row.rounded, row.rare) == (rounded, rare)
