"""Labels as the user wants them: as-is, or a file."""

from dataclasses import replace

import pytest

from ser_features import corpora
from ser_features.errors import InputError
from ser_features.label_map import mapped, read_label_map
from ser_features.manifest import Recording, Scan, Vote

TABLE = "path,emotion\na.wav,joy\nb.wav,Frustrated\nc.wav,anger\n"


@pytest.fixture
def table(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.wav").touch()
    (tmp_path / "mine.csv").write_text(TABLE)
    return tmp_path / "mine.csv"


def labels_of(table, labels):
    scan = corpora.scan(str(table), table.parent, labels=read_label_map(labels))
    return [one.emotion for one in scan.recordings], scan.notes


def test_words_are_kept_as_they_are(table):
    emotions, notes = labels_of(table, "as-is")
    assert emotions == ["joy", "frustrated", "anger"]
    assert notes == ("mine.csv: no column speaker: speakers are unknown",)


def test_a_file_replaces_the_proposals(table, tmp_path):
    file = tmp_path / "map.toml"
    words = 'joy = "pleasure"\nFrustrated = "other"\n[mine]\njoy = "amused"\n[iemocap]\nanger = "x"\n'
    file.write_text(words)
    emotions, notes = labels_of(table, file)
    assert emotions == ["amused", "other", "anger"]
    assert notes[1:] == (
        "mine.csv: joy → amused: 1 row",
        "mine.csv: frustrated → other: 1 row",
        "mine.csv: other (1 row): stored, and left out of training",
    )


def test_labels_of_a_built_in_corpus_are_mapped(tmp_path):
    one = Recording("iemocap", "a", "a.wav", "1", "excited", "exc")
    votes = (Vote("iemocap/a", "r1", "emotion", "excited"), Vote("iemocap/a", "r1", "arousal", "4"))
    scan = Scan("iemocap", tmp_path, (one, replace(one, stem="b", emotion="sad")), votes=votes)
    done = mapped(scan, {"Excited": "happy", "calm": "neutral"})
    assert [(row.emotion, row.emotion_code) for row in done.recordings] == [("happy", "exc"), ("sad", "exc")]
    assert [vote.value for vote in done.votes] == ["happy", "4"]
    assert done.notes == ("iemocap: excited → happy: 1 recording",)
    assert mapped(scan, {}) is scan


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("joy = happy", "cannot be read (Invalid value"),
        ("joy = 3", "joy: 3 is no text, expected a label"),
        ('[mine]\njoy = "4"', "joy: emotion '4' has no letter, expected a word"),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_label_map(tmp_path / "map.toml")
    assert str(caught.value).startswith(f"--labels {tmp_path / 'map.toml'}")
    assert message in str(caught.value)
    with pytest.raises(InputError, match="expected as-is, none, or a TOML file of lines such as"):
        read_label_map(tmp_path / "none.toml")
