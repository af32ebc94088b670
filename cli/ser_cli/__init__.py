"""The command line of ser."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "__version__":
        import ser_features

        return ser_features.__version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
