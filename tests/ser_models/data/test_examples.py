"""Recordings that are used, and notes on those that are excluded."""

from dataclasses import dataclass

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.data.examples import load_examples, synthetic_datasets


@dataclass
class Rows:
    """A store with these rows."""

    rows: pd.DataFrame

    def files(self, datasets=None):
        return self.rows


def rows_of(emotions, channel="speech"):
    count = len(emotions)
    return pd.DataFrame(
        {
            "file_id": [f"own/{index}" for index in range(count)][::-1],
            "dataset": "own",
            "speaker": "a",
            "emotion": emotions,
            "vocal_channel": channel,
        }
    )


def test_a_store_has_rows_classes_and_speakers(store):
    examples = load_examples(store)
    assert len(examples) == 72
    assert examples.labels == ("angry", "neutral", "sad")
    assert set(examples.groups) == {f"own/s{speaker}" for speaker in range(6)}
    assert [examples.labels[target] for target in examples.targets] == examples.rows["emotion"].tolist()


def test_songs_are_excluded_and_counted():
    song = rows_of(["sad", "happy"], "song").assign(file_id=["own/x", "own/y"])
    rows = pd.concat([rows_of(["sad", "happy", "sad"]), song])
    examples = load_examples(Rows(rows))
    assert len(examples) == 3
    assert examples.notes == ("2 recordings left out: not speech",)


def test_rows_are_sorted_and_unknown_channel_is_speech():
    examples = load_examples(Rows(rows_of(["sad", "happy"], channel=None)))
    assert examples.rows["file_id"].tolist() == ["own/0", "own/1"]


def test_one_emotion_is_too_few():
    with pytest.raises(InputError, match=r"found 2 speech recordings of sad: expected at least two emotions"):
        load_examples(Rows(rows_of(["sad", "sad"])))


def test_unknown_dataset_is_named(store):
    with pytest.raises(InputError, match=r"no 'tess' .* holds own"):
        load_examples(store, ["tess"])


def test_recordings_are_selected_by_key_not_by_position(make_examples):
    examples = make_examples(speakers=2)
    file_ids = examples.rows["file_id"].tolist()[::-1][:3]
    assert examples.take(file_ids).rows["file_id"].tolist() == file_ids
    with pytest.raises(KeyError):
        examples.take(["missing"])


def test_excluded_classes_are_noted(make_examples):
    kept = make_examples(speakers=1, takes=2).keep_labels(["angry", "fear"], "test")
    assert kept.labels == ("angry", "fear")
    assert kept.notes == ("2 recordings of disgust left out: test",)


def test_synthetic_corpora_are_known_and_own_manifests_assumed_real():
    assert synthetic_datasets(["demo", "ravdess", "my_own_table"]) == ["demo"]
