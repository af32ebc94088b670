"""TensorFlow's start-up messages are dropped; everything else is written."""

import os
import subprocess
import sys

import pytest

from ser_models.safe_io.keras_import import without_lines

CODE = """
import ser_models.models
from ser_models.safe_io.keras_import import load_keras
load_keras()
import keras
keras.ops.convert_to_numpy(keras.ops.ones(3) + 1)
print(keras.backend.backend())
"""


@pytest.mark.long
def test_keras_starts_silently():
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment = {**plain, "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("tensorflow\n", "")


def test_only_the_given_lines_are_dropped(capfd):
    with without_lines([b"hello"]):
        os.write(2, b"well, hello there\nsomething is wrong\n")
    os.write(2, b"hello again\n")
    assert capfd.readouterr().err == "something is wrong\nhello again\n"


def test_lines_before_an_error_are_written(capfd):
    def load():
        with without_lines([b"hello"]):
            os.write(2, b"hello\nlibrary missing\n")
            raise ImportError("no keras")

    with pytest.raises(ImportError, match="no keras"):
        load()
    assert capfd.readouterr().err == "library missing\n"
