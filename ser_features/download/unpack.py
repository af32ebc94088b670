"""Archive → a new folder with its files, or an error that leaves nothing behind.

all members are listed and checked → free space → each file is written, counted and made durable

No archive is trusted, even one with the right checksum: `names` checks the names, `archives` the kinds of
members, and `Limits` sizes and numbers.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ser_features.download.archives import Member, members
from ser_features.download.names import refusal, require_apart, safe_path
from ser_features.download.transfer import require_room
from ser_features.errors import UnsafeArchiveError
from ser_features.files import sync

CHUNK = 1 << 20

SMALL = 1 << 20
"""Members up to this size may have any compression ratio."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of an archive's contents; the largest known corpus has 7,442 recordings and 0.6 GB.

    Attributes:
        members: files and folders.
        total: bytes of all files together.
        ratio: unpacked bytes of a file per packed byte; speech has 1 to 5.
    """

    members: int = 20_000
    total: int = 8 << 30
    ratio: int = 100


def unpack(archive: Path, into: Path, *, limits: Limits | None = None) -> int:
    """Unpack an archive into a folder that does not exist yet.

    Args:
        archive: zip, tar, tar.gz or tar.bz2.
        into: made, and removed again if anything is wrong.
        limits: how much it may hold.

    Returns:
        How many files were written.

    Raises:
        UnsafeArchiveError: if it is damaged, or anything in it is refused.
        DownloadError: if the disk has no room for it.
    """
    limits = limits or Limits()
    scratch = into.with_name(f"{into.name}.tar")
    try:
        with members(archive, scratch, most=limits.members, total=limits.total) as listed:
            files = _checked(listed, archive.stat().st_size, limits)
            require_room(into.parent, sum(member.size for member in files.values()), archive.name)
            into.mkdir()
            for path, member in files.items():
                _write(into / path, member)
        for folder, _, _ in os.walk(into):
            sync(Path(folder))
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise
    return len(files)


def _checked(listed: Iterable[Member], packed: int, limits: Limits) -> dict[PurePosixPath, Member]:
    """Files to write by their paths, if every member passes the checks."""
    files: list[tuple[PurePosixPath, Member]] = []
    folders: list[PurePosixPath] = []
    for member in listed:
        if member.is_folder and PurePosixPath(member.name) == PurePosixPath("."):
            continue
        path = safe_path(member.name)
        if member.is_folder:
            folders.append(path)
        else:
            _require_modest(member, limits)
            files.append((path, member))
    require_apart((path for path, _ in files), folders)
    _require_bounded([member for _, member in files], packed, limits)
    return dict(files)


def _require_modest(member: Member, limits: Limits) -> None:
    if member.size < 0:
        raise refusal(member.name, f"claims {member.size} bytes")
    if member.packed is not None and member.size > max(SMALL, limits.ratio * member.packed):
        raise refusal(member.name, f"claims {member.size:,} bytes and takes {member.packed:,}")


def _require_bounded(files: list[Member], packed: int, limits: Limits) -> None:
    if not files:
        raise UnsafeArchiveError("the archive holds no file")
    total = sum(member.size for member in files)
    if total > min(limits.total, max(SMALL, limits.ratio * packed)):
        raise UnsafeArchiveError(
            f"the archive of {packed:,} bytes claims to hold {total:,}, expected {limits.total:,} and "
            f"{limits.ratio} times its size at most: it is not unpacked"
        )
    if sum(member.packed or 0 for member in files) > packed:
        raise UnsafeArchiveError("members of the archive lie over each other: it is not unpacked")


def _write(target: Path, member: Member) -> None:
    """Write one member as a new file, no more and no less than it claims."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.size
    with member.open() as content, target.open("xb") as file:
        while chunk := content.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if left:
        raise refusal(
            member.name, f"holds {'more' if left < 0 else 'less'} than the {member.size:,} bytes it claims"
        )
