"""Shell completion of option values, as Bash and Zsh request it."""

import pytest
from ser_cli import completion
from ser_cli.main import main

from ser_features import corpora
from ser_features.extractors import FAMILIES
from ser_models.models import MODELS
from ser_models.recipes import names as recipes


@pytest.fixture
def complete(monkeypatch, capsys):
    """Return the completions of the last word of a line, as Bash requests them."""

    def run(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_SER_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit):
            main([])
        return capsys.readouterr().out.split()

    return run


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Working directory with artifacts, two stores, a manifest and a recipe."""
    for name in ("artifacts/one", "artifacts/two", "elsewhere/three"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "artifact.json").touch()
    (tmp_path / "artifacts" / "nothing").mkdir()
    (tmp_path / "data/store/files/dataset=mine").mkdir(parents=True)
    (tmp_path / "other/files/dataset=yours").mkdir(parents=True)
    (tmp_path / "mine.csv").touch()
    (tmp_path / "own.toml").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ser ext", ["extract"]),
        ("ser store inf", ["info"]),
        ("ser extract --dat", ["--datasets", "--data"]),
        ("ser extract --datasets r", ["ravdess"]),
        ("ser extract --datasets mi", ["mine.csv"]),
        ("ser extract --datasets tess cr", ["cremad"]),
        ("ser extract --datasets tess ", [*corpora.names(), "mine.csv"]),
        ("ser extract --profile p", ["paper48k"]),
        ("ser extract --datasets tess --features mel mf", ["mfcc"]),
        ("ser download emod", ["emodb"]),
        ("ser download ravdess d", []),
        ("ser corpora d", ["demo"]),
        ("ser reproduce fusion_c", ["fusion_cnn_bilstm"]),
        ("ser recipes show multi_corpus_m", ["multi_corpus_mlp"]),
        ("ser reproduce ow", ["own.toml"]),
        ("ser reproduce fusion_cnn_bilstm --protocol p", ["paper"]),
        ("ser tune multi_corpus_b", ["multi_corpus_boosting"]),
        ("ser explain ", ["artifacts/one", "artifacts/two", "builtin"]),
        ("ser explain artifacts/t", ["artifacts/two"]),
        ("ser explain elsewhere/", ["elsewhere/three"]),
        ("ser explain artifacts/one --datasets ", ["mine"]),
        ("ser explain artifacts/one --store other --datasets ", ["yours"]),
        ("ser models show fus", ["fusion_cnn_bilstm"]),
        ("ser train --model kernel", ["kernel_ridge"]),
    ],
)
def test_values_are_completed(complete, desk, line, offered):
    assert complete(line) == offered


def test_names_are_those_of_the_registries():
    assert list(MODELS) == completion.models("")
    assert list(FAMILIES) == completion.features("")
    assert completion.recipes("")[: len(recipes())] == recipes()


def test_several_values_after_one_option_in_zsh(monkeypatch, capsys):
    monkeypatch.setenv("_SER_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "ser extract --datasets tess cr")
    with pytest.raises(SystemExit):
        main([])
    assert '"cremad"' in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(monkeypatch, capsys, shell):
    monkeypatch.setenv("_SER_COMPLETE", f"source_{shell}")
    with pytest.raises(SystemExit):
        main([])
    assert "_SER_COMPLETE=complete_" in capsys.readouterr().out
