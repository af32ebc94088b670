"""The verdict follows from the lower bound of the UAR, leaks and the protocol; so does the next command."""

from pathlib import Path

import pytest

from ser_models.evaluation.entries import Finding
from ser_models.reporting.verdict import RunPaths, next_step, use, weakest
from tests.results import make_result

LEAK = Finding("speaker", "2 speakers are in both train and test: a, b", 2)
PATHS = RunPaths(Path("artifacts/m"), "data/store")


@pytest.mark.parametrize(
    ("values", "beginning"),
    [
        (
            {"uar_ci95": (0.81, 0.9)},
            "Usable for single recordings of new speakers in such",
        ),
        (
            {"uar_ci95": (0.6, 0.9)},
            "For new speakers in such recordings, with a person who",
        ),
        ({"uar_ci95": (0.4, 0.9)}, "Better than guessing on new speakers in such recordings, but for compar"),
        ({"uar_ci95": (0.3, 0.9)}, "Not shown to be better than guessing on new speakers in such recordings"),
        ({"uar_ci95": (0.9, 1.0), "leakage": (LEAK,)}, "No estimate for new recordings: 1 leak raised"),
        ({"uar_ci95": (0.9, 1.0), "synthetic": True}, "No estimate for people"),
        (
            {"uar_ci95": (0.9, 1.0), "protocol": "cross-corpus"},
            "Usable for single recordings of other cor",
        ),
        ({"uar": None, "uar_ci95": None}, "Its quality is not measurable"),
    ],
)
def test_a_verdict_never_says_more_than_the_lower_bound(values, beginning):
    assert use(make_result(values)).replace("\xa0", " ").startswith(beginning)


def test_the_weakest_class_and_what_it_is_mistaken_for():
    text = weakest(make_result()).replace("\xa0", " ")
    assert text == "Weakest of the emotions: angry, recall 80.0 % of 20, most often mistaken for neutral."
    assert weakest(make_result(tested=("sad",))) == ""


@pytest.mark.parametrize(
    ("values", "paths", "command"),
    [
        ({}, PATHS, "ser predict artifacts/m FILE.wav"),
        ({"confounds": (LEAK,)}, PATHS, "ser check data/store"),
        ({"uar_ci95": (0.3, 0.9)}, PATHS, "ser check data/store"),
        (
            {"leakage": (LEAK,), "protocol": "random, one split"},
            PATHS,
            "ser train --config artifacts/m/run.toml --split speaker",
        ),
        (
            {"leakage": (LEAK,)},
            RunPaths(Path("a"), "s", recipe="fusion_cnn_bilstm"),
            "ser reproduce fusion_cnn_bilstm --protocol honest",
        ),
        ({}, RunPaths(Path("a"), "s", Path("own.csv")), "ser evaluate a --store s --own-features own.csv"),
    ],
)
def test_the_next_command_is_complete(values, paths, command):
    assert next_step(make_result(values), paths).command == command
