"""What a recording may be in Python."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.audio import decode
from ser_features.errors import InputError, NonFiniteAudioError, NoSamplesError
from ser_features.sources import encoded, is_one, source_of, sources_of

RATE = 16_000
SIGNAL = (0.5 * np.sin(np.arange(RATE) / 20)).astype(np.float32)
STEREO = np.stack([SIGNAL, 0.25 * SIGNAL], axis=1)


def decoded(content):
    return decode(content, min_seconds=0, max_seconds=600)


@pytest.mark.parametrize(
    ("samples", "step"),
    [
        (SIGNAL, 0),
        (SIGNAL.astype(np.float64), 0),
        (SIGNAL.astype(np.float16), 1e-3),
        ((SIGNAL * 2**31).astype(np.int32), 2**-24),
        ((SIGNAL * 2**15).astype(np.int16), 2**-15),
        ((SIGNAL * 2**7).astype(np.int8), 2**-7),
        ((SIGNAL * 2**7 + 128).astype(np.uint8), 2**-6),
        (SIGNAL.tolist(), 0),
    ],
    ids=lambda value: str(getattr(value, "dtype", type(value).__name__)),
)
def test_full_scale_is_that_of_the_type(samples, step):
    audio = decoded(encoded(samples, RATE))
    assert audio.sample_rate == RATE
    np.testing.assert_allclose(audio.signal, SIGNAL, atol=step, rtol=0)


@pytest.mark.parametrize("samples", [STEREO, STEREO.T, STEREO.T[:1], SIGNAL[:, None]])
def test_the_shorter_axis_are_the_channels(samples):
    audio = decoded(encoded(samples, RATE))
    assert audio.signal.shape == SIGNAL.shape
    assert audio.channels == min(samples.shape)


@pytest.mark.parametrize(
    ("signal", "rate", "message"),
    [
        (
            np.zeros(9, np.int64),
            RATE,
            "type int64, whose full scale is unknown: expected floating-point numbers",
        ),
        (np.zeros(9, bool), RATE, "type bool, whose full scale"),
        (np.zeros(9, complex), RATE, "type complex128, whose"),
        (["a.wav"], RATE, "type <U5, whose"),
        ([[1.0], [1.0, 2.0]], RATE, r"is no signal \(.*\): expected an array of numbers"),
        (np.zeros((9, 9)), RATE, r"has the shape \(9, 9\), expected \(n,\) or \(n, channels\)"),
        (np.zeros((2, 2, 9)), RATE, r"has the shape \(2, 2, 9\)"),
        (np.zeros((99, 100)), RATE, r"has the shape \(99, 100\)"),
        (SIGNAL, 0, "the sample rate is 0, expected a whole number of Hz"),
        (SIGNAL, 16_000.5, "the sample rate is 16000.5"),
        (SIGNAL, float("nan"), "the sample rate is nan"),
    ],
)
def test_no_signal(signal, rate, message):
    with pytest.raises(InputError, match=message):
        encoded(signal, rate)


def test_a_signal_passes_the_checks_of_files():
    with pytest.raises(NoSamplesError):
        decoded(encoded(np.zeros(0), RATE))
    with pytest.raises(NonFiniteAudioError):
        decoded(encoded(np.full(RATE, 1e300), RATE))


def test_signal_and_rate_in_either_order():
    contents = {
        source_of(value).audio
        for value in (
            ((SIGNAL * 2**15).astype(np.int16), RATE),
            (RATE, (SIGNAL * 2**15).astype(np.int16)),
            ((SIGNAL * 2**15).astype(np.int16), np.int64(RATE)),
            {"array": (SIGNAL * 2**15).astype(np.int16), "sampling_rate": RATE, "path": None},
        )
    }
    assert len(contents) == 1


@pytest.fixture
def file(tmp_path):
    soundfile.write(tmp_path / "a.wav", SIGNAL, RATE)
    return tmp_path / "a.wav"


def test_open_files(file):
    content = file.read_bytes()
    with file.open("rb") as opened:
        assert source_of(opened).audio == content
        assert source_of(opened).audio == content, "from its start if it stands at its end"
        assert source_of(opened).name == str(file)
    assert source_of(io.BytesIO(content)).audio == content
    with tempfile.TemporaryFile() as temporary:
        temporary.write(content)
        assert source_of(temporary) == source_of(bytearray(content))
    with pytest.raises(InputError, match=r"a\.wav cannot be read \(.*closed file.*\): pass its path"):
        source_of(opened)
    with soundfile.SoundFile(file) as sound, pytest.raises(InputError, match="gives ndarray, expected bytes"):
        source_of(sound)
    with file.with_suffix(".txt").open("w+") as text, pytest.raises(InputError, match="gives str, expected"):
        source_of(text)


@pytest.mark.parametrize(
    "values",
    [
        ["a.wav", "b.wav"],
        ("a.wav", Path("b.wav")),
        (name for name in ("a.wav", "b.wav")),
        pd.Series(["a.wav", "b.wav"]),
        pd.Series(["a.wav", "b.wav"], dtype="string"),
        np.array(["a.wav", "b.wav"]),
        {"a.wav": 1, "b.wav": 2}.keys(),
    ],
)
def test_several(values):
    assert not is_one(values)
    assert [source.name for source in sources_of(values)] == ["a.wav", "b.wav"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, r"None \(NoneType\) is no recording: expected a path, bytes, an open binary file or \(signal"),
        (5, r"5 \(int\) is no recording"),
        ([1, 2], r"1 \(int\) is no recording"),
        (["a.wav", None], "None"),
        ("", "'' is no path"),
        (Path("a\0.wav"), "is no path"),
        (SIGNAL, r"an array of shape \(16000,\) has no sample rate: pass \(signal, rate\)"),
        ([SIGNAL], "has no sample rate"),
        (pd.Series([0.5, 0.25]), "has no sample rate"),
        ({"path": "a.wav"}, "is no recording"),
        (pd.DataFrame({"path": ["a.wav"]}), r"a table is no recording: pass one of its columns"),
        (("a.wav", 16_000), r"16000 \(int\) is no recording"),
    ],
)
def test_no_recording(values, message):
    with pytest.raises(InputError, match=message):
        sources_of(values)
