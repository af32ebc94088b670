"""Tables of four short recordings, scanned as `ser extract` does before any audio is read.

name and content of a table → working directory → `scanned` → `Scan`, or `refusal` → message
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import soundfile

from ser_features import corpora
from ser_features.errors import InputError
from ser_features.manifest import Scan
from tests.cases.sounds import voice


def _recordings() -> list[bytes]:
    contents = []
    for number in range(4):
        file = BytesIO()
        soundfile.write(file, voice(take=number, seconds=0.4), 16_000, format="WAV")
        contents.append(file.getvalue())
    return contents


RECORDINGS = _recordings()
"""u0.wav to u3.wav."""


def scanned(name: str, content: str, encoding: str = "utf-8", **options: Any) -> Scan:
    """Write a table into the working directory and scan it."""
    Path(name).write_bytes(content.encode(encoding))
    return corpora.scan(name, Path("data"), **options)


def refusal(name: str, content: str, encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as error:
        scanned(name, content, encoding)
    return str(error.value)
