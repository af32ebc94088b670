"""Usage errors are one line and exit code 2; tracebacks only on request; help comes at once."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nope"], "error: No such command 'nope': see ser --help"),
        (["extract"], "error: Missing option '--datasets': see ser extract --help"),
        (
            ["extract", "--datasets", "foo"],
            "error: unknown corpus 'foo': expected one of ravdess, tess, cremad",
        ),
        (
            ["extract", "--datasets", "savee", "--workers", "0"],
            "error: Invalid value for '--workers'",
        ),
        (
            ["extract", "--datasets", "demo", "--profile", "x"],
            "error: unknown profile 'x': expected one of speech16k",
        ),
        (
            ["train", "--model", "mlp", "--store", "nowhere"],
            "error: no store at nowhere: expected nowhere/store.json",
        ),
        (["store", "info", "--store", "nowhere"], "error: no store at nowhere: expected nowhere/store.json"),
    ],
)
def test_usage_errors_are_one_line(ser, words, line):
    answer = ser(*words)
    assert answer.code == 2
    assert answer.err.startswith(line)
    assert answer.err.count("\n") == 1
    assert answer.out == ""


def test_debug_shows_the_traceback(ser):
    with pytest.raises(Exception, match="unknown corpus 'foo'"):
        ser("extract", "--datasets", "foo", "--debug")


def test_unexpected_errors_are_one_line_too(ser, monkeypatch):
    monkeypatch.setattr("ser_features.api.extract_corpora", lambda *a, **k: 1 / 0)
    answer = ser("extract", "--datasets", "demo")
    assert (answer.code, answer.err) == (
        2,
        "error: unexpected ZeroDivisionError: division by zero: run it again with --debug\n",
    )


@pytest.mark.parametrize("command", ["demo", "corpora", "extract", "train", "evaluate", "predict"])
def test_help_has_an_example(ser, command):
    answer = ser(command, "--help")
    assert answer.code == 0
    assert f"Example: ser {command}" in answer.out


def test_help_imports_nothing_heavy():
    program = (
        "import sys, ser_cli.main\n"
        "heavy = ('numpy', 'pandas', 'pyarrow', 'tensorflow', 'sklearn', 'parselmouth', 'matplotlib')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_corpora_lists_licences(ser):
    answer = ser("corpora")
    assert "CC BY-NC-SA 4.0" in answer.out
    assert "ser extract --datasets FOLDER/folder.csv" in answer.out


def test_interrupted_run_says_how_to_go_on(ser, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ser_features.api.extract_corpora", interrupted)
    answer = ser("extract", "--datasets", "demo")
    assert answer.code == 130
    assert answer.err.splitlines()[-1] == (
        "stopped: what is finished is stored, the same command goes on from there"
    )
