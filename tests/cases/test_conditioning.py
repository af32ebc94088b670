"""The same speech, recorded or exported in another way, has the same features.

Reported: sound cards that add a constant (nyumaya_audio_recognition#2, esphome#8751, VGGVox#11).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features.config import PAPER48K, SPEECH16K, before_conditioning
from ser_features.errors import SilentAudioError
from ser_features.extractors import digest
from ser_features.pipeline import extract
from ser_models.artifact.metadata import feature_profile
from ser_models.models.feature_sets import CORE_INPUTS
from tests.cases.sounds import RATE, save, table, voice
from tests.ser_models.reporting.test_model_card import METADATA

TOLERANCE = 0.015
"""Largest difference of a feature, relative to itself."""


def quiet() -> np.ndarray:
    """A soft voice with half a second of a very soft floor of noise on both sides."""
    rest = np.zeros(RATE // 2)
    signal = np.concatenate([rest, 0.2 * voice(), rest])
    return signal + 1e-5 * np.random.default_rng(0).standard_normal(signal.size)


def hum(frequency: float, size: int) -> np.ndarray:
    return 0.005 * np.sin(2 * np.pi * frequency * np.arange(size) / RATE + 1)


def click(signal: np.ndarray) -> np.ndarray:
    """A click of 1 ms at nearly full scale, one second before."""
    before = np.zeros(RATE)
    before[:16] = 0.9
    return np.concatenate([before, signal])


def bump(signal: np.ndarray) -> np.ndarray:
    """A hand at the microphone after speech: a thump of 30 Hz, as loud as speech, that decays in 0.2 s."""
    time = np.arange(RATE) / RATE
    return np.concatenate([signal, 0.1 * np.sin(2 * np.pi * 30 * time) * np.exp(-time / 0.05)])


ALTERED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "offset of 66 of 32,768": lambda signal: signal + 0.002,
    "offset of 1 % below zero": lambda signal: signal - 0.01,
    "mains hum of 50 Hz": lambda signal: signal + hum(50, signal.size),
    "mains hum of 60 Hz": lambda signal: signal + hum(60, signal.size),
    "click before": click,
    "thump after": bump,
    "8 s of silence around": lambda signal: np.pad(signal, 8 * RATE),
    "peak-normalised": lambda signal: signal / np.abs(signal).max(),
    "20 dB softer": lambda signal: 0.1 * signal,
    "on the scale of 16 bits": lambda signal: 100 * signal,
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Features of the plain recording and of the altered ones, by name."""
    signals = {"plain": quiet()} | {name: alter(quiet()) for name, alter in ALTERED.items()}
    path = tmp_path_factory.mktemp("conditioned") / "one.wav"
    columns = {}
    for name, signal in signals.items():
        save(path, signal.astype(np.float32), subtype="FLOAT")
        columns[name] = extract(path, SPEECH16K, ["core"]).columns
    return pd.DataFrame.from_dict(columns, orient="index")


def test_an_offset_in_a_store(ser, tmp_path):
    """As reported: the row of the recording with an offset is like that of the recording without."""
    for name, offset in (("clean", 0), ("offset", 0.002)):
        save(tmp_path / f"{name}.wav", quiet() + offset, subtype="FLOAT")
    own = table(tmp_path / "dc.csv", ["clean.wav,neutral,ada", "offset.wav,neutral,ada"])
    store = ["--store", tmp_path / "s"]
    assert ser("extract", "--datasets", own, "--data", tmp_path, "--features", "core", *store).code == 0
    query = "select duration_sec, zcr_mean, rms_mean from files order by path"
    clean, offset = (
        [float(word) for word in line.split()]
        for line in ser("store", "query", query, *store).out.splitlines()[-2:]
    )
    assert clean[0] == pytest.approx(0.7, abs=0.1)
    assert offset == pytest.approx(clean, rel=0.01)


@pytest.mark.parametrize("name", ALTERED)
def test_the_same_features_in_another_coat(rows, name):
    plain, altered = (rows.loc[which, list(CORE_INPUTS)].astype(float) for which in ("plain", name))
    different = (altered - plain).abs() / plain.abs().clip(lower=1e-3)
    assert different.max() < TOLERANCE, different.nlargest(5)


def test_the_level_as_recorded_stays_in_the_store(rows):
    plain, soft = rows.loc["plain"], rows.loc["20 dB softer"]
    assert soft["rms_mean"] == pytest.approx(0.1 * plain["rms_mean"], rel=0.01)
    assert soft["peak_amplitude"] == pytest.approx(0.1 * plain["peak_amplitude"], rel=0.01)
    assert soft["gain_db"] == pytest.approx(plain["gain_db"] + 20, abs=0.01)


def test_a_microphone_that_gives_only_an_offset(tmp_path):
    """A muted input: every sample is 0.01. It has no features, and the reason is named."""
    save(tmp_path / "muted.wav", np.full(RATE, 0.01), subtype="FLOAT")
    with pytest.raises(SilentAudioError, match="only a constant offset or a hum"):
        extract(tmp_path / "muted.wav", SPEECH16K, ["core"])


def test_an_artifact_from_before_conditioning_reads_features_as_then():
    """A store and a model of the old default profile go on together; their digest is the old one."""
    before = before_conditioning(SPEECH16K)
    metadata = replace(METADATA, profile="speech16k", digest=digest(before, ["core"]))
    assert feature_profile(metadata, ["core"]) == before
    assert feature_profile(replace(metadata, digest="0" * 16), ["core"]) == SPEECH16K
    assert before_conditioning(PAPER48K) == PAPER48K
