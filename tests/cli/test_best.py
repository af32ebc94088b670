"""The recommended model, and ensembles of named members, from recordings to predictions."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile

import ser_features
from ser_models import load

FEATURES = ("core", "functionals", "loudness", "mel", "mfcc", "intonation")


@pytest.fixture(scope="module")
def glides(tmp_path_factory):
    """Folder with own.csv: four speakers, three emotions with different F0 slopes, four takes each."""
    folder = tmp_path_factory.mktemp("glides")
    rng = np.random.default_rng(8)
    lines = ["path,emotion,speaker"]
    time = np.arange(8000) / 16_000
    for speaker in range(4):
        for emotion, slope in (("angry", 160), ("neutral", 0), ("sad", -60)):
            for take in range(4):
                f0 = 130 + 25 * speaker + slope * time + rng.uniform(-5, 5)
                buzz = sum(np.sin(2 * np.pi * k * np.cumsum(f0) / 16_000) / k for k in (1, 2, 3, 4))
                name = f"s{speaker}_{emotion}_{take}.wav"
                soundfile.write(folder / name, 0.2 * buzz + 0.003 * rng.standard_normal(8000), 16_000)
                lines.append(f"{name},{emotion},s{speaker}")
    (folder / "own.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def store(glides):
    """Store of `glides` with functionals, without speed perturbation."""
    manifest = str(glides / "own.csv")
    ser_features.extract(manifest, data=glides, store=glides / "plain", features=FEATURES, workers=1)
    return glides / "plain"


@pytest.mark.long
def test_from_recordings_to_the_recommended_model_and_predictions(ser, glides, tmp_path):
    words = ["extract", "--datasets", glides / "own.csv", "--data", glides, "--store", tmp_path / "s"]
    answer = ser(*words, "--workers", 1, "--for", "best")
    assert answer.code == 0
    assert "copies: 96 stored, 0 unchanged, 0 failed" in answer.err
    assert answer.out.splitlines()[-1] == f"next: ser train --model best --store {tmp_path / 's'}"
    again = ser(*words, "--workers", 1, "--speed-perturb").err
    assert "copies: 0 stored, 96 unchanged, 0 failed" in again

    out = tmp_path / "best"
    answer = ser("train", "--model", "best", "--folds", 2, "--store", tmp_path / "s", "--out", out)
    assert answer.code == 0
    assert "note: 96 augmented copies, of training recordings only" in answer.out
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["n"] == 48
    assert metrics["uar"] > 0.8  # chance is a third
    assert {finding["kind"] for finding in metrics["leakage"]} <= {"suspect"}  # the task is easy
    tested = pd.read_parquet(out / "predictions.parquet").query("split == 'test'")
    assert not tested["file_id"].str.contains("#").any()

    prediction = load(out).predict(glides / "s0_sad_0.wav")
    assert set(prediction.probabilities) == {"angry", "neutral", "sad"}
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    evaluated = ser("evaluate", out, "--store", tmp_path / "s", "--json")
    assert json.loads(evaluated.out)["n"] == 48


def test_store_without_speed_perturbation(ser, store, tmp_path):
    words = ("train", "--model", "ridge", "--store", store, "--out", tmp_path / "ridge")
    note = "slower and faster copies, which would help it: run ser extract with --speed-perturb"
    assert note in ser(*words).out
    answer = ser(*words, "--speed-perturb")
    assert answer.code == 2
    message = (
        f"--speed-perturb: {store} has no slower and faster copies: run ser extract with --speed-perturb"
    )
    assert message in answer.err


def test_store_without_functionals_names_the_features_to_extract(ser, store_root, tmp_path):
    answer = ser("train", "--model", "ridge", "--store", store_root, "--out", tmp_path / "ridge")
    assert answer.code == 2
    assert "extract into a new store with --features core" in answer.err
    assert "functionals" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.long
def test_ensemble_of_named_members(ser, glides, store, tmp_path):
    out = tmp_path / "both"
    words = ("train", "--model", "ensemble", "--store", store, "--out", out, "--members")
    assert ser(*words, "logistic", "ridge").code == 0
    members = json.loads((out / "artifact.json").read_text())["parameters"]["members"]
    assert members == ["logistic", "ridge"]
    assert load(out).predict(glides / "s1_angry_1.wav").confidence > 1 / 3
    answer = ser("explain", out, "--store", store, "--repeats", 1, "--out", tmp_path / "explained")
    assert answer.code == 0
    assert "pitch" in answer.out
