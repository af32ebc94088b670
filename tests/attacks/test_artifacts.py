"""Hostile artifacts are refused in one line, run no code, and cost little time and memory."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.base import CANARY, PICKLE, Hostile
from tests.attacks.registry import HOSTILE

ROOT = Path(__file__).parents[2]
SECONDS = 10.0
MEMORY = 2**30


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """The outcome of every attack by its name, from one process that tries them all."""
    folder = tmp_path_factory.mktemp("attacks")
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks", folder / "artifacts"],
        cwd=ROOT, env={**os.environ, CANARY: str(folder / "canary")},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    lines = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, f"after {len(lines)} attacks: {done.stderr[-2000:]}"
    assert not (folder / "canary").exists()
    return lines


def problems(hostile: Hostile, outcome: dict) -> Iterator[str]:
    """Differences from the expected outcome."""
    kind, message = outcome["kind"], outcome["message"]
    if kind != "ArtifactError" or hostile.says not in message or (hostile.file or "hostile") not in message:
        yield f"{kind or 'it was loaded'}: {message}"
    if not message.isprintable() or len(message) > 700:
        yield f"is no line of text: {message!r}"
    if outcome["seconds"] > SECONDS or outcome["memory"] > MEMORY:
        yield f"took {outcome['seconds']:.1f} s and {outcome['memory']} bytes"


def test_hostile_artifacts_are_refused_with_the_reason(outcomes):
    names = [f"{hostile.model}: {hostile.name}" for hostile in HOSTILE]
    assert len(set(names)) == len(HOSTILE) > 100
    wrong = {
        name: list(problems(hostile, outcomes[name])) for name, hostile in zip(names, HOSTILE, strict=True)
    }
    assert {name: reasons for name, reasons in wrong.items() if reasons} == {}
    assert "valid artifacts still load" in outcomes  # after all attacks on the same process


def test_a_wrong_outcome_is_detected():
    loaded = {"kind": "", "message": "", "seconds": 11.0, "memory": 0}
    raised = {"kind": "ValueError", "message": "a\nb", "seconds": 0.0, "memory": 0}
    assert len(list(problems(HOSTILE[0], loaded))) == 2
    assert list(problems(HOSTILE[0], raised)) == ["ValueError: a\nb", "is no line of text: 'a\\nb'"]


def test_the_payload_writes_the_canary(tmp_path):
    canary = tmp_path / "canary"
    program = "import pickle, sys; pickle.load(sys.stdin.buffer)"
    subprocess.run(
        [sys.executable, "-c", program],
        input=PICKLE, env={**os.environ, CANARY: str(canary)}, check=True,
    )  # fmt: skip
    assert canary.exists()
