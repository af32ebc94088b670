"""The CSV manifest of a user's own corpus."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora.folder import Reading, _with_stems, merge, scan_table
from ser_features.errors import InputError
from ser_features.manifest import Recording, Scan
from ser_features.tables.paths import Located
from ser_features.tables.rows import Entry

HEADER = "path,emotion,speaker"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with some audio files, the root of `write`'s tables."""
    for name in ("a.wav", "b.wav", "spk1/001.wav", "spk2/001.wav", "ünï code.wav"):
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).touch()
    return tmp_path / "own"


def write(folder: Path, *lines: str, name: str = "mine.csv", encoding: str = "utf-8") -> Path:
    table = folder / name
    table.write_text("\n".join(lines) + "\n", encoding=encoding)
    return table


def refusal(table: Path) -> str:
    with pytest.raises(InputError) as error:
        scan_table(table)
    return str(error.value).removeprefix(f"{table}: ")


def reasons(scan: Scan) -> list[str]:
    return [recording.reason for recording in scan.rejected]


def test_every_attribute_of_one_row(folder):
    table = write(
        folder,
        "path,emotion,speaker,gender,age,language,text,intensity,statement,repetition,modality,vocal_channel,Room",
        "a.wav,Joy,Ada,F,36,en,Hello,high,s1,2,audio-only,song,kitchen",
    )
    scan = scan_table(table)
    assert (scan.dataset, scan.root, scan.rejected, scan.duplicates) == ("mine", folder, (), ())
    assert scan.recordings == (
        Recording(
            dataset="mine",
            stem="a",
            path="a.wav",
            speaker="Ada",
            gender="female",
            age=36,
            language="en",
            emotion="happy",
            emotion_code="Joy",
            intensity="high",
            statement="s1",
            repetition="2",
            text="Hello",
            modality="audio-only",
            vocal_channel="song",
            extra={"Room": "kitchen"},
        ),
    )


def test_missing_columns_are_null(folder):
    table = write(folder, f"{HEADER},gender,age,vocal_channel,room", "a.wav,sad,Ada,,,,")
    (recording,) = scan_table(table).recordings
    assert (recording.gender, recording.age, recording.language) == (None, None, None)
    assert recording.vocal_channel == "speech"
    assert recording.extra == {"room": None}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects(folder, delimiter, encoding, end):
    lines = [["Speaker", " PATH ", "Emotion"], ["Ada, Bob; Eve", "ünï code.wav", "sad"], []]
    text = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    (folder / "mine.csv").write_bytes(text.encode(encoding))
    (recording,) = scan_table(folder / "mine.csv").recordings
    assert (recording.speaker, recording.path) == ("Ada, Bob; Eve", "ünï code.wav")


def test_unnamed_columns_and_trailing_delimiters_are_ignored(folder):
    (recording,) = scan_table(write(folder, f",{HEADER}", "0,a.wav,sad,Ada,,")).recordings
    assert recording.extra == {}


@pytest.mark.parametrize("cell", ["", "-", "?", "NaN", "nan", "NA", "None", "null", "Unknown"])
def test_a_missing_speaker_is_none(folder, cell):
    (recording,) = scan_table(write(folder, HEADER, f"a.wav,sad,{cell}")).recordings
    assert recording.speaker is None


def test_the_column_of_speakers_is_optional(folder):
    (recording,) = scan_table(write(folder, "path,emotion", "a.wav,sad")).recordings
    assert recording.speaker is None


def test_stems_keep_folders_and_are_sorted(folder):
    table = write(folder, HEADER, "spk2\\001.wav,sad,2", "./spk1/x/../001.wav,sad,1", "a.wav,sad,1")
    results = [(recording.file_id, recording.path) for recording in scan_table(table).recordings]
    assert results == [
        ("mine/a", "a.wav"),
        ("mine/spk1/001", "spk1/001.wav"),
        ("mine/spk2/001", "spk2/001.wav"),
    ]


def test_stems_that_would_collide_keep_their_extension(folder):
    for name in ("a.flac", "a.wav.ogg"):
        (folder / name).touch()
    table = write(folder, HEADER, "a.wav,sad,1", "a.flac,sad,1", "a.wav.ogg,sad,1", "b.wav,sad,1")
    stems = [recording.stem for recording in scan_table(table).recordings]
    assert stems == ["a.flac", "a.wav", "a.wav.ogg", "b"]


@given(st.sets(st.text("ab./", min_size=1).filter(lambda text: text.strip("./")), min_size=1))
def test_stems_are_unique(paths):
    recordings = [Recording("mine", path, path, "1", "sad", "sad") for path in paths]
    assert len({recording.stem for recording in _with_stems(recordings)}) == len(paths)


def test_rows_are_rejected_one_by_one(folder):
    rows = {
        "gone.wav,sad,Ada,": "no file 'gone.wav' beside the table",
        "spk1,sad,Ada,": "path 'spk1' is a folder, expected a file",
        ",sad,Ada,": "path is empty, expected that of a recording",
        "C:\\a.wav,sad,Ada,": (
            "path 'C:\\\\a.wav' is one of a Windows drive, expected one relative to the table's folder: "
            "remove the part before the recordings"
        ),
        "b.wav,3,Ada,": "emotion '3' has no letter, expected a word: map it with --emotions 3=EMOTION",
        "b.wav,sad,Ada,36,5": "5 cells, expected 4: quote text with delimiters",
    }
    scan = scan_table(write(folder, f"{HEADER},age", "a.wav,sad,Ada,36.0", "", *rows))
    assert [(recording.path, recording.age) for recording in scan.recordings] == [("a.wav", 36)]
    expected = [f"row {number}: {reason}" for number, reason in enumerate(rows.values(), start=4)]
    assert sorted(reasons(scan)) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "dataset"),
    [("a=b", "a_b"), ("Mine too", "mine_too"), ("m.ine", "m_ine"), ("Größe", "grosse"), ("_mine-", "mine")],
)
def test_names_of_tables_are_made_names_of_datasets(folder, name, dataset):
    scan = scan_table(write(folder, HEADER, "a.wav,sad,Ada", name=f"{name}.csv"))
    assert (scan.dataset, scan.recordings[0].file_id) == (dataset, f"{dataset}/a")
    assert scan.notes == (f"{name}.csv: the corpus is called {dataset}",)


@pytest.mark.parametrize("name", ["感情.csv", "_.csv"])
def test_names_without_letters_are_refused(folder, name):
    assert refusal(write(folder, HEADER, name=name)) == (
        "its name becomes the dataset's, expected some letters a–z or digits: rename the file"
    )


def test_missing_columns(folder):
    assert refusal(write(folder, "Name;Emotion", "a.wav;sad")) == (
        "no column path: found Name, Emotion, expected path, emotion: add or rename columns in its first row "
        "(path may also be file, filename, file_path, audio …)"
    )


def test_an_empty_table(folder):
    table = folder / "mine.csv"
    table.touch()
    assert refusal(table).startswith("no column path, emotion: found none, expected")


def test_a_column_twice(folder):
    assert refusal(write(folder, f"{HEADER},Path")) == (
        "columns path and Path may both be the path, expected one: rename the other"
    )


@pytest.mark.parametrize("column", ["file_id", "Dataset", "emotion_code", "audio_sha256", "rms_mean"])
def test_a_column_of_the_store_is_stored_under_another_name(folder, column):
    table = write(folder, f"{HEADER},{column}", "a.wav,sad,Ada,x")
    scan = scan_table(table, Reading(is_taken=lambda name: name == "rms_mean"))
    assert scan.recordings[0].extra == {f"{column}_of_table": "x"}
    assert scan.notes == (
        f"mine.csv: column {column} is stored as {column}_of_table, "
        f"as the store has a column {column.lower()}",
    )


def test_no_usable_row(folder):
    tail = ": expected the path of a file and an emotion in each row"
    assert refusal(write(folder, HEADER)) == f"none of 0 rows is usable{tail}"
    assert refusal(write(folder, HEADER, "c.wav,sad,Ada")) == (
        f"none of 1 rows is usable, the first because of row 2: no file 'c.wav' beside the table{tail}"
    )


def test_no_table(tmp_path):
    assert refusal(tmp_path / "mine.csv") == (
        f"{tmp_path}/mine.csv cannot be read (No such file or directory): expected a table as CSV: "
        "check the path"
    )


@pytest.mark.parametrize("content", [b"\x81" * 8, b'path,"' + b"x" * 200_000])
def test_invalid_csv(folder, content):
    (folder / "mine.csv").write_bytes(content)
    assert "is no table (" in refusal(folder / "mine.csv")


@given(st.text())
def test_any_text_is_a_manifest_or_rejected(tmp_path_factory, text):
    table = tmp_path_factory.getbasetemp() / "any.csv"
    table.write_bytes(f"{HEADER}\n{text}".encode(errors="replace"))
    with pytest.raises(InputError):
        scan_table(table)


def entry(row, label, speaker="ada", file="a.wav", problem=None, **columns):
    recording = Recording("mine", file, file, speaker, label, label, **columns)
    return Entry(row, Located(f"/own/{file}", file, file), label, problem, recording)


def test_rows_that_agree_are_one_recording():
    merged = merge([entry(2, "sad", None), entry(3, "sad", age=36), entry(4, "sad", age=36)])
    (recording,) = merged.recordings
    assert (recording.speaker, recording.age) == ("ada", 36)
    assert merged.notes() == ["row 4: same as an earlier row, read once"]


def test_values_in_which_rows_differ_are_null():
    merged = merge([entry(2, "sad", age=36, extra={"v": 1}), entry(3, "sad", age=37, extra={"v": 2})])
    assert (merged.recordings[0].age, merged.recordings[0].extra) == (None, {"v": None})
    assert merged.notes() == ["recordings whose rows differ, by column: age (1), v (1): stored as null"]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (
            [entry(2, "sad"), entry(3, "angry"), entry(4, "sad")],
            "emotion: rows 2 and 4 say 'sad', row 3 says 'angry', "
            "expected one emotion per recording: keep one row, or name its rater in a column rater",
        ),
        (
            [entry(2, "sad"), entry(3, "sad", "ben")],
            "speaker: row 2 says 'ada', row 3 says 'ben', expected one speaker per recording: keep one row",
        ),
        (
            [entry(2, "other", problem="unknown"), entry(9, "other", problem="unknown")],
            "rows 2 and 9: unknown",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused(entries, reason):
    merged = merge([*entries, entry(20, "sad", file="b.wav")])
    assert [one.path for one in merged.recordings] == ["b.wav"]
    assert [(one.path, one.reason) for one in merged.rejected] == [("a.wav", reason)]


def test_a_row_without_a_label_contradicts_nothing():
    merged = merge([entry(2, "unknown"), entry(3, "sad")])
    assert [one.emotion for one in merged.recordings] == ["sad"]
