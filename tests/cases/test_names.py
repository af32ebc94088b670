"""`ser manifest`: codes of which one begins like another, names without speakers, a manifest elsewhere."""

import unicodedata
from pathlib import Path

import pytest

CODES = ("--emotions", "a=angry", "s=sad", "su=surprise")


def touch(folder: Path, *names: str) -> Path:
    """Make empty files, of which only the names are read."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def lines(table: Path) -> list[str]:
    return table.read_text(encoding="utf-8").splitlines()[1:]


def test_the_longest_code_counts(ser, tmp_path):
    wavs = touch(
        tmp_path / "wavs", *(f"p{one}/{code}{one}.wav" for one in (1, 2) for code in ("a", "s", "su"))
    )
    assert ser("manifest", wavs, "{speaker}/{emotion}{}.wav", *CODES).code == 0
    assert [line for line in lines(wavs / "wavs.csv") if "surprise" in line] == [
        "p1/su1.wav,p1,surprise",
        "p2/su2.wav,p2,surprise",
    ]
    assert sum(line.endswith(",sad") for line in lines(wavs / "wavs.csv")) == 2


@pytest.mark.parametrize(
    ("pattern", "codes", "row"),
    [
        ("{speaker}_{emotion}{}.wav", ["sa=sad", "a=angry", "su=surprise"], "DC_sa01.wav,DC,sad"),
        ("{speaker:2}{:3}{emotion}{}.wav", ["F=happy", "A=fear"], "03a01Fa.wav,03,happy"),
        ("{speaker}/{emotion}/{}.wav", [], "Ada/SADNESS/1.WAV,Ada,sadness"),
        ("{speaker}_{emotion}_{}.wav", ["fröhlich=happy,Wut=angry"], "ada_fröhlich_1.wav,ada,happy"),
        ("{emotion}_{speaker}.wav", [], "pleasant_surprise_ada.wav,ada,pleasant surprise"),
    ],
    ids=["savee", "emodb", "upper case", "decomposed umlaut", "longest word"],
)
def test_usual_names(ser, tmp_path, pattern, codes, row):
    wavs = touch(tmp_path / "wavs", unicodedata.normalize("NFD", row.split(",")[0]))
    code, _, errors = ser("manifest", wavs, pattern, *(["--emotions", *codes] if codes else []))
    assert code == 0, errors
    header = (wavs / "wavs.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    values = dict(zip(header, lines(wavs / "wavs.csv")[0].split(","), strict=True))
    path, speaker, emotion = row.split(",")
    assert unicodedata.normalize("NFC", values["path"]) == path
    assert (values["speaker"], values["emotion"]) == (speaker, emotion)


@pytest.mark.parametrize(
    ("pattern", "name", "reason"),
    [
        (
            "{speaker}{emotion}{}.wav",
            "daisa1.wav",
            "it can be read in two ways, speaker 'd' emotion 'a' or speaker 'dais' emotion 'a': "
            "state the width of a field, such as {speaker:2}",
        ),
        (
            "{speaker}_{emotion}{}.wav",
            "ada_xx1.wav",
            "unknown emotion 'xx': map it with --emotions xx=EMOTION",
        ),
        (
            "{speaker}_{emotion}{}.wav",
            "ada_rude1.wav",
            "unknown emotion 'rude': map it with --emotions rude=",
        ),
        ("{speaker}_{emotion}{repetition}.wav", "ada_su.wav", "it does not match"),
        ("{speaker}_*_{emotion}.wav", "ada_1_sad.wav", "has a *, expected {} for any text"),
    ],
)
def test_nothing_is_guessed(ser, tmp_path, pattern, name, reason):
    codes = () if "xx" in name else CODES
    code, _, errors = ser("manifest", touch(tmp_path / "wavs", name), pattern, *codes)
    assert code == 2
    assert reason in errors


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("fru=3", "--emotions fru=3: emotion '3' has no letter, expected a word"),
        ("angry=A", "--emotions angry=A: expected CODE=EMOTION, such as A=angry"),
        ("s=sad,s=surprise", "--emotions s=surprise: s is sad already: leave one of them out"),
    ],
)
def test_invalid_codes(ser, tmp_path, pair, message):
    code, _, errors = ser(
        "manifest", touch(tmp_path, "a_s.wav"), "{speaker}_{emotion}.wav", "--emotions", pair
    )
    assert code == 2
    assert message in errors


def test_any_word_of_a_name_is_an_emotion(ser, tmp_path):
    """Case other_emotions: without codes another word counts, with codes only those that they name."""
    wavs = touch(tmp_path / "wavs", "ada_rude_1.wav", "ada_xx_1.wav", "ben_joy_2.wav", "ben_Très_2.wav")
    assert ser("manifest", wavs, "{speaker}_{emotion}_{}.wav").code == 0
    assert [line.split(",")[2] for line in lines(wavs / "wavs.csv")] == ["rude", "très", "joy"]
    iem = touch(tmp_path / "iem", *(f"Ses01F_impro01_{code}.wav" for code in ("fru", "exc", "con", "sad")))
    pairs = ("--emotions", "fru=frustrated", "exc=excited")
    answer = ser("manifest", iem, "{speaker}_{}_{emotion}.wav", *pairs)
    assert [line.split(",")[2] for line in lines(iem / "iem.csv")] == ["excited", "frustrated", "sad"]
    assert "skipped Ses01F_impro01_con.wav: unknown emotion 'con': " in answer.err
    assert "map it with --emotions con=EMOTION" in answer.err


@pytest.fixture
def folders(tmp_path):
    """A folder per emotion; no name states a speaker."""
    return touch(
        tmp_path / "set", *(f"{emotion}/{number}.wav" for emotion in ("angry", "sad") for number in "12")
    )


def test_speakers_may_be_unknown(ser, folders):
    code, printed, errors = ser("manifest", folders, "{emotion}/{}.wav")
    assert code == 0
    assert (folders / "set.csv").read_text().splitlines()[:2] == ["path,emotion", "angry/1.wav,angry"]
    assert f"4 recordings: {folders / 'set.csv'}" in printed
    assert "note: speakers unknown: no speaker-independent figures" in errors


@pytest.mark.parametrize(
    ("pattern", "note"),
    [
        ("{emotion}/{speaker}.wav", ""),
        ("{emotion}/{speaker}{:1}.wav", "all recordings are of one speaker, 's'"),
        ("{emotion}/s{speaker}.wav", "each of 4 recordings is its own speaker, such as '1': if {speaker} is"),
    ],
)
def test_speakers_that_are_no_speakers(ser, tmp_path, pattern, note):
    names = [
        f"{emotion}/s{number}.wav"
        for emotion, numbers in (("angry", "12"), ("sad", "34"))
        for number in numbers
    ]
    if not note:
        names += ["sad/s1.wav"]
    code, _, errors = ser("manifest", touch(tmp_path / "set", *names), pattern)
    assert code == 0
    assert errors.startswith(f"note: {note}") if note else not errors


def test_a_manifest_elsewhere_has_absolute_paths(ser, folders, tmp_path):
    table = tmp_path / "tables" / "mine.csv"
    assert ser("manifest", folders, "{emotion}/{}.wav", "--out", table).code == 0
    assert lines(table)[0] == f"{folders}/angry/1.wav,angry"


def test_a_manifest_above_the_folder_has_relative_paths(ser, folders, tmp_path, monkeypatch):
    monkeypatch.chdir(folders)
    assert ser("manifest", "angry/..", "{emotion}/{}.wav", "--out", "../mine.csv").code == 0
    assert lines(tmp_path / "mine.csv")[0] == "set/angry/1.wav,angry"


@pytest.mark.parametrize("name", ["nowhere", "set/angry/1.wav"])
def test_a_folder_is_expected(ser, folders, tmp_path, name):
    code, _, errors = ser("manifest", tmp_path / name, "{emotion}.wav")
    assert code == 2
    assert errors == (
        f"error: {tmp_path / name} is no folder: expected that of the recordings: check the path\n"
    )
