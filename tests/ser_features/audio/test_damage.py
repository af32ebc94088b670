"""Damaged and hostile files raise an `AudioError` and nothing else."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ser_features import audio
from ser_features.errors import AudioError, TruncatedAudioError


def write(container: str, samples: int) -> bytes:
    """A tone as a file's bytes."""
    file = io.BytesIO()
    soundfile.write(file, 0.4 * np.sin(np.arange(samples) / 6), 16_000, format=container)
    return file.getvalue()


def accepted_or_refused(content: bytes) -> None:
    try:
        signal = audio.decode(content, min_seconds=0.1, max_seconds=600).signal
    except AudioError:
        return
    assert np.isfinite(signal).all()
    assert signal.any()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_header_with_invalid_positions():
    content = bytearray(write("AIFF", 16_000))
    content[38] ^= 0xFF  # the SSND chunk has another name, so libsndfile seeks to -1
    with pytest.raises(TruncatedAudioError, match=r"^truncated or damaged \("):
        audio.decode(bytes(content), min_seconds=0.1, max_seconds=600)


@given(st.binary(max_size=2000))
@example(b"FORM" + bytes(50))
@settings(max_examples=300, deadline=None)
def test_random_bytes_raise_nothing_else(content):
    accepted_or_refused(content)


@pytest.mark.parametrize("container", ["WAV", "FLAC", "AIFF", "OGG", "CAF"])
@given(
    changes=st.dictionaries(st.integers(0, 119), st.integers(0, 255), min_size=1, max_size=8),
    kept=st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_damaged_headers_raise_nothing_else(container, changes, kept):
    content = bytearray(write(container, 4000))
    for index, value in changes.items():
        content[index] = value
    accepted_or_refused(bytes(content))
    accepted_or_refused(bytes(content[: int(kept * len(content))]))
