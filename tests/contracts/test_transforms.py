"""The contract of every transform: values within range, no side effects, reproducible results."""

import json

import numpy as np
import pytest

from ser_features.augment import TRANSFORMS, SignalTransform, SpectrogramTransform, Variant
from ser_features.config import SPEECH16K
from ser_features.extractors import Analysis

TWELVE_TRANSFORMS = {
    "time_stretch": {"rate": 1.2},
    "speed": {"rate": 1.1},
    "time_shift": {"fraction": 0.2},
    "pitch_shift": {"semitones": 2},
    "noise": {"amplitude": 0.005},
    "clip": {"threshold": 0.5},
    "polarity": {},
    "echo": {"delay": 0.5, "decay": 0.5},
    "compression": {"threshold_db": -20, "ratio": 4},
    "vocal_tract": {"alpha": 1.1},
    "spectrogram_shift": {"fraction": 0.25},
}
"""Published values that leave nothing to draw; noise draws its seed."""


@pytest.fixture(params=TRANSFORMS)
def transform(request):
    return TRANSFORMS[request.param]


def input_of(transform, signal: np.ndarray) -> np.ndarray:
    """The transform's input, write-protected."""
    array = Analysis(signal, SPEECH16K).mel_db if isinstance(transform, SpectrogramTransform) else signal
    array = array.copy()
    array.flags.writeable = False
    return array


def applied(transform, array: np.ndarray, parameters) -> np.ndarray:
    if isinstance(transform, SignalTransform):
        return transform.apply(array, 16_000, parameters)
    return transform.apply(array, parameters)


def drawn(transform, number: int = 0) -> dict[str, float]:
    return Variant("copy", transform.name).draw(seed=number, file_id="ravdess/a")


def test_registry_names():
    assert all(name == transform.name for name, transform in TRANSFORMS.items())
    assert len(TRANSFORMS) == 20


def test_every_parameter_is_described_and_its_default_allowed(transform):
    for parameter in transform.parameters:
        assert parameter.unit
        assert parameter.description.endswith(".")
        assert parameter.allowed[0] <= parameter.default[0] <= parameter.default[1] <= parameter.allowed[1]


@pytest.mark.parametrize("name", TWELVE_TRANSFORMS)
def test_defaults_are_the_published_values(name):
    parameters = drawn(TRANSFORMS[name])
    parameters.pop("seed", None)
    assert parameters == TWELVE_TRANSFORMS[name]


def test_drawn_values_fill_their_range_and_are_json(transform):
    rng = np.random.default_rng(0)
    for parameter in transform.parameters:
        low, high = parameter.allowed
        middle = ((3 * low + high) / 4, (low + 3 * high) / 4)
        values = [transform.draw(rng, {parameter.name: middle})[parameter.name] for _ in range(200)]
        assert middle[0] <= min(values) < middle[0] + 0.05 * (high - low)
        assert middle[1] - 0.05 * (high - low) < max(values) <= middle[1]
    parameters = transform.draw(rng, {})
    assert json.loads(json.dumps(parameters)) == parameters


def test_a_fixed_parameter_does_not_change_the_others(transform):
    names = [parameter.name for parameter in transform.parameters]
    free = transform.draw(np.random.default_rng(1), {})
    for parameter in transform.parameters:
        fixed = transform.draw(np.random.default_rng(1), {parameter.name: (parameter.allowed[0],) * 2})
        assert {k: v for k, v in fixed.items() if k != parameter.name} == {
            k: v for k, v in free.items() if k != parameter.name
        }
    assert names == [name for name in free if name != "seed"]


def test_equal_parameters_give_equal_bytes_without_global_randomness(transform, vowel):
    array, parameters = input_of(transform, vowel), drawn(transform)
    np.random.seed(1)
    first = applied(transform, array, parameters)
    state = np.random.get_state()[1].copy()
    second = applied(transform, array, dict(parameters))
    assert first.tobytes() == second.tobytes()
    assert np.array_equal(np.random.get_state()[1], state)


def test_the_input_is_not_changed_and_the_output_differs(transform, vowel):
    array = input_of(transform, vowel)
    before = array.tobytes()
    output = applied(transform, array, drawn(transform))
    assert array.tobytes() == before
    assert output.dtype == np.float32
    assert output.ndim == array.ndim
    assert np.isfinite(output).all()
    assert output.tobytes() != before


def test_real_speech_gives_finite_output(transform, speech):
    for number in range(3):
        parameters = drawn(transform, number)
        output = applied(transform, input_of(transform, speech), parameters)
        assert np.isfinite(output).all()
        assert output.std() > 0


@pytest.mark.parametrize("samples", [512, 1600, 4801])
def test_short_signals(transform, samples, voice):
    signal = voice(150, 150, seconds=1.0)[-samples:]
    if transform.name == "echo":
        pytest.skip("raises for signals shorter than its delay: see test_time_and_pitch.py")
    output = applied(transform, input_of(transform, signal), drawn(transform))
    assert np.isfinite(output).all()
    assert output.size > 0


def test_extreme_parameters_are_finite(transform, vowel):
    for end in (0, 1):
        ranges = {parameter.name: (parameter.allowed[end],) * 2 for parameter in transform.parameters}
        if transform.name == "echo":
            ranges["delay"] = (0.001, 0.001) if end == 0 else (1.9, 1.9)
        parameters = transform.draw(np.random.default_rng(0), ranges)
        assert np.isfinite(applied(transform, input_of(transform, vowel), parameters)).all()
