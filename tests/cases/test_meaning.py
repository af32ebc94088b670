"""A figure says what it means: classes that were not tested, speakers that are unknown, confounds."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cases.sounds import save, table, voice

SET = [(speaker, emotion, take) for speaker in range(4) for emotion in ("angry", "sad") for take in range(2)]
"""Speaker, emotion and take of a small corpus."""


def by_number(speaker: int, name: str) -> str:
    """The speaker of a row by number."""
    return f"s{speaker}"


def corpus(
    folder: Path, rows: Sequence[tuple[int, str, int]], speaker_of: Callable[[int, str], str] = by_number
) -> Path:
    """Write a recording for each speaker, emotion and take, and their table."""
    lines = []
    for speaker, emotion, take in rows:
        name = f"s{speaker}_{emotion}_{take}.wav"
        save(folder / name, voice(speaker, emotion, take, 0.3))
        lines.append(f"{name},{emotion},{speaker_of(speaker, name)}")
    return table(folder / "own.csv", lines)


def trained(ser, folder: Path, rows, *options: str, speaker_of: Callable[[int, str], str] = by_number):
    """Extract a corpus, train on it, and return the answer of `ser train`."""
    source, store = corpus(folder, rows, speaker_of), folder / "store"
    assert ser("extract", "--datasets", source, "--features", "core", "--store", store).code == 0
    return ser("train", "--model", "logistic", "--store", store, "--out", folder / "model", *options)


NEUTRAL = [(speaker, "neutral", take) for speaker in range(6) for take in range(2)]


@pytest.mark.parametrize(
    ("rows", "options", "lines"),
    [
        pytest.param(
            [*NEUTRAL, (0, "angry", 0)],
            (),
            ["UAR not measurable: all 2 test recordings are neutral; untested: angry"],
            id="much neutral, little angry",
        ),
        pytest.param(
            [*NEUTRAL, *((speaker, "angry", 0) for speaker in range(6)), (0, "sad", 0)],
            (),
            ["over 2 of 3 classes", "untested: "],
            id="one class of three is not tested",
            marks=pytest.mark.long,
        ),
        pytest.param(
            [*NEUTRAL, (0, "angry", 0), (3, "angry", 0)],
            ("--folds", "3"),
            ["– ", "(–: one emotion)"],
            id="a fold of one class",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_test_of_few_classes_says_so(ser, tmp_path, rows, options, lines):
    """Source: imbalanced corpora, such as those of call centres."""
    answer = trained(ser, tmp_path, rows, *options)
    assert answer.code == 0, answer.err
    assert all(line in answer.out for line in lines), answer.out
    assert "suspect" not in answer.out or "over 2 of 3" in answer.out
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    report = (tmp_path / "model" / "report.html").read_text()
    card = (tmp_path / "model" / "README.md").read_text()
    if "not measurable" in lines[0]:
        assert [metrics[name] for name in ("uar", "uar_ci95", "chance", "mcc")] == [None] * 4
        assert "UAR not measurable" in report
        assert lines[0] in card
    elif options:
        assert None in metrics["folds"]
        assert "a fold of one class" in report
    else:
        assert "over 2 of 3 classes" in report
        assert "over 2 of 3 classes" in card


def nameless(speaker: int, name: str) -> str:
    """No speaker at all."""
    return ""


def partly_nameless(speaker: int, name: str) -> str:
    """No speaker for one of four people."""
    return f"s{speaker}" if speaker else "unknown"


@pytest.mark.parametrize(
    ("speaker_of", "options", "message"),
    [
        (nameless, (), "the speaker of 16 of 16 recordings of own is unknown: expected it of at least two"),
        (nameless, ("--folds", "4"), "or pass --split random, whose figures say nothing about new voices"),
        (
            partly_nameless,
            ("--split", "random", "--speaker-norm"),
            "--speaker-norm: the speaker of 4 recordings",
        ),
    ],
    ids=["one split", "folds", "normalisation of some"],
)
@pytest.mark.long
def test_unknown_speakers_are_refused_where_speakers_are_needed(ser, tmp_path, speaker_of, options, message):
    """Source: corpora in a folder per emotion, such as MESD and RESD."""
    answer = trained(ser, tmp_path, SET, *options, speaker_of=speaker_of)
    assert answer.code == 2
    assert message in answer.err


def test_unknown_speakers_are_named_wherever_a_figure_stands(ser, tmp_path):
    answer = trained(ser, tmp_path, SET, "--split", "random", speaker_of=nameless)
    artifact = tmp_path / "model"
    metrics = json.loads((artifact / "metrics.json").read_text())
    assert metrics["protocol"] == "random, speakers unknown, one split"
    assert metrics["unknown_speakers"] == metrics["n"]
    assert metrics["per_speaker"] == {}
    again = ser("evaluate", artifact, "--store", tmp_path / "store")
    caption = text_of_subtitle(artifact)
    card, report = ((artifact / name).read_text() for name in ("README.md", "report.html"))
    for text in (answer.out, again.out, card, report, caption):
        assert "speakers unknown" in text
        assert "own/None" not in text
        assert "own/nan" not in text
    assert (
        "LEAK unknown: unknown speakers of 16 recordings of own may be in both train and test" in answer.out
    )
    assert "speakers unknown: this is no estimate for new speakers" in again.out
    assert "the figures say nothing about new voices" in report


def text_of_subtitle(artifact: Path) -> str:
    """The caption of every figure of an artifact."""
    from ser_models.evaluation.result import read_result
    from ser_models.reporting.figures.picture import subtitle

    return " ".join(subtitle(read_result(artifact)))


@pytest.mark.long
def test_recordings_of_unknown_speakers_have_no_part_in_a_speaker_disjoint_split(ser, tmp_path):
    answer = trained(ser, tmp_path, SET, speaker_of=partly_nameless)
    note = "4 recordings left out: their speaker is unknown"
    assert answer.code == 0, answer.err
    assert f"note: {note}" in answer.out
    assert "leaks: none found" in answer.out
    assert note in (tmp_path / "model" / "README.md").read_text()


def by_file(speaker: int, name: str) -> str:
    """The name of the file as the speaker, as {emotion}/{speaker}.wav gives it."""
    return name.removesuffix(".wav")


def by_emotion(speaker: int, name: str) -> str:
    """Two people for each emotion."""
    return f"{name.split('_')[1]}{speaker % 2}"


@pytest.mark.parametrize(
    ("speaker_of", "message"),
    [
        (by_file, "16 of 16 speakers have one recording only: if the column speaker holds names of files"),
        pytest.param(
            by_emotion,
            "4 of 4 speakers have recordings of one emotion only: a model can learn their voices",
            marks=pytest.mark.long,
        ),
    ],
)
def test_speakers_that_cannot_be_right_are_noticed(ser, tmp_path, speaker_of, message):
    answer = trained(ser, tmp_path, SET, "--folds", "2", speaker_of=speaker_of)
    assert answer.code == 0, answer.err
    assert message in answer.out
    assert message in (tmp_path / "model" / "README.md").read_text()
    assert message in (tmp_path / "model" / "report.html").read_text()
    confounds = json.loads((tmp_path / "model" / "metrics.json").read_text())["confounds"]
    assert any(message in finding["message"] for finding in confounds)


@pytest.mark.parametrize(
    ("pattern", "rate", "message"),
    [
        (
            "{emotion}/{name}",
            {"angry": 22_050, "sad": 16_000},
            "sample rate alone gives UAR 1.00, chance 0.50",
        ),
        pytest.param(
            "session {day}/{name}",
            {},
            "folder alone gives UAR 1.00, chance 0.50 (session 1: angry, session 2: sad)",
            marks=pytest.mark.long,
        ),
        pytest.param("{emotion}/{name}", {}, "", marks=pytest.mark.long),
    ],
    ids=["microphones", "sessions", "a folder per emotion"],
)
def test_a_recording_chain_that_tells_the_emotion_is_named(
    ser, tmp_path, monkeypatch, pattern, rate, message
):
    monkeypatch.setattr("ser_models.experiments.results.write_report", lambda path, report: None)
    lines = []
    for speaker, emotion, take in SET:
        day = 1 if emotion == "angry" else 2
        name = pattern.format(emotion=emotion, day=day, name=f"s{speaker}_{take}.wav")
        own = rate.get(emotion, 16_000)
        save(tmp_path / name, 0.3 * voice(speaker, "neutral", take, 0.3, own), own)
        lines.append(f"{name},{emotion},s{speaker}")
    source, store = table(tmp_path / "own.csv", lines), tmp_path / "store"
    assert ser("extract", "--datasets", source, "--features", "core", "--store", store).code == 0
    answer = ser("train", "--model", "logistic", "--store", store, "--out", tmp_path / "model")
    assert answer.code == 0, answer.err
    assert ("CONFOUND" in answer.out) == bool(message)
    assert message in answer.out
