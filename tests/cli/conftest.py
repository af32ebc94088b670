"""Runs `ser` in this process, and makes the few artifacts that all command-line tests share."""

from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from ser_cli.main import main
from ser_cli.progress import be_quiet

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


@pytest.fixture(scope="session")
def trained(store_root, tmp_path_factory) -> Callable[..., Path]:
    """Train a model on `store_root` with options of `ser train`, once per session."""
    folder, artifacts = tmp_path_factory.mktemp("trained"), {}

    def train(model: str, *options: str) -> Path:
        if (model, *options) not in artifacts:
            out = folder / "".join((model, *options))
            words = ["train", "--model", model, *options, "--store", str(store_root), "--out", str(out)]
            with pytest.raises(SystemExit) as ended, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                main(words)
            assert not ended.value.code
            artifacts[model, *options] = out
        return artifacts[model, *options]

    return train


@pytest.fixture
def artifact(trained) -> Path:
    """A trained logistic regression."""
    return trained("logistic")


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
