"""Import of Keras without TensorFlow's start-up messages, which would interrupt progress bars.

TensorFlow announces its oneDNN kernels whatever its log level is (tensorflow/tensorflow#100442). The output
on stderr during the import is therefore captured, and passed on without these lines.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MESSAGES = (b"oneDNN custom operations are on", b"before absl::InitializeLog() is called")
"""Parts of the lines that are dropped."""


def load_keras() -> None:
    """Import Keras and its backend."""
    if "keras" not in sys.modules:
        with without_lines(MESSAGES):
            import keras  # noqa: F401


@contextmanager
def without_lines(messages: Sequence[bytes]) -> Iterator[None]:
    """Capture what this process writes to file descriptor 2, then write the lines without `messages`."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            captured.seek(0)
            for line in captured:
                if not any(message in line for message in messages):
                    os.write(2, line)
