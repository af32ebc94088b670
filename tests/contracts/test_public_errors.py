"""Whatever is passed to a public function, the error is one of the package's own, in one line."""

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ser_features
import ser_models
from ser_features.checks import check
from ser_features.errors import SerError

NOWHERE = "/nowhere/at/all"
BASES = {
    ser_features.extract: {"datasets": "ravdess", "data": NOWHERE, "store": NOWHERE},
    ser_features.read_store: {"store": NOWHERE},
    check: {"dataset": "ravdess", "data": NOWHERE},
    ser_models.train: {"model": "logistic", "store": NOWHERE, "out": NOWHERE},
    ser_models.evaluate: {"artifact": NOWHERE},
    ser_models.load: {"folder": NOWHERE},
    ser_models.calibrate: {"artifact": NOWHERE, "out": NOWHERE},
    ser_models.compare: {"artifacts": NOWHERE},
    ser_models.score: {"predictions": NOWHERE},
    ser_models.audit: {"splits": NOWHERE},
}
"""Public functions with arguments that are refused before any work."""

WRONG = (
    None,
    5,
    -1.5,
    True,
    "nothing",
    b"x",
    "",
    "a\0b",
    [1, 2],
    [None],
    {},
    object(),
    np.zeros(3),
    pd.DataFrame(),
)

ARGUMENTS = [(function, name) for function in BASES for name in inspect.signature(function).parameters]


def test_every_public_function_is_tried():
    public = [getattr(package, name) for package in (ser_features, ser_models) for name in package.__all__]
    others = [ser_features.FeatureExtractor, ser_models.Result, ser_models.SerClassifier]
    assert [one for one in public if one not in BASES] == others


@pytest.mark.parametrize(
    ("function", "name"), ARGUMENTS, ids=[f"{function.__name__}-{name}" for function, name in ARGUMENTS]
)
def test_functions(function, name):
    for value in WRONG:
        with pytest.raises(SerError) as caught:
            function(**{**BASES[function], name: value})
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("function", BASES, ids=lambda function: function.__name__)
def test_missing_and_unknown_arguments(function):
    first, parameter = next(iter(inspect.signature(function).parameters.items()))
    if parameter.default is parameter.empty:
        with pytest.raises(SerError, match=f"^{function.__name__}: {first} is missing, expected "):
            function()
    with pytest.raises(SerError, match=rf"^{function.__name__}: {first} is 5 \(int\), expected str | "):
        function(5)
    with pytest.raises(SerError, match=f"^{function.__name__}: no argument 'Stroe', expected {first}"):
        function(**BASES[function], Stroe=1)


@pytest.fixture(scope="module")
def predictor(artifact_of):
    return ser_models.load(artifact_of("logistic"))


@pytest.fixture(scope="module")
def recording(recordings):
    return recordings / "s0_sad_0.wav"


@pytest.mark.parametrize("method", ["predict", "predict_proba", "table"])
def test_recordings_of_a_predictor(predictor, method, tmp_path):
    call = getattr(predictor, method)
    for value in (
        None,
        5,
        True,
        "",
        "a\0b",
        [1, 2],
        [None],
        {},
        object(),
        np.zeros(3),
        pd.DataFrame(),
        tmp_path,
        "no*",
    ):
        with pytest.raises(SerError):
            call(value)
    for path in (NOWHERE, Path(NOWHERE), [NOWHERE], 5000 * "a", "/root/x/" * 99):
        call(path)


@pytest.mark.parametrize("method", ["predict", "table"])
@pytest.mark.parametrize(
    "name", ["names", "speakers", "top", "windows", "win_dur", "hop_dur", "abstain_below", "channel"]
)
def test_options_of_a_predictor(predictor, recording, method, name):
    for value in (5.5, -1, "text", [1, 2, 3], object(), np.zeros(3)):
        if (name, value if isinstance(value, float) else 0) in (("win_dur", 5.5), ("hop_dur", 5.5)):
            continue
        with pytest.raises(SerError):
            getattr(predictor, method)([recording] * 2, **{name: value})


@pytest.mark.parametrize("method", ["files", "table", "variants", "failures"])
def test_corpora_of_a_store(store_root, method):
    call = getattr(ser_features.read_store(store_root), method)
    assert len(call("own")) == len(call(["own"])) == len(call(("own",)))
    if method != "failures":  # a corpus without failures has none
        with pytest.raises(SerError):
            call("nothing")
    for value in (5, [1], [None], object(), np.zeros(3)):
        with pytest.raises(SerError):
            call(value)


def test_frames_of_a_store(store_root):
    store = ser_features.read_store(store_root)
    for rows, family in (
        (store.files(), "nothing"),
        (store.files(), None),
        (None, "mel"),
        ("own", "mel"),
        (5, "mel"),
    ):
        with pytest.raises(SerError):
            store.frames(rows, family)
    with pytest.raises(SerError):
        store.frames(store.files()[["file_id"]], "mel")
