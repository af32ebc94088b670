"""Tables of every format → the same recordings; what is refused, and why."""

import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from ser_features import corpora
from ser_features.audio import read_bytes, stamp
from ser_features.audio.positions import samples_of
from ser_features.engine import extract_corpora
from ser_features.errors import InputError, UnreadableFileError
from ser_features.manifest import Recording
from ser_features.store import open_store
from ser_features.tables.forms import FORMS
from ser_features.tables.named import named_in
from tests.faults.serial import Serial

PAGE = Path(__file__).parents[4] / "docs" / "own_corpus.md"
HEADER = ("path", "emotion", "speaker", "partition")
ROWS = [("a.wav", "angry", "ada", "train"), ("b.wav", "sad", "ben", "test")]
CONTENT = {"path": "a.wav", "emotion": "angry", "speaker": "ada", "age": 36, "is_posed": True, "words": [1]}


def tone(frequency: float) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(np.arange(8_000) * frequency / 2_546), 16_000, format="WAV")
    return file.getvalue()


TONES = {"a.wav": tone(200), "b.wav": tone(300)}


def text(folder: Path) -> Path:
    (folder / "corpus.csv").write_text("".join(f"{','.join(row)}\n" for row in (HEADER, *ROWS)))
    return folder / "corpus.csv"


def json_lines(folder: Path) -> Path:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n")
    return folder / "corpus.jsonl"


def kaldi(folder: Path) -> Path:
    (folder / "wav.scp").write_text("u1 a.wav\nu2 b.wav\n")
    for name, column in (("utt2spk", 2), ("utt2emo", 1)):
        (folder / name).write_text(
            "".join(f"u{number} {row[column]}\n" for number, row in enumerate(ROWS, 1))
        )
    return folder


def parquet(folder: Path) -> Path:
    table = pa.table([list(column) for column in zip(*ROWS, strict=True)], names=list(HEADER))
    pq.write_table(table, folder / "corpus.parquet")
    return folder / "corpus.parquet"


def hugging_face(folder: Path) -> Path:
    (folder / "data").mkdir()
    features = {"audio": {"_type": "Audio"}, "emotion": {"_type": "ClassLabel", "names": ["sad", "angry"]}}
    audio = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    schema = pa.schema(
        {"audio": audio, "emotion": pa.int64(), "speaker": pa.string()},
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    for row in ROWS:
        values = {"audio": {"bytes": TONES[row[0]], "path": row[0]}, "emotion": int(row[1] == "angry")}
        table = pa.Table.from_pylist([values | {"speaker": row[2]}], schema)
        pq.write_table(table, folder / "data" / f"{row[3]}-00000-of-00001.parquet", row_group_size=1)
    return folder


def audformat(folder: Path) -> Path:
    pytest.importorskip("yaml", reason="audformat is not installed: pip install 'ser-toolkit[audformat]'")
    (folder / "db.yaml").write_text(
        "name: corpus\nsplits: {train: {type: train}, test: {type: test}}\n"
        "schemes: {emotion: {dtype: str}, speaker: {dtype: str, labels: {ada: {gender: female}, ben: {}}}}\n"
        "tables:\n"
        "  emotion: {type: filewise, columns: {emotion: {scheme_id: emotion}}}\n"
        "  files: {type: filewise, columns: {speaker: {scheme_id: speaker}}}\n"
        "  emotion.train: {type: filewise, split_id: train, columns: {emotion: {scheme_id: emotion}}}\n"
        "  emotion.test: {type: filewise, split_id: test, columns: {emotion: {scheme_id: emotion}}}\n"
    )
    tables = {"emotion": ROWS, "emotion.train": ROWS[:1], "emotion.test": ROWS[1:]}
    for name, rows in tables.items():
        lines = "".join(f"{row[0]},{row[1]}\n" for row in rows)
        (folder / f"db.{name}.csv").write_text(f"file,emotion\n{lines}")
    (folder / "db.files.csv").write_text("file,speaker\na.wav,ada\nb.wav,ben\n")
    return folder


WRITERS = (text, json_lines, parquet, hugging_face, kaldi, audformat)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "corpus"
    path.mkdir()
    for name, content in TONES.items():
        (path / name).write_bytes(content)
    return path


def scanned(path: Path, **options: Path) -> list[Recording]:
    return list(corpora.scan(str(path), path.parent / "data", **options).recordings)


def test_every_format_is_tested_and_documented():
    modules = [form.module for form in FORMS]
    assert {writer.__name__ for writer in WRITERS} == {*modules, "text", "hugging_face"}
    page = PAGE.read_text(encoding="utf-8")
    for form in FORMS:
        for name in (*form.suffixes, *form.patterns):
            assert f"`{name}`" in page, name


@pytest.mark.parametrize(
    ("row", "write"),
    [*zip(("text", "JSON", "Parquet", "Hugging", "Kaldi", "audformat"), WRITERS, strict=True)],
)
def test_examples_of_the_page_are_read(folder, monkeypatch, row, write):
    write(folder)
    monkeypatch.chdir(folder.parent)
    (line,) = (
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| {row}") and line.count("|") == 5
    )
    files, named_as = (re.findall("`(.*?)`", cell) for cell in line.split("|")[3:5])
    assert all(map(os.path.isfile, files))
    for name in named_as:
        assert corpora.is_table(name)
        assert len(corpora.scan(name, Path("data")).recordings) == len(ROWS)


@pytest.mark.parametrize("write", WRITERS)
def test_every_format_gives_the_same_recordings(folder, write):
    table = write(folder)
    if write is hugging_face:
        for name in TONES:
            (folder / name).unlink()
    recordings = scanned(table)
    assert {(one.dataset, one.emotion, one.speaker) for one in recordings} == {
        ("corpus", "angry", "ada"),
        ("corpus", "sad", "ben"),
    }
    assert {one.partition for one in recordings} == ({None} if write is kaldi else {"train", "test"})
    named = named_in(table)
    assert [(one.problem, one.speaker) for one in sorted(named, key=lambda one: one.speaker)] == [
        (None, "ada"),
        (None, "ben"),
    ]
    assert {read_bytes(one.path) for one in named} == set(TONES.values())


@pytest.mark.parametrize("write", [text, json_lines, kaldi, parquet, audformat])
def test_root_of_relative_paths(folder, write, tmp_path):
    table = write(folder)
    wavs = tmp_path / "wavs"
    wavs.mkdir()
    for name in TONES:
        (folder / name).rename(wavs / name)
    with pytest.raises(InputError, match=r"none of 2 rows is usable, .* no file 'a.wav' beside the table"):
        scanned(table)
    assert [one.path for one in scanned(table, root=wavs)] == ["a.wav", "b.wav"]
    assert [one.path for one in named_in(table, wavs)] == [wavs / "a.wav", wavs / "b.wav"]
    (wavs / "b.wav").unlink()
    (rejected,) = corpora.scan(str(table), tmp_path / "data", root=wavs).rejected
    assert rejected.reason.endswith(f"no file 'b.wav' in {wavs}")


def test_embedded_recordings_are_extracted_as_files_are(folder, tmp_path):
    (folder / "files.csv").write_text("path,emotion,speaker\na.wav,angry,ada\nb.wav,sad,ben\n")
    hub = tmp_path / "hub"
    hub.mkdir()
    hugging_face(hub)
    datasets = [str(hub), str(folder / "files.csv")]
    report = extract_corpora(
        datasets, data=tmp_path, store=tmp_path / "store", features=["core"], runner=Serial()
    )
    assert (report.stored, report.failures) == (4, [])
    rows = open_store(tmp_path / "store").files().sort_values(["dataset", "emotion"]).groupby("dataset")
    embedded, files = rows.get_group("hub"), rows.get_group("files")
    assert list(embedded["file_id"]) == [
        f"hub/data/{split}-00000-of-00001.parquet/0000000" for split in ("train", "test")
    ]
    assert list(embedded["original_path"]) == ["a.wav", "b.wav"]
    features = [column.name for column in open_store(tmp_path / "store").description.features]
    for name in ("audio_sha256", *features):
        assert list(embedded[name]) == list(files[name])
    again = extract_corpora(datasets, data=tmp_path, store=tmp_path / "store", runner=Serial())
    assert (again.stored, again.unchanged) == (0, 4)


def test_recordings_of_several_row_groups_some_of_them_by_path(folder):
    several = [TONES["a.wav"], TONES["b.wav"], None, TONES["a.wav"], TONES["b.wav"]]
    audio = pa.array(
        [{"bytes": content, "path": "b.wav"} for content in several],
        pa.struct({"bytes": pa.binary(), "path": pa.string()}),
    )
    pq.write_table(pa.table({"audio": audio}), folder / "mixed.parquet", row_group_size=2)
    named = named_in(folder / "mixed.parquet")
    assert [one.path.relative_to(folder).as_posix() for one in named] == [
        *(f"mixed.parquet/000000{row}" for row in (0, 1)),
        "b.wav",
        *(f"mixed.parquet/000000{row}" for row in (3, 4)),
    ]
    assert [read_bytes(one.path) for one in named] == [content or TONES["b.wav"] for content in several]


def test_an_embedded_recording_is_a_file_of_its_own(tmp_path):
    path = hugging_face(tmp_path) / "data" / "train-00000-of-00001.parquet"
    assert samples_of(path / "0000000").read(0, 10, 10).shape == (10, 1)
    assert stamp(path / "0000000") == stamp(path)
    with pytest.raises(UnreadableFileError, match="has no row 1: expected one of 1 from 0"):
        read_bytes(path / "0000001")
    with pytest.raises(UnreadableFileError, match="cannot read x"):
        read_bytes(path / "x")


def test_json_values(tmp_path):
    (tmp_path / "a.wav").write_bytes(TONES["a.wav"])
    table = tmp_path / "one.json"
    table.write_text(json.dumps([CONTENT]))
    scan = corpora.scan(str(table), tmp_path)
    assert [(one.age, one.extra) for one in scan.recordings] == [(36, {"is_posed": "true"})]
    assert scan.notes == ("one.json: column words holds lists or objects and is not read",)
    for text, message in (
        ("[1]", "row 1 is 1 (int)"),
        ('{"a": 1}\n{', "line 2: "),
        ("[" * 9_999, "recursion"),
    ):
        table.write_text(text)
        with pytest.raises(InputError) as error:
            corpora.scan(str(table), tmp_path)
        assert message in str(error.value)
        assert str(error.value).endswith("expected one JSON object per line, or a list of objects")


def test_kaldi_segments_and_commands(folder):
    kaldi(folder)
    (folder / "wav.scp").write_text("r1 a.wav\nr2 touch ran |\n")
    (folder / "segments").write_text("u1 r1 0.1 0.4\nu2 r2 0 -1\nu3 r3 0 1\n")
    (folder / "utt2emo").write_text("u1 sad\nu2 sad\nu3 sad\n")
    scan = corpora.scan(str(folder), folder)
    assert [(one.file_id, one.start, one.end) for one in scan.recordings] == [
        ("corpus/a@0.100-0.400", 0.1, 0.4)
    ]
    assert [one.reason for one in scan.rejected] == [
        "row 3: no file 'r3' beside the table",
        "row 2: path 'touch ran |' is a command, which is not run: expected a file: save its output",
    ]
    (folder / "segments").write_text("u1 r1 0.1\n")
    with pytest.raises(InputError, match="'u1' has 2 values, expected recording, start and end"):
        corpora.scan(str(folder), folder)


def test_audformat_tables_are_chosen_by_name(folder):
    audformat(folder)
    (one,) = scanned(folder.with_name("corpus#emotion.test"))
    assert (one.file_id, one.speaker, one.partition) == ("corpus_emotion_test/b", "ben", "test")
    assert {one.gender for one in scanned(folder)} == {"female", None}
    with pytest.raises(
        InputError, match=r"has no table 'x', expected one of emotion, .* name it as .*corpus#TABLE"
    ):
        scanned(folder.with_name("corpus#x"))
    (folder / "db.emotion.csv").rename(folder / "db.emotion.pkl")
    with pytest.raises(InputError, match="a pickle is not read, as it can run code"):
        scanned(folder)


def test_a_table_of_parts_by_audformat_itself(folder):
    package = pytest.importorskip("audformat")
    index = package.segmented_index(["a.wav", "b.wav"], ["0.1s", "0s"], ["0.3s", "0.25s"])
    for storage in ("csv", "parquet"):
        database = package.Database("own")
        database.schemes["emotion"] = package.Scheme(labels=["anger", "sadness"])
        database["segments"] = package.Table(index)
        database["segments"]["emotion"] = package.Column(scheme_id="emotion")
        database["segments"]["emotion"].set(["anger", "sadness"])
        database.save(str(folder), storage_format=storage)
        parts = [(one.path, one.start, one.end, one.emotion) for one in scanned(folder)]
        assert parts == [("a.wav", 0.1, 0.3, "angry"), ("b.wav", 0.0, 0.25, "sad")]
        for path in folder.glob("db.*"):
            path.unlink()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.parquet", b"PAR1", "expected a Parquet file: copy it again"),
        ("db.yaml", b"- [", "expected the header of an audformat database"),
        ("db.yaml", b"!!python/object/apply:os.abort []", "cannot be read"),
        ("db.yaml", b"tables: {emotion: {columns: [1]}}", "columns is no mapping, expected one: correct it"),
        ("db.yaml", b"tables: {../x: {}}", "'../x' is no name of a table, expected one without slashes"),
        ("wav.scp", b"u1 a\nu1 b\n", "line 2 repeats 'u1', expected it once"),
    ],
)
def test_damaged_tables(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        corpora.scan(str(tmp_path / name), tmp_path)
