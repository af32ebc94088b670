"""Paths on an object store, with the operations of `pathlib.Path` that a store needs.

`s3://bucket/prefix` → `layout.store_root` → `RemotePath`, through pyarrow's own client; keys, region and
endpoint are those of AWS's environment variables and configuration files.

An object appears when its upload is complete, so one upload commits a table as one rename does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, total_ordering
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple

from pyarrow import fs

CHUNK = 2**23
"""Bytes uploaded at once."""


class Status(NamedTuple):
    """Result of `stat`: seconds since 1970, and bytes."""

    st_mtime: float
    st_size: int


@total_ordering
@dataclass(frozen=True)
class RemotePath:
    """A path on an object store; methods do what the methods of `pathlib.Path` with their names do.

    Attributes:
        scheme: of its URL.
        path: bucket and key.
    """

    scheme: str
    path: PurePosixPath

    def __str__(self) -> str:
        return f"{self.scheme}://{self.path}"

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __lt__(self, other: "RemotePath") -> bool:
        return self.path < other.path

    def __truediv__(self, name: str | PurePosixPath) -> "RemotePath":
        return self._at(self.path / name)

    @property
    def filesystem(self) -> fs.FileSystem:
        """Client of the object store; the first use looks for the bucket."""
        return client(f"{self.scheme}://{self.path.parts[0]}")

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The last part without its extension."""
        return self.path.stem

    @property
    def parent(self) -> "RemotePath":
        """The folder that it is in."""
        return self._at(self.path.parent)

    def relative_to(self, other: "RemotePath") -> PurePosixPath:
        """The path relative to another one."""
        return self.path.relative_to(other.path)

    def exists(self) -> bool:
        """Whether there is an object, or anything below."""
        return self._info().type != fs.FileType.NotFound

    def is_file(self) -> bool:
        """Whether it is an object."""
        return self._info().type == fs.FileType.File

    def is_dir(self) -> bool:
        """Whether there is anything below."""
        return self._info().type == fs.FileType.Directory

    def stat(self) -> Status:
        """Time of the upload, and size."""
        info = self._info()
        if info.type != fs.FileType.File:
            raise FileNotFoundError(2, "no such object", str(self))
        return Status(info.mtime_ns / 1e9, info.size)

    def mkdir(self, parents: bool = False, exist_ok: bool = False) -> None:
        """Do nothing: object stores have no folders."""

    def iterdir(self) -> Iterator["RemotePath"]:
        """Paths directly below."""
        infos = self.filesystem.get_file_info(fs.FileSelector(str(self.path), allow_not_found=True))
        return (self._at(PurePosixPath(info.path)) for info in infos)

    def glob(self, pattern: str) -> Iterator["RemotePath"]:
        """Paths directly below whose names match the pattern."""
        return (path for path in self.iterdir() if fnmatchcase(path.name, pattern))

    def open(self, mode: str = "rb") -> BinaryIO:
        """Open for reading."""
        if mode != "rb":
            raise ValueError(f"{mode!r}: objects are written by `upload`")
        opened: Any = self.filesystem.open_input_file(str(self.path))
        return opened

    def read_bytes(self) -> bytes:
        """The whole content."""
        with self.open() as file:
            return file.read()

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        try:
            self.filesystem.delete_file(str(self.path))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rename(self, target: "RemotePath") -> "RemotePath":
        """Copy the object to another path, then remove it here."""
        self.filesystem.move(str(self.path), str(target.path))
        return target

    def upload(self, source: Path) -> None:
        """Upload a local file to this path."""
        with source.open("rb") as file, self.filesystem.open_output_stream(str(self.path)) as stream:
            while block := file.read(CHUNK):
                stream.write(block)

    def download(self, target: Path) -> None:
        """Copy the object to a local file."""
        with self.open() as file, target.open("wb") as copy:
            while block := file.read(CHUNK):
                copy.write(block)

    def _at(self, path: PurePosixPath) -> "RemotePath":
        return RemotePath(self.scheme, path)

    def _info(self) -> fs.FileInfo:
        return self.filesystem.get_file_info(str(self.path))


@cache
def client(bucket: str) -> fs.FileSystem:
    """Connect to an object store, once per process and bucket."""
    return fs.FileSystem.from_uri(bucket)[0]
