"""Sockets and addresses of the app and the service, and errors of binding them."""

import os
import signal
import socket

import pytest

from ser_features.errors import InputError
from ser_models.web import server
from ser_models.web.server import bound


@pytest.mark.parametrize("host", ["256.0.0.1", "203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_another_computer(host):
    with (
        pytest.raises(InputError, match=r"expected an address of this computer: pass --host 127\.0\.0\.1$"),
        bound(host, 0),
    ):
        pass


def test_only_this_computer_has_access_by_default():
    assert server.LOCAL == "127.0.0.1"
    with bound(server.LOCAL, 0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_the_port_is_free_again_afterwards():
    with bound("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
    with bound("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


def test_addresses_are_urls():
    assert server.address("127.0.0.1", 7860) == "http://127.0.0.1:7860/"
    assert server.address("::1", 80) == "http://[::1]:80/"


def test_sigterm_closes_enclosing_context_managers():
    before = signal.getsignal(signal.SIGTERM)
    closed = []
    with socket.socket():
        with server.sigterm_as_interrupt():
            os.kill(os.getpid(), signal.SIGTERM)
            closed.append("never")
        closed.append("yes")
    assert closed == ["yes"]
    assert signal.getsignal(signal.SIGTERM) == before
