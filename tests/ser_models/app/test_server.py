"""The app reports before any work why it cannot start."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_models.app import server, share
from ser_models.app.server import AppConfig
from ser_models.web.server import bound


def test_a_port_in_use_is_reported_at_once(tmp_path):
    with bound("127.0.0.1", 0) as bound_socket:
        port = bound_socket.getsockname()[1]
        free = f"expected a free one: pass --port {port + 1}, or another"
        message = f"port {port} of 127.0.0.1 is in use, {free}"
        with pytest.raises(InputError, match=message):
            server.serve(AppConfig([tmp_path / "no artifact is read"]), port=port, ready=print)


def test_without_gradio_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(
        MissingExtraError, match=r"^ser app needs gradio, .*pip install 'ser-toolkit\[app\]'$"
    ):
        server.serve(AppConfig([tmp_path]), ready=print)


def test_a_page_without_a_password_is_not_shared(tmp_path):
    pytest.importorskip("gradio")
    with pytest.raises(InputError, match="--share without a password opens the page to everybody"):
        server.serve(AppConfig([tmp_path / "no artifact is read"], share=True), ready=print)


def test_a_page_is_shared_on_request_only(monkeypatch):
    networking = pytest.importorskip("gradio.networking")
    tunnels, shown = [], []

    def setup(*words):
        tunnels.append(words[:2])
        return "https://some.gradio.live"

    monkeypatch.setattr(networking, "setup_tunnel", setup)
    monkeypatch.setattr(server, "_application", lambda config, folder: None)
    monkeypatch.setattr(server, "run", lambda app, sock, host, ready, **options: ready("http://local/"))
    server.serve(AppConfig([], password="secret"), port=0, ready=shown.append)
    assert (shown, tunnels) == (["http://local/"], [])
    server.serve(AppConfig([], password="secret", share=True), port=0, ready=shown.append)
    assert shown[1:] == ["https://some.gradio.live"]
    [(host, port)] = tunnels
    assert host == "127.0.0.1"
    assert port > 0


def test_without_a_network_sharing_is_a_line(monkeypatch, tmp_path):
    networking = pytest.importorskip("gradio.networking")

    def setup(*_):
        raise RuntimeError("Could not get share link\nfrom Gradio API Server.")

    monkeypatch.setattr(networking, "setup_tunnel", setup)
    message = r"^--share: no public address \(Could not get share link from Gradio API Server\.\): expected a"
    with pytest.raises(InputError, match=message):
        share.open_tunnel("127.0.0.1", 7860, tmp_path)


def test_sharing_leaves_nothing_in_the_working_folder(monkeypatch, tmp_path):
    networking = pytest.importorskip("gradio.networking")
    answer = SimpleNamespace(json=lambda: [{"host": "some.host", "port": "7000", "root_ca": "a certificate"}])
    certificates = []

    def tunnel(*arguments):
        certificates.append(Path(arguments[-1]))
        return SimpleNamespace(start_tunnel=lambda: "https://some.gradio.live")

    monkeypatch.setattr(networking.httpx, "get", lambda *_, **__: answer)
    monkeypatch.setattr(networking, "Tunnel", tunnel)
    working, own = tmp_path / "working", tmp_path / "own"
    working.mkdir()
    monkeypatch.chdir(working)
    assert share.open_tunnel("127.0.0.1", 7860, own) == "https://some.gradio.live"
    assert not any(working.iterdir())
    assert certificates == [own / "certificate.pem"]
    assert certificates[0].read_text(encoding="utf-8") == "a certificate"
