"""Archive file → its members, without writing any: zip, tar, tar.gz and tar.bz2, by their first bytes.

A compressed tar has no list of members: it is inflated to a plain tar first, within the limit.

Both readers use a file object that limits the size of one read: a list of members that is too long, or a
header that claims gigabytes, is refused before memory is allocated for it.
"""

import bz2
import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ser_features.download.names import refusal
from ser_features.errors import UnsafeArchiveError

CHUNK = 1 << 20
AT_ONCE = 8 << 20
"""Largest number of bytes in one read: 8 MiB hold the list of 80,000 usual members."""

DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error,
    EOFError, ValueError, LookupError, ArithmeticError, RuntimeError,
)  # fmt: skip
"""Errors that the standard library raises on damaged archives."""

ENCRYPTED = 0x1 | 0x40 | 0x2000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
TAR_MAGIC = slice(257, 262)
INFLATE: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive.

    Attributes:
        name: as the archive has it.
        size: uncompressed bytes that it claims.
        packed: bytes in the archive; None where not known.
        is_folder: whether it is a folder.
        open: returns its content as a file.
    """

    name: str
    size: int
    packed: int | None
    is_folder: bool
    open: Callable[[], IO[bytes]]


@contextmanager
def members(archive: Path, scratch: Path, *, most: int, total: int) -> Iterator[Iterator[Member]]:
    """Read an archive's members for the duration of the block.

    Args:
        archive: the file.
        scratch: path of a temporary file, for a compressed tar.
        most: largest number of members.
        total: largest number of bytes of an inflated tar.

    Yields:
        The members, in order; iterating may raise too.

    Raises:
        UnsafeArchiveError: if it is damaged, encrypted, of another kind, or holds anything but files and
            folders.
    """
    try:
        with ExitStack() as stack:
            yield _counted(_listed(archive, scratch, total, stack), most)
    except DAMAGED as error:
        raise UnsafeArchiveError(f"the archive is damaged ({error}): it is not unpacked") from error
    finally:
        scratch.unlink(missing_ok=True)


def _listed(archive: Path, scratch: Path, total: int, stack: ExitStack) -> Iterator[Member]:
    """Open an archive by its first bytes."""
    file = stack.enter_context(_BoundedFile(archive))
    head = file.read(512)
    file.seek(0)
    if head.startswith(b"PK"):
        return _zip_members(stack.enter_context(zipfile.ZipFile(file)))
    if head.startswith(tuple(INFLATE)):
        _inflate(stack.enter_context(INFLATE[head[:2]](archive)), scratch, total)
        file = stack.enter_context(_BoundedFile(scratch))
    elif head[TAR_MAGIC] != b"ustar":
        raise UnsafeArchiveError(f"the file begins with {head[:16]!r}, expected zip, tar, tar.gz or tar.bz2")
    return _tar_members(stack.enter_context(tarfile.open(fileobj=file, mode="r:")))


class _BoundedFile(io.FileIO):
    """A file that refuses to read many bytes at once."""

    def read(self, size: int | None = -1) -> bytes:
        count = self._left() if size is None or size < 0 else size
        if count > AT_ONCE:
            raise UnsafeArchiveError(
                f"the archive's list of members takes {count:,} bytes, expected {AT_ONCE:,} at most: "
                "it is not unpacked"
            )
        return super().read(count) or b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset < 0 and whence == io.SEEK_SET:
            raise EOFError(f"it points to byte {offset}")
        return super().seek(offset, whence)

    def _left(self) -> int:
        position = self.tell()
        end = self.seek(0, io.SEEK_END)
        self.seek(position)
        return end - position


def _counted(members: Iterator[Member], most: int) -> Iterator[Member]:
    for count, member in enumerate(members, 1):
        if count > most:
            raise UnsafeArchiveError(f"the archive has more than {most:,} members: it is not unpacked")
        yield member


def _zip_members(opened: zipfile.ZipFile) -> Iterator[Member]:
    for info in opened.infolist():
        yield _zip_member(opened, info)


def _zip_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    name = info.orig_filename
    is_folder = name.endswith("/")
    if info.flag_bits & ENCRYPTED:
        raise refusal(name, "is encrypted")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) and not (is_folder and kind == stat.S_IFDIR):
        raise refusal(name, "is a link or a special file")
    if info.compress_type not in METHODS:
        raise refusal(name, f"is packed by method {info.compress_type}, expected 0 or 8")
    if is_folder and info.file_size:
        raise refusal(name, "is a folder with content")
    return Member(name, info.file_size, info.compress_size, is_folder, lambda: opened.open(info))


def _tar_members(opened: tarfile.TarFile) -> Iterator[Member]:
    for info in opened:
        if not (info.isfile() or info.isdir()) or info.issparse():
            raise refusal(info.name, "is a link or a special file")
        yield Member(info.name, info.size, None, info.isdir(), _opener(opened, info))


def _opener(opened: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def open_member() -> IO[bytes]:
        content = opened.extractfile(info)
        if content is None:
            raise refusal(info.name, "has no content")
        return content

    return open_member


def _inflate(packed: IO[bytes], scratch: Path, total: int) -> None:
    """Write a compressed tar as a plain one, up to `total` bytes."""
    written = 0
    with scratch.open("wb") as plain:
        while chunk := _inflated(packed):
            written += len(chunk)
            if written > total:
                raise UnsafeArchiveError(
                    f"the archive inflates to more than {total:,} bytes: it is not unpacked"
                )
            plain.write(chunk)


def _inflated(packed: IO[bytes]) -> bytes:
    try:
        return packed.read(CHUNK)
    except OSError as error:  # raised by bz2 and gzip on bad data
        raise EOFError(str(error)) from error
