"""Tokens, addresses and numbers are checked before anything is loaded."""

import pytest

from ser_features.errors import InputError
from ser_models.service.config import NEW_TOKEN, ServiceConfig, check_exposure


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"token": ""}, f"the token has 0 characters, expected at least 16: {NEW_TOKEN}"),
        (
            {"token": "ä" * 20},
            f"the token has spaces or other letters than ASCII, expected none: {NEW_TOKEN}",
        ),
        ({"timeout": 0}, "timeout is 0, expected more than 0"),
        ({"max_files": float("nan")}, "max_files is nan, expected more than 0"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(InputError) as refused:
        ServiceConfig(**options)
    assert str(refused.value) == message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "some.host"])
def test_the_network_needs_a_token(host):
    message = (
        f"{host} is reachable from the network and there is no token: pass --token or set SER_TOKEN, "
        "or say --no-token"
    )
    with pytest.raises(InputError) as refused:
        check_exposure(host, ServiceConfig())
    assert str(refused.value) == message
    check_exposure(host, ServiceConfig(token="a-token-of-the-tests"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_computer_needs_none(host):
    check_exposure(host, ServiceConfig())
