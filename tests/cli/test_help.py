"""Help, over all commands: usual type names, an example that parses, 80 columns; the version."""

import json
import os
import platform
import pty
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
import ser_cli
from ser_cli.help import type_name

import ser_features
import ser_models
from ser_features.extractors import DEFAULT_FAMILIES
from ser_models.models import MODELS, create
from tests.cli.walk import commands, parsed

COMMANDS = dict(commands())
RUNNABLE = [path for path in COMMANDS if path not in ("store", "plot", "recipes")]
TYPES = re.compile(r"(TEXT|INTEGER|FLOAT|PATH|SQL|FOLDER|ADDRESS|SECONDS|\[[\w|+-]+\])(\.\.\.)?")
COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3|4|9|10)[0-9]")
PLAIN = {"NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERM"}
"""Environment variables that change colours, and that the machine of the tests may have set."""


@pytest.mark.parametrize("path", ["", *COMMANDS])
def test_help_of_every_command(ser, path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    short, long = ser(*path.split(), "-h"), ser(*path.split(), "--help")
    assert short == long
    assert (short.code, short.err) == (0, "")
    assert max(map(len, short.out.splitlines())) <= 80
    assert not re.search(r"<(?:str|int|bool|float|path|list|Path)\b|\{[A-Z]+\}", short.out)
    if path in RUNNABLE:
        example = re.findall(r"Example: (ser .*)", COMMANDS[path].help)[0]
        assert parsed(example) == path
        assert f"Example: {example}" in short.out, "the example is broken over two lines"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_parameter_has_a_help_text_and_a_usual_type(path):
    command = COMMANDS[path]
    context = command.make_context(path, [], resilient_parsing=True)
    for parameter in command.get_params(context):
        assert parameter.help, parameter.name
        shown = parameter.display_type_rich(ctx=context)
        assert getattr(parameter, "is_flag", False) if shown == "" else TYPES.fullmatch(shown), parameter.name


def test_names_of_types():
    labels = ("<int range>", "<list[Path]>", "<mean|mean_std>", "<bool>", "PATH", "<list[str]>", "<file>")
    names = ["INTEGER", "PATH...", "[mean|mean_std]", "", "PATH", "TEXT...", "FILE"]
    assert [type_name(label) for label in labels] == names


def test_groups_without_a_command_print_help(ser):
    for path in ("", "store", "plot", "recipes"):
        answer = ser(*path.split())
        assert answer.code == 2
        assert "Usage: ser" in answer.out + answer.err


def test_help_of_extract_names_every_feature_family(ser, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = " ".join(ser("extract", "--help").out.replace("│", " ").split())
    assert f"default: {' '.join(DEFAULT_FAMILIES)}" in text


def test_one_version_everywhere(ser):
    answer = ser("--version")
    assert answer.out.startswith(f"ser {version('ser-toolkit')} (Python {platform.python_version()}, ")
    assert (answer.code, answer.err, answer.out.count("\n")) == (0, "", 1)
    for package in (ser_cli, ser_features, ser_models):
        assert package.__version__ == version("ser-toolkit")


def test_models_are_listed_with_what_they_need(ser):
    listed = {model["name"]: model for model in json.loads(ser("models", "--json").out)["models"]}
    assert {*listed} == {*MODELS}
    assert listed["mlp"] == {
        "name": "mlp", "use": "comparison with its paper", "time": None, "uar": None,
        "description": listed["mlp"]["description"], "input": "30 core columns", "needs": "cpu",
    }  # fmt: skip
    assert (listed["logistic"]["time"], listed["logistic"]["uar"]) == (1.0, 0.485)
    assert listed["logistic"]["needs"] == "–"
    header, *rows = ser("models").out.splitlines()
    assert header.split() == ["model", "time", "UAR", "input", "needs", "use"]
    assert [row.split()[0] for row in rows[:-3]] == list(listed)
    assert rows[0].split()[0] == "best"
    assert rows[-1] == "next: ser models show best"


@pytest.mark.parametrize("name", MODELS)
def test_one_model_is_shown_with_its_hyperparameters(ser, name):
    answer = ser("models", "show", name)
    assert answer.out.startswith(f"{name}: ")
    assert answer.out.endswith(f"next: ser train --model {name}\n")
    shown = json.loads(ser("models", "show", name, "--json").out)["hyperparameters"]
    assert {one["name"]: one["default"] for one in shown} == create(name, described_only=True).parameters
    assert all(one["values"] and one["meaning"] for one in shown)


def test_layers_of_a_network(ser):
    answer = ser("models", "show", "mlp", "--layers", "--classes", "4")
    header, *rows = answer.out.splitlines()
    assert header.split() == ["layer", "kind", "settings", "output", "parameters"]
    assert rows[-4].split() == ["dense_4", "Dense", "4,", "softmax", "4", "260"]
    shown = json.loads(ser("models", "show", "mlp", "--layers", "--json", "--classes", "4").out)
    assert shown["parameters"] == sum(layer["parameters"] for layer in shown["layers"])
    assert rows[-2] == f"{shown['parameters']:,} parameters, {shown['trainable']:,} of them trainable"
    assert ser("models", "show", "mlp", "--classes", "4").err == (
        "error: --recipe, --inputs and --classes are for --layers: add it, or leave them out\n"
    )


def test_unknown_model_is_refused(ser):
    answer = ser("models", "show", "perceptron")
    assert answer.code == 2
    assert answer.err.startswith("error: unknown model 'perceptron': expected one of ")


def on_a_terminal(words, **environment):
    """Run `ser` with a terminal at both ends, and return what is drawn there."""
    here, there = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in PLAIN}
    program = f"from ser_cli.main import main; main({words!r})"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=there, stderr=there, env={**inherited, **environment}
    ) as process:
        os.close(there)
        drawn = b""
        while True:
            try:
                block = os.read(here, 65_536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not block:
                break
            drawn += block
        process.wait()
    os.close(here)
    return drawn


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_help_is_coloured_on_a_terminal_unless_refused(environment, coloured):
    drawn = on_a_terminal(["corpora", "--help"], **environment)
    assert b"ser corpora" in drawn
    assert bool(COLOUR.search(drawn)) == coloured


def test_help_and_completion_import_nothing_large():
    program = (
        "import sys, ser_cli.main\n"
        "from ser_cli import completion\n"
        "for name in ('corpora', 'published', 'corpus_names', 'models', 'features', 'profiles', 'recipes',\n"
        "             'artifacts'):\n"
        "    getattr(completion, name)('')\n"
        "completion.stored(None, '')\n"
        "large = ('numpy', 'pandas', 'pyarrow', 'duckdb', 'sklearn', 'matplotlib', 'onnxruntime', 'gradio')\n"
        "print([name for name in large if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
