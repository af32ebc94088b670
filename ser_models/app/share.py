"""A public address for the page, on request only: Gradio's tunnel, behind the guard and its password.

host and port of the page → `open_tunnel` → a program of Gradio's, downloaded once → https://….gradio.live

The tunnel is closed with the process; Gradio closes it after a week at the latest.
"""

import secrets
import sys
from contextlib import redirect_stdout
from pathlib import Path

from ser_features.errors import InputError

MEANING = (
    "--share: the page gets a public address; everything that visitors send passes through a server of Gradio"
)
"""What the option does, in one line."""


def check_password(password: str | None) -> None:
    """Refuse to share a page without a password.

    Raises:
        InputError: if there is none.
    """
    if not password:
        raise InputError(
            "--share without a password opens the page to everybody who has its address: expected one: pass "
            "--password or set SER_PASSWORD"
        )


def open_tunnel(host: str, port: int, folder: Path) -> str:
    """Open a tunnel to the page.

    Args:
        host: that the page listens on.
        port: that it listens on.
        folder: for the certificate of Gradio's server, which is there as long as the tunnel.

    Returns:
        The public address.

    Raises:
        InputError: if the tunnel cannot be opened.
    """
    from gradio import networking

    # Gradio has no setting for it, and would write below the folder in which the command was run.
    networking.CERTIFICATE_PATH = str(folder / "certificate.pem")
    try:
        with redirect_stdout(sys.stderr):  # stdout is for the address only
            return networking.setup_tunnel(host, port, secrets.token_urlsafe(32), None, None)
    except Exception as error:  # of the network, of the server, of the program or of its start
        reason = " ".join(str(error).split())
        raise InputError(
            f"--share: no public address ({reason}): expected a connection to Gradio's server: try again, or "
            "leave it out and pass --host"
        ) from error
