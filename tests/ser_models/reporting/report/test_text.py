"""Every protocol and every kind of leak is explained; gaps are told in points and in the right direction."""

from dataclasses import asdict, replace

import pytest

from ser_models.data.split import KINDS, make_split
from ser_models.evaluation.leakage import NOUNS, Finding, FitRecord, audit
from ser_models.reporting.report import text


@pytest.mark.parametrize("kind", KINDS)
def test_every_split_is_explained(make_examples, make_report, kind):
    examples = make_examples(speakers=6, datasets=2)
    split = make_split(examples, kind=kind, test_datasets=("d1",) if kind == "cross-corpus" else ())
    [meaning] = text.protocol(make_report({"protocol": split.protocol}))
    assert meaning in text.PROTOCOLS.values()


def test_the_recipes_own_words_are_added(make_report):
    said = text.protocol(make_report(explanation="Five folds, each tested once."))
    assert said == [text.PROTOCOLS["speaker-disjoint"], "Five folds, each tested once."]


def test_every_kind_of_leak_is_explained(make_examples):
    examples = make_examples(speakers=8)
    rows = examples.rows
    clean = make_split(examples).table
    fitted = FitRecord("scaler", 0, frozenset(rows["file_id"]))
    found = audit(rows, clean, fitted=[fitted], corpus_level=["rms_mean"]) + audit(rows, clean, uar=0.99)
    assert {finding.kind for finding in found} | set(NOUNS) == set(text.LEAKS)


def test_leaks_are_gathered_by_kind():
    findings = [
        Finding("speaker", "1 speaker is in both train and test: a", 1),
        Finding("fitted", "scaler was fitted on 3 recordings", 3),
        Finding("speaker", "9 speakers are in both train and validation: a, b, …", 9),
    ]
    assert text.leaks([asdict(finding) for finding in findings]) == [
        (
            text.LEAKS["speaker"],
            [
                "1 speaker is in both train and test: a.",
                "9 speakers are in both train and validation: a, b, …",
            ],
        ),
        (text.LEAKS["fitted"], ["scaler was fitted on 3 recordings."]),
    ]


def test_a_stored_evaluation_checks_what_it_can(make_metrics):
    assert text.checks(make_metrics()) == text.TRAINING_CHECKS
    assert text.checks(make_metrics({"unseen": None})) == text.SEEN_CHECKS


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (
            {"uar": 0.95, "accuracy": 0.96},
            "The paper claims a UAR of 95.0 %; this run has 40.0 %, 55.0 points less.",
        ),
        ({"accuracy": 0.3}, "The paper claims an accuracy of 30.0 %; this run has 45.0 %, 15.0 points more."),
    ],
)
def test_the_gap_to_a_claim(make_report, claims, expected):
    report = make_report({"uar": 0.40, "accuracy": 0.45}, claims=claims)
    [said] = text.gaps(report)
    assert said.replace("\xa0", " ") == expected


def test_a_claim_of_something_else_is_no_gap(make_report):
    assert text.gaps(make_report(claims={"macro_f1": 0.9, "f1": {"sad": 0.9}})) == []


def test_the_gap_between_protocols_names_the_leaky_one(make_report, other):
    [said] = text.gaps(make_report({"uar": 0.40}, name="honest protocol", others=[other]))
    assert said.replace("\xa0", " ") == (
        "By UAR, the paper protocol gives 95.0 % and the honest protocol 40.0 %: a gap of 55.0 points. "
        "3 leaks were found in the paper protocol, none in the honest protocol: what sets them apart is how "
        "much of the test was known before. Of a new voice, expect the lower figure."
    )


def test_a_gap_without_leaks_is_not_explained_by_them(make_report, other):
    [said] = text.gaps(make_report({"uar": 0.40}, others=[replace(other, leaks=0)]))
    assert said.endswith("a gap of 55.0\xa0points.")


def test_one_leak_is_one_leak(make_report, other):
    [said] = text.gaps(make_report({"uar": 0.40}, others=[replace(other, leaks=1)]))
    assert "1 leak was found in the paper protocol, none in this run: " in said


def test_speakers_are_summed_up():
    said = text.speakers({"x/a": 0.2, "x/b": 0.5, "y/a": 0.9, "y/b": 0.6})
    assert said.replace("\xa0", " ") == "From 20.0 % (x/a) to 90.0 % (y/a), median 55.0 %, over 4 speakers."
