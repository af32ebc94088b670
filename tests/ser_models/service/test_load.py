"""`ser serve` as a process, with its worker processes: many requests at once, and a stop while they run."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ser_models.service import Client
from tests.ser_models.service.conftest import TOKEN, document_example
from tests.serving import Served, served, voice

pytestmark = pytest.mark.long


@pytest.fixture
def service(artifact: Path, tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    with served(artifact, folder, "serve", "--token", TOKEN, "--workers", "2", "--timeout", "600") as running:
        yield running


def test_two_hundred_requests_at_once_are_all_answered(service, predictor):
    from benchmarks.speed.serve import at_once, equal

    contents = [voice(0.5 + 0.1 * (number % 10)) for number in range(200)]
    results = at_once(Client(service.url, TOKEN, timeout=600), contents)
    expected = {content: predictor.predict(content) for content in contents[:10]}
    for content, result in zip(contents, results, strict=True):
        assert equal(result.prediction, expected[content])
    assert service.files() == [], "uploads stay in memory"


def test_a_stop_lets_running_requests_finish(service):
    client = Client(service.url, TOKEN, timeout=600)
    with ThreadPoolExecutor(40) as threads:
        answers = [threads.submit(client.predict, voice(2.0)) for _ in range(40)]
        while sum(answer.done() for answer in answers) + client.health()["in_progress"] < len(answers):
            time.sleep(0.02)
        service.process.send_signal(signal.SIGTERM)
        assert all(answer.result().emotion for answer in answers)
    assert service.process.wait(60) == 0


def test_the_stream_of_the_page_runs(service, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "call.wav").write_bytes(voice(4.0))
    exec(document_example(1).replace("ws://127.0.0.1:8000/", service.url.replace("http", "ws")), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[-2:]] == [["0.5", "3.5"], ["1.0", "4.0"]]
