"""The microphone, with a stand-in for sounddevice."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_models.inference import microphone

RATE = 8_000


class Stream:
    """Delivers three blocks at once, as after a window that took long."""

    def __init__(self, callback, samplerate, channels, dtype, blocksize):
        self.callback = callback
        assert (samplerate, channels, dtype, blocksize) == (RATE, 1, "float32", 800)

    def __enter__(self):
        for value in (1, 2, 3):
            self.callback(np.full((800, 1), value, np.float32), 800, None, None)

    def __exit__(self, *_):
        pass


class PortAudioError(Exception):
    pass


def device(monkeypatch, **parts):
    monkeypatch.setattr(microphone, "require", lambda *_: None)
    module = SimpleNamespace(PortAudioError=PortAudioError, InputStream=Stream, **parts)
    monkeypatch.setitem(sys.modules, "sounddevice", module)


def test_all_that_has_arrived_is_one_block(monkeypatch):
    device(monkeypatch)
    block = next(microphone.blocks(RATE))
    assert block.reshape(3, 800)[:, 0].tolist() == [1, 2, 3]


def test_the_rate_is_that_of_the_device(monkeypatch):
    device(monkeypatch, query_devices=lambda kind: {"default_samplerate": 44_100.0})
    assert microphone.default_rate() == 44_100


def test_no_device_is_an_error_of_one_line(monkeypatch):
    def query_devices(kind):
        raise PortAudioError("Error querying device -1\nmore")

    device(monkeypatch, query_devices=query_devices)
    with pytest.raises(InputError) as error:
        microphone.default_rate()
    assert str(error.value) == (
        "no microphone can be opened (Error querying device -1), expected an input device: connect one, or "
        "name a file"
    )


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("ser_features.extras.available", lambda *_: False)
    with pytest.raises(MissingExtraError, match=r"--mic needs sounddevice, .*ser-toolkit\[mic\]"):
        microphone.default_rate()
