"""230 artifacts made to do harm: each is refused in one line, runs nothing, and costs little."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.safe_io import ubjson
from tests.attacks.base import CANARY, PICKLE, Hostile
from tests.attacks.registry import HOSTILE

ROOT = Path(__file__).parents[2]
SECONDS = 10.0
MEMORY = 2**30


def key(hostile: Hostile) -> str:
    return f"{hostile.model}: {hostile.name}"


def besiege(folder: Path) -> dict[str, dict]:
    """Try every attack in a process of its own; return what each met."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks", folder / "artifacts"],
        cwd=ROOT, env={**os.environ, CANARY: str(folder / "canary")},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    found = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, f"after {len(found)} attacks: {done.stderr[-2000:]}"
    return found


def problems(hostile: Hostile, found: dict) -> Iterator[str]:
    """Whatever is not as it must be."""
    kind, message = found["kind"], found["message"]
    if kind != "ArtifactError" or hostile.says not in message or (hostile.names or "hostile") not in message:
        yield f"{kind or 'it was loaded'}: {message}"
    if not message.isprintable() or len(message) > 700:
        yield f"is no line of text: {message!r}"
    if found["seconds"] > SECONDS or found["memory"] > MEMORY:
        yield f"took {found['seconds']:.1f} s and {found['memory']} bytes"


def test_each_is_refused_with_its_reason_and_runs_nothing(tmp_path):
    assert len(HOSTILE) >= 50
    assert len({key(hostile) for hostile in HOSTILE}) == len(HOSTILE)
    found = besiege(tmp_path)
    wrong = {key(each): list(problems(each, found[key(each)])) for each in HOSTILE}
    assert {name: reasons for name, reasons in wrong.items() if reasons} == {}
    assert not (tmp_path / "canary").exists()
    assert "good ones still load" in found  # after all attacks on the same process


def test_a_wrong_outcome_would_be_seen():
    loaded = {"kind": "", "message": "", "seconds": 11.0, "memory": 0}
    raised = {"kind": "ValueError", "message": "a\nb", "seconds": 0.0, "memory": 0}
    assert len(list(problems(HOSTILE[0], loaded))) == 2
    assert list(problems(HOSTILE[0], raised)) == ["ValueError: a\nb", "is no line of text: 'a\\nb'"]


def test_the_payload_would_have_been_seen(tmp_path):
    canary = tmp_path / "canary"
    program = "import pickle, sys; pickle.load(sys.stdin.buffer)"
    subprocess.run(
        [sys.executable, "-c", program],
        input=PICKLE, env={**os.environ, CANARY: str(canary)}, check=True,
    )  # fmt: skip
    assert canary.exists()


@given(st.binary(max_size=200).map(lambda tail: b"{" + tail) | st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_value_error(content):
    try:
        ubjson.parse(content)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"Z", None), (b"T", True), (b"F", False), (b"i\xff", -1), (b"U\xff", 255), (b"I\x01\x00", 256),
        (b"l\x00\x01\x00\x00", 65536), (b"L" + bytes(7) + b"\x05", 5), (b"d\x3f\x80\x00\x00", 1.0),
        (b"D\x3f\xf0" + bytes(6), 1.0), (b"CA", "A"), (b"SU\x02hi", "hi"), (b"[TF]", [True, False]),
        (b"[#i\x02TF", [True, False]), (b"{}", {}), (b"{i\x01a{i\x01bZ}}", {"a": {"b": None}}),
    ],
)  # fmt: skip
def test_every_kind_of_value_is_read(content, value):
    assert ubjson.parse(content) == value
