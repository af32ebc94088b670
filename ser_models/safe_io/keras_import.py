"""Keras imported without TensorFlow's start-up talk, which would stand in the middle of a progress display.

TensorFlow says that its oneDNN kernels are on, whatever its log level is (tensorflow/tensorflow#100442). So
what is said on stderr during the import is kept back, and passed on without that.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

TALK = (b"oneDNN custom operations are on", b"before absl::InitializeLog() is called")
"""What lines hold that are said at every start and tell nothing."""


def load_keras() -> None:
    """Import Keras and the backend that it runs on."""
    if "keras" not in sys.modules:
        with without_talk(TALK):
            import keras  # noqa: F401


@contextmanager
def without_talk(talk: Sequence[bytes]) -> Iterator[None]:
    """Keep back what this process writes to file descriptor 2, then write the lines that hold no `talk`."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            said.seek(0)
            for line in said:
                if not any(part in line for part in talk):
                    os.write(2, line)
