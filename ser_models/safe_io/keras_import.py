"""Keras imported without TensorFlow's start-up messages, which would interrupt a progress bar.

TensorFlow logs that its oneDNN kernels are on at every log level (tensorflow/tensorflow#100442). Therefore
stderr is buffered during the import and written afterwards without these lines.
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
    with tempfile.TemporaryFile() as output:
        os.dup2(output.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            output.seek(0)
            for line in output:
                if not any(part in line for part in talk):
                    os.write(2, line)
