r"""Standard streams that end no command: closed, in an encoding that lacks a character, no longer read.

`prepare()` → the command prints → `finish(code)` → exit code

A character that the output cannot hold is written as a JSON escape, so that `--json` stays valid in ASCII:

>>> "Müller".encode("ascii", ESCAPED)
b'M\\u00fcller'
"""

import codecs
import os
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

ESCAPED = "ser-escaped"
"""Name of the error handler that writes JSON escapes."""

PIPE_CLOSED = 141
"""Exit code where the reader of stdout ended first, as in `ser corpora | head -1`: that of SIGPIPE."""

ABSENT = "–"
"""Cell of a table for what is absent."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters that would break a line of a table or steer the terminal; names of files may hold them."""

UNWRITABLE = 2
"""Exit code where stdout is a full disk."""


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
    return escaped, error.end


codecs.register_error(ESCAPED, _escape)


def prepare() -> None:
    """Make stdin, stdout and stderr usable, whatever the caller closed and whatever their encoding is.

    A closed descriptor is opened on the null device: otherwise the next file that is opened would get its
    number, and messages of libraries would be written into it.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors=ESCAPED)


def shown(cell: str) -> str:
    r"""A cell of a table as stdout shows it, so that columns are aligned; what is absent stays a dash.

    >>> shown("two\nlines.wav")
    'two\\nlines.wav'
    """
    encoding = sys.stdout.encoding or "utf-8"
    text = CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), cell)
    text = text.encode(encoding, ESCAPED).decode(encoding)
    return "-" if cell == ABSENT and text != cell else text


def finish(code: int, stdout: TextIO, stderr: TextIO) -> int:
    """Write what is buffered, and return the exit code.

    Args:
        code: of the command.
        stdout: the stream as it was when the command began.
        stderr: likewise.
    """
    for stream in (stdout, stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            code = PIPE_CLOSED
            _discard(stream)
        except OSError as error:
            _discard(stream)
            if stream is stdout:
                print(f"error: stdout cannot be written to ({error.strerror}): make room", file=stderr)
            code = UNWRITABLE
    return code


def _discard(stream: TextIO) -> None:
    """Send what is still buffered to the null device: the interpreter flushes it again when it ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
