"""Slips of the hand: things named in the wrong place, archives, files where a folder is expected."""

from tests.cases.sounds import save, table


def test_a_model_behind_the_recordings(ser, model, tmp_path):
    answer = ser("predict", save(tmp_path / "a.wav"), model)
    assert answer.code == 2
    assert answer.err == (
        f"error: {model} is a model, expected recordings: name the model first, then the recordings\n"
    )


def test_an_archive_of_a_model(ser, tmp_path):
    archive = tmp_path / "model.zip"
    archive.write_bytes(b"PK\x03\x04")
    answer = ser("predict", archive, save(tmp_path / "a.wav"))
    assert answer.code == 2
    assert "model.zip is a file, expected the folder of a model: unpack it" in answer.err


def test_a_file_in_place_of_a_store(ser, tmp_path):
    save(tmp_path / "a.wav")
    manifest = table(tmp_path / "t.csv", ["a.wav,sad,ada"])
    notes = tmp_path / "notes.txt"
    notes.write_text("what was said")
    answer = ser("extract", "--datasets", manifest, "--store", notes)
    assert answer.code == 2
    assert answer.err == f"error: {notes} is a file, expected the folder of a store: pass another --store\n"
    assert notes.read_text() == "what was said"


def test_a_value_of_an_option_that_does_not_exist(ser, model, tmp_path):
    answer = ser("predict", model, save(tmp_path / "a.wav"), "--channel", "middle")
    assert answer.code == 2
    assert "'--channel': 'middle' is not one of 'mix', 'left', 'right', 'each'" in answer.err


def test_a_line_break_in_the_name_of_a_file(ser, model, tmp_path):
    answer = ser("predict", model, save(tmp_path / "two\nlines.wav"))
    assert answer.code == 0
    assert "two\\nlines.wav" in answer.out.splitlines()[1]
