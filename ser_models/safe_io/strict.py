r"""Untrusted JSON and zip files: size, member names and nesting are checked before the content is used.

bytes → `strict_json` → plain values
file → `open_archive` → a ZipFile that holds only expected members
any value → `quoted` → short printable text for an error message

>>> strict_json(b'{"a": 1, "a": 2}')
Traceback (most recent call last):
...
ValueError: key 'a' occurs twice
>>> quoted("\x1b[2J" + "a" * 200)[:16]
'\\x1b[2Jaaaaaaaaa'
"""

import json
import math
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ser_features.errors import ArtifactError

MAX_FILE = 2**28
"""Maximum size of one file of an artifact in bytes: 64 million weights; the largest model has 3 million."""

MAX_DIRECTORY = 2**20
"""Maximum size of a zip file's central directory in bytes: about ten thousand members."""

MAX_DEPTH = 64
"""Maximum nesting of lists and objects."""

_END = struct.Struct("<4s4xHHII2x")
_END_BYTES, _LOCATOR_BYTES = 22, 20


def strict_json(content: bytes) -> Any:
    """Parse UTF-8 JSON that every parser reads alike.

    Raises:
        ValueError: if it is not JSON, repeats a key, holds NaN or infinity, or is nested too deeply.
    """
    try:
        value = json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_values(value)
    return value


def quoted(value: object, limit: int = 120) -> str:
    """Return untrusted text for a message: control characters escaped, at most `limit` characters."""
    text = str(value)[: 4 * limit].encode("unicode_escape").decode().replace("\\\\", "\\")
    return text if len(text) <= limit else f"{text[:limit]}…"


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip file that holds only expected members.

    Args:
        path: the file.
        name: regular expression of the names of its members.

    Raises:
        ArtifactError: naming the file and what is wrong with it.
    """
    size = path.stat().st_size
    if size > MAX_FILE:
        raise ArtifactError(f"{path.name} has {size} bytes, expected at most {MAX_FILE}: do not use it")
    _check_directory(path, size)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _damaged(path, error) from error
    with archive:
        _check_members(path, archive.infolist(), name)
        yield archive


def _check_directory(path: Path, size: int) -> None:
    """Refuse a central directory that does not fit into memory, before Python reads all of it."""
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES))
        tail = file.read()
    if len(tail) < _END_BYTES:
        raise _damaged(path, "File is not a zip file")
    mark, _, _, directory, _ = _END.unpack(tail[-_END_BYTES:])
    if mark != b"PK\5\6" or tail[-_END_BYTES - _LOCATOR_BYTES :].startswith(b"PK\6\7"):
        raise _damaged(path, "it does not end as a zip file should")
    if directory > MAX_DIRECTORY:
        raise ArtifactError(
            f"{path.name} has a member list of {directory} bytes, expected at most {MAX_DIRECTORY}: "
            "do not use it"
        )


def _check_members(path: Path, members: list[zipfile.ZipInfo], name: str) -> None:
    counts = Counter(member.filename for member in members)
    for member, count in counts.items():
        if count > 1 or not re.fullmatch(name, member):
            raise ArtifactError(
                f"{path.name} holds a member {quoted(repr(member))}, expected only what ser writes: "
                "do not use it"
            )
    if (size := sum(member.file_size for member in members)) > MAX_FILE:
        raise ArtifactError(
            f"{path.name} unpacks to {size} bytes, expected at most {MAX_FILE}: do not use it"
        )


def _damaged(path: Path, reason: object) -> ArtifactError:
    return ArtifactError(f"{path.name} cannot be read ({quoted(reason)}): train again")


def _check_values(value: Any) -> None:
    """Refuse nesting that recursive code could not follow, and numbers that overflow, such as 1e999."""
    pending = [(value, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if not all(math.isfinite(child) for child in children if type(child) is float):
            raise ValueError("it holds a number that is not finite")
        pending += [(child, depth + 1) for child in children if type(child) in (dict, list)]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise ValueError(f"key {quoted(counts.most_common(1)[0][0])!r} occurs twice")
    return content


def _refuse_constant(text: str) -> float:
    raise ValueError(f"it holds {text}, expected finite numbers")
