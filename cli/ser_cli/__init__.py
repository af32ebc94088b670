"""The command line of ser."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("ser-toolkit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
