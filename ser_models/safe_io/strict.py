r"""Reading what strangers wrote: JSON and zip files, checked for size, names and depth before their content.

bytes → `strict_json` → plain values
file → `open_archive` → a ZipFile that holds only what was expected
anything → `quoted` → a short printable text for a message

>>> strict_json(b'{"a": 1, "a": 2}')
Traceback (most recent call last):
...
ValueError: 'a' is there twice
>>> quoted("\x1b[2J" + "a" * 200)[:16]
'\\x1b[2Jaaaaaaaaa'
"""

import json
import math
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ser_features.errors import ArtifactError

MAX_FILE = 2**28
"""Bytes of one file of an artifact, 256 MiB: 64 million parameters; the largest model here has 3 million."""

MAX_DIRECTORY = 2**20
"""Bytes of a zip file's list of members: some ten thousand, where a dozen are expected."""

MAX_DEPTH = 64
"""Lists and objects inside of one another; a network's configuration has some twenty."""

_END = struct.Struct("<4s4xHHII2x")
_END_BYTES, _LOCATOR_BYTES = 22, 20


def strict_json(content: bytes) -> Any:
    """Parse UTF-8 JSON that means the same to every reader.

    Raises:
        ValueError: if it is not JSON, says a thing twice, holds NaN or infinity, or is nested too deeply.
    """
    try:
        value = json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_depth(value)
    return value


def quoted(value: object, limit: int = 120) -> str:
    """Quote a stranger's text in a message: no control characters, and not much of it."""
    text = str(value)[: 4 * limit].encode("unicode_escape").decode().replace("\\\\", "\\")
    return text if len(text) <= limit else f"{text[:limit]}…"


@contextmanager
def open_archive(path: Path, limits: Mapping[str, int]) -> Iterator[zipfile.ZipFile]:
    """Open a zip file of which every member is expected.

    Args:
        path: the file.
        limits: most bytes of a member once unpacked, by regular expression of its name.

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
        _check_members(path, archive.infolist(), limits)
        yield archive


def _check_directory(path: Path, size: int) -> None:
    """Refuse a list of members that would not fit in memory, before Python reads it whole."""
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES))
        tail = file.read()
    if len(tail) < _END_BYTES:
        raise _damaged(path, "File is not a zip file")
    mark, _, _, directory, _ = _END.unpack(tail[-_END_BYTES:])
    if mark != b"PK\5\6" or tail[-_END_BYTES - _LOCATOR_BYTES :].startswith(b"PK\6\7"):
        raise _damaged(path, "it does not end as a plain zip file")
    if directory > MAX_DIRECTORY:
        raise ArtifactError(
            f"{path.name} lists its members in {directory} bytes, expected at most {MAX_DIRECTORY}: "
            "do not use it"
        )


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Mapping[str, int]) -> None:
    names = Counter(member.filename for member in members)
    for member in members:
        limit = next((most for name, most in limits.items() if re.fullmatch(name, member.filename)), None)
        if limit is None or names[member.filename] > 1:
            raise ArtifactError(
                f"{path.name} holds a member {quoted(repr(member.filename))}, expected only what ser writes: "
                "do not use it"
            )
        if member.file_size > limit:
            raise ArtifactError(
                f"{path.name}: {member.filename} unpacks to {member.file_size} bytes, "
                f"expected at most {limit}: do not use it"
            )
    if sum(member.file_size for member in members) > MAX_FILE:
        raise ArtifactError(f"{path.name} unpacks to more than {MAX_FILE} bytes: do not use it")


def _damaged(path: Path, reason: object) -> ArtifactError:
    return ArtifactError(f"{path.name} cannot be read ({quoted(reason)}): train again")


def _check_depth(value: Any) -> None:
    """Refuse what functions that call themselves cannot walk through."""
    pending = [(value, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        pending += [(child, depth + 1) for child in children]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{quoted(name)!r} is there twice")
        found[name] = value
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{quoted(text)} is no finite number")
    return number
