"""`ser predict` and Python: outputs that exist, rows that are not to be trusted."""

import csv
import io
import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ser_features.config import DEFAULT_PROFILE
from ser_features.vad import presence
from ser_models.inference import Predictor
from ser_models.inference.answer import POOLED_WARNING
from ser_models.ood import TrainingDistribution
from ser_models.ood.sound import WARNINGS, SoundEvidence
from tests.cases.sounds import RATE, save, voice

NOTE = "what Mrs. Smith said on Tuesday\n"


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("one") / "a.wav", voice(1, "sad"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", NOTE),
        (
            "rated.csv",
            "file,emotion,confidence,p_sad,ood_score,warning,error,my opinion\na.wav,sad,1,1,0,,,no\n",
        ),
        ("who.csv", "file,speaker\na.wav,Ada\n"),
        ("package.json", '{"name": "mine"}'),
        ("list.json", '[\n  {\n    "file": "a.wav",\n    "length": 3\n  }\n]\n'),
        ("table.parquet", None),
        ("empty.csv", ""),
    ],
)
def test_out_over_a_foreign_file_is_refused(ser, model, recording, tmp_path, name, content):
    out = tmp_path / name
    if content is None:
        pd.DataFrame({"file": ["a.wav"], "emotion": ["sad"]}).to_parquet(out)
    else:
        out.write_text(content)
    before = out.read_bytes()
    code, printed, errors = ser("predict", model, recording, "--out", out)
    assert (code, printed) == (2, "")
    assert errors == (
        f"error: {out} exists and was not written by ser: pass another --out, or --force to replace it\n"
    )
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert ser("predict", model, recording, "--out", out, "--force").code == 0
    assert out.read_bytes() != before


@pytest.mark.parametrize("windows", [(), ("--windows",)])
@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_an_answer_is_replaced(ser, model, recording, tmp_path, form, windows):
    out = tmp_path / f"answers.{form}"
    for _ in range(2):
        code, printed, _ = ser("predict", model, recording, "--out", out, *windows)
        assert (code, printed) == (0, f"1 predictions: {out}\n")


def test_a_pipe_is_no_output(ser, model, recording, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    code, _, errors = ser("predict", model, recording, "--out", tmp_path / "pipe.csv", "--force")
    assert code == 2
    assert "pipe.csv is a folder or a device that ser did not write: pass another --out" in errors


def test_a_hidden_file_of_the_name_of_a_cache_is_kept(ser, model, recording, tmp_path):
    hidden = tmp_path / ".a.csv.partial"
    hidden.write_text(NOTE)
    code, _, errors = ser("predict", model, recording, "--out", tmp_path / "a.csv")
    assert code == 2
    assert errors == f"error: {hidden} was not written by ser: move it, or pass another --out\n"
    assert hidden.read_text() == NOTE


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three voices, and two calls of noise."""
    folder = tmp_path_factory.mktemp("calls")
    for number in range(3):
        save(folder / f"c{number}.wav", voice(number, "sad", number))
    for number in (3, 4):
        noise = 0.1 * np.random.default_rng(number).standard_normal(RATE)
        save(folder / f"c{number}.wav", noise)
    return folder


WARNING = "no speech: no emotion is returned"


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shape of the mean spectrum decide what is far, as the model has seen tones only."""

    def ood_score(_: object, frames: list[np.ndarray]) -> np.ndarray:
        return np.array([2.0 if one.mean(axis=0).std() < 4 else 0.5 for one in frames])

    monkeypatch.setattr(TrainingDistribution, "ood_score", ood_score)


def test_the_rows_that_are_far_are_marked(ser, model, calls, far):
    code, printed, errors = ser("predict", model, calls)
    assert code == 0
    header, *lines = printed.splitlines()
    assert header.endswith("warning")
    assert [line.endswith("[1]") for line in lines] == [False, False, False, True, True]
    assert ["no speech" in line for line in lines] == [False, False, False, True, True]
    assert errors == f"warning [1]: {WARNING} (2 of 5 files)\n"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_every_format_states_the_warning_in_the_row(ser, model, calls, far, form):
    _, printed, errors = ser("predict", model, calls, "--format", form)
    rows = json.loads(printed) if form == "json" else list(csv.DictReader(io.StringIO(printed)))
    assert [row["warning"] or None for row in rows] == [None, None, None, WARNING, WARNING]
    assert [row["verdict"] for row in rows] == [*["emotion"] * 3, *["no speech"] * 2]
    assert [bool(row["emotion"]) for row in rows] == [*[True] * 3, *[False] * 2]
    assert errors == f"warning: {WARNING} (2 of 5 files)\n"


def test_a_warning_of_all_files_needs_no_marks(ser, model, calls, far):
    _, printed, errors = ser("predict", model, calls / "c3.wav", calls / "c4.wav")
    assert "[1]" not in printed
    assert errors == f"warning: {WARNING} (2 of 2 files)\n"


def test_warnings_of_some_are_marked_beside_those_of_all(ser, model, calls, far, monkeypatch):
    monkeypatch.setattr(Predictor, "warning", "trained on tones")
    _, printed, errors = ser("predict", model, calls, calls / "none.wav")
    failed, *warnings = errors.splitlines()
    assert failed.startswith(f"failed {calls / 'none.wav'}: cannot read")
    assert warnings == [
        "warning: trained on tones (5 of 6 files)",
        f"warning [1]: {WARNING} (2 of 6 files)",
    ]
    assert printed.count("[1]") == 2


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of 8 s for a profile of at most 4 s, of which the test for speech is passed."""
    profile = replace(DEFAULT_PROFILE, audio=replace(DEFAULT_PROFILE.audio, max_seconds=4.0))
    monkeypatch.setattr(Predictor, "profile", profile)
    monkeypatch.setattr(presence, "has_speech", lambda *_: True)
    return save(
        tmp_path / "call.wav", np.tile(voice(1, "angry", seconds=1.0, rate=8000), 8), 8000, subtype="ULAW"
    )


def test_a_long_call_is_recognised_window_by_window(ser, model, call, tmp_path):
    out = tmp_path / "t.csv"
    code, _, errors = ser("predict", model, call, "--windows", "--out", out)
    table = pd.read_csv(out)
    assert code == 0
    assert table["start"].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["emotion"].notna().all()
    assert f"warning: {POOLED_WARNING} (1 of 1 files)" in errors


def test_a_long_call_beside_short_recordings(ser, model, call, recording):
    code, printed, _ = ser("predict", model, call, recording, "--windows")
    header, first, second, *_ = printed.splitlines()
    assert code == 0
    assert header.split()[:4] == ["file", "1.", "2.", "3."]
    assert first.split()[0] == str(call)
    assert second.split()[0] == str(recording)
    assert f"{call}, over time: " in printed
    assert f"{call}, window by window:" in printed


def test_json_of_a_long_call(ser, model, call):
    code, printed, _ = ser("predict", model, call, "--format", "json", "--abstain-below", "1")
    [prediction] = json.loads(printed)
    assert code == 0
    assert "windows" not in prediction
    assert "error" not in prediction
    spans = prediction["timeline"]
    assert [spans[0]["start"], spans[-1]["end"]] == [0, 8]
    assert all(one["end"] == other["start"] for one, other in pairwise(spans))


def test_a_mixed_call_has_no_emotion(ser, model, call, monkeypatch):
    halves = iter([*[{"angry": 0.9, "sad": 0.1}] * 3, *[{"angry": 0.1, "sad": 0.9}] * 3])
    monkeypatch.setattr(Predictor, "by_emotion", lambda _, features, __: [next(halves) for _ in features])
    monkeypatch.setattr(TrainingDistribution, "ood_score", lambda _, frames: np.full(len(frames), 0.5))
    _, printed, _ = ser("predict", model, call)
    assert printed.splitlines()[1].split()[1:] == ["mixed:", "angry", "0.500", "sad", "0.500"]
    assert printed.endswith(f"{call}, over time: angry 0.0–4.0 s, sad 4.0–8.0 s\n")


@pytest.mark.parametrize(("is_other", "verdict"), [(False, "other channel"), (True, "other voice")])
def test_speech_that_is_far_is_no_headline(ser, model, recording, monkeypatch, is_other, verdict):
    monkeypatch.setattr(TrainingDistribution, "ood_score", lambda _, frames: np.full(len(frames), 2.0))
    monkeypatch.setattr(presence, "has_speech", lambda *_: True)
    monkeypatch.setattr(SoundEvidence, "_is_other_voice", lambda *_: is_other)
    _, printed, errors = ser("predict", model, recording)
    assert f" {verdict}: " in printed
    assert errors == f"warning: {WARNINGS[verdict]} (1 of 1 files)\n"
