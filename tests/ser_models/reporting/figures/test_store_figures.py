"""Figures of a store show the numbers of the store, with their units, and say what they are of."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.reporting.figures import contours, distribution, gallery, map, speakers
from ser_models.reporting.figures.picture import EMOTION_COLOURS, Drawing, captioned, plain
from ser_models.reporting.figures.ranking import rank_features
from ser_models.reporting.figures.recordings import Recordings


def only(drawing: Drawing):
    [panel] = drawing.picture.panels
    return plain(panel).axes[0]


def labels(axes) -> list[str]:
    return [tick.get_text() for tick in axes.get_yticklabels()]


@pytest.fixture
def voices() -> Recordings:
    """Two speakers an octave apart who raise their pitch alike for anger."""
    rng = np.random.default_rng(0)
    rows = [
        {
            "file_id": f"d/{speaker}{emotion}{take}",
            "dataset": "d",
            "speaker": speaker,
            "gender": gender,
            "emotion": emotion,
            "pitch_mean": base * factor * rng.uniform(0.99, 1.01),
            "noise": rng.normal(),
            "same": 3.0,
        }
        for speaker, base, gender in (("a", 100, "male"), ("b", 200, "female"))
        for emotion, factor in (("angry", 1.5), ("sad", 0.9))
        for take in range(20)
    ]
    return Recordings(pd.DataFrame(rows), 80, units={"pitch_mean": "Hz", "noise": "1", "same": "1"})


# distribution


def test_emotions_stand_by_their_median_with_unit_and_numbers(store):
    drawn = distribution.drawing(store, "pitch_mean")
    axes = only(drawn)
    medians = store.files().groupby("emotion")["pitch_mean"].median().sort_values(ascending=False)
    assert labels(axes) == medians.index.tolist()
    assert axes.get_xlabel() == "pitch_mean (Hz)"
    numbers = [text.get_text() for text in axes.texts]
    counts = store.files().dropna(subset="pitch_mean")["emotion"].value_counts()
    assert numbers == [f"n {counts[emotion]}" for emotion in medians.index]
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_markersize() == 5.5]
    assert dots == pytest.approx(medians.tolist(), rel=1e-6)


def test_missing_values_are_told(store):
    missing = int(store.files()["pitch_mean"].isna().sum())
    assert missing
    said = distribution.drawing(store, "pitch_mean").caption
    assert said[0] == "Mean F0 over voiced frames; null if nothing is voiced."
    assert said[1] == f"72 recordings of 6 speakers: own; {missing} have no value"


def test_a_column_that_never_changes_has_no_hill(store):
    axes = only(distribution.drawing(store, "sample_rate"))
    assert len(axes.patches) == 0
    assert labels(axes) == ["angry", "neutral", "sad"]


def test_a_column_without_values_is_refused(store):
    with pytest.raises(
        InputError, match="no recording has a value of age: expected some: name another column"
    ):
        distribution.drawing(store, "age")


def test_a_page_has_it_in_small_without_points(voices):
    small = distribution.density_panel(voices, "pitch_mean")
    axes = plain(small).axes[0]
    assert len(axes.patches) == 2
    assert max(len(line.get_xdata()) for line in axes.lines) == 2
    assert re.fullmatch(r"Medians of pitch_mean \(Hz\) by emotion: angry [\d.]+, sad [\d.]+", small.text)


# speakers


def test_speakers_stand_by_their_median(store):
    axes = only(speakers.drawing(store, "duration_sec"))
    [dots] = axes.lines
    medians = store.files().groupby("speaker")["duration_sec"].median().sort_values()
    assert dots.get_ydata().tolist() == pytest.approx(medians.tolist())
    assert axes.get_ylabel() == "duration_sec (s)"
    names = [tick.get_text() for tick in axes.get_xticklabels()]
    assert set(names) == {"s0 m", "s1 f", "s2 m", "s3 f", "s4 m", "s5 f"}


def test_many_speakers_have_no_names(voices):
    many = pd.concat([voices.rows.assign(speaker=f"s{number}") for number in range(90)], ignore_index=True)
    panel = speakers._panel(replace(voices, rows=many), "pitch_mean")
    axes = plain(panel).axes[0]
    assert len(axes.get_xticks()) == 0
    assert axes.get_xlabel() == "90 speakers"
    assert panel.width == speakers.WIDEST


# map


def test_directions_are_those_of_scikit_learn(store):
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    columns = ["rms_mean", "duration_sec", "zcr_mean", "mfcc_mean_1", "mfcc_std_2"]
    recordings = Recordings(store.files(), 72)
    found = map.plane(recordings, columns)
    expected = PCA(2).fit(values := StandardScaler().fit_transform(store.files()[columns]))
    assert found.shares == pytest.approx(expected.explained_variance_ratio_)
    assert np.abs(found.points) == pytest.approx(np.abs(expected.transform(values)), abs=1e-4)
    strongest = columns[np.abs(expected.components_[0]).argmax()]
    assert found.names[0][0] == strongest  # whose sign is always a plus


def test_axes_tell_their_share_and_what_changes_along_them(store):
    drawn = map.drawing(store, "emotion")
    axes = only(drawn)
    assert re.fullmatch(r"component 1, \d+\s% of the variance\n\S+, \S+", axes.get_xlabel())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["angry", "neutral", "sad"]
    assert drawn.caption[1].startswith("Principal components of 46 features, standardised")


def test_when_colours_are_used_up_they_come_in_another_shape():
    names = [f"d/{number:02}" for number in range(30)]
    assert len(set(map._styles(names, "speaker").values())) == 30
    assert map._styles(["sad"], "emotion")["sad"] == ("o", EMOTION_COLOURS["sad"])


def test_many_groups_have_no_names(voices):
    many = pd.concat([voices.rows.assign(speaker=f"s{number}") for number in range(41)], ignore_index=True)
    axes = plain(map.panel(replace(voices, rows=many), ["pitch_mean", "noise"], "speaker")).axes[0]
    assert axes.get_legend() is None


def test_what_does_not_differ_makes_no_map(voices):
    with pytest.raises(
        InputError, match="found 80 recordings and 1 features that differ: expected at least 3"
    ):
        map.plane(voices, ["pitch_mean", "same"])


def test_missing_values_stand_in_the_middle(voices):
    rows = voices.rows.assign(pitch_mean=voices.rows["pitch_mean"].where(voices.rows.index > 4))
    assert np.isfinite(map.plane(replace(voices, rows=rows), ["pitch_mean", "noise"]).points).all()


# telling


def test_the_telling_feature_comes_first_whatever_the_speakers_voice(voices):
    rows = voices.rows.assign(twin=2 * voices.rows["pitch_mean"])
    found = rank_features(replace(voices, rows=rows), ["noise", "twin", "pitch_mean", "same"])
    assert list(found) in (["twin", "noise"], ["pitch_mean", "noise"])  # the other twin shows the same again
    first, second = found.values()
    assert first > 0.85
    assert second < 0.1


# contours


def test_speakers_an_octave_apart_have_the_same_contour():
    low = [np.array([100.0, 200.0, np.nan]), np.array([100.0, 100.0])]
    high = [2 * contour for contour in low]
    found = contours.semitones([*low, *high], np.array(["a", "a", "b", "b"]))
    assert found[0].tolist() == pytest.approx([0.0, 12.0, np.nan], nan_ok=True)
    for here, there in zip(found[:2], found[2:], strict=True):
        assert here.tolist() == pytest.approx(there.tolist(), nan_ok=True)


def test_time_runs_from_the_first_to_the_last_voiced_frame():
    contour = np.array([np.nan, 1.0, 2.0, np.nan, 4.0, 5.0, np.nan])
    found = contours.resampled(contour)
    assert found[0] == 1.0
    assert found[-1] == 5.0
    assert np.isnan(found[contours.POINTS // 2 - 1])
    assert contours.resampled(np.full(5, np.nan)) is None


def test_contours_of_tones_are_flat_and_anger_is_highest(store):
    drawn = contours.drawing(store)
    panels = {panel.text.partition(":")[0]: panel for panel in drawn.picture.panels}
    assert {"angry", "neutral"} <= set(panels)
    means = {}
    for emotion, panel in panels.items():
        axes = plain(panel).axes[0]
        [thick] = [line for line in axes.lines if line.get_linewidth() == 2.2]
        middle = thick.get_ydata()
        assert np.nanmax(middle) - np.nanmin(middle) < 1.5
        means[emotion] = np.nanmean(middle)
    raised = 12 * np.log2(1.6)
    assert means["angry"] - means["neutral"] == pytest.approx(raised, abs=1.0)
    assert "semitones relative to the median of the speaker's voiced frames" in drawn.caption[1]


def test_a_store_without_pitch_is_told(recordings, tmp_path):
    from ser_features.engine import extract_corpora
    from ser_features.store import open_store

    extract_corpora(
        [str(recordings / "own.csv")], data=recordings, store=tmp_path, features=["core"], workers=1, limit=9
    )
    with pytest.raises(InputError, match=r"no 'pitch' frames in .*: it holds core: extract into a new store"):
        contours.drawing(open_store(tmp_path))


# gallery


def test_gallery_shows_an_emotion_each_of_one_speaker(store):
    drawn = gallery.drawing(store)
    shown = [
        re.match(r"Mel spectrogram of own/(s\d)_(\w+)_\d, ", panel.text) for panel in drawn.picture.panels
    ]
    assert [found[2] for found in shown] == ["angry", "neutral", "sad"]
    assert {found[1] for found in shown} == {"s0"}
    assert drawn.caption[0].startswith("12 recordings of 1 speaker: own (own/s0). Of each speaker")


def test_gallery_has_a_row_per_speaker(store):
    drawn = gallery.drawing(store, ["s1", "own/s3"])
    assert [len(row) for row in drawn.picture.grid] == [3, 3]
    axes = captioned(drawn.picture, drawn.caption).axes
    assert [each.get_title(loc="right") for each in axes] == ["own/s1"] * 3 + ["own/s3"] * 3
    assert len({each.get_xlim() for each in axes}) == 1


def test_typical_is_what_is_nearest_to_the_median(voices):
    own_rows = voices.rows[voices.rows["speaker"] == "a"]
    chosen = gallery._typical(Recordings(own_rows, 40), ["pitch_mean", "same"], ["d/a"])
    for _, row in chosen.iterrows():
        own = own_rows.loc[own_rows["emotion"] == row["emotion"], "pitch_mean"]
        distance = (own - own.median()).abs()
        assert distance[row.name] == distance.min()
    assert chosen["emotion"].tolist() == ["angry", "sad"]


def test_speakers_without_a_common_emotion_are_refused(voices):
    rows = voices.rows[(voices.rows["speaker"] == "a") == (voices.rows["emotion"] == "sad")]
    with pytest.raises(InputError, match="no emotion is acted by all of d/a, d/b: name other speakers"):
        gallery._typical(Recordings(rows, len(rows)), ["pitch_mean"], ["d/a", "d/b"])


def test_a_name_of_two_people_needs_its_corpus():
    with pytest.raises(InputError, match="'03' is 2 speakers, a/03, b/03: name one with its corpus"):
        gallery._find("03", ["a/03", "b/03"])
    assert gallery._find("b/03", ["a/03", "b/03"]) == "b/03"


# all


def test_same_figure_gives_the_same_bytes(store, tmp_path):
    for suffix in (".png", ".svg"):
        first, second = (
            distribution.drawing(store, "rms_mean").save(tmp_path / f"{name}{suffix}") for name in "ab"
        )
        assert first.read_bytes() == second.read_bytes()
