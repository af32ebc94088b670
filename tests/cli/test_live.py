"""`ser predict --mic` with a stream instead of a device."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from ser_models.inference import microphone
from tests.cases.sounds import RATE, voice

BLOCK = RATE // 10


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch):
    """Return a function that lets the microphone deliver a signal, and then Ctrl-C."""

    def speaking(signal: np.ndarray) -> None:
        def blocks(rate: int) -> Iterator[np.ndarray]:
            assert rate == RATE
            yield from np.array_split(signal.astype(np.float32), len(signal) // BLOCK)
            raise KeyboardInterrupt

        monkeypatch.setattr(microphone, "default_rate", lambda: RATE)
        monkeypatch.setattr(microphone, "blocks", blocks)

    return speaking


def test_a_line_per_half_second_and_an_answer(ser, artifact_of, speak):
    speak(np.tile(voice(1, "sad", seconds=1.0), 2))
    code, printed, errors = ser("predict", artifact_of("logistic"), "--mic")
    lines = printed.splitlines()
    assert code == 0
    assert [line.split(" s ")[0].strip() for line in lines[:4]] == ["0.5", "1.0", "1.5", "2.0"]
    assert lines[4].split()[:2] == ["file", "1."]
    assert lines[5].startswith("microphone")
    assert lines[-1].startswith("microphone, over time: ")
    assert errors.startswith("speak; Ctrl-C ends the recording\n")


def test_json_has_a_prediction_per_line(ser, artifact_of, speak):
    speak(np.concatenate([voice(1, "sad", seconds=1.0), np.zeros(RATE // 2)]))
    _, printed, _ = ser("predict", artifact_of("logistic"), "--mic", "--format", "json")
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [(line["start"], line["end"]) for line in lines] == [(0.0, 0.5), (0.0, 1.0), (0.0, 1.5)]
    assert set(lines[0]["probabilities"]) == {"angry", "neutral", "sad"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--mic", "a.wav"], "--mic with files, expected one of them: leave the other out"),
        (
            ["--mic", "--out", "a.csv"],
            "--mic with an output file, expected lines on the screen: leave it out",
        ),
    ],
)
def test_what_does_not_go_together(ser, artifact_of, words, message):
    code, _, errors = ser("predict", artifact_of("logistic"), *words)
    assert (code, errors) == (2, f"error: {message}\n")
