"""The client against the real application on a port."""

import asyncio
import io
import threading

import numpy as np
import pytest
import uvicorn

from ser_features.errors import InputError
from ser_features.sources import Part
from ser_models.service import Client, ServiceError
from ser_models.service.application import build
from ser_models.web.server import bound
from tests.ser_models.service.conftest import TOKEN, document_example, service_of
from tests.serving import voice


@pytest.fixture(scope="module")
def url(predictor):
    """Address of the service, running in a thread."""
    application = build(service_of(predictor, token=TOKEN))
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", ws="none"))
    with bound("127.0.0.1", 0) as sock:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(url):
    return Client(url + "/", TOKEN)


def test_predictions_equal_those_of_the_model(client, predictor, tmp_path):
    path = tmp_path / "a call.wav"
    path.write_bytes(voice(0.7))
    expected = predictor.predict(path, top=len(predictor.labels))
    assert client.predict(path) == expected
    assert client.predict([str(path)]) == [expected]
    assert client.predict(path.open("rb")).file == str(path)
    refused = b"no sound"
    several = client.predict([path, io.BytesIO(path.read_bytes()), refused])
    assert several[0].probabilities == pytest.approx(expected.probabilities)
    assert [one.file for one in several] == [str(path), "", ""]
    assert several[2].error.startswith("not audio")
    signal = np.random.default_rng(0).normal(0, 0.1, 80_000)
    assert len(client.timeline((signal, 16_000)).windows) == 3
    assert client.predict([]) == []


def test_the_example_of_the_page_runs(url, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("call.wav", "other.wav"):
        (tmp_path / name).write_bytes(voice(4.5))
    exec(document_example(0).replace("http://127.0.0.1:8000", url), {})
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 + 3


def test_health_and_model(client, predictor):
    assert client.health()["status"] == "ok"
    assert client.model()["labels"] == predictor.labels


def refusal(call):
    with pytest.raises(ServiceError) as refused:
        call()
    return refused.value.status, str(refused.value)


def test_what_the_service_refuses(client, url):
    status, message = refusal(lambda: client.predict(b"no sound"))
    assert (status, message.partition(":")[0]) == (415, "not audio (text, 'no sound')")
    no_token = (401, "no token: expected the header Authorization: Bearer TOKEN")
    assert refusal(lambda: Client(url).predict(voice(0.5))) == no_token
    assert refusal(lambda: Client(f"{url}/docs", TOKEN).model())[0] == 404


def test_what_is_no_service():
    with bound("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
    status, message = refusal(lambda: Client(f"http://127.0.0.1:{port}").health())
    assert status is None
    assert message.startswith(f"no answer from http://127.0.0.1:{port} (")
    assert message.endswith("), expected a running ser serve: check the address")
    for url in ("file:///etc/passwd", "127.0.0.1:8000", 7):
        with pytest.raises(InputError, match=r"expected that of ser serve: http://HOST:PORT$"):
            Client(url)


def test_recordings_that_cannot_be_sent(client, tmp_path):
    with pytest.raises(
        InputError, match=r"none\.wav cannot be read \(No such file or directory\): check the path"
    ):
        client.predict(tmp_path / "none.wav")
    with pytest.raises(InputError, match="a part of a file cannot be sent, expected a whole file: cut it"):
        client.predict(Part("a.wav", 0, 1))
    with pytest.raises(InputError, match=r"5 \(int\) is no recording"):
        client.predict(5)
