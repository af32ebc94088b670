"""From recordings to the recommended model and back, in the words of its users."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_models import load
from ser_models.evaluation.result import read_result

FAMILIES = ("--features", "core", "functionals", "mel", "mfcc")


@pytest.fixture
def voices(tmp_path):
    """A table of four speakers with three emotions and four takes each, all of them short glides."""
    rng = np.random.default_rng(8)
    lines = ["path,emotion,speaker"]
    time = np.arange(8000) / 16_000
    for speaker in range(4):
        for emotion, slope in (("angry", 160), ("neutral", 0), ("sad", -60)):
            for take in range(4):
                height = 130 + 25 * speaker + slope * time + rng.uniform(-5, 5)
                buzz = sum(np.sin(2 * np.pi * k * np.cumsum(height) / 16_000) / k for k in (1, 2, 3, 4))
                name = f"s{speaker}_{emotion}_{take}.wav"
                soundfile.write(tmp_path / name, 0.2 * buzz + 0.003 * rng.standard_normal(8000), 16_000)
                lines.append(f"{name},{emotion},s{speaker}")
    (tmp_path / "own.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def extracted(ser, voices, *more):
    return ser(
        "extract",
        "--datasets",
        voices / "own.csv",
        "--data",
        voices,
        "--store",
        voices / "s",
        "--workers",
        1,
        *more,
    )


def test_from_recordings_to_the_best_model_and_back(ser, voices):
    answer = extracted(ser, voices, *FAMILIES, "--speed-perturb")
    assert answer.code == 0
    assert "speed perturbation: 96 copies stored, 0 unchanged, 0 failed" in answer.err
    assert answer.out.splitlines()[-1] == f"next: ser train --model best --store {voices / 's'}"
    assert (
        "speed perturbation: 0 copies stored, 96 unchanged, 0 failed"
        in extracted(ser, voices, "--speed-perturb").err
    )

    out = voices / "best"
    answer = ser("train", "--model", "best", "--folds", 2, "--store", voices / "s", "--out", out)
    assert answer.code == 0
    assert "note: 96 augmented copies, of training recordings only" in answer.out
    result = read_result(out)
    assert result.n == 48
    assert result.uar > 0.8  # chance is a third
    assert {finding.kind for finding in result.leakage} <= {"suspect"}  # it may be too good to be true
    tested = pd.read_parquet(out / "predictions.parquet").query("split == 'test'")
    assert not tested["file_id"].str.contains("#").any()

    found = load(out).predict(voices / "s0_sad_0.wav")
    assert set(found.probabilities) == {"angry", "neutral", "sad"}
    assert sum(found.probabilities.values()) == pytest.approx(1)
    stored = ser("evaluate", out, "--store", voices / "s", "--json")
    assert json.loads(stored.out)["n"] == 48


def test_without_copies_it_says_what_would_help_and_asked_for_they_are_missed(ser, voices):
    assert extracted(ser, voices, *FAMILIES).code == 0
    words = ("train", "--model", "ridge", "--store", voices / "s", "--out", voices / "ridge")
    answer = ser(*words)
    assert "slower and faster copies, which would help it: run ser extract with --speed-perturb" in answer.out
    answer = ser(*words, "--speed-perturb")
    assert answer.code == 2
    assert (
        f"--speed-perturb: {voices / 's'} has no slower and faster copies: "
        "run ser extract with --speed-perturb" in answer.err
    )


def test_a_store_without_functionals_says_how_to_get_them(ser, voices):
    assert extracted(ser, voices, "--features", "core", "mel").code == 0
    answer = ser("train", "--model", "ridge", "--store", voices / "s", "--out", voices / "ridge")
    assert answer.code == 2
    assert "extract into a new store with --features core mel functionals" in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_an_ensemble_of_named_members(ser, voices):
    assert extracted(ser, voices, *FAMILIES).code == 0
    words = ("train", "--model", "ensemble", "--store", voices / "s", "--out", voices / "both")
    assert ser(*words, "--members", "logistic", "ridge").code == 0
    assert json.loads((voices / "both" / "artifact.json").read_text())["parameters"] == {
        "members": ["logistic", "ridge"]
    }
    assert load(voices / "both").predict(voices / "s1_angry_1.wav").confidence > 1 / 3
    answer = ser("explain", voices / "both", "--store", voices / "s")
    assert answer.code == 2
    assert "an ensemble reads in 2 ways at once, expected a single model" in answer.err
