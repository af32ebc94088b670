"""The confound audit: every planted confound is named, and corpora as people record them have none."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ser_models.evaluation.confounds import MEASURES, audit

EMOTIONS = ("angry", "happy", "neutral", "sad")


def corpus(name: str = "own", speakers: int = 8, takes: int = 4, seed: int = 0) -> pd.DataFrame:
    """Rows of a corpus in one format; level and duration vary, and anger is somewhat louder."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "file_id": f"{name}/s{speaker}_{emotion}_{take}",
            "dataset": name,
            "path": f"{name}/s{speaker}_{emotion}_{take}.wav",
            "speaker": f"s{speaker}",
            "emotion": emotion,
            "emotion_code": emotion[:3],
            "source_sample_rate": 16_000,
            "channels": 1,
            "audio_notes": None,
            "duration_sec": rng.uniform(1, 3),
            "source_size": rng.integers(40_000, 90_000),
            "rms_mean": rng.uniform(0.02, 0.1) * (1 + 0.5 * (emotion == "angry")),
        }
        for speaker in range(speakers)
        for emotion in EMOTIONS
        for take in range(takes)
    ]
    return pd.DataFrame(rows)


def by_emotion(*values) -> Callable[[pd.DataFrame], pd.Series]:
    """A column with a value for each emotion."""
    return lambda rows: rows["emotion"].map(dict(zip(EMOTIONS, values, strict=True)))


def in_folders(*names: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Paths with a folder for each emotion."""
    return lambda rows: by_emotion(*names)(rows) + "/" + rows["path"].str.split("/").str[-1]


def recoded(*suffixes: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Paths with a suffix for each emotion."""
    return lambda rows: rows["path"].str[:-4] + by_emotion(*suffixes)(rows)


@pytest.mark.parametrize(
    ("columns", "kind", "message"),
    [
        (
            {"source_sample_rate": by_emotion(8000, 16_000, 44_100, 48_000)},
            "sample rate",
            "sample rate alone gives UAR 1.00, chance 0.25 (16000 Hz: happy, 44100 Hz: neutral, 48000 Hz: "
            "sad, …): a model can learn it instead of the voice",
        ),
        (
            {"source_sample_rate": by_emotion(44_100, 16_000, 16_000, 16_000)},
            "sample rate",
            "sample rate alone gives UAR 0.50, chance 0.25 (44100 Hz: angry)",
        ),
        ({"channels": by_emotion(2, 2, 1, 1)}, "number of channels", "channels alone gives UAR 0.50"),
        ({"path": recoded(".mp3", ".wav", ".wav", ".wav")}, "file format", "(.mp3: angry)"),
        ({"path": in_folders("day1", "day2", "day3", "day4")}, "folder", "day1: angry"),
        ({"audio_notes": by_emotion("the Ogg stream has no end mark", None, None, None)},
         "audio note", "the Ogg stream has no end mark: angry"),
        ({"rms_mean": by_emotion(0.5, 0.4, 0.25, 0.12)}, "level", "level alone gives UAR 1.00, chance 0.25"),
        ({"duration_sec": by_emotion(1.0, 2.0, 3.0, 4.0)}, "duration", "duration alone gives UAR 1.00"),
        ({"source_size": lambda rows: by_emotion(8e3, 16e3, 32e3, 64e3)(rows) * rows["duration_sec"]},
         "bit rate", "bit rate alone gives UAR 1.00"),
    ],
)  # fmt: skip
def test_a_property_that_tells_the_emotion_is_named(columns, kind, message):
    [finding] = audit(corpus().assign(**columns))
    assert finding.kind == kind
    assert message in finding.message


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"path": in_folders("angry", "Happiness", "NEU", "sadness")},
        {"path": in_folders("OAF_angry", "OAF_hap", "OAF_neutral", "OAF_Sad")},
        {"path": lambda rows: rows["speaker"] + "/" + rows["emotion"] + "/a.wav"},
        {"source_sample_rate": lambda rows: rows["speaker"].map(lambda name: 16_000 + 8000 * (name > "s3"))},
        {"channels": lambda rows: 1 + (rows.index % 50 == 0)},
        {"speaker": None},
        {"speaker": None, "path": lambda rows: rows.index.astype(str) + "/a.wav"},
    ],
    ids=[
        *("one format", "folders of labels", "folders of labels of a speaker", "folders of speakers"),
        *("microphones of speakers", "odd files", "unknown speakers", "a folder per recording"),
    ],
)
def test_usual_corpora_have_no_confound(columns):
    assert audit(corpus().assign(**columns)) == []


@pytest.mark.parametrize("seed", range(20))
def test_chance_raises_no_alarm(seed):
    rng = np.random.default_rng(seed)
    rows = corpus(speakers=3, takes=2, seed=seed)
    rows["source_sample_rate"] = rng.choice([16_000, 44_100, 48_000], len(rows))
    rows["channels"] = rng.choice([1, 2], len(rows))
    assert audit(rows, seed=seed) == []


def test_level_is_no_confound_unless_it_is_as_good_as_the_model():
    rng = np.random.default_rng(0)
    rows = corpus(speakers=16)
    rows["rms_mean"] = by_emotion(0.1, 0.2, 0.3, 0.4)(rows) + rng.normal(0, 0.045, len(rows))
    assert audit(rows) == []
    assert audit(rows, model_uar=0.95) == []
    assert [finding.kind for finding in audit(rows, model_uar=0.65)] == ["level"]
    assert audit(corpus(), model_uar=0.2) == []


def test_speakers_of_one_recording_are_noticed():
    rows = corpus(speakers=4, takes=2)
    [finding] = audit(rows.assign(speaker=rows["file_id"]))
    assert finding.kind == "recordings per speaker"
    assert finding.message.startswith(
        "32 of 32 speakers have one recording only: if the column speaker holds"
    )
    few = rows["speaker"].where(rows["speaker"] != "s0", rows["file_id"])
    assert audit(rows.assign(speaker=few)) == []


def test_speakers_of_one_emotion_are_noticed():
    rows = corpus(speakers=4)
    [finding] = audit(rows.assign(speaker=rows["speaker"] + rows["emotion"]))
    assert (finding.kind, finding.count) == ("speaker", 16)
    assert finding.message.startswith(
        "16 of 16 speakers have recordings of one emotion only: a model can learn"
    )
    one = rows["speaker"].where(rows["speaker"] != "s0", rows["speaker"] + rows["emotion"])
    assert audit(rows.assign(speaker=one)) == []


def test_corpora_of_other_emotions_are_noticed():
    both = pd.concat([corpus("a", seed=1), corpus("b", seed=2)], ignore_index=True)
    assert audit(both) == []
    other = both[both["emotion"].isin(["angry", "happy"]) == (both["dataset"] == "a")]
    [finding] = audit(other)
    assert finding.kind == "corpus"
    assert "(angry in a, happy in a, neutral in b, sad in b only)" in finding.message


def test_a_confound_of_one_of_several_corpora_names_it():
    first = corpus("a").assign(source_sample_rate=by_emotion(8000, 16_000, 44_100, 48_000))
    [finding] = audit(pd.concat([first, corpus("b", seed=1)], ignore_index=True))
    assert finding.message.startswith("the sample rate of a alone gives UAR 1.00")


def test_few_recordings_and_missing_columns_are_no_reason():
    rows = corpus()
    assert audit(rows.head(7)) == []
    assert audit(rows[rows["emotion"] == "sad"]) == []
    stored = {"source_sample_rate", "channels", "audio_notes", "source_size"}
    measured = {column for columns in MEASURES.values() for column in columns}
    assert audit(rows.drop(columns=[name for name in rows if name in stored | measured])) == []


@pytest.mark.parametrize("dtype", ["object", "str", "float64"])
def test_emotions_without_a_code_of_their_own_leave_the_folders_to_their_names(dtype):
    rows = corpus().assign(emotion_code=lambda rows: pd.Series(None, rows.index, dtype=dtype))
    assert audit(rows.assign(path=in_folders("angry", "happy", "neutral", "sad")(rows))) == []
    [finding] = audit(rows.assign(path=in_folders("day1", "day2", "day3", "day4")(rows)))
    assert finding.kind == "folder"


def test_a_corpus_of_one_speaker_has_no_other_to_learn_from():
    rows = corpus(speakers=1, takes=20).assign(source_sample_rate=by_emotion(8000, 16_000, 44_100, 48_000))
    assert audit(rows) == []
