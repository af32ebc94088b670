"""Alterations are files that decode to what their names say; the comparison of UARs is paired."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.robustness.alterations import ALTERATIONS
from benchmarks.robustness.same_answer import compared, model_of
from ser_features.audio import decode
from tests.cases.sounds import voice

RATE = 48_000


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_the_recording(name):
    signal = voice(rate=RATE).astype(np.float64)
    audio = decode(ALTERATIONS[name](signal, RATE), min_seconds=0.1, max_seconds=600)
    added = {"click one second before": 1, "8 s of silence around": 16}.get(name, 0)
    seconds = audio.signal.size / audio.sample_rate
    assert seconds == pytest.approx(signal.size / RATE + added, abs=0.1)


def test_the_rate_and_the_level_are_the_stated_ones():
    signal = voice(rate=RATE).astype(np.float64)
    made = {
        name: decode(ALTERATIONS[name](signal, RATE), min_seconds=0.1, max_seconds=600)
        for name in ("192 kHz", "peak normalisation", "12 dB louder", "offset of 0.01")
    }
    assert made["192 kHz"].sample_rate == 192_000
    assert np.abs(made["peak normalisation"].signal).max() == pytest.approx(1)
    assert np.abs(made["12 dB louder"].signal).max() == pytest.approx(3.98 * np.abs(signal).max(), rel=1e-3)
    assert made["offset of 0.01"].signal.mean() == pytest.approx(signal.mean() + 0.01, abs=1e-5)


def test_uars_are_compared_in_pairs():
    speakers = np.repeat(list("abcd"), 4)
    table = pd.DataFrame(
        {
            "file_id": [f"f{number}" for number in range(16)],
            "dataset": "own",
            "speaker": speakers,
            "emotion": ["angry", "sad"] * 8,
            "predicted": ["angry"] * 16,
        }
    )
    better = table.assign(predicted=table["emotion"]).sample(frac=1, random_state=0)
    assert compared(table, better) == ("0.500", "1.000", "+0.500 [+0.500, +0.500]")


def test_before_conditioning_the_baseline_read_the_level():
    assert "rms_mean" in model_of("logistic", "speech16k-raw").inputs.columns
    assert "rms_mean" not in model_of("logistic", "speech16k").inputs.columns
