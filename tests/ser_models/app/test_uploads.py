"""An upload is accessible to its owner only, and deleted after recognition."""

import os
import time
from pathlib import Path

import pytest

from ser_models.app import uploads as module
from ser_models.app.uploads import MAX_AGE, MAX_UPLOADS, Uploads


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    (tmp_path / "uploads").mkdir()
    return Uploads(tmp_path / "uploads")


def put(uploads: Uploads, folder: str, name: str = "clip.wav") -> str:
    path = uploads.folder / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"sound")
    return str(path)


def test_only_the_uploader_is_the_owner(uploads):
    path = put(uploads, "ab")
    assert not uploads.owns("anna", path)
    uploads.claim("anna", [path])
    assert uploads.owns("anna", path)
    assert not uploads.owns("ben", path)
    assert not uploads.owns("", path)
    for spelling in (f"{uploads.folder}/ab/../ab/clip.wav", path.replace("/ab/", "//ab/")):
        assert not uploads.owns("anna", spelling)


def test_only_uploads_can_be_claimed(uploads, tmp_path):
    outside = tmp_path / "secret.wav"
    outside.write_bytes(b"secret")
    (uploads.folder / "ab").mkdir()
    (uploads.folder / "ab" / "link.wav").symlink_to(outside)
    loose = uploads.folder / "loose.wav"
    loose.write_bytes(b"sound")
    claimed = [str(outside), str(loose), str(uploads.folder / "ab" / "link.wav"), "/etc/passwd"]
    uploads.claim("anna", claimed)
    assert not any(uploads.owns("anna", path) for path in claimed)
    uploads.release("anna")
    assert outside.exists()


def test_released_uploads_are_deleted(uploads):
    path = put(uploads, "ab")
    uploads.claim("anna", [path])
    uploads.release("anna")
    assert not uploads.owns("anna", path)
    assert list(uploads.folder.iterdir()) == []
    uploads.release("anna")  # again, without an error


def test_the_next_upload_replaces_the_previous(uploads):
    first, second = put(uploads, "ab"), put(uploads, "cd")
    uploads.claim("anna", [first])
    uploads.claim("anna", [second])
    assert [path.name for path in uploads.folder.iterdir()] == ["cd"]
    assert uploads.owns("anna", second)


@pytest.mark.parametrize("owners", [("anna", "anna"), ("anna", "ben")])
def test_the_same_content_is_kept_until_all_owners_are_released(uploads, owners):
    path = put(uploads, "ab")
    for owner in owners:
        uploads.claim(owner, [path])
    for owner in sorted(set(owners)):
        assert uploads.owns(owner, path)
        uploads.release(owner)
        assert not uploads.owns(owner, path)
    assert list(uploads.folder.iterdir()) == []


def test_the_number_of_uploads_is_limited(uploads):
    paths = [put(uploads, f"{index:03}") for index in range(MAX_UPLOADS + 3)]
    for index, path in enumerate(paths):
        uploads.claim(f"visitor{index}", [path])
    names = sorted(entry.name for entry in uploads.folder.iterdir())
    assert names == [f"{index:03}" for index in range(3, MAX_UPLOADS + 3)]


def test_expired_uploads_are_deleted(uploads):
    old, new = put(uploads, "ab"), put(uploads, "cd")
    uploads.claim("anna", [old])
    litter = uploads.folder / "tmp_broken_off"
    litter.write_bytes(b"half")
    past = time.time() - MAX_AGE - 1
    for path in (Path(old), Path(old).parent, litter):
        os.utime(path, (past, past))
    uploads.claim("ben", [new])
    assert [path.name for path in uploads.folder.iterdir()] == ["cd"]
    assert uploads.owns("ben", new)
    assert not uploads.owns("anna", old)


def test_the_age_of_a_missing_file_is_infinite(tmp_path):
    assert module._age(tmp_path / "gone") == float("inf")
