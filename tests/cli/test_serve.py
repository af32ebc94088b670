"""`ser serve` reports in one line why it cannot start; the service is tested in tests/ser_models/service."""

import socket

import pytest

pytest.importorskip("websockets", reason="needs websockets: pip install 'ser-toolkit[serve]'")


def test_reasons_not_to_start(ser, tmp_path, monkeypatch):
    def refusal(*words):
        answer = ser("serve", tmp_path / "none", *words)
        assert (answer.code, answer.out) == (2, "")
        return answer.err.splitlines()[-1]

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = f"expected a free one: pass --port {port + 1}, or another"
        assert refusal("--port", port) == f"error: port {port} of 127.0.0.1 is in use, {free}"
    assert refusal("--port", 0).startswith(f"error: no artifact at {tmp_path / 'none'}: expected ")
    exposed = (
        "error: 0.0.0.0 is reachable from the network and there is no token: pass --token or set SER_TOKEN"
    )
    assert refusal("--host", "0.0.0.0", "--port", 0) == f"{exposed}, or say --no-token"
    assert refusal("--host", "0.0.0.0", "--port", 0, "--no-token").startswith("error: no artifact at ")
    monkeypatch.setenv("SER_TOKEN", "guess me")
    assert refusal("--port", 0).startswith(
        "error: the token has 8 characters, expected at least 16: python -c"
    )
