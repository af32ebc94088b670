"""Several values after one option; flags that are accepted anywhere."""

from pathlib import Path

import pytest
import typer
from ser_cli.arguments import check_paths, repeat_flags, spelled, without
from ser_cli.main import app

from ser_features.errors import InputError

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


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("train --Model mlp", "train --model mlp"),
        ("train --speaker_norm --model=mlp", "train --speaker-norm --model=mlp"),
        ("Train --SPLIT Cross_Corpus", "train --split cross-corpus"),
        ("train --split=CROSSCORPUS --no_speed_perturb", "train --split=cross-corpus --no-speed-perturb"),
        ("Store Info --Quiet --Help", "store info --quiet --help"),
        ("predict A --Format JSON x.WAV", "predict A --format json x.WAV"),
        ("plot map --by Emotion", "plot map --by emotion"),
        ("corpora --dta x", "corpora --dta x"),
        ("predict A -- --Top", "predict A -- --Top"),
        ("predict A B.wav", "predict A B.wav"),
        ("nope", "nope"),
    ],
)
def test_spelling_of_commands_options_and_listed_values(typed, expected):
    assert spelled(COMMAND, typed.split()) == expected.split()


@pytest.mark.parametrize(
    "value",
    [Path("C:\\calls\\a.wav"), Path("sub\\a.wav"), Path("C:callsa.wav"), [Path("D:/a.wav")], "C:\\t.csv"],
)
def test_paths_of_windows_are_refused(value):
    with pytest.raises(InputError, match=r"is a path of Windows: expected one with /, and in WSL /mnt/c/"):
        check_paths([value])


def test_other_backslashes_are_no_paths_of_windows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("odd\\name.wav").touch()
    check_paths([Path("odd\\name.wav"), "select '\\d'", "{a}\\b", "a:b", 3, None, Path("s3:/bucket")])


def test_global_flags_are_accepted_before_a_double_dash():
    assert without(["--quiet", "predict", "A", "--", "--debug"], "--quiet", "--debug") == (
        ["predict", "A", "--", "--debug"],
        {"--quiet"},
    )
