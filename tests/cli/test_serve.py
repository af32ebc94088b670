"""`ser app` says in one line why it cannot start."""

import socket
import sys

import pytest


def test_port_in_use(ser, tmp_path):
    pytest.importorskip("gradio")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = ser("app", tmp_path, "--port", port)
    assert answer.code == 2
    assert answer.out == ""
    last = answer.err.splitlines()[-1]
    free = f"expected a free one: pass --port {port + 1}, or another"
    assert last == f"error: port {port} of 127.0.0.1 is in use, {free}"


def test_no_artifact(ser, tmp_path):
    pytest.importorskip("gradio")
    answer = ser("app", tmp_path / "none", "--port", 0)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.splitlines()[-1].startswith(f"error: no artifact at {tmp_path / 'none'}: expected ")


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_no_port(ser, tmp_path, port):
    answer = ser("app", tmp_path, f"--port={port}")
    assert answer.code == 2
    assert answer.err.startswith("error: Invalid value for '--port'")


def test_gradio_missing(ser, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    answer = ser("app", tmp_path)
    assert answer.code == 2
    assert answer.err.splitlines()[-1] == (
        "error: ser app needs gradio, which is not installed: pip install 'ser-toolkit[app]'"
    )
