"""`ser audit`: exit codes, summary, JSON and HTML page."""

import json

import numpy as np
import pytest
import soundfile

from ser_models.reporting.report.audit import is_page

HEADER = "path,side,fold,emotion"
NAMES = {  # of EmoDB: speaker, sentence, emotion, take
    "train": ["03a01Fa", "03a02Wa", "08a01Na", "08b01Ta"],
    "test": ["09a01Fa", "09a02Wa", "10a05Na"],
}


@pytest.fixture
def table(tmp_path):
    """Write a table of EmoDB's names with a fold of its own speakers, or with one that leaks."""

    def write(*leaking: str):
        rows = [
            f"wav/{name}.wav,{side},{number},"
            for number, further in enumerate(((), leaking), 1)
            if number == 1 or leaking
            for side, names in NAMES.items()
            for name in (*names, *(further if side == "test" else ()))
        ]
        (tmp_path / "split.csv").write_text("\n".join([HEADER, *rows]) + "\n")
        return tmp_path / "split.csv"

    return write


def test_a_speaker_independent_split(ser, table):
    answer = ser("audit", table())
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "7 rows, 1 fold",
        "speaker read from names of EmoDB",
        "also read: statement, text, emotion, gender, age, language",
        "names of EmoDB recognised",
        "audio is not compared: recordings are identical where their paths are",
        "",
        "fold  train  test  speakers  sentences  audio",
        "1         4     3       0/2    2/3 (2)    0/3",
        "in training too / in the test (test rows that have one of these)",
        "",
        "2 of 3 sentences of the test are in training too",
        "",
        "may be called speaker-independent: no speakers or pieces of audio of the test are in training",
        "may not be called sentence-independent: 2 of 3 sentences of the test are in training too "
        "(2 test rows)",
        "not shown to be session-independent: no session of the test is known",
        f"next: ser audit {table()} --html audit.html",
    ]


def test_a_split_that_shares_speakers(ser, table):
    answer = ser("audit", table("03a04Fa", "wav/03a01Fa"), "--json")
    content = json.loads(answer.out)
    assert answer.code == 1
    assert (content["rows"], content["unparsed"], len(content["folds"])) == (16, 0, 2)
    first, second = content["folds"]
    assert first["shared"]["speaker"] == {"test": 2, "shared": 0, "rows": 0}
    assert second["sides"] == {"train": 4, "test": 5}
    assert second["shared"]["speaker"] == {"test": 3, "shared": 1, "rows": 2}
    assert {"speaker", "text", "session", "audio", "file"} <= set(second["shared"])
    assert second["findings"][0]["message"] == "1 speaker is in both train and test: emodb/03"


def test_lists_by_side_columns_and_patterns(ser, tmp_path):
    (tmp_path / "train.txt").write_text("ada_1.wav\nben_2.wav\n")
    (tmp_path / "test.txt").write_text("ada_3.wav\ncleo_4.wav\n")
    sides = ("--train", tmp_path / "train.txt", "--test", tmp_path / "test.txt")
    answer = ser("audit", *sides, "--pattern", "{speaker}_{}.wav")
    assert answer.code == 1
    assert "speaker read from pattern {speaker}_{}.wav" in answer.out
    assert (
        "may not be called speaker-independent: 1 of 2 speakers of the test are in training too" in answer.out
    )
    (tmp_path / "own.csv").write_text("file;who;used\na.wav;x;1\nb.wav;x;2\nc.wav;y;2\n")
    words = ("--path", "file", "--speaker", "who", "--fold", "used", "--json")
    content = json.loads(ser("audit", tmp_path / "own.csv", *words).out)
    assert content["rows"] == 3  # each of which is in both folds
    assert [fold["sides"] for fold in content["folds"]] == [{"train": 2, "test": 1}, {"train": 1, "test": 2}]
    assert [fold["shared"]["speaker"]["shared"] for fold in content["folds"]] == [1, 1]


def test_audio_is_compared_below_a_folder(ser, tmp_path):
    sounds = np.random.default_rng(0).standard_normal((3, 16_000)) * np.hanning(16_000) / 8
    for name, sound in zip(("train/a", "train/b", "test/c", "test/d"), sounds[[0, 1, 0, 2]], strict=True):
        path = tmp_path / "audio" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, sound, 16_000)
    answer = ser("audit", tmp_path / "audio", "--workers", "1", "--json")
    content = json.loads(answer.out)
    assert answer.code == 1
    [fold] = content["folds"]
    assert fold["shared"]["audio"] == fold["shared"]["take"] == {"test": 2, "shared": 1, "rows": 1}
    assert fold["findings"][0]["message"] == (
        "1 piece of identical audio is in both train and test: test/c.wav, train/a.wav"
    )


def test_the_page_is_written(ser, table, tmp_path):
    page = tmp_path / "audit.html"
    answer = ser("audit", table("03a04Fa"), "--html", page)
    assert answer.code == 1
    assert answer.out.endswith(f"page: {page}\n")
    text = page.read_text(encoding="utf-8")
    assert f"<code>ser audit {tmp_path / 'split.csv'} --html {page}</code>" in text
    assert "May not be called speaker-independent" in text
    page.write_text("mine")
    refused = ser("audit", table(), "--html", page)
    assert (refused.code, page.read_text()) == (2, "mine")
    assert refused.err.endswith("was not written by ser: pass another --html, or --force to replace it\n")
    assert ser("audit", table(), "--html", page, "--force").code == 0
    assert is_page(page)


def test_how_much_a_split_flatters_is_estimated_from_a_store(ser, store_root, recordings, tmp_path):
    names = sorted(path.name for path in recordings.glob("s*.wav"))
    rows = [f"{name},{'test' if number % 4 == 0 else 'train'}" for number, name in enumerate(names)]
    (tmp_path / "split.csv").write_text("\n".join(["path,side", *rows]))
    words = ("--pattern", "{speaker}_{emotion}_{}.wav", "--estimate", "--store", store_root)
    answer = ser("audit", tmp_path / "split.csv", *words)
    assert answer.code == 1
    assert answer.err.splitlines()[-1] == "estimated fold 1 of 1"
    lines = answer.out.splitlines()
    start = lines.index(next(line for line in lines if line.startswith("logistic, 18 test recordings")))
    rates = [float(line.split()[-1]) for line in lines[start + 1 : start + 4]]
    assert all(0 <= rate <= 1 for rate in rates)
    assert float(lines[start + 4].split()[-1]) == pytest.approx(rates[1] - rates[2], abs=0.0011)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "neither a split nor lists by side, expected one of them"),
        (("--corpus", "emodbb"), "unknown corpus 'emodbb': did you mean 'emodb'?"),
        (("--speaker", "who"), "unknown column 'who'"),
        (("--side", "seite"), "unknown column 'seite'"),
        (("--pattern", "x"), "pattern 'x'"),
        (("--data", "/nowhere"), "/nowhere is no folder"),
        (("--model", "ridge"), "--model and --store are for --estimate: add it, or leave them out"),
        (("--estimate",), "no audio and no store to estimate from"),
    ],
)
def test_wrong_arguments(ser, table, words, message):
    answer = ser("audit", *([table()] if words else []), *words)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert message in answer.err
