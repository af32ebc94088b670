"""Colours come on a terminal, and neither in pipes, nor with NO_COLOR, nor on a dumb terminal."""

import os
import pty
import re
import subprocess
import sys

import pytest

COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3|4|9|10)[0-9]")
PLAIN = {"NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERM"}
"""Variables that a machine may have set for its own reasons."""


def on_a_terminal(words, **environment):
    """Run `ser` with a terminal at both ends, and return what is drawn there."""
    here, there = pty.openpty()
    wanted = {name: value for name, value in os.environ.items() if name not in PLAIN}
    program = f"from ser_cli.main import main; main({words!r})"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=there, stderr=there, env={**wanted, **environment}
    ) as process:
        os.close(there)
        drawn = b""
        while True:
            try:
                block = os.read(here, 65_536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not block:
                break
            drawn += block
        process.wait()
    os.close(here)
    return drawn


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_help_is_coloured_where_it_may_be(environment, coloured):
    drawn = on_a_terminal(["corpora", "--help"], **environment)
    assert b"ser corpora" in drawn
    assert bool(COLOUR.search(drawn)) == coloured


def test_help_in_a_pipe_has_no_codes():
    wanted = {name: value for name, value in os.environ.items() if name not in PLAIN}
    program = "from ser_cli.main import main; main(['corpora', '--help'])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env={**wanted, "TERM": "xterm-256color"}
    )
    assert b"ser corpora" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
