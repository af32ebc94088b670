"""`ser manifest`."""

import pytest

from ser_features.store import open_store


@pytest.fixture
def wavs(tmp_path):
    for name in ("ada_W_1.wav", "ada_F_1.wav", "ben_W_1.wav", "ben_what.wav"):
        path = tmp_path / "My Wavs" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path / "My Wavs"


def test_manifest_and_next_command(ser, wavs):
    code, printed, errors = ser(
        "manifest", wavs, "{speaker}_{emotion}_{}.wav", "--emotions", "W=angry", "F=joy"
    )
    table = wavs / "my_wavs.csv"
    assert code == 0
    assert table.read_text().splitlines() == [
        "path,speaker,emotion",
        "ada_F_1.wav,ada,joy",
        "ada_W_1.wav,ada,angry",
        "ben_W_1.wav,ben,angry",
    ]
    assert printed.splitlines()[-2:] == [
        f"3 recordings of 2 speakers: {table}",
        f"next: ser check '{table}'",
    ]
    assert errors == "skipped ben_what.wav: it does not match {speaker}_{emotion}_{}.wav\n"


def test_a_pattern_without_emotions_makes_a_table_for_extraction_without_labels(ser, recordings, tmp_path):
    table, store = tmp_path / "own.csv", tmp_path / "store"
    answer = ser("manifest", recordings, "{speaker}_{}.wav", "--out", table)
    assert answer.code == 0
    assert table.read_text().startswith("path,speaker\n")
    assert answer.out.splitlines() == [
        f"72 recordings of 6 speakers: {table}",
        f"next: ser extract --datasets {table} --labels none",
    ]
    assert "note: emotions unknown: features without a training; a pattern with {emotion} names" in answer.err
    words = ["extract", "--datasets", table, "--store", store, "--features", "core"]
    assert ", or extract with --labels none" in ser(*words).err
    assert ser(*words, "--labels", "none").code == 0
    assert set(open_store(store).files()["emotion"]) == {"unknown"}


def test_name_of_a_built_in_corpus_is_avoided(ser, wavs):
    folder = wavs.rename(wavs.with_name("ravdess"))
    ser("manifest", folder, "{speaker}_{emotion}_{}.wav", "--emotions", "W=angry", "F=joy")
    assert (folder / "own_ravdess.csv").is_file()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("W", "error: --emotions W: expected CODE=EMOTION, such as W=angry\n"),
        ("W=!", "error: --emotions W=!: emotion '!' has no letter, expected a word\n"),
    ],
)
def test_invalid_emotion_codes(ser, wavs, pair, message):
    code, _, errors = ser("manifest", wavs, "{speaker}_{emotion}_{}.wav", "--emotions", pair)
    assert code == 2
    assert errors.startswith(message)
    assert not list(wavs.glob("*.csv"))
