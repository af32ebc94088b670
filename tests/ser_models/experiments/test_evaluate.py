"""A trained model on a store: recordings of its training are reported, and excluded from `unseen`."""

import shutil

import pandas as pd
import pytest

from ser_features.engine import extract_corpora
from ser_features.errors import InputError
from ser_models.evaluation.result import read_result
from ser_models.experiments.evaluate import _audit, _uncertain, evaluate
from tests.faults.serial import Serial


@pytest.fixture(scope="module")
def artifact(artifact_of):
    return artifact_of("logistic")


@pytest.fixture(scope="module")
def other_store(recordings, tmp_path_factory):
    """Store of the same files under another name: other speakers by name, and the same audio."""
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(recordings, folder / "copy")
    (folder / "copy" / "own.csv").rename(folder / "copy" / "other.csv")
    extract_corpora(
        [str(folder / "copy" / "other.csv")], data=folder, store=folder / "store", runner=Serial()
    )
    return folder / "store"


def test_speakers_of_the_training_are_reported(artifact, store_root):
    metrics = evaluate(artifact, store_root)
    assert {finding.kind for finding in metrics.leakage} == {"recording", "audio", "speaker"}
    assert "tested on speakers from its training: no estimate for new speakers" in metrics.protocol
    assert metrics.n == 72


def test_the_unseen_recordings_are_the_test_side(artifact, store_root):
    unseen = evaluate(artifact, store_root).unseen
    stored = read_result(artifact)
    assert unseen.n == stored.n
    assert unseen.uar == pytest.approx(stored.uar)


def test_the_same_audio_under_another_name_is_recognised(artifact, other_store):
    metrics = evaluate(artifact, other_store)
    assert [finding.kind for finding in metrics.leakage] == ["audio"]
    assert metrics.unseen.n == read_result(artifact).n


def test_a_store_with_other_features_is_refused(artifact, recordings, tmp_path):
    from ser_features.config import profile

    table = str(recordings / "own.csv")
    root = tmp_path / "store"
    extract_corpora(
        [table], data=recordings, store=root, profile=profile("paper48k"), runner=Serial(), limit=2
    )
    with pytest.raises(InputError, match=r"has features paper48k .*the model was trained on speech16k"):
        evaluate(artifact, root)


def test_a_recording_whose_augmented_copy_was_trained_on_is_reported():
    trained_on = pd.DataFrame(
        {
            "file_id": ["x/1#pitch"],
            "dataset": "x",
            "speaker": "a",
            "audio_sha256": None,
            "source_file_id": "x/1",
        }
    )
    rows = pd.DataFrame({"file_id": ["x/1"], "dataset": "x", "speaker": "b", "audio_sha256": "00"})
    [finding] = _audit(rows, trained_on)
    assert (finding.kind, finding.examples) == ("recording", ("x/1",))
    assert _audit(rows.assign(file_id="x/2"), trained_on) == []


@pytest.mark.parametrize(
    ("dataset", "speaker", "trained", "uncertain"),
    [
        ("own", "a", ("own", "b"), False),
        ("own", None, ("own", "b"), True),
        ("own", "a", ("own", None), True),
        ("own", None, ("other", "b"), False),
        ("own", "a", ("other", None), False),
    ],
    ids=["known", "unknown here", "unknown in the training", "another corpus", "unknown in another corpus"],
)
def test_an_unknown_speaker_may_have_been_in_the_training_of_the_same_corpus(
    dataset, speaker, trained, uncertain
):
    rows = pd.DataFrame({"dataset": [dataset], "speaker": [speaker]}, dtype=object)
    trained_on = pd.DataFrame([trained], columns=["dataset", "speaker"], dtype=object)
    assert _uncertain(rows, trained_on).tolist() == [uncertain]
