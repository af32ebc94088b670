"""Figures show the signal, the features and the predictions at their times and frequencies."""

from dataclasses import replace

import librosa
import matplotlib as mpl
import numpy as np
import pytest
import soundfile

from ser_models.app import panels
from ser_models.app.clips import SCRIPT, examples, wav
from ser_models.app.panels import pooled
from ser_models.inference.recording import RecordingAnalysis
from ser_models.inference.timeline import borders
from ser_models.reporting.figures.picture import plain
from ser_models.reporting.figures.spectrogram import band_of
from ser_models.reporting.html import inline
from tests.golden import app_page
from tests.golden.app_page import BANDS, FRAMES

INSPECTION = app_page.inspection(attention=None)


def axes_of(panel):
    return plain(panel).axes[0]


def with_frames(f0, mel=INSPECTION.mel, signal=INSPECTION.analysis.signal):
    features = replace(INSPECTION.analysis.features, frames={"mel": mel, "pitch": f0[:, None]})
    return replace(INSPECTION, analysis=RecordingAnalysis(3.0, signal, 16_000, 0.5, features))


@pytest.mark.parametrize(("sample_rate", "bands"), [(16_000, 64), (48_000, 128)])
def test_frequencies_are_drawn_at_their_band(sample_rate, bands):
    edges = librosa.mel_frequencies(bands + 2, fmin=0, fmax=sample_rate / 2)
    centres = edges[1:-1]  # band k, drawn from k to k + 1, is centred at the middle one of its three edges
    np.testing.assert_allclose(band_of(centres, sample_rate, bands), np.arange(bands) + 0.5, atol=1e-9)
    assert np.isnan(band_of(np.array([np.nan, 100.0]), sample_rate, bands)).tolist() == [True, False]


def test_recording_axes():
    axes = axes_of(panels.recording(INSPECTION))
    contour = next(line for line in axes.lines if line.get_label() == "F0")
    times, positions = contour.get_data()
    np.testing.assert_allclose(times[[0, -1]], [0.505, 2.495])
    np.testing.assert_allclose(positions[:100], band_of(np.array([200.0]), 16_000, BANDS)[0])
    assert np.isnan(positions[100:]).all()
    (image,) = axes.images
    assert image.get_extent() == [0.5, 2.5, 0, BANDS]
    assert image.get_array().shape == (BANDS, FRAMES)
    ticks = [label.get_text() for label in axes.get_yticklabels()]
    assert ticks == ["250", "500", "1,000", "2,000", "4,000", "8,000"]
    assert "Hz" in axes.get_ylabel()
    (waveform,) = axes.collections
    times, heights = waveform.get_paths()[0].vertices.T
    assert (times.min(), times.max()) == pytest.approx((0.5, 2.5), abs=0.01)
    assert heights.max() - heights.min() == pytest.approx(2 * 0.22 * BANDS, rel=0.01)
    assert heights.min() > BANDS, "above the spectrogram"


def test_attention_weights():
    panel = panels.recording(app_page.inspection())
    labels = [label.get_text() for label in axes_of(panel).get_legend().get_texts()]
    assert labels[:2] == ["F0", "attention"]
    assert "The attention weight is largest at 1.7 s." in panel.text
    assert "attention" not in panels.recording(INSPECTION).text


def test_a_recording_without_voiced_frames():
    unvoiced = with_frames(np.full(FRAMES, np.nan))
    assert "No voiced frame." in panels.recording(unvoiced).text
    axes_of(panels.recording(unvoiced))


def test_a_minute_is_drawn_with_the_resolution_of_the_screen():
    long = with_frames(
        np.full(6_000, np.nan), np.zeros((6_000, BANDS), np.float32), np.zeros(960_000, np.float32)
    )
    assert axes_of(panels.recording(long)).images[0].get_array().shape[1] <= panels.MAX_COLUMNS
    assert len(inline(panels.recording(long), "long")) < 200_000


@pytest.mark.parametrize("width", [panels.WIDTH, panels.NARROW])
def test_a_panel_becomes_an_image_with_a_description(width):
    svg = inline(panels.recording(INSPECTION, width=width), "recording")
    assert 'role="img"' in svg
    assert f'aria-label="{panels.recording(INSPECTION).text}"' in svg
    assert "var(--c-1f6fb2)" in svg, "the waveform has the colour of the page"
    assert mpl.rcParams["svg.fonttype"] == "path", "settings are restored"


def test_pooling_keeps_maxima():
    values = np.zeros((1_000, 2))
    values[501, 1] = 3.0
    assert len(pooled(values, 300)) == 250
    assert pooled(values, 300)[:, 1].max() == 3.0
    assert pooled(values, 2_000) is values


def test_windows_are_stacked_to_one():
    windows = INSPECTION.prediction.windows
    np.testing.assert_allclose(borders(windows), [0.0, 2.0, 3.0, 5.0])
    first = replace(windows[0], probabilities={"angry": 0.3, "neutral": 0.1, "sad": 0.6})
    axes = axes_of(panels.windows([first, *windows[1:]], ["angry", "neutral", "sad"]))
    tops = {}
    for bar in axes.patches:
        tops[bar.get_x()] = max(tops.get(bar.get_x(), 0.0), bar.get_y() + bar.get_height())
    assert tops == pytest.approx({0.0: 1.0, 2.0: 0.0, 3.0: 1.0})
    assert [label.get_text() for label in axes.texts] == ["silence"]
    assert [label.get_text() for label in axes.get_legend().get_texts()] == ["angry", "sad", "others"]


def test_examples_are_valid_and_deterministic():
    clips = examples()
    assert [clip.title for clip in clips] == [title for title, _, _ in SCRIPT]
    assert all(clip.name.startswith("synthetic voice") for clip in clips)
    assert min(clip.seconds for clip in clips) < 4.0 < max(clip.seconds for clip in clips) < 60
    assert [clip.content for clip in examples()] == [clip.content for clip in clips]


def test_loud_samples_are_clipped(tmp_path):
    (tmp_path / "x.wav").write_bytes(wav(np.array([2.0, -2.0, 0.5]), 16_000))
    signal, rate = soundfile.read(tmp_path / "x.wav")
    np.testing.assert_allclose(signal, [1, -1, 0.5], atol=1e-3)
    assert rate == 16_000
