"""Python: whatever people hold a recording in."""

import io
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import ser_features
import ser_models
from ser_features.errors import InputError
from ser_models.explain import explain_recording
from ser_models.inference import Predictor
from tests.cases.sounds import RATE, save, table, voice


@pytest.fixture(scope="module")
def predictor(artifact_of) -> Predictor:
    return ser_models.load(artifact_of("logistic"))


@pytest.fixture
def calls(tmp_path, monkeypatch) -> Path:
    """Two recordings in the working folder, and one below it."""
    for name in ("a.wav", "b.wav", "calls/c.wav"):
        save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_paths_of_tables(calls):
    table(calls / "t.csv", ["a.wav,angry,ada", "b.wav,sad,ben"])
    assert ser_features.extract(Path("t.csv"), store="s", workers=1).stored == 2
    assert ser_features.extract((name for name in [Path("t.csv")]), store=Path("s"), workers=1).unchanged == 2
    assert len(ser_features.read_store(Path("s")).files("t")) == 2


def test_one_file_is_a_table_of_one_row(predictor, calls):
    assert predictor.table("a.wav")["file"].tolist() == ["a.wav"]
    assert predictor.table(Path("a.wav"), audformat=True).index.names == ["file", "start", "end"]
    assert predictor.table((np.zeros(RATE), RATE), names=["silence"])["file"].tolist() == ["silence"]


def _opened(path: Path) -> io.BytesIO:
    return io.BytesIO(path.read_bytes())


def _at_its_end(path: Path) -> io.BytesIO:
    written = io.BytesIO()
    shutil.copyfileobj(path.open("rb"), written)
    return written


@pytest.mark.parametrize(
    "held",
    [
        str,
        lambda path: path,
        lambda path: path.read_bytes(),
        _opened,
        _at_its_end,
        lambda path: soundfile.read(path),
        lambda path: soundfile.read(path, dtype="int16"),
        lambda path: (RATE, soundfile.read(path, dtype="int32")[0]),
        lambda path: (soundfile.read(path, always_2d=True)[0].T, RATE),
        lambda path: {"array": soundfile.read(path)[0], "sampling_rate": RATE},
    ],
    ids=[
        "text",
        "path",
        "bytes",
        "file",
        "file at its end",
        "float",
        "int16",
        "SciPy",
        "torchaudio",
        "datasets",
    ],
)
def test_one_recording(predictor, calls, held):
    expected = predictor.predict("a.wav")
    prediction = predictor.predict(held(Path("a.wav")))
    assert prediction.error is None
    assert prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    assert predictor.predict_proba(held(Path("a.wav"))).shape == (1, 3)


@pytest.mark.parametrize(
    ("several", "names"),
    [
        (("a.wav", "b.wav"), ["a.wav", "b.wav"]),
        (iter(["a.wav", Path("b.wav")]), ["a.wav", "b.wav"]),
        (pd.DataFrame({"file": ["a.wav", "b.wav"]})["file"], ["a.wav", "b.wav"]),
        ("*.wav", ["a.wav", "b.wav"]),
        ("**/*.wav", ["a.wav", "b.wav", "calls/c.wav"]),
        (Path("calls"), ["calls/c.wav"]),
        (["calls", "a.wav"], ["calls/c.wav", "a.wav"]),
        ([], []),
    ],
    ids=[
        "tuple",
        "iterator",
        "column",
        "pattern",
        "recursive pattern",
        "folder",
        "folder in a list",
        "nothing",
    ],
)
def test_several_recordings(predictor, calls, several, names):
    assert [prediction.file for prediction in predictor.predict(several)] == names


def test_a_generator_of_signals(predictor):
    signals = ((voice(speaker, "sad"), RATE) for speaker in range(3))
    assert predictor.table(signals)["error"].isna().all()


def test_recordings_that_are_refused_are_rows(predictor, calls):
    table = predictor.table(["a.wav", b"", (np.zeros(RATE), RATE), "none.wav", (voice(), 10**7)])
    assert table["error"].isna().tolist() == [True, False, False, False, False]
    for error, reason in zip(
        table["error"][1:], ("0 bytes", "silence", "cannot read", "sample rate"), strict=True
    ):
        assert reason in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"recordings": np.zeros(RATE)},
            r"an array of shape \(16000,\) has no sample rate: pass \(signal, rate\)",
        ),
        ({"recordings": (np.zeros(9, np.int64), RATE)}, "type int64, whose full scale is unknown"),
        ({"recordings": None}, r"None \(NoneType\) is no recording: expected a path, bytes, an open binary"),
        ({"recordings": "*.flac"}, r"nothing matches \*\.flac"),
        ({"recordings": ["a.wav"], "names": ["x", "y"]}, "2 names for 1 recordings, expected one for each"),
        ({"recordings": ["a.wav"], "speakers": "ada"}, r"speakers is 'ada' \(str\), expected one for each"),
        ({"recordings": "a.wav", "top": 0}, r"top is 0 \(int\), expected a number of emotions from 1 on"),
        ({"recordings": "a.wav", "abstain_below": 60}, r"abstain_below is 60 \(int\), expected a confidence"),
    ],
)
def test_what_cannot_be_meant(predictor, calls, arguments, message):
    with pytest.raises(InputError, match=message):
        predictor.predict(**arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ser_features.extract(None),
            r"extract: datasets is None \(NoneType\), expected str | os.PathLike",
        ),
        (lambda: ser_features.extract([3]), r"extract: datasets is 3 \(int\), expected"),
        (
            lambda: ser_features.extract("savee", dta="raw"),
            "no argument 'dta', expected .* did you mean 'data'",
        ),
        (
            lambda: ser_features.extract("savee", executor="ssh"),
            r"executor is 'ssh' \(str\), expected 'local' or",
        ),
        (
            lambda: ser_models.train("logistic", folds="many"),
            r"train: folds is 'many' \(str\), expected int | None",
        ),
        (
            lambda: ser_models.train("logistic", seed=-1),
            r"train: seed is -1 \(int\), expected 0 or more: see",
        ),
        (lambda: ser_models.train("logistic", jobs=0), r"train: jobs is 0 \(int\), expected 1 or more: see"),
        (lambda: ser_models.train("logistic", label_map={"sad": 3}), "label_map"),
        (
            lambda: ser_features.extract("savee", limit=-1),
            r"extract: limit is -1 \(int\), expected 1 or more",
        ),
        (
            lambda: ser_features.extract("savee", workers=0),
            r"extract: workers is 0 \(int\), expected 1 or more",
        ),
        (lambda: ser_models.load(7), r"load: folder is 7 \(int\), expected str"),
    ],
)
def test_arguments_of_another_type(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_signal_is_explained(artifact_of):
    contributions = explain_recording(artifact_of("logistic"), (voice(), RATE))
    assert contributions.file == ""
    assert len(contributions.table)
