"""Figures of a store have the values of the store with their units, and say what they are drawn of."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.evaluation.effect import effect
from ser_models.reporting.figures import contours, counts, distribution, gallery, map, speakers
from ser_models.reporting.figures.picture import EMOTION_COLOURS, Drawing, captioned, plain
from ser_models.reporting.figures.recordings import FRAMES, Recordings, features, rank_features, sample
from tests.faults.serial import Serial


def axes_of(drawn):
    """The axes of a panel, or of the only panel of a drawing."""
    panel = drawn.picture.panels[0] if isinstance(drawn, Drawing) else drawn
    return plain(panel).axes[0]


def all_axes(panels):
    return [axes_of(panel) for panel in panels]


@pytest.fixture(scope="module")
def table(store) -> pd.DataFrame:
    return store.files()


@pytest.fixture(scope="module")
def pitch(store) -> Recordings:
    return sample(store, ["pitch_mean"])


@pytest.fixture(scope="module")
def two() -> Recordings:
    """Two speakers an octave apart whose F0 is raised for anger by the same factor."""
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


def crowd(two: Recordings, count: int) -> Recordings:
    rows = [two.rows.assign(speaker=f"s{number}") for number in range(count)]
    return replace(two, rows=pd.concat(rows, ignore_index=True))


# recordings


def test_a_sample_has_the_requested_columns(store, pitch):
    assert len(pitch.rows) == pitch.total == 72
    columns = {"dataset", "file_id", "speaker", "gender", "emotion", "vocal_channel", "pitch_mean"}
    assert set(pitch.rows) == columns
    assert pitch.emotions == ["angry", "neutral", "sad"]
    assert (pitch.label("pitch_mean"), pitch.label("jitter")) == ("pitch_mean (Hz)", "jitter")
    names = features(store)
    assert len(names) == 47
    assert np.isfinite(sample(store, [*names, *FRAMES]).rows["frame_count"]).all()


def test_the_summary_names_recordings_speakers_and_corpora(pitch):
    assert pitch.summary() == "72 recordings of 6 speakers: own"
    assert Recordings(pitch.rows.head(1), 1).summary() == "1 recording of 1 speaker: own"
    rows = pitch.rows.assign(dataset=["demo"] * 36 + ["own"] * 36)
    assert Recordings(rows, 72).summary().endswith("demo (synthetic speech) + own")


def test_a_random_sample_is_reproducible(store):
    few, again = (sample(store, ["pitch_mean"], most=20) for _ in range(2))
    assert few.rows["file_id"].tolist() == again.rows["file_id"].tolist()
    assert len(few.rows) == 20
    assert few.rows["file_id"].is_monotonic_increasing
    assert few.summary().startswith("20 recordings, a random sample of 72, of ")


def test_song_is_left_out(store, tmp_path):
    shutil.copytree(store.root, tmp_path / "store")
    copied = open_store(tmp_path / "store")
    for part in copied.parts("own"):
        rows = pq.read_table(part, partitioning=None)
        channels = pa.array(["song"] * (len(rows) - 2) + ["speech", None], pa.string())
        index = rows.column_names.index("vocal_channel")
        pq.write_table(rows.set_column(index, "vocal_channel", channels), part)
    assert len(sample(copied).rows) == 2 * len(copied.parts("own"))


@pytest.mark.parametrize("name", ["pich_mean", "source_size"])
def test_other_columns_are_refused(store, name):
    with pytest.raises(InputError, match=f"no feature '{name}': expected a column of numbers, such as "):
        sample(store, [name])


# distribution


def test_a_distribution_is_sorted_by_median_with_unit_and_counts(store, table):
    axes = axes_of(distribution.drawing(store, "pitch_mean"))
    medians = table.groupby("emotion")["pitch_mean"].median().sort_values(ascending=False)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == medians.index.tolist()
    assert axes.get_xlabel() == "pitch_mean (Hz)"
    counts = table.dropna(subset="pitch_mean")["emotion"].value_counts()
    assert [text.get_text() for text in axes.texts] == [f"n {counts[emotion]}" for emotion in medians.index]
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_markersize() == 5.5]
    assert dots == pytest.approx(medians.tolist(), rel=1e-6)


def test_missing_values_are_counted(store, table):
    missing = int(table["pitch_mean"].isna().sum())
    assert missing
    caption = distribution.drawing(store, "pitch_mean").caption
    assert caption[0] == "Mean F0 over voiced frames; null if nothing is voiced."
    assert caption[1] == f"72 recordings of 6 speakers: own; {missing} have no value"
    values = store.files().dropna(subset="pitch_mean").groupby("emotion")["pitch_mean"]
    assert str(effect([group.to_numpy(float) for _, group in values])) == caption[3]
    assert caption[3].startswith("η² 0.")


def test_a_constant_column_has_no_density(store):
    axes = axes_of(distribution.drawing(store, "sample_rate"))
    assert len(axes.patches) == 0
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["angry", "neutral", "sad"]


@pytest.mark.parametrize("figure", [distribution, speakers])
def test_a_column_without_values_is_refused(store, figure):
    with pytest.raises(InputError, match="no recording has a value of age: expected some: name another"):
        figure.drawing(store, "age")


def test_the_small_panel_has_no_points(two):
    panel = distribution.density_panel(two, "pitch_mean")
    axes = axes_of(panel)
    assert len(axes.patches) == 2
    assert max(len(line.get_xdata()) for line in axes.lines) == 2
    assert re.fullmatch(r"Medians of pitch_mean \(Hz\) by emotion: angry [\d.]+, sad [\d.]+", panel.text)


# counts


def test_recordings_and_copies_are_counted_by_emotion():
    corpora = [
        distribution.ClassCounts("a", {"angry": 3, "sad": 1}, {"angry": 6}),
        distribution.ClassCounts("b", {"neutral": 2}),
    ]
    first, second = all_axes(distribution.count_panels(corpora))
    assert [bar.get_width() for bar in first.patches] == [3, 0, 1, 6, 0, 0]
    assert [bar.get_x() for bar in first.patches] == [0, 0, 0, 3, 0, 1]
    assert [text.get_text() for text in first.texts] == ["9", "0", "1"]
    assert first.get_legend_handles_labels()[1] == ["recordings", "augmented copies"]
    assert [bar.get_width() for bar in second.patches] == [0, 2, 0]
    assert [text.get_text() for text in second.get_yticklabels()] == ["angry", "neutral", "sad"]
    pie = axes_of(distribution.count_panels(corpora, pie=True)[0])
    assert [text.get_text() for text in pie.texts if text.get_text()] == [
        "angry 9 (90\xa0%)", "sad 1 (10\xa0%)"
    ]  # fmt: skip


def test_every_recording_of_a_store_is_counted(store, table):
    drawn = counts.drawing(store)
    [axes] = all_axes(drawn.picture.panels)
    assert [bar.get_width() for bar in axes.patches] == table["emotion"].value_counts().sort_index().tolist()
    assert drawn.caption == ["72 recordings of 6 speakers: own"]


# speakers


def test_speakers_are_sorted_by_median(store, table):
    axes = axes_of(speakers.drawing(store, "duration_sec"))
    [dots] = axes.lines
    medians = table.groupby("speaker")["duration_sec"].median().sort_values()
    assert dots.get_ydata().tolist() == pytest.approx(medians.tolist())
    assert axes.get_ylabel() == "duration_sec (s)"
    names = [tick.get_text() for tick in axes.get_xticklabels()]
    assert set(names) == {"s0 m", "s1 f", "s2 m", "s3 f", "s4 m", "s5 f"}


def test_many_speakers_are_not_named(two):
    panel = speakers._panel(crowd(two, 90), "pitch_mean")
    axes = axes_of(panel)
    assert len(axes.get_xticks()) == 0
    assert axes.get_xlabel() == "90 speakers"
    assert panel.width == speakers.WIDEST


# map


def test_principal_components_are_of_standardised_features(table):
    columns = ["rms_mean", "duration_sec", "zcr_mean", "mfcc_mean_1", "mfcc_std_2"]
    plane = map.plane(Recordings(table, 72), columns)
    values = (table[columns] - table[columns].mean()) / table[columns].std(ddof=0)
    variances, directions = np.linalg.eigh(values.cov(ddof=0))
    assert plane.shares == pytest.approx(variances[:-3:-1] / len(columns))
    assert np.abs(plane.points) == pytest.approx(np.abs(values.to_numpy() @ directions[:, :-3:-1]), abs=1e-4)
    assert plane.names[0][0] == columns[np.abs(directions[:, -1]).argmax()]  # the largest is positive


def test_the_axes_of_a_map_name_variance_and_loadings(store):
    drawn = map.drawing(store, "emotion")
    axes = axes_of(drawn)
    assert re.fullmatch(r"component 1, \d+\s% of the variance\n\S+, \S+", axes.get_xlabel())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["angry", "neutral", "sad"]
    assert drawn.caption[1].startswith("Two principal components of 47 features, with ")


def test_tsne_keeps_neighbours_together(table):
    columns = ["rms_mean", "duration_sec", "zcr_mean"]
    rows = table.assign(**dict.fromkeys(columns, 0.0))
    near = np.arange(len(rows)) % 2
    rows[columns] = 50 * near[:, None] + np.random.default_rng(0).normal(size=(len(rows), 3))
    plane = map.plane(Recordings(rows, 72), columns, "tsne")
    nearest = np.linalg.norm(plane.points[:, None] - plane.points, axis=2) + np.diag(
        np.full(len(rows), np.inf)
    )
    assert (near[nearest.argmin(axis=1)] == near).all()
    assert plane.axes == ("t-SNE 1", "t-SNE 2")
    assert "trustworthiness 0.9" in plane.summary


def test_every_group_has_its_own_marker_and_colour():
    names = [f"d/{number:02}" for number in range(30)]
    assert len(set(map._styles(names, "speaker").values())) == 30
    assert map._styles(["sad"], "emotion")["sad"] == ("o", EMOTION_COLOURS["sad"])


def test_many_groups_have_no_legend(two):
    assert axes_of(map.panel(crowd(two, 41), ["pitch_mean", "noise"], "speaker")).get_legend() is None


def test_a_map_needs_two_variable_features(two):
    with pytest.raises(InputError, match="found 80 recordings and 1 features that differ: expected at least"):
        map.plane(two, ["pitch_mean", "same"])


def test_missing_values_are_replaced_by_the_median(two):
    rows = two.rows.assign(pitch_mean=two.rows["pitch_mean"].where(two.rows.index > 4))
    assert np.isfinite(map.plane(replace(two, rows=rows), ["pitch_mean", "noise"]).points).all()


# ranking


def test_features_are_ranked_within_speakers_without_redundant_ones(two):
    rows = two.rows.assign(twin=2 * two.rows["pitch_mean"])
    shares = rank_features(replace(two, rows=rows), ["noise", "twin", "pitch_mean", "same"])
    assert list(shares) in (["twin", "noise"], ["pitch_mean", "noise"])
    first, second = shares.values()
    assert first > 0.85
    assert second < 0.1


# contours


def test_speakers_an_octave_apart_have_the_same_contour():
    low = [np.array([100.0, 200.0, np.nan]), np.array([100.0, 100.0])]
    relative = contours.semitones([*low, *(2 * f0 for f0 in low)], np.array(["a", "a", "b", "b"]))
    assert relative[0].tolist() == pytest.approx([0.0, 12.0, np.nan], nan_ok=True)
    for one, other in zip(relative[:2], relative[2:], strict=True):
        assert one.tolist() == pytest.approx(other.tolist(), nan_ok=True)


def test_contours_run_from_the_first_to_the_last_voiced_frame():
    contour = contours.resampled(np.array([np.nan, 1.0, 2.0, np.nan, 4.0, 5.0, np.nan]))
    assert (contour[0], contour[-1]) == (1.0, 5.0)
    assert np.isnan(contour[contours.POINTS // 2 - 1])
    assert contours.resampled(np.full(5, np.nan)) is None


def test_contours_of_tones_are_flat_and_anger_is_highest(store):
    drawn = contours.drawing(store)
    means = {}
    for panel in drawn.picture.panels:
        [thick] = [line for line in axes_of(panel).lines if line.get_linewidth() == 2.2]
        assert np.nanmax(thick.get_ydata()) - np.nanmin(thick.get_ydata()) < 1.5
        means[panel.text.partition(":")[0]] = np.nanmean(thick.get_ydata())
    assert means["angry"] - means["neutral"] == pytest.approx(12 * np.log2(1.6), abs=1.0)
    assert "semitones relative to the median of the speaker's voiced frames" in drawn.caption[1]


def test_a_store_without_pitch_is_refused(recordings, tmp_path):
    from ser_features.engine import extract_corpora

    extract_corpora(
        [str(recordings / "own.csv")],
        data=recordings,
        store=tmp_path,
        features=["core"],
        runner=Serial(),
        limit=9,
    )
    with pytest.raises(InputError, match=r"no 'pitch' frames in .*: it holds core: extract into a new store"):
        contours.drawing(open_store(tmp_path))


# gallery


def test_the_gallery_has_one_recording_per_emotion_of_one_speaker(store):
    drawn = gallery.drawing(store)
    pattern = re.compile(r"Mel spectrogram of own/s0_(\w+)_\d, ")
    assert [pattern.match(panel.text)[1] for panel in drawn.picture.panels] == ["angry", "neutral", "sad"]
    assert drawn.caption[0].startswith("12 recordings of 1 speaker: own (own/s0). Of each speaker")


def test_the_gallery_has_a_row_per_speaker(store):
    drawn = gallery.drawing(store, ["s1", "own/s3"])
    assert [len(row) for row in drawn.picture.grid] == [3, 3]
    panels = captioned(drawn.picture, drawn.caption).axes
    assert [axes.get_title(loc="right") for axes in panels] == ["own/s1"] * 3 + ["own/s3"] * 3
    assert len({axes.get_xlim() for axes in panels}) == 1


def test_typical_recordings_are_nearest_to_the_median(two):
    rows = two.rows[two.rows["speaker"] == "a"]
    chosen = gallery._typical(Recordings(rows, 40), ["pitch_mean", "same"], ["d/a"])
    assert chosen["emotion"].tolist() == ["angry", "sad"]
    for index, row in chosen.iterrows():
        own = rows.loc[rows["emotion"] == row["emotion"], "pitch_mean"]
        distances = (own - own.median()).abs()
        assert distances[index] == distances.min()


def test_speakers_without_a_common_emotion_are_refused(two):
    rows = two.rows[(two.rows["speaker"] == "a") == (two.rows["emotion"] == "sad")]
    with pytest.raises(InputError, match="no emotion has recordings of all of d/a, d/b: name other speakers"):
        gallery._typical(Recordings(rows, len(rows)), ["pitch_mean"], ["d/a", "d/b"])


def test_an_ambiguous_speaker_is_refused():
    with pytest.raises(InputError, match="'03' is 2 speakers, a/03, b/03: name one with its corpus"):
        gallery._find("03", ["a/03", "b/03"])
    assert gallery._find("b/03", ["a/03", "b/03"]) == "b/03"


# all


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_same_figure_gives_the_same_bytes(store, tmp_path, suffix):
    paths = [distribution.drawing(store, "rms_mean").save(tmp_path / f"{name}{suffix}") for name in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()
