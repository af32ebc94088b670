"""A corpus in a git LFS repository, cloned from a folder of this machine by the real git."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features import corpora
from ser_features.download import SOURCES, Repository, TransferObserver, install, plan, repository
from ser_features.errors import DownloadError

NAMES = ("1001_DFA_ANG_XX", "1001_IEO_HAP_HI", "1002_DFA_SAD_XX")

needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")


def git(folder: Path, *words: str) -> None:
    name = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """A repository like CREMA-D's, with three recordings, a table and a film."""
    folder = tmp_path_factory.mktemp("origin") / "CREMA-D"
    (folder / "AudioWAV").mkdir(parents=True)
    (folder / "VideoFlash").mkdir()
    git(folder, "init")
    git(folder, "lfs", "install", "--local")
    git(folder, "lfs", "track", "*.wav", "*.flv")
    git(folder, "config", "uploadpack.allowFilter", "true")
    for index, name in enumerate(NAMES):
        signal = 0.1 * np.sin(np.arange(16_000) / (8 + index))
        soundfile.write(folder / "AudioWAV" / f"{name}.wav", signal, 16_000)
    (folder / "VideoFlash" / "film.flv").write_bytes(bytes(1000))
    (folder / "VideoDemographics.csv").write_text("ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,X,X\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "three recordings")
    return folder


@pytest.fixture
def cremad(origin, monkeypatch) -> Repository:
    source = replace(SOURCES["cremad"], url=origin.as_uri(), unpacked=100_000)
    monkeypatch.setitem(SOURCES, "cremad", source)
    return source


@needs_lfs
def test_recordings_and_tables_come_and_nothing_else(cremad, tmp_path):
    progress = []
    observer = TransferObserver(lambda present, total: progress.append((present, total)), progress.append)
    assert install(plan("cremad", tmp_path), observer=observer) == 3
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert files == [
        "cremad/.gitattributes",
        *(f"cremad/AudioWAV/{name}.wav" for name in NAMES),
        "cremad/VideoDemographics.csv",
    ]
    assert soundfile.info(tmp_path / "cremad" / "AudioWAV" / f"{NAMES[0]}.wav").frames == 16_000
    assert progress[0] == (0, 100_000)
    assert corpora.get("cremad").count(tmp_path) == 3


def interrupted(*_):
    raise KeyboardInterrupt


@needs_lfs
def test_an_interrupted_download_is_resumed(cremad, tmp_path, monkeypatch):
    steps, git, pull = [], repository._git, repository._pull
    monkeypatch.setattr(
        repository, "_git", lambda words, folder: steps.append(words[0]) or git(words, folder)
    )
    monkeypatch.setattr(repository, "_pull", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install(plan("cremad", tmp_path))
    assert not (tmp_path / "cremad").exists()
    monkeypatch.setattr(repository, "_pull", pull)
    assert install(plan("cremad", tmp_path)) == 3
    assert steps == ["clone", "sparse-checkout"]
    assert [path.name for path in tmp_path.iterdir()] == ["cremad"]


@needs_lfs
def test_a_recording_that_was_altered_is_refused(cremad, tmp_path, monkeypatch):
    pull = repository._pull

    def spoiled(source, clone, observer):
        pull(source, clone, observer)
        (clone / "AudioWAV" / f"{NAMES[1]}.wav").write_bytes(b"something else")

    monkeypatch.setattr(repository, "_pull", spoiled)
    with pytest.raises(DownloadError, match=f"AudioWAV/{NAMES[1]}.wav does not match its SHA-256 in"):
        install(plan("cremad", tmp_path))
    assert not (tmp_path / "cremad").exists()


@needs_lfs
def test_an_address_without_a_repository_is_one_line(cremad, tmp_path, monkeypatch):
    monkeypatch.setitem(SOURCES, "cremad", replace(cremad, url=(tmp_path / "nowhere").as_uri()))
    with pytest.raises(DownloadError, match=r"git clone failed \(fatal: .*\): check the connection"):
        install(plan("cremad", tmp_path / "raw"))


def test_without_git_lfs_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(
        repository.shutil, "which", lambda name: None if name == "git-lfs" else f"/bin/{name}"
    )
    with pytest.raises(DownloadError, match=r"git-lfs is not installed: install it \(apt install git-lfs"):
        install(plan("cremad", tmp_path))
