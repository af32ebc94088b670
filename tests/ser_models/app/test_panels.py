"""The figures of a recording show what was heard where it was heard."""

from dataclasses import replace

import librosa
import matplotlib as mpl
import numpy as np
import pytest

from ser_models.app import panels
from ser_models.app.panels import borders, pooled
from ser_models.inference.inspection import Hearing
from ser_models.inference.prediction import Prediction
from ser_models.reporting.figures.picture import plain
from ser_models.reporting.figures.spectrogram import band_of
from ser_models.reporting.figures.svg import inline

FRAMES, BANDS = 200, 64


@pytest.fixture
def hearing() -> Hearing:
    """Two seconds from 0.5 s on, voiced in the first."""
    rng = np.random.default_rng(0)
    pitch = np.where(np.arange(FRAMES) < 100, 200.0, np.nan)
    return Hearing(
        seconds=3.0,
        signal=rng.uniform(-0.1, 0.1, 32_000).astype(np.float32),
        sample_rate=16_000,
        start_sec=0.5,
        mel=rng.uniform(-80, 0, (FRAMES, BANDS)).astype(np.float32),
        hop_sec=0.01,
        pitch=pitch,
        columns={},
        percentiles={},
        prediction=Prediction("x.wav"),
        attention=None,
    )


def axes_of(panel):
    return plain(panel).axes[0]


@pytest.mark.parametrize(("sample_rate", "bands"), [(16_000, 64), (48_000, 128)])
def test_frequencies_lie_at_their_band(sample_rate, bands):
    edges = librosa.mel_frequencies(bands + 2, fmin=0, fmax=sample_rate / 2)
    centres = edges[1:-1]  # band k, drawn from k to k + 1, answers most to the middle one of its three
    np.testing.assert_allclose(band_of(centres, sample_rate, bands), np.arange(bands) + 0.5, atol=1e-9)


def test_unvoiced_frames_have_no_place():
    assert np.isnan(band_of(np.array([np.nan, 100.0]), 16_000, 64)).tolist() == [True, False]


def test_the_contour_is_drawn_over_the_spectrogram_in_time(hearing):
    axes = axes_of(panels.recording(hearing))
    contour = next(line for line in axes.lines if line.get_label() == "pitch (F0)")
    times, places = contour.get_data()
    np.testing.assert_allclose(times[[0, -1]], [0.505, 2.495])
    np.testing.assert_allclose(places[:100], band_of(np.array([200.0]), 16_000, BANDS)[0])
    assert np.isnan(places[100:]).all()
    (image,) = axes.images
    assert image.get_extent() == [0.5, 2.5, 0, BANDS]
    assert image.get_array().shape == (BANDS, FRAMES)


def test_the_axis_is_in_hertz(hearing):
    axes = axes_of(panels.recording(hearing))
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "250",
        "500",
        "1,000",
        "2,000",
        "4,000",
        "8,000",
    ]
    assert "Hz" in axes.get_ylabel()


def test_the_waveform_reaches_its_peak_and_no_further(hearing):
    (waveform,) = axes_of(panels.recording(hearing)).collections
    times, heights = waveform.get_paths()[0].vertices.T
    assert (times.min(), times.max()) == pytest.approx((0.5, 2.5), abs=0.01)
    assert heights.max() - heights.min() == pytest.approx(2 * 0.22 * BANDS, rel=0.01)
    assert heights.min() > BANDS, "above the spectrogram"


def test_attention_is_drawn_where_there_is_some(hearing):
    weights = np.zeros(FRAMES)
    weights[50:150] = 0.005
    weights[120] = 0.2
    panel = panels.recording(replace(hearing, attention=weights))
    labels = [text.get_text() for text in axes_of(panel).get_legend().get_texts()]
    assert labels == ["pitch (F0)", "attention", "if it were even"]
    assert "The model attends most to 1.7 s." in panel.text
    assert "attend" not in panels.recording(hearing).text


def test_words_say_what_is_drawn(hearing):
    assert panels.recording(hearing).text == (
        "Sound from 0.5 to 2.5 s, as waveform and mel spectrogram. "
        "Pitch (F0) between 200 and 200 Hz, median 200 Hz."
    )
    unvoiced = replace(hearing, pitch=np.full(FRAMES, np.nan))
    assert "No pitch was found." in panels.recording(unvoiced).text
    axes_of(panels.recording(unvoiced))


def test_a_minute_is_drawn_as_small_as_a_second(hearing):
    long = replace(
        hearing, mel=np.zeros((6_000, BANDS), np.float32), pitch=np.full(6_000, np.nan),
        signal=np.zeros(960_000, np.float32),
    )  # fmt: skip
    assert axes_of(panels.recording(long)).images[0].get_array().shape[1] <= panels.COLUMNS
    assert len(inline(panels.recording(long), "long")) < 200_000


@pytest.mark.parametrize("width", [panels.WIDTH, panels.NARROW])
def test_a_panel_becomes_an_image_with_words(hearing, width):
    svg = inline(panels.recording(hearing, width=width), "recording")
    assert 'role="img"' in svg
    assert f'aria-label="{panels.recording(hearing).text}"' in svg
    assert "var(--c-1f6fb2)" in svg, "the waveform has the page's colour"
    assert mpl.rcParams["svg.fonttype"] == "path", "settings are as before"


def test_pooling_keeps_peaks():
    values = np.zeros((1_000, 2))
    values[501, 1] = 3.0
    assert len(pooled(values, 300)) == 250
    assert pooled(values, 300)[:, 1].max() == 3.0
    assert pooled(values, 2_000) is values


WINDOWS = [
    {"start": 0.0, "end": 3.0, "emotion": "sad", "probabilities": {"angry": 0.1, "happy": 0.1, "sad": 0.8}},
    {"start": 1.0, "end": 4.0, "emotion": None, "probabilities": {}},
    {
        "start": 2.0,
        "end": 5.0,
        "emotion": "angry",
        "probabilities": {"angry": 0.9, "happy": 0.02, "sad": 0.08},
    },
]
LABELS = ["angry", "happy", "sad"]


def test_windows_are_cut_between_their_middles():
    np.testing.assert_allclose(borders(WINDOWS), [0.0, 2.0, 3.0, 5.0])


def test_the_timeline_stacks_every_window_to_one():
    axes = axes_of(panels.timeline(WINDOWS, LABELS))
    tops = {}
    for bar in axes.patches:
        tops[bar.get_x()] = max(tops.get(bar.get_x(), 0.0), bar.get_y() + bar.get_height())
    assert tops == pytest.approx({0.0: 1.0, 2.0: 0.0, 3.0: 1.0})
    assert [text.get_text() for text in axes.texts] == ["silence"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["angry", "sad", "others"]


def test_the_timeline_in_words():
    assert panels.timeline(WINDOWS, LABELS).text == (
        "Emotion by window: 0.0 to 3.0 s sad, 1.0 to 4.0 s silence, 2.0 to 5.0 s angry"
    )
