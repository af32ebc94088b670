"""What a report knows of data and of other runs."""

import pandas as pd
import pytest

from ser_models.data.examples import load_examples
from ser_models.reporting.report import describe_data


def test_recordings_of_each_corpus_are_counted(make_examples):
    examples = make_examples(speakers=3, takes=2, emotions=2, datasets=2)
    data = describe_data(examples, profile="speech16k", digest="abc")
    assert [part.name for part in data.corpora] == ["d0", "d1"]
    part = data.corpora[0]
    assert (part.title, part.recordings, part.whole, part.speakers, part.copies) == ("d0", 12, None, 3, 0)
    assert part.emotions == {"angry": 6, "disgust": 6}
    assert (data.fingerprint, data.profile, data.digest) == (examples.fingerprint, "speech16k", "abc")


def test_copies_are_counted_apart(make_examples):
    examples = make_examples(speakers=2, takes=1, emotions=2)
    rows = examples.rows
    copies = rows.assign(file_id=rows["file_id"] + "#noise", source_file_id=rows["file_id"], variant="noise")
    augmented = examples.with_variants(copies)
    data = describe_data(augmented, profile="speech16k", digest="abc")
    assert (data.corpora[0].recordings, data.corpora[0].copies) == (4, 4)
    assert data.fingerprint == examples.fingerprint
    assert data.corpora[0].emotions == {"angry": 2, "disgust": 2}


def test_a_published_corpus_is_cited_and_known_whole(make_examples):
    examples = make_examples()
    examples.rows["dataset"] = "ravdess"
    [part] = describe_data(examples, profile="speech16k", digest="abc").corpora
    assert (part.title, part.whole, part.licence) == ("RAVDESS", 1440, "CC BY-NC-SA 4.0")
    assert "Livingstone" in part.citation


def test_a_class_without_recordings_counts_none(make_examples):
    examples = make_examples(emotions=3)
    few = examples.rows[examples.rows["emotion"] != "fear"].reset_index(drop=True)
    [part] = describe_data(type(examples)(few, examples.labels), profile="p", digest="d").corpora
    assert part.emotions["fear"] == 0


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_an_original_has_no_source(make_examples, missing):
    examples = make_examples()
    examples.rows["source_file_id"] = pd.Series([missing] * len(examples.rows), dtype=object)
    assert describe_data(examples, profile="p", digest="d").corpora[0].copies == 0


def test_recordings_are_drawn_with_the_features_that_every_store_has(store):
    examples = load_examples(store)
    found = describe_data(examples, profile="p", digest="d").recordings
    assert found.total == len(found.rows) == 72
    assert len(found.units) == 46
    assert found.label("pitch_mean") == "pitch_mean (Hz)"


def test_copies_are_not_drawn(store):
    examples = load_examples(store)
    rows = examples.rows
    copies = rows.assign(file_id=rows["file_id"] + "#noise", source_file_id=rows["file_id"], variant="noise")
    augmented = examples.with_variants(copies)
    assert len(describe_data(augmented, profile="p", digest="d").recordings.rows) == 72


def test_rows_without_features_are_not_drawn(make_examples):
    assert describe_data(make_examples(), profile="p", digest="d").recordings is None
