"""Error analysis: subsets by duration and SNR, and recordings that several models have wrong."""

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.evaluation.metrics import subsets
from ser_models.reporting.figures import errors
from ser_models.reporting.figures.picture import plain
from ser_models.reporting.figures.subsets import subset_panel


def table(models=("a", "b"), rows=40):
    """Recordings of 1 to 40 s: the first model has the ten shortest wrong, the others the five shortest."""
    emotion = np.where(np.arange(rows) % 2, "sad", "angry")
    other = np.where(np.arange(rows) % 2, "angry", "sad")
    frame = pd.DataFrame({"file_id": [f"d/{row:02}" for row in range(rows)], "dataset": "d", "speaker": "s"})
    frame = frame.assign(emotion=emotion, duration_sec=np.arange(1.0, rows + 1))
    frame["wrong"] = 0
    for number, name in enumerate(models):
        wrong = np.arange(rows) < (5 if number else 10)
        frame[errors.PREDICTED + name] = np.where(wrong, other, emotion)
        frame["wrong"] += wrong
    return errors.ErrorTable(tuple(models), frame)


def axes_of(panel):
    return plain(panel).axes[0]


def test_subsets_have_equal_size_and_their_own_rates():
    values = np.array([3.0, 1.0, 2.0, np.nan, 4.0, 4.0] * 10)
    true, predicted = np.tile(["a", "b"], 30), np.array(["a"] * 60)
    divided = subsets(values, true, predicted)
    assert [(one.low, one.high, one.n) for one in divided] == [(v, v, 10) for v in (1.0, 2.0, 3.0)] + [
        (4.0, 4.0, 20)
    ]
    assert [one.accuracy for one in divided] == [0.0, 1.0, 1.0, 0.5]
    assert [one.uar for one in divided] == [None, None, None, 0.5]  # one class is no UAR
    assert subsets(np.full(3, np.nan), true[:3], predicted[:3]) == ()
    [constant] = subsets(np.full(4, 2.0), true[:4], predicted[:4])
    assert (constant.low, constant.high, constant.n) == (2.0, 2.0, 4)


def test_a_model_alone_has_uar_and_accuracy_by_duration():
    drawn = errors.drawing(table(models=("a",)))
    [panel] = drawn.picture.panels
    axes = axes_of(panel)
    assert axes.get_legend_handles_labels()[1] == ["UAR", "accuracy"]
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([0, 0.75, 1, 1, 1], abs=0.05)
    assert axes.get_xlabel() == "duration (s)"
    assert axes.get_xticklabels()[0].get_text() == "1–8\nn 8"
    assert drawn.caption[0] == "40 test recordings, 10 of them wrong in a."


def test_several_models_are_compared_by_how_many_are_wrong():
    drawn = errors.drawing(table())
    duration, wrong = (axes_of(panel) for panel in drawn.picture.panels)
    assert duration.get_legend_handles_labels()[1] == ["a", "b"]
    assert [bar.get_height() for bar in wrong.patches] == [30, 5, 5]
    assert wrong.get_xlabel() == "number of models that are wrong"
    assert drawn.caption[0] == "40 test recordings, 5 of them wrong in all of a, b."


def test_dollar_signs_of_a_folder_are_no_formula():
    divided = subsets(np.arange(4.0), np.array(["a", "b"] * 2), np.array(["a"] * 4))
    axes = axes_of(subset_panel({"$x$": divided, "y": divided}, "duration (s)"))
    assert axes.get_legend_handles_labels()[1] == [r"\$x\$", "y"]


def test_artifacts_are_read_with_duration_and_ratio(artifact_of, store, tmp_path):
    folder = artifact_of("logistic")
    read = errors.read_errors([folder, folder], store)
    tested = pd.read_parquet(folder / "predictions.parquet").query("split == 'test'")
    assert set(read.rows["file_id"]) == set(tested["file_id"])
    assert read.models == (folder.name,)
    wrong = (tested["predicted"] != tested["emotion"]).sum()
    assert read.rows["wrong"].value_counts().get(1, 0) == len(read.wrong_in_all) == wrong
    durations = store.files().set_index("file_id")["duration_sec"]
    assert read.rows["duration_sec"].tolist() == durations[read.rows["file_id"]].tolist()
    assert np.isfinite(read.rows["snr_db"]).all()
    read.save(tmp_path / "errors.csv")
    read.save(tmp_path / "errors.csv")
    assert len(pd.read_csv(tmp_path / "errors.csv")) == len(tested)
    (tmp_path / "mine.csv").write_text("a,b\n")
    with pytest.raises(InputError, match=r"mine\.csv exists and was not written by ser"):
        read.save(tmp_path / "mine.csv")


def test_recordings_of_another_store_are_refused(artifact_of, store, monkeypatch):
    monkeypatch.setattr(
        type(store), "files", lambda self: pd.DataFrame(columns=["file_id", "dataset", "speaker", "emotion"])
    )
    with pytest.raises(
        InputError, match=r"no recording of .* was tested by logistic: expected artifacts of the "
    ):
        errors.read_errors([artifact_of("logistic")], store)
