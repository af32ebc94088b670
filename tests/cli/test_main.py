"""What all commands share: JSON, quiet mode, the next command, one-line errors, interruption."""

import json
import shutil
import signal
import sys

import pytest
from ser_cli.main import main

from ser_features.corpora.savee import Savee
from tests.cli.walk import commands, parsed

WITH_JSON = {
    path for path, command in commands() if any("--json" in option.opts for option in command.params)
}
WITH_NEXT = WITH_JSON - {
    *("evaluate", "recipes show", "score", "segment"),
    *("store info", "store verify", "store compact"),
}


@pytest.fixture(scope="module")
def desk(store_root, tmp_path_factory):
    """A folder with a copy of the store."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(store_root, folder / "store")
    (folder / "split.csv").write_text("path,side\n03a01Fa.wav,train\n08b02Na.wav,test\n")
    return folder


@pytest.fixture
def lines(desk, elsewhere_root, recordings, savee, artifact, recipe, monkeypatch):
    """A quick run of every command that prints JSON."""
    monkeypatch.setattr(Savee, "whole", 8)
    store = ["--store", desk / "store"]
    other = shutil.copytree(artifact, desk / "other", dirs_exist_ok=True)
    return {
        "audit": [desk / "split.csv"],
        "corpora": ["--data", savee],
        "download": ["savee", "--to", savee],
        "extract": ["--datasets", recordings / "own.csv", *store, "--workers", 1],
        "check": [recordings / "own.csv", "--workers", 1],
        "recipes list": [],
        "recipes show": ["multi_corpus_mlp"],
        "segment": [next(recordings.rglob("*.wav"))],
        "store info": store,
        "store verify": store,
        "store compact": store,
        "models": [],
        "models show": ["mlp"],
        "train": ["--model", "logistic", *store, "--out", desk / "again"],
        "evaluate": [artifact, *store],
        "calibrate": [artifact, "--store", elsewhere_root, "--out", desk / "calibrated"],
        "compare": [artifact, other],
        "score": [artifact / "predictions.parquet"],
        "explain": [artifact, *store, "--repeats", 1, "--out", desk / "explained"],
        "reproduce": [recipe, "--workers", 1, "--out", desk / "reproduced"],
        "tune": [recipe, "--workers", 1, "--trials", 1, "--out", desk / "tuned"],
    }


def test_every_command_with_a_summary_prints_json_too(lines):
    assert set(lines) == WITH_JSON


SLOW = {"explain", "reproduce", "tune"}
"""Commands whose results have tests of their own."""


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=[pytest.mark.long] * (path in SLOW)) for path in sorted(WITH_JSON)]
)
def test_summary_json_and_quiet_mode(ser, lines, path):
    """Without flags a summary and the next command; with --quiet --json one object and an empty stderr."""
    words = [*path.split(), *lines[path]]
    answer = ser(*words)
    assert answer.code == 0, answer.err
    *results, last = answer.out.splitlines()
    assert results or path not in WITH_NEXT
    assert last.startswith("next: ") == (path in WITH_NEXT)
    for line in (*results, last):
        if line.startswith("next: "):
            assert parsed(line.removeprefix("next: "))
    quiet = ser("--quiet", *words, "--json")
    assert (quiet.code, quiet.err) == (0, "")
    assert isinstance(json.loads(quiet.out), dict)


def test_quiet_mode_ends_with_the_command_and_keeps_failures(ser, savee, tmp_path):
    (savee / "savee" / "KL_a01.wav").write_bytes(b"")
    words = ["extract", "--datasets", "savee", "--data", savee, "--store", tmp_path / "s", "--workers", 1]
    answer = ser(*words, "--quiet")
    assert "next: " not in answer.out
    (failed,) = answer.err.splitlines()
    assert failed.startswith("failed 'savee/KL_a01.wav': EmptyFileError: the file has 0 bytes")
    assert "next: " in ser("corpora", "--data", savee).out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nope", "No such command 'nope': see ser --help"),
        ("extrct", "No such command 'extrct', did you mean extract?: see ser --help"),
        ("store inf", "No such command 'inf', did you mean info?: see ser store --help"),
        ("corpora --dta x", "No such option: --dta, did you mean --data?: see ser corpora --help"),
        ("corpora --quite", "No such option: --quite, did you mean --quiet?: see ser corpora --help"),
        ("corpora --xyzzy", "No such option: --xyzzy: see ser corpora --help"),
        ("extract", "Missing option '--datasets': see ser extract --help"),
        ("extract --datasets foo --quiet", "unknown corpus 'foo': expected one of ravdess, tess, cremad"),
        ("extract --datasets savee --workers 0", "Invalid value for '--workers'"),
        ("extract --datasets demo --profile x", "unknown profile 'x': expected one of speech16k"),
        ("extract --datasets tess --data {empty}", "run ser download tess"),
        ("extract --datasets tess --data {empty}/none", "run ser download tess --to "),
        ("download demo", "ser extract --datasets demo"),
        ("train --store {store}", "no --model: name one that ser models lists, or pass --preset everything"),
        ("train --preset all", "unknown preset 'all': expected one of everything, builtin"),
        ("train --preset everything --data {empty}", "no recording of a built-in corpus is below"),
        ("train --model perceptron --store {store}", "unknown model 'perceptron': expected one of mlp, cnn"),
        ("train --model mlp --store nowhere", "no store at nowhere: expected nowhere/store.json"),
        ("train --model mlp --store {empty}", "make one with ser extract --store "),
        ("train --model logistic --store {store} --split alphabet", "Invalid value for '--split'"),
        ("store info --store nowhere", "no store at nowhere: expected nowhere/store.json"),
        ("store info --store {empty}", "make one with ser extract --store "),
        ("predict {empty} a.wav", "make one with ser train --out "),
        ("explain {empty}", "make one with ser train --out "),
        ("app {empty} --port=-1", "Invalid value for '--port'"),
        ("app {empty} --port=65536", "Invalid value for '--port'"),
        ("app {empty} --port=http", "Invalid value for '--port'"),
        ("serve {empty} --max-files=0", "Invalid value for '--max-files'"),
        (
            "reproduce transformer",
            "unknown recipe 'transformer': did you mean 'bone_conducted_transformer'? expected",
        ),
        ("reproduce chunked_conv3d --protocol fair", "Invalid value for '--protocol'"),
        ("reproduce multi_corpus_mlp --data {empty} --out {empty}/out", "tess: no folder named 'tess'"),
        ("tune nowhere.toml", "no recipe nowhere.toml (No such file or directory): expected "),
    ],
)
def test_errors_are_one_line(ser, store_root, tmp_path, line, message):
    answer = ser(*line.format(empty=tmp_path, store=store_root).split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert message in answer.err
    assert answer.err.count("\n") == 1


PACKAGES = {
    "train --model xgboost --store nowhere": ("xgboost", "xgboost"),
    "train --model mlp --store nowhere": ("tensorflow", "cpu"),
    "train --model ensemble --members xgboost logistic --store nowhere": ("xgboost", "xgboost"),
    "train --model logistic --tensorboard log --store nowhere": ("tensorflow", "cpu"),
    "reproduce multi_corpus_boosting --data {empty}": ("xgboost", "xgboost"),
    "reproduce multi_corpus_mlp --data {empty}": ("keras", "cpu"),
    "tune multi_corpus_mlp --data {empty}": ("optuna", "tune"),
    "tune multi_corpus_boosting --data {empty}": ("xgboost", "xgboost"),
    "app {empty}": ("gradio", "app"),
    "serve {empty}": ("fastapi", "serve"),
    "extract --datasets demo --data {empty} --executor dask": ("distributed", "dask"),
    "extract --datasets demo --data {empty} --features ssl --encoder {empty}": ("torch", "ssl"),
    "store export --format audformat --out {empty}/db --store {store}": ("audformat", "audformat"),
    "explain {trees} --store {store}": ("xgboost", "xgboost"),
    "predict {trees} a.wav": ("xgboost", "xgboost"),
}
"""Command → optional package that it needs, and the extra that installs it."""


@pytest.mark.parametrize("line", PACKAGES)
def test_missing_package_is_reported_early(ser, store_root, artifact_of, tmp_path, monkeypatch, line):
    package, extra = PACKAGES[line]
    trees = artifact_of("xgboost") if "{trees}" in line else ""
    words = line.format(empty=tmp_path, store=store_root, trees=trees)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    answer = ser(*words.split())
    assert (answer.code, answer.out) == (2, "")
    (line,) = answer.err.splitlines()
    assert f" needs {package}, which is not installed: pip install 'ser-toolkit[{extra}]'" in line
    assert not list(tmp_path.iterdir())


def test_missing_git_lfs_is_reported_before_any_download(ser, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None if name == "git-lfs" else name)
    answer = ser("download", "ravdess", "cremad", "--to", tmp_path, "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: cremad: its recordings are in a git LFS repository")
    assert answer.err.count("\n") == 1


def test_debug_shows_the_traceback(ser):
    with pytest.raises(Exception, match="unknown corpus 'foo'"):
        ser("extract", "--datasets", "foo", "--debug")


def test_unexpected_errors_are_one_line_too(ser, monkeypatch):
    monkeypatch.setattr("ser_features.api.extract", lambda *a, **k: 1 / 0)
    answer = ser("extract", "--datasets", "demo")
    assert (answer.code, answer.err) == (
        2,
        "error: unexpected ZeroDivisionError: division by zero: run it again with --debug\n",
    )


@pytest.mark.parametrize(
    ("line", "function", "message"),
    [
        (
            "extract --datasets demo",
            "ser_features.api.extract",
            "interrupted: finished features are stored; run the same command again to continue",
        ),
        (
            "train --model logistic",
            "ser_models.experiments.train.run_experiment",
            "interrupted: finished folds and epochs are stored; run the same command again to continue",
        ),
        ("predict x a.wav", "ser_models.inference.loading.load", "interrupted"),
        (
            "predict x a.wav --out=a.csv",
            "ser_models.inference.loading.load",
            "interrupted: finished predictions are stored; run the same command again to continue",
        ),
        ("evaluate x", "ser_models.experiments.evaluate.evaluate", "interrupted"),
    ],
)
def test_an_interrupted_command_states_what_is_stored(ser, tmp_path, monkeypatch, line, function, message):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.wav").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(function, interrupted)
    answer = ser(*line.split())
    assert answer.code == 130
    assert answer.err.splitlines()[-1] == message


def test_a_terminated_command_states_what_is_stored(ser, monkeypatch):
    monkeypatch.setattr("ser_features.api.extract", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    answer = ser("extract", "--datasets", "demo")
    assert answer.code == 143
    assert answer.err.splitlines()[-1].startswith("terminated: finished features are stored; ")
    assert signal.getsignal(signal.SIGTERM) == before


def test_main_exits(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ser", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
