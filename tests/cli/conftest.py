"""Runs `ser` in this process, and makes the few artifacts that all command-line tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from ser_cli.main import main
from ser_cli.progress import be_quiet

from tests.faults.serial import in_this_process
from tests.undrawn import undrawn

RECIPE = """
title = "Regression on tones"
source = "nowhere"
choices = []
datasets = ["{manifest}"]
classes = ["angry", "neutral", "sad"]
profile = "speech16k"

[model]
name = "logistic"

[paper]
split = "random"
shares = [0.7, 0.15, 0.15]
description = "At random."

[honest]
split = "speaker"
folds = 3
description = "By speaker."

[tune]
C = {{ low = 0.01, high = 1.0, log = true }}

[claims]
accuracy = 0.99
"""


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def ser(capsys) -> Callable[..., Answer]:
    """Run `ser` with these words and return exit code, stdout and stderr."""

    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return Answer(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def _not_quiet() -> Iterator[None]:
    """Undo a --quiet that a test left behind."""
    yield
    be_quiet(False)


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Extract without workers, and train without figures."""
    with in_this_process(), undrawn():
        yield


@pytest.fixture
def artifact(artifact_of: Callable[..., Path]) -> Path:
    """A trained logistic regression."""
    return artifact_of("logistic")


@pytest.fixture
def recipe(recordings, tmp_path) -> Path:
    """A recipe of a user's own, for `recordings`."""
    path = tmp_path / "tones.toml"
    path.write_text(RECIPE.format(manifest=recordings / "own.csv"))
    return path


@pytest.fixture
def savee(tmp_path: Path) -> Path:
    """Data root with eight SAVEE recordings of two speakers."""
    (tmp_path / "data" / "savee").mkdir(parents=True)
    for speaker in ("DC", "JE"):
        for number, code in enumerate(("a01", "h02", "n03", "sa04")):
            signal = np.sin(np.arange(6000) / (8 + 3 * number)) * np.hanning(6000)
            soundfile.write(tmp_path / "data" / "savee" / f"{speaker}_{code}.wav", signal, 16_000)
    return tmp_path / "data"
