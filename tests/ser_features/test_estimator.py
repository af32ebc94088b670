"""`FeatureExtractor`: recordings → an array, in this process and in workers."""

import numpy as np
import pytest
from sklearn.base import clone

from ser_features import FeatureExtractor
from ser_features.errors import InputError
from ser_features.feature_rows import FeatureRow, Plan, frame, measure_all


def test_the_values_are_those_of_a_store(recordings, store_root):
    from ser_features import read_store

    rows = read_store(store_root).files().head(3)
    values = FeatureExtractor("core").set_output(transform="pandas").fit_transform(recordings / rows["path"])
    assert list(values)[:2] == ["duration_sec", "sample_rate"]
    np.testing.assert_array_equal(values, rows[list(values)])


def test_workers_give_the_same_values(recordings):
    files = sorted(recordings.glob("*.wav"))[:16]
    one, two = (FeatureExtractor("core", jobs=jobs).transform(files) for jobs in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_a_refused_recording_is_named_and_has_no_values(recordings):
    with pytest.warns(
        UserWarning, match=r"1 of 2 recordings are refused and have no features: nowhere\.wav: "
    ):
        values = FeatureExtractor("core").transform([recordings / "s0_sad_0.wav", "nowhere.wav"])
    assert np.isnan(values).all(axis=1).tolist() == [False, True]
    assert FeatureExtractor("core").transform([]).shape == (0, 47)


def test_follows_the_conventions_of_scikit_learn():
    extractor = clone(FeatureExtractor(["core", "functionals"], profile="speech16k", jobs=None))
    assert len(extractor.fit(None).get_feature_names_out()) == 47 + 3669
    assert repr(FeatureExtractor()) == "FeatureExtractor()"


def test_a_table_has_the_error_of_each_recording(recordings):
    plan = Plan.of(["core"], "speech16k")
    rows = list(measure_all(plan, [recordings / "s0_sad_0.wav", b"RIFF"]))
    table = frame(plan, ["a", "b"], rows)
    assert table["error"].isna().tolist() == [True, False]
    assert list(table) == ["file", *plan.names, "notes", "error"]
    assert rows[1] == FeatureRow(error=table["error"][1])


@pytest.mark.parametrize("features", ["mel", ["mel", "core"]])
def test_frames_are_refused(features):
    with pytest.raises(
        InputError, match="mel in a table with a row per recording: expected one or several of core"
    ):
        FeatureExtractor(features).fit([])
