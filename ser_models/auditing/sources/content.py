"""A file → its text, also of one that gzip compressed; formats that are no text, and pickles, are refused."""

import gzip
import io
import os
import zlib
from pathlib import Path

from ser_features.errors import InputError
from ser_features.tables.cells import OTHER_FORMATS, decode

MAX_BYTES = 2**28
"""Of a list, unpacked: 256 MiB are some three million rows."""

GZIP = b"\x1f\x8b"
COMPRESSED = ".gz"

PICKLES = (".pkl", ".pickle", ".p", ".pt", ".pth", ".joblib")
"""Suffixes of files that can run code when they are loaded."""

EXPECTED = "expected a list or a table of recordings"


def read_text(path: Path) -> tuple[str, str | None]:
    """The text of a file, and a word of it if its encoding is only likely, as `decode`.

    Raises:
        InputError: if there is no such file, it is too large, damaged or no text.
    """
    if plain_name(path).suffix.lower() in PICKLES:
        raise InputError(f"{path} is a pickle, which can run code, {EXPECTED}: save it as CSV or JSON")
    try:
        content = _read(path)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path} cannot be read ({getattr(error, 'strerror', None) or error}): {EXPECTED}: check the path"
        ) from error
    if len(content) > MAX_BYTES:
        raise InputError(
            f"{path} has more than {MAX_BYTES // 2**20} MiB, {EXPECTED} of that size at most: divide it"
        )
    for start, name in OTHER_FORMATS:
        if content.startswith(start) and start not in (b"{", b"<"):
            raise InputError(f"{path} is {name}, {EXPECTED}: save or export it as CSV in UTF-8")
    try:
        text, guessed = decode(content)
    except UnicodeError as error:
        raise InputError(f"{path} is no text ({error}): {EXPECTED} in UTF-8: export it so") from error
    return text.removeprefix("\ufeff"), guessed


def plain_name(path: Path) -> Path:
    """The path without the suffix of gzip."""
    return path.with_suffix("") if path.suffix.lower() == COMPRESSED else path


def _read(path: Path) -> bytes:
    """The bytes, unpacked; `MAX_BYTES` and one more at most."""
    if not os.path.isfile(path):  # noqa: PTH113  raises for some names; a pipe or a device may have no end
        raise FileNotFoundError(2, "no such file")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if content.startswith(GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as unpacked:
            content = unpacked.read(MAX_BYTES + 1)
    return content
