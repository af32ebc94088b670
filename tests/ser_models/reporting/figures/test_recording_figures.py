"""Figures of one recording have its samples, frames and spectra on axes in seconds, kHz and dB."""

import numpy as np
import pytest
import soundfile

from ser_features.augment import Variant
from ser_features.config import SPEECH16K, SPEECH16K_RAW
from ser_features.errors import NotAudioError, TooShortError
from ser_features.pipeline import extract
from ser_features.preprocess import BONE_RATE
from ser_models.reporting.figures import augmented, bone, frames
from ser_models.reporting.figures.picture import Panel, captioned, plain
from ser_models.reporting.figures.spectrogram import MOST_COLUMNS, draw_waveform

RATE = 48_000


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A second of a 200 Hz tone with noise, twice as loud in its second half."""
    time = np.arange(RATE) / RATE
    noise = np.random.default_rng(0).standard_normal(RATE)
    signal = np.where(time < 0.5, 0.1, 0.2) * (np.sin(2 * np.pi * 200 * time) + 0.2 * noise)
    path = tmp_path_factory.mktemp("figures") / "tone.wav"
    soundfile.write(path, signal, RATE)
    return path


def all_axes(drawn):
    return [plain(panel).axes[0] for panel in drawn.picture.panels]


def test_frames_are_those_of_the_features(file):
    drawn = frames.drawing(file, SPEECH16K_RAW)
    waveform, mel, mfcc, rms, zcr = all_axes(drawn)
    features = extract(file, SPEECH16K_RAW, ("core", "mel"))
    assert pytest.approx(features.frames["mel"]) == mel.images[0].get_array().T
    assert mfcc.images[0].get_array().shape == (13, len(features.frames["mel"]))
    assert np.abs(mfcc.images[0].get_array().mean(axis=1)).max() < 1e-3
    levels = rms.lines[0].get_ydata()
    assert levels.mean() == pytest.approx(features.columns["intensity_db_mean"], abs=1e-3)
    assert levels[75] - levels[25] == pytest.approx(20 * np.log10(2), abs=0.5)
    assert zcr.lines[0].get_ydata().mean() == pytest.approx(features.columns["zcr_mean"], abs=1e-6)
    assert {axes.get_xlim() for axes in (waveform, mel, mfcc, rms, zcr)} == {(0, features.seconds)}
    assert zcr.get_xlabel() == "time (s)"
    assert drawn.caption[0] == (
        "tone.wav: 1.00 s at 48 kHz, of which 1.00 s are analysed (profile speech16k-raw)."
    )
    captioned(drawn.picture, drawn.caption)  # with the scale of the colours


def test_refused_file_is_named(tmp_path):
    short, notes = tmp_path / "short.wav", tmp_path / "notes.wav"
    soundfile.write(short, np.full(80, 0.1), 8000)
    notes.write_text("These are notes.")
    with pytest.raises(TooShortError, match=rf"^{short}: 0\.01 s"):
        bone.drawing(short, SPEECH16K)
    with pytest.raises(NotAudioError, match=rf"^{notes}: not audio \(text"):
        frames.drawing(notes, SPEECH16K)


def test_level_over_time_is_that_of_the_recording(file):
    as_recorded, conditioned = (
        all_axes(frames.drawing(file, profile))[3].lines[0].get_ydata()[25]
        for profile in (SPEECH16K_RAW, SPEECH16K)
    )
    assert conditioned == pytest.approx(as_recorded, abs=0.3)


def test_long_waveforms_keep_their_extremes():
    axes = plain(Panel(lambda axes: None, 3, 2, "nothing")).axes[0]
    signal = np.zeros(100_000)
    signal[[10, 70_000]] = 1, -0.5
    draw_waveform(axes, signal, RATE)
    [area] = axes.collections
    points = area.get_paths()[0].vertices
    assert (points[:, 1].max(), points[:, 1].min()) == (1, -0.5)
    assert len(points) < 3 * MOST_COLUMNS
    assert points[:, 0].max() == pytest.approx(100_000 / RATE, abs=0.01)


def test_copies_stand_below_the_original_on_one_time_axis(file):
    variants = [Variant("late", "spectrogram_shift"), Variant("slow", "speed", {"rate": 0.5})]
    drawn = augmented.drawing(file, SPEECH16K_RAW, variants)
    rows = drawn.picture.grid
    assert [row[0].text for row in rows] == [
        "Waveform: original",
        "Waveform: late: fraction 0.25 (of the spectrogram only)",
        "Waveform: slow: rate 0.5",
    ]
    axes = all_axes(drawn)
    assert {one.get_xlim() for one in axes} == {(0, 2.0)}
    original, shifted, slow = (one.images[0].get_array().T for one in axes[1::2])
    assert len(slow) == pytest.approx(2 * len(original), abs=2)
    np.testing.assert_array_equal(shifted[25:], original[:-25])
    assert [one.get_xlabel() for one in axes] == [""] * 4 + ["time (s)"] * 2


def test_measured_difference_is_the_response_of_the_filter(file):
    drawn = bone.drawing(file, SPEECH16K_RAW)
    spectra, response, air, filtered = all_axes(drawn)
    frequencies, gains = response.lines[0].get_data()
    assert (frequencies[0], frequencies[-1]) == (0, BONE_RATE / 2000)
    assert (gains[0], gains[-1]) == pytest.approx((-1.55, -18.66), abs=0.01)  # β / (1 ∓ α)
    points, measured = response.lines[1].get_data()
    assert measured == pytest.approx(np.interp(points, frequencies, gains), abs=0.4)
    before, after = (line.get_ydata() for line in spectra.lines)
    assert spectra.lines[0].get_xdata()[before.argmax()] == pytest.approx(0.2, abs=0.02)
    assert np.all(before > after)
    assert air.images[0].get_array().shape == filtered.images[0].get_array().shape
