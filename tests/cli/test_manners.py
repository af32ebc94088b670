"""What every command has: an example that works, help that fits, JSON, silence, and what comes next."""

import json
import re
import shutil

import pytest
from ser_cli.main import main

from tests.cli.tones import RECIPE
from tests.cli.walk import commands, understood

COMMANDS = dict(commands())
WITH_JSON = [
    path for path, command in COMMANDS.items() if any("--json" in each.opts for each in command.params)
]


@pytest.fixture(scope="module")
def desk(recordings, store_root, tmp_path_factory):
    """A folder with a corpus, a store of one's own, a recipe and an artifact."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "tones.toml").write_text(RECIPE.format(table=recordings / "own.csv"))
    shutil.copytree(store_root, folder / "store")
    with pytest.raises(SystemExit) as done:
        main(["train", "--model", "logistic", "--store", str(store_root), "--out", str(folder / "model")])
    assert not done.value.code
    return folder


@pytest.fixture
def runs(desk, recordings, savee, monkeypatch):
    """Words that run every command that prints a summary."""
    from ser_features.corpora.savee import Savee

    monkeypatch.setattr(Savee, "whole", 8)
    store, model = ["--store", desk / "store"], desk / "model"
    recipe = [desk / "tones.toml", "--workers", 1]
    return {
        "demo": None,  # takes minutes; its steps are here
        "corpora": ["corpora", "--data", savee],
        "download": ["download", "savee", "--to", savee],
        "extract": ["extract", "--datasets", recordings / "own.csv", *store, "--workers", 1],
        "store info": ["store", "info", *store],
        "store verify": ["store", "verify", *store],
        "store compact": ["store", "compact", *store],
        "train": ["train", "--model", "logistic", *store, "--out", desk / "again"],
        "evaluate": ["evaluate", model, *store],
        "explain": ["explain", model, *store, "--repeats", 1, "--out", desk / "explained"],
        "reproduce": ["reproduce", *recipe, "--out", desk / "reproduced"],
        "tune": ["tune", *recipe, "--trials", 1, "--out", desk / "tuned"],
    }


@pytest.mark.parametrize("path", COMMANDS)
def test_help_has_an_example_of_its_own_that_is_understood(path):
    found = re.findall(r"Example: (ser .*)", COMMANDS[path].help)
    assert found, f"ser {path} --help has no line that begins with 'Example: ser'"
    assert understood(found[0]) == path


@pytest.mark.parametrize("path", COMMANDS)
def test_help_fits_into_80_columns_and_its_example_into_a_line(ser, path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    answer = ser(*path.split(), "--help")
    assert answer.code == 0
    assert max(map(len, answer.out.splitlines())) <= 80
    example = re.findall(r"Example: ser .*", COMMANDS[path].help)[0]
    assert any(example in line for line in answer.out.splitlines()), "the example is broken over two lines"


@pytest.mark.parametrize("path", WITH_JSON)
def test_json_is_one_object_and_nothing_else(ser, runs, path):
    if runs[path]:
        answer = ser(*runs[path], "--json")
        assert answer.code == 0, answer.err
        assert isinstance(json.loads(answer.out), dict)


def test_commands_that_print_a_summary_print_json():
    assert {
        "corpora", "download", "extract", "train", "evaluate", "explain", "reproduce", "tune"
    } <= set(WITH_JSON)  # fmt: skip


@pytest.mark.parametrize("path", ["corpora", "download", "extract", "train", "explain", "reproduce", "tune"])
def test_the_next_command_is_named_and_understood(ser, runs, path):
    answer = ser(*runs[path])
    following = [line.removeprefix("next: ") for line in answer.out.splitlines() if line.startswith("next: ")]
    assert following, answer.out
    assert all(understood(line) for line in following)
    assert answer.out.splitlines()[-1] == f"next: {following[-1]}"


@pytest.mark.parametrize("path", ["corpora", "download", "extract", "train", "explain", "reproduce", "tune"])
def test_quiet_keeps_results_and_nothing_else(ser, runs, path):
    words = runs[path]
    answer = ser(*words[:1], "--quiet", *words[1:])
    assert answer.code == 0
    assert answer.out
    assert "next: " not in answer.out
    assert answer.err == ""


def test_quiet_still_tells_of_errors_and_refusals(ser, savee, tmp_path):
    assert ser("extract", "--datasets", "foo", "--quiet").err.startswith("error: unknown corpus 'foo'")
    (savee / "savee" / "KL_a01.wav").write_bytes(b"")
    words = ["extract", "--datasets", "savee", "--data", savee, "--store", tmp_path / "s", "--workers", 1]
    answer = ser(*words, "--quiet")
    (refused,) = answer.err.splitlines()
    assert refused.startswith("refused 'savee/KL_a01.wav': EmptyFileError: the file has 0 bytes")


def test_quiet_ends_with_its_line(ser, savee):
    ser("corpora", "--quiet")
    assert "next: " in ser("corpora", "--data", savee).out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["extract", "--datasets", "tess", "--data", "{empty}"], "run ser download tess"),
        (["extract", "--datasets", "tess", "--data", "{empty}/none"], "run ser download tess --to "),
        (["train", "--model", "mlp", "--store", "{empty}"], "make one with ser extract --store "),
        (["predict", "{empty}", "a.wav"], "make one with ser train --out "),
        (["explain", "{empty}"], "make one with ser train --out "),
        (["store", "info", "--store", "{empty}"], "make one with ser extract --store "),
        (["download", "demo"], "ser extract --datasets demo"),
    ],
)
def test_errors_name_the_command_that_helps(ser, tmp_path, words, named):
    answer = ser(*(word.format(empty=tmp_path) for word in words))
    assert answer.code == 2
    assert named in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["extrct"], "No such command 'extrct', did you mean extract?: see ser --help"),
        (["store", "inf"], "No such command 'inf', did you mean info?: see ser store --help"),
        (["xyzzy"], "No such command 'xyzzy': see ser --help"),
        (["corpora", "--dta", "x"], "No such option: --dta, did you mean --data?: see ser corpora --help"),
        (["corpora", "--quite"], "No such option: --quite, did you mean --quiet?: see ser corpora --help"),
        (["corpora", "--xyzzy"], "No such option: --xyzzy: see ser corpora --help"),
        (["extract"], "Missing option '--datasets': see ser extract --help"),
    ],
)
def test_a_wrong_word_brings_the_nearest_right_one(ser, words, line):
    assert ser(*words) == (2, "", f"error: {line}\n")
