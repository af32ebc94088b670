"""What users add to an artifact, or edit in it, stays when it is replaced."""

import json
from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.artifact import notes_on_replacing
from ser_models.artifact.kept import carry_over, kept, notes
from ser_models.artifact.metadata import read_metadata, write_metadata


@pytest.fixture
def old(artifact_of, tmp_path) -> Path:
    """An artifact of three files, one of them edited, and a user's own files."""
    folder = tmp_path / "old"
    for name in ("README.md", "model.npz", "scaler.npz", ".git/refs/heads", "notes"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).mkdir() if name == ".git/refs/heads" else (folder / name).write_text(name)
    (folder / "notes").rename(tmp_path / "notes")
    (folder / ".git").rename(tmp_path / ".git")
    write_metadata(folder, read_metadata(artifact_of("logistic")))
    (tmp_path / "notes").rename(folder / "notes")
    (tmp_path / ".git").rename(folder / ".git")
    (folder / "README.md").write_text("checked by the ethics board")
    (folder / "latest").symlink_to("model.npz")
    return folder


def test_edited_documents_and_own_files_stay(old, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / "README.md").write_text("new")
    carry_over(old, new)
    assert (new / "README.md").read_text() == "new"
    assert (new / "README.kept.md").read_text() == "checked by the ethics board"
    assert (new / "notes").read_text() == "notes"
    assert (new / ".git" / "refs" / "heads").is_dir()
    assert (new / "latest").readlink() == Path("model.npz")
    assert not (new / "model.npz").exists()


def test_a_name_that_the_new_artifact_uses_is_left_to_it(old, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    for name in ("README.md", "README.kept.md", "notes"):
        (new / name).write_text("new")
    carry_over(old, new)
    assert (new / "README.kept.2.md").read_text() == "checked by the ethics board"
    assert (new / "notes.2").read_text() == "notes"
    assert (new / "README.kept.md").read_text() == "new"


def test_what_stays_is_said(old):
    assert notes(old) == [
        f"{old}/README.md was edited: it stays as README.kept.md",
        f"{old}/latest and 1 more not written by ser: kept",
    ]
    assert notes_on_replacing(old / "nowhere") == []


def test_a_damaged_model_is_no_document(old):
    (old / "model.npz").write_text("damaged")
    assert "model.npz" not in kept(old)


def test_a_file_that_cannot_be_read_is_named(old, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: path.name != "notes")
    with pytest.raises(InputError, match="notes was not written by ser and cannot be read: move it"):
        kept(old)


def test_without_links_files_are_copied(old, tmp_path, monkeypatch):
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    (tmp_path / "new").mkdir()
    carry_over(old, tmp_path / "new")
    assert (tmp_path / "new" / "notes").read_text() == "notes"
    assert json.loads((old / "artifact.json").read_text())
