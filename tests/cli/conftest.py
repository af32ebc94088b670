"""Runs `ser` in this process and returns exit code, stdout and stderr."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from ser_cli.main import main
from ser_cli.progress import be_quiet


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def ser(capsys) -> Callable[..., Answer]:
    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return Answer(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def _speaking() -> Iterator[None]:
    """Whatever a test left unsaid, the next one is told."""
    yield
    be_quiet(False)


@pytest.fixture
def savee(tmp_path: Path) -> Path:
    """Data root with eight SAVEE recordings of two speakers."""
    (tmp_path / "data" / "savee").mkdir(parents=True)
    for speaker in ("DC", "JE"):
        for number, code in enumerate(("a01", "h02", "n03", "sa04")):
            signal = np.sin(np.arange(6000) / (8 + 3 * number)) * np.hanning(6000)
            soundfile.write(tmp_path / "data" / "savee" / f"{speaker}_{code}.wav", signal, 16_000)
    return tmp_path / "data"
