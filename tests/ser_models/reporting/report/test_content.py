"""The data of a report: recordings of each corpus, augmented copies, features to draw."""

import pandas as pd
import pytest

from ser_models.data.examples import load_examples
from ser_models.reporting.report import by_duration, describe_data


def describe(examples):
    return describe_data(examples, profile="speech16k", digest="abc")


def with_copies(examples):
    rows = examples.rows
    copies = rows.assign(file_id=rows["file_id"] + "#noise", source_file_id=rows["file_id"], variant="noise")
    return examples.with_variants(copies)


def test_recordings_of_each_corpus_are_counted(make_examples):
    examples = make_examples(speakers=3, takes=2, emotions=2, datasets=2)
    data = describe(examples)
    assert [part.title for part in data.corpora] == ["d0", "d1"]
    part = data.corpora[0]
    assert (part.recordings, part.whole, part.speakers, part.copies) == (12, None, 3, 0)
    assert part.emotions == {"angry": 6, "disgust": 6}
    assert (data.fingerprint, data.profile, data.digest) == (examples.fingerprint, "speech16k", "abc")
    assert data.recordings is None  # there are no features


def test_copies_are_counted_separately(make_examples):
    examples = make_examples(speakers=2, takes=1, emotions=2)
    data = describe(with_copies(examples))
    assert (data.corpora[0].recordings, data.corpora[0].copies) == (4, 4)
    assert data.fingerprint == examples.fingerprint
    assert data.corpora[0].emotions == {"angry": 2, "disgust": 2}


def test_a_published_corpus_has_a_citation_and_a_size(make_examples):
    examples = make_examples()
    examples.rows["dataset"] = "ravdess"
    [part] = describe(examples).corpora
    assert (part.title, part.whole, part.licence) == ("RAVDESS", 1440, "CC BY-NC-SA 4.0")
    assert "Livingstone" in part.citation


def test_a_class_without_recordings_counts_none(make_examples):
    examples = make_examples(emotions=3)
    few = examples.rows[examples.rows["emotion"] != "fear"].reset_index(drop=True)
    [part] = describe(type(examples)(few, examples.labels)).corpora
    assert part.emotions["fear"] == 0


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_an_original_has_no_source(make_examples, missing):
    examples = make_examples()
    examples.rows["source_file_id"] = pd.Series([missing] * len(examples.rows), dtype=object)
    assert describe(examples).corpora[0].copies == 0


def test_originals_are_drawn_with_the_core_features(store):
    recordings = describe(with_copies(load_examples(store))).recordings
    assert recordings.total == len(recordings.rows) == 72
    assert len(recordings.units) == 46
    assert recordings.label("pitch_mean") == "pitch_mean (Hz)"


def test_test_predictions_are_divided_by_duration():
    rows = pd.DataFrame({"file_id": list("abcd"), "duration_sec": [1.0, 1.0, 2.0, 9.0]})
    predictions = pd.DataFrame({"file_id": list("abcd"), "emotion": ["sad", "calm"] * 2})
    predictions = predictions.assign(predicted="sad", split=["test"] * 3 + ["train"])
    short, long = by_duration(predictions, rows)
    assert (short.low, short.n, short.uar) == (1.0, 2, 0.5)
    assert (long.high, long.n, long.accuracy) == (2.0, 1, 1.0)
    assert by_duration(predictions, rows[["file_id"]]) == ()
