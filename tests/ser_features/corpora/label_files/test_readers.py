"""Label files in their documented layout: what each recording gets from them, and what is reported."""

import json
from pathlib import Path

import pytest

from ser_features import corpora
from ser_features.errors import InputError
from ser_features.manifest import Recording, Scan
from tests.layouts import LAYOUTS


def scanned(name: str, folder: Path, **changes: str | bytes | None) -> Scan:
    """The documented layout; `changes` replace the content of a label file by its stem, None removes it."""
    LAYOUTS[name].write(folder / name)
    for path in LAYOUTS[name].files:
        file = folder / name / path
        if file.stem in changes:
            content = changes[file.stem]
            file.unlink()
            if content is not None:
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return corpora.scan(name, folder)


def only(scan: Scan, stem: str) -> Recording:
    return next(recording for recording in scan.recordings if recording.stem == stem)


def values(recording: Recording, *names: str) -> tuple[object, ...]:
    return tuple(getattr(recording, name) for name in names)


RATED = ("arousal", "valence", "dominance", "scale", "arousal_published", "agreement", "raters")


def test_iemocap(tmp_path):
    scan = scanned("iemocap", tmp_path)
    woman, man = only(scan, "Ses01F_impro01_F000"), only(scan, "Ses01F_impro01_M000")
    assert values(woman, "speaker", "session", "emotion_code", "text") == ("Ses01F", "1", "neu", "Excuse me.")
    assert values(woman, *RATED) == (0.375, 0.375, 0.375, "1-5", 2.5, 1.0, 3)
    assert values(man, "speaker", "emotion", "emotion_code", "raters", "agreement") == (
        "Ses01M", "no agreement", "xxx", 2, None,
    )  # fmt: skip
    assert man.arousal == 0.75
    votes = [(vote.rater, vote.attribute, vote.value) for vote in scan.votes if vote.file_id == woman.file_id]
    assert votes == [
        ("E2", "emotion", "neutral"),
        ("E3", "emotion", "neutral"),
        ("E3", "emotion", "frustrated"),
        ("E4", "emotion", "neutral"),
        *(("E3", "valence", "3"), ("E3", "arousal", "2"), ("E3", "dominance", "2")),
        *(("E4", "valence", "2"), ("E4", "arousal", "3")),
    ]
    assert scan.notes == ()


def test_mspimprov(tmp_path):
    scan = scanned("mspimprov", tmp_path)
    angry, other = only(scan, "MSP-IMPROV-S01A-F01-P-FM01"), only(scan, "MSP-IMPROV-S01A-M01-R-FM02")
    assert values(angry, "speaker", "session", "emotion_code") == ("F01", "1", "A")
    arousal, valence, dominance, *rest = values(angry, *RATED)
    assert (arousal, valence, dominance) == pytest.approx((0.45, 0.3, 0.6))
    assert rest == ["1-5", 2.8, 1.0, 2]
    assert values(other, "emotion", "arousal", "agreement", "raters") == ("no agreement", None, None, 1)
    first = [(vote.attribute, vote.value) for vote in scan.votes if vote.rater == "ID1"][:7]
    assert first == [
        ("emotion", "angry"),
        ("secondary emotion", "Frustrated"),
        ("secondary emotion", "Disgusted"),
        *(("arousal", "3.000000"), ("valence", "2.000000"), ("dominance", "4.000000")),
        ("naturalness", "4.000000"),
    ]


def test_msppodcast(tmp_path):
    scan = scanned("msppodcast", tmp_path)
    stated, unknown = only(scan, "MSP-PODCAST_0001_0008"), only(scan, "MSP-PODCAST_0002_0001")
    assert values(stated, "speaker", "gender", "partition", "session", "text") == (
        "127", "male", "test1", "0001", "Well, I see.",
    )  # fmt: skip
    assert values(stated, *RATED) == (0.5, 0.0, 1.0, "1-7", 4.0, 0.5, 2)
    assert values(unknown, "speaker", "gender", "partition", "emotion") == (None, None, "dev", "no agreement")
    assert [vote.value for vote in scan.votes if vote.attribute == "emotion"] == ["neutral", "happy"]


def test_meld(tmp_path):
    scan = scanned("meld", tmp_path, dev_sent_emo=None)
    one = only(scan, "train_splits/dia0_utt0")
    assert values(one, "speaker", "text", "session", "partition", "emotion_code") == (
        "Ross", "Oh, no.", "s08e21", "train", "neutral",
    )  # fmt: skip
    assert only(scan, "dev_splits_complete/dia0_utt0").emotion == "unknown"
    assert scan.notes == (
        "meld: 1 recording not in train_, dev_ and test_sent_emo.csv: dev_splits_complete/dia0_utt0",
    )


def test_nemo(tmp_path):
    one = only(scanned("nemo", tmp_path), "EB0_anger_1")
    assert values(one, "speaker", "age", "text", "gender") == ("EB0", 27, "Lubię czytać.", "female")


def test_emozionalmente(tmp_path):
    scan = scanned("emozionalmente", tmp_path)
    ada, bo = only(scan, "1612871026347"), only(scan, "1612871037341")
    assert values(ada, "speaker", "gender", "age", "statement", "agreement", "raters") == (
        "ada", "female", 31, "3", 0.5, 2,
    )  # fmt: skip
    assert values(bo, "speaker", "gender", "age", "emotion", "raters") == ("bo", "male", None, "happy", None)
    assert [(vote.rater, vote.value) for vote in scan.votes] == [(None, "neutral"), (None, "happy")]


def test_emns(tmp_path):
    one = only(scanned("emns", tmp_path), "recorded_audio_02jmPGL")
    assert values(one, "emotion", "text", "intensity") == ("sarcastic", "He sat, down.", "7")


def test_esd_in_several_encodings(tmp_path):
    scan = scanned("esd", tmp_path)
    mandarin, english = only(scan, "0001_000351"), only(scan, "0011_001071")
    assert values(mandarin, "text", "language", "partition") == ("打远一看", "zh", None)
    assert values(english, "text", "language", "partition") == ("It’s “late”.", "en", "test")


def test_shemo_names_what_differs_and_changes_nothing(tmp_path):
    scan = scanned("shemo", tmp_path)
    assert only(scan, "F01A01").text == "سلام"
    assert [only(scan, stem).emotion for stem in ("M02S03", "M02S04")] == ["sad", "sad"]
    assert scan.notes == (
        "shemo: 1 recording not in shemo.json: M02S03",
        "shemo: 1 row of shemo.json without recording: M02N03",
        "shemo: 1 recording with another emotion in shemo.json than in the name, which counts: M02S04 (sad, "
        "neutral)",
    )


def test_pavoque_has_the_utterances_of_a_file(tmp_path):
    scan = scanned("pavoque", tmp_path)
    first, second = scan.recordings
    assert values(first, "start", "end", "statement", "text", "emotion") == (
        0.0, 0.5, "a0001", "Er ist da.", "angry",
    )  # fmt: skip
    assert (second.start, second.end, second.path) == (0.5, 1.0, first.path)


def test_parts_of_pavoque_under_two_styles_are_unknown(tmp_path):
    (tmp_path / "pavoque").mkdir()
    (tmp_path / "pavoque" / "pavoque-outtakes.flac").touch()
    parts = "".join(f"- style: {style}\n  start: 0\n  end: 2\n" for style in ("Happy", "Sad"))
    (tmp_path / "pavoque" / "pavoque-outtakes.yaml").write_text(
        f"{parts}- style: Sad\n  start: 2\n  end: 3\n"
    )
    scan = corpora.scan("pavoque", tmp_path)
    assert [one.emotion for one in scan.recordings] == ["unknown", "sad"]
    assert scan.notes == (
        "pavoque: pavoque-outtakes.yaml: 1 part under several styles, emotion unknown: "
        "pavoque-outtakes@0.000-2.000",
    )


def test_recordings_without_any_label_file_are_unknown(tmp_path):
    scan = scanned("iemocap", tmp_path, Ses01F_impro01=None)
    assert {one.emotion for one in scan.recordings} == {"unknown"}
    assert scan.notes == (
        "iemocap: dialog/EmoEvaluation/*.txt: no such file beside the recordings of iemocap",
    )


@pytest.mark.parametrize(
    ("name", "stem", "content", "message"),
    [
        (
            "nemo",
            "data",
            "file;emotion\n",
            "data.tsv has the columns file;emotion, expected file_id, emotion,",
        ),
        (
            "nemo",
            "data",
            "",
            "data.tsv has the columns none, expected file_id, emotion, raw_text, age: restore",
        ),
        (
            "emns",
            "metadata",
            "id|text\n",
            "metadata.csv has the columns id, text, expected utterance, emotion",
        ),
        ("shemo", "shemo", "{", "shemo.json cannot be read (JSONDecodeError: "),
        ("shemo", "shemo", "[" * 99_999, "shemo.json cannot be read (RecursionError: "),
        ("shemo", "shemo", json.dumps({"F01A01": {}}), "shemo.json cannot be read (KeyError: 'emotion'), "),
        (
            "iemocap",
            "Ses01F_impro01",
            "[6.29 - 8.23]\tSes01F_impro01_F000\tneu\t[2.5.0, 2.5, 2.5]\n",
            "Ses01F_impro01.txt cannot be read (ValueError: could not convert string to float: '2.5.0'), ",
        ),
        (
            "pavoque",
            "pavoque-angry",
            "- style: angry\n  start: x\n  end: 2\n",
            "pavoque-angry.yaml cannot be read (ValueError: could not convert string to float: 'x'), ",
        ),
        ("msppodcast", "labels_detailed", "[]", "labels_detailed.json cannot be read (AttributeError: "),
        ("esd", "0001", b"\xff", "0001.txt is in none of utf-8-sig, gb18030: expected the published file: "),
    ],
)
def test_a_damaged_label_file_is_named(tmp_path, name, stem, content, message):
    with pytest.raises(InputError) as error:
        scanned(name, tmp_path, **{stem: content})
    assert message in str(error.value)
    assert str(error.value).endswith("restore it, or remove it to go without its labels")
