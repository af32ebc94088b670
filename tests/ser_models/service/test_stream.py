"""The WebSocket: a running timeline, and its errors."""

import io
import json

import numpy as np
import pytest
import soundfile
from starlette.websockets import WebSocketDisconnect

from ser_models.inference.stream import HOP_DUR
from tests.ser_models.service.conftest import TOKEN
from tests.serving import RATE, voice

HOP = round(HOP_DUR * RATE)


@pytest.fixture(scope="module")
def pcm() -> np.ndarray:
    """Four seconds, int16."""
    return soundfile.read(io.BytesIO(voice(4.0)), dtype="int16")[0]


def test_each_hop_is_answered(client, pcm, predictor):
    with client.websocket_connect(f"/stream?rate={RATE}") as socket:
        lines = []
        for start in range(0, pcm.size - HOP // 2, HOP):
            socket.send_bytes(pcm[start : start + HOP].tobytes())
            lines.append(socket.receive_json())
        socket.send_text("end")
        assert socket.receive_json() == {"end": True, "seconds": 4.0, "windows": 8}
    assert [line["end"] for line in lines] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
    assert [line["start"] for line in lines] == [0.0] * 6 + [0.5, 1.0]
    window = predictor.predict((pcm[RATE:], RATE))
    assert lines[-1]["emotion"] == window.emotion
    assert lines[-1]["probabilities"] == pytest.approx(window.probabilities)
    assert lines[-1]["ood_score"] == pytest.approx(window.ood_score)
    assert lines[-1]["behind"] == 0


def test_the_format_may_be_the_first_message(client, pcm):
    with client.websocket_connect("/stream") as socket:
        socket.send_text(json.dumps({"rate": RATE, "encoding": "float32"}))
        socket.send_bytes((pcm[:HOP] / 2.0**15).astype("<f4").tobytes())
        line = socket.receive_json()
        socket.send_bytes(bytes(4 * HOP))
        socket.send_bytes(bytes(4 * HOP // 2))
        socket.send_text("end")
        rest = [socket.receive_json() for _ in range(2)]
    assert line["end"] == 0.5
    assert line["emotion"] is not None
    assert rest[-1]["end"] in (True, 1.0, 1.25)


def test_silence_has_no_emotion(client, pcm):
    with client.websocket_connect(f"/stream?rate={RATE}") as socket:
        socket.send_bytes(bytes(2 * HOP))
        line = socket.receive_json()
    assert (line["emotion"], line["confidence"], line["probabilities"]) == (None, None, {})


def refusal(client, query="", *messages, **options) -> tuple[str, int]:
    """The error of a stream and the code that it is closed with."""
    with client.websocket_connect(f"/stream{query}", **options) as socket:
        for message in messages:
            socket.send_bytes(message) if isinstance(message, bytes) else socket.send_text(message)
        error = socket.receive_json()["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    return error, closed.value.code


def test_errors_are_the_last_message(client):
    rate = "expected a sample rate of 8000 to 96000 Hz"
    assert refusal(client, "?rate=7") == (f"rate is 7, {rate}", 1003)
    assert refusal(client, "?rate=-1e9") == (f"rate is -1e9, {rate}", 1003)
    encoding = "encoding is mp3, expected int16 or float32"
    assert refusal(client, "?rate=16000&encoding=mp3") == (encoding, 1003)
    header = 'the first message is no header, expected {"rate": 16000}'
    assert refusal(client, "", "hello") == (header, 1003)
    assert refusal(client, "", "[" * 99_999) == (header, 1003)
    assert refusal(client, "", b"12") == (header, 1003)
    odd = "a message has 3 bytes, expected samples of 2 bytes each"
    assert refusal(client, "?rate=16000", b"123") == (odd, 1003)
    text = "a message is the text 'stop', expected samples or 'end'"
    assert refusal(client, "?rate=16000", "stop") == (text, 1003)
    infinite = np.full(4, np.inf, "<f4").tobytes()
    no_numbers = "a message has samples that are no numbers, expected float32 of -1 to 1"
    assert refusal(client, "?rate=16000&encoding=float32", infinite) == (no_numbers, 1003)


def test_who_may_connect(client):
    no_token = "no token: expected the header Authorization: Bearer TOKEN"
    assert refusal(client, headers={"authorization": ""}) == (no_token, 1008)
    elsewhere = "the page is of another site, expected one of this service: connect from a program"
    assert refusal(client, headers={"origin": "https://elsewhere.example"}) == (elsewhere, 1008)
    same = {"origin": "http://testserver", "authorization": f"Bearer {TOKEN}"}
    assert refusal(client, "?rate=7", headers=same)[1] == 1003


def test_limits_of_streams(serving):
    with serving(max_streams=1, max_stream_seconds=0.25, timeout=0.2) as client:
        with client.websocket_connect("/stream?rate=16000"):
            many = "1 streams are open, expected at most 1: try later"
            assert refusal(client, "?rate=16000") == (many, 1013)
        long = "the stream is longer than 0.25 s: open another one"
        assert refusal(client, "?rate=8000", bytes(2 * 2_001)) == (long, 1008)
        assert refusal(client, "?rate=8000") == ("no sound for 0.2 s, expected some: connect again", 1008)
