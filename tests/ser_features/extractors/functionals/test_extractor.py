"""Names, units and values of the whole family."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ser_features.config import PROFILES, SPEECH16K
from ser_features.extractors import Analysis
from ser_features.extractors.functionals import FUNCTIONAL_COLUMNS, Functionals
from ser_features.extractors.functionals.descriptors import per_frame

NAMES = [column.name for column in FUNCTIONAL_COLUMNS]


def named(analysis: Analysis) -> dict[str, float]:
    return dict(zip(NAMES, Functionals().extract(analysis).tolist(), strict=True))


def test_every_column_has_a_systematic_name_a_unit_and_a_description():
    assert len(set(NAMES)) == len(NAMES) == 3669
    for column in FUNCTIONAL_COLUMNS:
        assert column.name.count("__") == 1
        assert column.unit
        assert column.description.endswith(".")
        assert column.type == "float32"


@pytest.mark.parametrize("name", PROFILES)
def test_values_match_their_names_in_every_profile(name):
    rng = np.random.default_rng(0)
    time = np.arange(PROFILES[name].audio.sample_rate) / PROFILES[name].audio.sample_rate
    signal = 0.2 * np.sin(2 * np.pi * 180 * time + 3 * np.sin(6 * time)) + 0.01 * rng.standard_normal(
        time.size
    )
    analysis = Analysis(signal.astype(np.float32), PROFILES[name])
    values = named(analysis)
    course = per_frame(analysis)
    assert values["mel_07__mean"] == pytest.approx(course[:, 7].mean(), rel=1e-5)
    assert values["level__p90"] == pytest.approx(np.percentile(course[:, 60], 90), rel=1e-5)
    assert values["recording__seconds"] == pytest.approx(1.0, abs=0.05)
    assert values["f0__p50"] == pytest.approx(12 * np.log2(1.8), abs=0.5)


def test_unvoiced_recordings_have_nan_in_voice_columns_only():
    noise = np.random.default_rng(2).standard_normal(8000).astype(np.float32)
    values = named(Analysis(0.05 * noise, SPEECH16K))
    unknown = {name for name, value in values.items() if np.isnan(value)}
    assert {"f0__mean", "hnr__std", "mel_00_voiced__mean", "segment__mean"} <= unknown
    assert all(
        any(part in name for part in ("f0", "hnr", "_voiced__", "segment__", "gap__")) for name in unknown
    )


@settings(max_examples=25, deadline=None)
@given(arrays(np.float32, st.integers(160, 4000), elements=st.floats(-1, 1, width=32)))
def test_functionals_are_never_infinite(signal):
    values = Functionals().extract(Analysis(signal, SPEECH16K))
    assert not np.isinf(values).any()
