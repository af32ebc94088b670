"""`ser app`."""


def serve() -> None:
    """To be written."""
