"""What a model may learn from, and what is left out."""

from dataclasses import dataclass

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.data.examples import load_examples, synthetic_datasets


@dataclass
class Rows:
    """Stands for a store with these rows."""

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


def test_store_gives_its_rows_classes_and_speakers(store):
    examples = load_examples(store)
    assert len(examples) == 72
    assert examples.labels == ("angry", "neutral", "sad")
    assert set(examples.groups) == {f"own/s{speaker}" for speaker in range(6)}
    assert [examples.labels[target] for target in examples.targets] == examples.rows["emotion"].tolist()


def test_song_is_left_out_and_counted():
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


def test_take_goes_by_key_not_by_position(make_examples):
    examples = make_examples(speakers=2)
    wanted = examples.rows["file_id"].tolist()[::-1][:3]
    assert examples.take(wanted).rows["file_id"].tolist() == wanted
    with pytest.raises(KeyError):
        examples.take(["nobody"])


def test_keep_labels_says_what_it_leaves_out(make_examples):
    kept = make_examples(speakers=1, takes=2).keep_labels(["angry", "fear"], "as asked")
    assert kept.labels == ("angry", "fear")
    assert kept.notes == ("2 recordings of disgust left out: as asked",)


def test_synthetic_corpora_are_known_and_own_tables_taken_for_real():
    assert synthetic_datasets(["demo", "ravdess", "my_own_table"]) == ["demo"]
