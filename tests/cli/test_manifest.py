"""`ser table` as it is typed."""

import pytest


@pytest.fixture
def wavs(tmp_path):
    for name in ("ada_W_1.wav", "ada_F_1.wav", "ben_W_1.wav", "ben_what.wav"):
        path = tmp_path / "My Wavs" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path / "My Wavs"


def test_a_table_and_what_to_do_with_it(ser, wavs):
    code, printed, errors = ser("table", wavs, "{speaker}_{emotion}_{}.wav", "--emotions", "W=angry", "F=joy")
    table = wavs / "my_wavs.csv"
    assert code == 0
    assert table.read_text().splitlines() == [
        "path,speaker,emotion",
        "ada_F_1.wav,ada,happy",
        "ada_W_1.wav,ada,angry",
        "ben_W_1.wav,ben,angry",
    ]
    assert printed.splitlines()[-2:] == [
        f"3 recordings of 2 speakers: {table}",
        f"next: ser extract --datasets '{table}'",
    ]
    assert errors == "left out ben_what.wav: it does not fit {speaker}_{emotion}_{}.wav\n"


def test_a_name_that_is_a_known_corpus_is_avoided(ser, wavs):
    folder = wavs.rename(wavs.with_name("ravdess"))
    ser("table", folder, "{speaker}_{emotion}_{}.wav", "--emotions", "W=angry", "F=joy")
    assert (folder / "own_ravdess.csv").is_file()


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("W", "error: --emotions W: expected what names write and an emotion, as in W=angry\n"),
        ("W=mad", "error: unknown emotion 'mad': expected one of angry, disgust, "),
    ],
)
def test_emotions_that_are_none(ser, wavs, pair, said):
    code, _, errors = ser("table", wavs, "{speaker}_{emotion}_{}.wav", "--emotions", pair)
    assert code == 2
    assert errors.startswith(said)
    assert not list(wavs.glob("*.csv"))
