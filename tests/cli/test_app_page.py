"""`ser app` reports in one line why it cannot start; the page itself is tested in tests/browser."""

import socket

import pytest


def test_reasons_not_to_start(ser, tmp_path):
    pytest.importorskip("gradio")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = ser("app", tmp_path, "--port", port)
    assert (answer.code, answer.out) == (2, "")
    free = f"expected a free one: pass --port {port + 1}, or another"
    assert answer.err.splitlines()[-1] == f"error: port {port} of 127.0.0.1 is in use, {free}"
    answer = ser("app", tmp_path / "none", "--port", 0)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1].startswith(f"error: no artifact at {tmp_path / 'none'}: expected ")
