"""The app reports before any work why it cannot start."""

import sys

import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_models.app import server
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
