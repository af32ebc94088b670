"""Every route and every error, as JSON of one line."""

import re

import numpy as np
import pytest

from ser_features.sources import encoded
from ser_models.inference.prediction import Prediction
from tests.ser_models.service.conftest import TOKEN
from tests.serving import RATE, voice

EXAMPLE = "send the bytes of an audio file (curl --data-binary @call.wav), or a form (curl -F file=@call.wav)"


def error_of(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert [*response.json()] == ["error"]
    assert "\n" not in response.json()["error"]
    return response.json()["error"]


def test_a_recording_is_recognised_as_by_the_predictor(client, predictor):
    content = voice(1.0)
    response = client.post("/predict?name=call.wav", content=content)
    assert response.status_code == 200
    expected = predictor.predict(content, names=["call.wav"], top=len(predictor.labels))
    assert Prediction.from_json(response.json()) == expected
    assert client.post("/predict", files={"file": ("call.wav", content)}).json() == response.json()


def test_several_recordings_are_answered_in_order(client, predictor):
    files = [
        ("file", ("a.wav", voice(0.6))),
        ("file", ("b.txt", b"no sound")),
        ("file", ("ü.wav", voice(0.9))),
    ]
    response = client.post("/predict", files=files)
    assert response.status_code == 200
    first, refused, last = map(Prediction.from_json, response.json()["predictions"])
    assert (first.file, first.seconds, last.file, last.seconds) == ("a.wav", 0.6, "ü.wav", 0.9)
    assert refused.file == "b.txt"
    assert refused.error.startswith("not audio (text, 'no sound'): expected WAV")
    assert first.probabilities == pytest.approx(predictor.predict(voice(0.6)).probabilities)


def test_the_timeline_has_windows(client):
    windows = client.post("/timeline", content=voice(5.0)).json()["windows"]
    assert [(window["start"], window["end"]) for window in windows] == [(0, 3), (1, 4), (2, 5)]
    assert "windows" not in client.post("/timeline", content=voice(1.0)).json()


def test_names_open_no_file(client, artifact):
    name = str(artifact / "artifact.json")
    assert client.post(f"/predict?name={name}", content=voice(0.5)).json()["file"] == name
    climb = "../" * 9 + "etc/passwd"
    response = client.post("/predict", files=[("path", (climb, voice(0.5))), ("file", (name, b"x"))])
    recognised, refused = response.json()["predictions"]
    assert (recognised["file"], recognised["seconds"]) == (climb, 0.5)
    assert refused["error"].startswith("not audio")


NOISE = np.random.default_rng(0).normal(0, 0.1, RATE)
REFUSED = {
    "no sound at all": (b"no sound at all", 415, "not audio (text, 'no sound at all'): expected WAV"),
    "an archive": (b"PK\x03\x04" + bytes(99), 415, "not audio (a ZIP archive"),
    "silence": (encoded(np.zeros(RATE), RATE), 422, "every sample is zero"),
    "no number": (encoded(np.full(RATE, np.nan), RATE), 422, "NaN"),
    "short": (encoded(NOISE[:20], RATE), 422, "expected at least"),
    "long": (voice(61), 413, "expected at most 60"),
    "a header alone": (voice(1.0)[:44], 422, ""),
    "half": (voice(1.0)[:20_000], 200, ""),
    "a size that lies": (voice(1.0)[:40] + b"\xff\xff\xff\x7f" + voice(1.0)[44:], 200, ""),
}
"""Hostile and careless uploads → status, and what the error says."""


@pytest.mark.parametrize("name", REFUSED)
def test_unusual_uploads_are_answered_in_one_line(client, name):
    content, status, text = REFUSED[name]
    response = client.post("/predict", content=content)
    if status == 200:
        assert response.status_code in (200, 422)
    else:
        assert text in error_of(response, status)


def test_requests_without_a_recording(client):
    empty = f"the body is empty, expected a recording: {EXAMPLE}"
    assert error_of(client.post("/predict"), 400) == empty
    json_body = f"the body is application/json, expected an audio file: {EXAMPLE}"
    assert error_of(client.post("/predict", json={"path": "/etc/passwd"}), 415) == json_body
    form = {"content-type": "multipart/form-data"}
    no_boundary = f"the form names no boundary of its parts: {EXAMPLE}"
    assert error_of(client.post("/predict", content=b"x", headers=form), 400) == no_boundary


def test_other_routes_and_methods(client):
    assert error_of(client.get("/etc/passwd"), 404) == "no route /etc/passwd: expected one of /docs"
    assert error_of(client.get("/%2e%2e/%2e%2e/etc/passwd"), 404).startswith("no route ")
    assert error_of(client.get("/predict"), 405) == "/predict is not for GET: see /docs"


@pytest.mark.parametrize("route", ["predict", "timeline", "model", "metrics"])
def test_the_token_is_needed(client, route):
    method = "POST" if route in ("predict", "timeline") else "GET"
    no_token = "no token: expected the header Authorization: Bearer TOKEN"
    another = "another token than that of the service: check Authorization: Bearer TOKEN"
    for header, message in (("", no_token), (f"Basic {TOKEN}", no_token), (f"Bearer {TOKEN}x", another)):
        response = client.request(method, f"/{route}", headers={"authorization": header})
        assert error_of(response, 401) == message
        assert response.headers["www-authenticate"] == "Bearer"
    assert client.request(method, f"/{route}").status_code in (200, 400)


def test_health_needs_no_token(client):
    health = client.get("/health", headers={"authorization": ""}).json()
    assert (health["status"], health["in_progress"]) == ("ok", 0)


def test_the_model_and_the_limits(client, predictor):
    model = client.get("/model").json()
    assert model["labels"] == predictor.labels
    assert 0 <= model["uar"] <= 1
    assert model["limits"]["max_seconds"] == 60


def test_metrics_count_requests_and_recordings(serving):
    with serving() as client:
        client.post("/predict", content=voice(0.5))
        client.post("/predict", content=b"no sound")
        client.get("/nothing")
        lines = client.get("/metrics").text.splitlines()
    assert 'ser_requests_total{route="/predict",status="200"} 1' in lines
    assert 'ser_requests_total{route="/predict",status="415"} 1' in lines
    assert 'ser_requests_total{route="other",status="404"} 1' in lines
    assert 'ser_recordings_total{outcome="recognised"} 1' in lines
    assert 'ser_recordings_total{outcome="refused"} 1' in lines
    assert "ser_sound_seconds_total 0.5" in lines
    assert "ser_request_seconds_count 2" in lines
    assert 'ser_batch_items_bucket{le="1"} 1' in lines
    assert "ser_recordings_in_progress 0" in lines
    assert all(re.fullmatch(r'# .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+]+', line) for line in lines)


def test_the_page_loads_nothing_from_elsewhere(client):
    response = client.get("/docs", headers={"authorization": ""})
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not re.findall(r"(?:src|href)=\"?(?:https?:)?//", response.text)
    for route in ("/predict", "/timeline", "/stream", "/health", "/model", "/metrics"):
        assert route in response.text
    assert TOKEN not in response.text
    paths = client.get("/openapi.json").json()["paths"]
    assert {"200", "400", "401", "413", "415", "422", "429", "503", "504"} == set(
        paths["/predict"]["post"]["responses"]
    )


def test_limits_of_a_request(serving):
    from ser_models.web.limits import Limits

    small = {"recording": Limits(max_bytes=2**15), "max_files": 2}
    with serving(**small) as client:
        too_large = "the file has 0.1 MB, expected at most 0.03125 MB: cut it, or save it as FLAC, OGG or MP3"
        assert error_of(client.post("/predict", content=bytes(2**17)), 413) == too_large
        assert error_of(client.post("/predict", content=iter([bytes(2**14)] * 8)), 413).startswith(
            "the file has"
        )
        files = [("file", (f"{number}.wav", voice(0.5))) for number in range(3)]
        three = "the request has 3 recordings, expected at most 2: send several requests"
        assert error_of(client.post("/predict", files=files), 413) == three
        large = client.post("/predict", files={"file": ("a.wav", bytes(2**16))})
        assert error_of(large, 413).startswith("a.wav: the file has 0.1 MB, expected at most 0.03125 MB")
        whole = client.post("/predict", files={"file": ("a.wav", bytes(2**21))})
        assert error_of(whole, 413) == "the request has 2.0 MB, expected at most 1 MB: send several requests"


def test_a_busy_service_says_when_to_try_again(serving):
    with serving(max_recordings=1) as client:
        files = [("file", ("a.wav", voice(0.5))), ("file", ("b.wav", voice(0.5)))]
        response = client.post("/predict", files=files)
        waiting = "0 recordings are waiting, expected at most 1 with those of this request: try again later"
        assert error_of(response, 429) == waiting
        assert response.headers["retry-after"] == "1"
    with serving(max_memory=2**20) as client:
        assert client.post("/predict", content=voice(0.5)).status_code == 200
        full = client.post("/predict", content=iter([voice(0.5)]))
        assert error_of(full, 503) == "uploads fill the 1 MB set aside for them: try again later"
        assert client.get("/health").json()["in_progress"] == 0


def test_a_request_that_takes_too_long(serving):
    with serving(timeout=0.001) as client:
        late = "not finished after 0.001 s, expected less: send fewer or shorter recordings"
        assert error_of(client.post("/predict", content=voice(2.0)), 504) == late


def test_an_unexpected_error_shows_nothing_of_the_computer(serving, monkeypatch):
    monkeypatch.setattr("ser_models.service.routes.uploads_of", lambda *_: 1 / 0)
    with serving() as client:
        message = "unexpected ZeroDivisionError: the log of the service has its traceback"
        assert error_of(client.post("/predict", content=b"x"), 500) == message
