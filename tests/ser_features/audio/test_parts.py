"""A long file in parts."""

import io
import tracemalloc

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from ser_features.audio import decode, decoder
from ser_features.audio.parts import parts
from ser_features.errors import NonFiniteAudioError, TruncatedAudioError
from ser_features.sources import encoded

RATE = 8000
SIGNAL = (0.5 * np.sin(np.arange(5 * RATE) / 9) * np.linspace(0.1, 1, 5 * RATE)).astype(np.float32)


def decoded(content):
    return decode(content, min_seconds=0, max_seconds=600)


@given(
    st.integers(min_value=100, max_value=5 * RATE),
    st.floats(min_value=0.1, max_value=3),
    st.floats(min_value=0.01, max_value=2),
)
def test_parts_are_the_recording(size, longest, overlap):
    stream = list(parts(encoded(SIGNAL[:size], RATE), decoded, longest, overlap))
    assert [part.is_last for part in stream] == [False] * (len(stream) - 1) + [True]
    for part in stream:
        first = round(part.start * RATE)
        np.testing.assert_array_equal(
            part.audio.signal, SIGNAL[first : first + part.audio.signal.size][: size - first]
        )
        if not part.is_last:
            assert part.seconds == pytest.approx(longest + overlap, abs=1 / RATE)
    assert stream[-1].start + stream[-1].seconds == pytest.approx(size / RATE)


@pytest.mark.parametrize(
    ("container", "subtype"), [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", None), ("WAV", "ULAW")]
)
def test_every_container(container, subtype):
    file = io.BytesIO()
    soundfile.write(file, np.stack([SIGNAL, SIGNAL], axis=1), RATE, subtype, format=container)
    whole = decoded(file.getvalue()).signal
    stream = list(parts(file.getvalue(), decoded, 1.0, 0.0))
    assert stream[0].audio.channels == 2
    np.testing.assert_allclose(np.concatenate([part.audio.signal for part in stream]), whole, atol=1e-6)


def test_a_silent_part_has_no_audio():
    stream = list(parts(encoded(np.concatenate([SIGNAL, 0 * SIGNAL]), RATE), decoded, 5.0, 0.0))
    assert [part.audio is None for part in stream] == [False, True]


def test_what_is_wrong_with_the_file_is_an_error():
    content = encoded(SIGNAL, RATE)
    with pytest.raises(TruncatedAudioError):
        list(parts(content[: len(content) // 2], decoded, 1.0, 0.1))
    spoilt = SIGNAL.copy()
    spoilt[-1] = np.nan
    with pytest.raises(NonFiniteAudioError):
        list(parts(encoded(spoilt, RATE), decoded, 1.0, 0.1))


def test_memory_is_that_of_a_part(monkeypatch):
    monkeypatch.setattr(decoder, "BLOCK_SAMPLES", RATE)
    content = encoded(np.tile(SIGNAL, 40), RATE)  # 200 s, 6.4 MB of samples
    tracemalloc.start()
    for _ in parts(content, decoded, 2.0, 0.5):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - len(content) < 2e6
