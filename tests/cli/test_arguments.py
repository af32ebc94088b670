"""Several values after one option; flags that are accepted anywhere."""

import pytest
import typer
from ser_cli.arguments import repeat_flags, without
from ser_cli.main import app

COMMAND = typer.main.get_command(app)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("extract --datasets tess cremad", "extract --datasets tess --datasets cremad"),
        ("extract --datasets tess --datasets cremad", "extract --datasets tess --datasets cremad"),
        (
            "extract --datasets tess cremad --workers 2",
            "extract --datasets tess --datasets cremad --workers 2",
        ),
        ("extract --workers 2 --datasets tess", "extract --workers 2 --datasets tess"),
        ("extract --datasets=tess", "extract --datasets=tess"),
        ("extract --datasets", "extract --datasets"),
        ("train --model mlp --test-datasets a b", "train --model mlp --test-datasets a --test-datasets b"),
        ("evaluate A --datasets a b", "evaluate A --datasets a --datasets b"),
        ("evaluate --datasets a b -- A", "evaluate --datasets a --datasets b -- A"),
        ("predict A one.wav two.wav", "predict A one.wav two.wav"),
        ("predict A -", "predict A -"),
    ],
)
def test_flags_are_repeated(typed, expected):
    assert repeat_flags(COMMAND, typed.split()) == expected.split()


def test_global_flags_are_accepted_before_a_double_dash():
    assert without(["--quiet", "predict", "A", "--", "--debug"], "--quiet", "--debug") == (
        ["predict", "A", "--", "--debug"],
        {"--quiet"},
    )
