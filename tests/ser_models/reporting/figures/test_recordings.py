"""The recordings of a figure: speech only, a reproducible sample, with units and a summary."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.reporting.figures.recordings import FRAMES, Recordings, features, sample


@pytest.fixture(scope="session")
def tones(store) -> Recordings:
    return sample(store, ["pitch_mean"])


def test_reads_what_is_asked_for_and_no_more(tones):
    assert len(tones.rows) == tones.total == 72
    assert set(tones.rows) == {
        "dataset", "file_id", "speaker", "gender", "emotion", "vocal_channel", "pitch_mean",
    }  # fmt: skip
    assert tones.emotions == ["angry", "neutral", "sad"]
    assert tones.label("pitch_mean") == "pitch_mean (Hz)"
    assert tones.label("jitter") == "jitter"


def test_says_whose_recordings_these_are(tones):
    assert tones.summary() == "72 recordings of 6 speakers: own"
    one = Recordings(tones.rows.head(1), 1)
    assert one.summary() == "1 recording of 1 speaker: own"


def test_synthetic_speech_is_called_so(tones):
    rows = tones.rows.assign(dataset=["demo"] * 36 + ["own"] * 36)
    assert Recordings(rows, 72).summary().endswith("demo (synthetic speech) + own")


def test_lots_are_drawn_the_same_each_time_and_said(store, tones):
    few, again = (sample(store, ["pitch_mean"], most=20) for _ in range(2))
    assert few.rows["file_id"].tolist() == again.rows["file_id"].tolist()
    assert len(few.rows) == 20
    assert few.rows["file_id"].is_monotonic_increasing
    assert few.summary().startswith("20 recordings, a random sample of 72, of ")


def test_song_is_left_out(store, tmp_path):
    shutil.copytree(store.root, tmp_path / "store")
    copied = open_store(tmp_path / "store")
    for part in copied.parts("own"):
        table = pq.read_table(part, partitioning=None)
        place = table.column_names.index("vocal_channel")
        sung = ["song"] * (len(table) - 2) + ["speech", None]
        pq.write_table(table.set_column(place, "vocal_channel", pa.array(sung, pa.string())), part)
    assert len(sample(copied).rows) == 2 * len(copied.parts("own"))


def test_what_is_no_feature_is_refused(store):
    with pytest.raises(
        InputError, match="no feature 'pich_mean': expected a column of numbers, such as pitch_"
    ):
        sample(store, ["pich_mean"])
    with pytest.raises(InputError, match="no feature 'source_size'"):
        sample(store, ["source_size"])


def test_features_are_all_that_was_computed(store):
    names = features(store)
    assert len(names) == 46
    frames = sample(store, [*names, *FRAMES]).rows
    assert np.isfinite(frames["frame_count"]).all()
