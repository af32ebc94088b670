"""The number of samples of a FLAC file that does not state it."""

import numpy as np
import pytest

from ser_features.audio import flac
from tests.attacks.zoo import encode


def open_length(content: bytes) -> bytes:
    """The same file with an unknown number of samples."""
    return content[:21] + bytes((content[21] & 0xF0, 0, 0, 0, 0)) + content[26:]


@pytest.mark.parametrize("samples", [100, 192, 576, 4096, 4097, 10_000, 300_000])
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (48_001, 1)])
def test_the_last_frame_tells_the_length(samples, rate, channels):
    signal = np.random.default_rng(samples).normal(0, 0.1, (samples, channels))
    content = encode(signal, "FLAC", rate=rate)
    assert flac.stream(content).links == (content,)
    opened = flac.stream(open_length(content))
    assert opened.links == (content,)
    assert opened.notes == (flac.OPEN,)
