"""Git LFS repository → folder with the corpus; the SHA-256 of every recording is verified.

`Repository` → `git clone` (names and pointers, no recordings) → `git lfs pull` (resumed) → SHA-256 of each
→ the folder of recordings, and the tables beside it, moved out of the clone

Nothing of the repository is executed: git takes no hooks from a clone, and links in it become plain files.
"""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

from ser_features.audio import sha256
from ser_features.download.sources import Repository
from ser_features.download.transfer import TransferObserver
from ser_features.errors import DownloadError

POLL_SECONDS = 0.5
"""Interval at which the received bytes are counted."""

SAFE = ("-c", "core.symlinks=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never")


def require_git(name: str) -> None:
    """Check that git and git-lfs are installed.

    Raises:
        DownloadError: naming the missing one.
    """
    if shutil.which("git") is None or shutil.which("git-lfs") is None:
        missing = "git-lfs" if shutil.which("git") else "git"
        raise DownloadError(
            f"{name}: its recordings are in a git LFS repository, and {missing} is not installed: install it "
            "(apt install git-lfs, brew install git-lfs), and run the same command again"
        )


def fetch_repository(source: Repository, work: Path, stage: Path, observer: TransferObserver) -> Path:
    """Download the recordings of a repository; an interrupted download is resumed.

    Args:
        source: the repository.
        work: folder that keeps the clone until all recordings are there.
        stage: folder that is created and gets the recordings.
        observer: callbacks for the progress.

    Returns:
        The clone, which can be removed.

    Raises:
        DownloadError: if git fails, or a recording fails its SHA-256.
    """
    clone = work / "clone"
    if not (clone / ".git" / "cloned").is_file():
        shutil.rmtree(clone, ignore_errors=True)
        observer.on_note(f"cloning {source.url} without its recordings")
        _git(["clone", "--depth", "1", "--filter=blob:none", "--sparse", source.url, str(clone)], work)
        _git(["sparse-checkout", "set", source.folder], clone)
        (clone / ".git" / "cloned").touch()
    _pull(source, clone, observer)
    observer.on_note("all recordings are there; verifying the SHA-256 of each")
    _check(source, clone)
    stage.mkdir(parents=True)
    for entry in clone.iterdir():
        if entry.name == source.folder or entry.is_file():
            entry.rename(stage / entry.name)
    return clone


def _pull(source: Repository, clone: Path, observer: TransferObserver) -> None:
    """Download the recordings, and count their bytes meanwhile."""
    objects = clone / ".git" / "lfs"
    observer.on_begin(_bytes(objects), source.unpacked)
    with _Git(["lfs", "pull", "--include", f"{source.folder}/*"], clone) as pull:
        while pull.process.poll() is None:
            observer.on_bytes(min(_bytes(objects), source.unpacked))
            time.sleep(POLL_SECONDS)
        pull.finish()


def _check(source: Repository, clone: Path) -> None:
    """Compare every recording with its SHA-256 in the repository.

    Raises:
        DownloadError: naming the first that differs; the clone is removed, as it cannot be repaired.
    """
    with _Git(["lfs", "ls-files", "--long", "--include", f"{source.folder}/*"], clone) as listing:
        lines = listing.finish()
    for line in lines:
        expected, _, rest = line.partition(" ")
        path = clone / rest[2:]
        if path.is_symlink() or not path.is_file() or sha256(path) != expected:
            shutil.rmtree(clone, ignore_errors=True)
            raise DownloadError(
                f"{rest[2:]} does not match its SHA-256 in {source.url}, and the download was removed: run "
                "the same command again"
            )


def _bytes(folder: Path) -> int:
    """Bytes of the files below a folder; files may vanish meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total


def _git(arguments: list[str], folder: Path) -> None:
    with _Git(arguments, folder) as command:
        command.finish()


class _Git:
    """A running git command; it is killed at the end of the block."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        environment = {**os.environ, "GIT_LFS_SKIP_SMUDGE": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        self._arguments = arguments
        self._output = TemporaryFile()  # noqa: SIM115  closed with the block
        self.process = subprocess.Popen(
            ["git", *SAFE, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=self._output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._output.close()

    def finish(self) -> list[str]:
        """Wait for its end and return the lines of its output.

        Raises:
            DownloadError: if it failed, with the line that gives the reason.
        """
        code = self.process.wait()
        self._output.seek(0)
        lines = [line for line in self._output.read().decode(errors="replace").splitlines() if line.strip()]
        if code == 0:
            return lines
        fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
        reason = next(iter(fatal or lines[-1:]), f"exit code {code}").strip()[:200]
        step = " ".join(self._arguments[: 2 if self._arguments[0] == "lfs" else 1])
        raise DownloadError(
            f"git {step} failed ({reason}): check the connection and the room on the disk, and run the same "
            "command again: what was received is kept"
        )
