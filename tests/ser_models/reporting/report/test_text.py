"""Every protocol and every kind of leak is explained; gaps have the right size and direction."""

from dataclasses import replace

import pytest

from ser_models.data.split import KINDS, make_split
from ser_models.evaluation.claims import Claims, ClassClaims
from ser_models.evaluation.entries import Finding, GroupResult
from ser_models.evaluation.leakage import NOUNS, FitRecord, audit
from ser_models.reporting.report import text
from ser_models.reporting.report.explanations import LEAKS, PROTOCOLS
from tests.results import make_report, make_result

LEAK = Finding("speaker", "1 speaker is in both train and test: a", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_split_is_explained(make_examples, kind):
    examples = make_examples(speakers=6, datasets=2)
    numbers = examples.rows["speaker"].str.removeprefix("s").astype(int)
    partition = numbers.map(["train", "train", "train", "dev", "test", "test"].__getitem__)
    rows = examples.rows.assign(session=numbers.astype(str), statement=numbers % 3, partition=partition)
    examples = replace(examples, rows=rows)
    split = make_split(examples, kind=kind, test_datasets=("d1",) if kind == "cross-corpus" else ())
    [meaning] = text.protocol(make_report({"protocol": split.protocol}))
    assert meaning in PROTOCOLS.values()


def test_every_kind_of_leak_is_explained(make_examples):
    examples = make_examples(speakers=8)
    rows = examples.rows
    clean = make_split(examples).table
    fitted = FitRecord("scaler", 0, frozenset(rows["file_id"]))
    findings = audit(rows, clean, fitted=[fitted], corpus_level=["rms_mean"]) + audit(rows, clean, uar=0.99)
    findings += audit(rows.assign(speaker=None), clean)
    assert {finding.kind for finding in findings} | set(NOUNS) == set(LEAKS)


def test_leaks_are_grouped_by_kind():
    fitted = Finding("fitted", "scaler was fitted on 3 recordings", 3)
    more = Finding("speaker", "9 speakers are in both train and validation: a, b, …", 9)
    assert text.leaks([LEAK, fitted, more]) == [
        (LEAKS["speaker"], [f"{LEAK.message}.", more.message]),
        (LEAKS["fitted"], ["scaler was fitted on 3 recordings."]),
    ]


def gaps(values, **attributes):
    return [line.replace("\xa0", " ") for line in text.gaps(make_report(values, **attributes))]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (
            {"uar": 0.95, "accuracy": 0.96},
            ["The paper claims a UAR of 95.0 %; this run has 40.0 %, 55.0 points less."],
        ),
        (
            {"accuracy": 0.3},
            ["The paper claims an accuracy of 30.0 %; this run has 45.0 %, 15.0 points more."],
        ),
        ({"mcc": 0.9, "per_class": {"sad": ClassClaims(f1=0.9)}}, []),
    ],
)
def test_the_gap_to_a_claim(claims, expected):
    assert gaps({"uar": 0.40, "accuracy": 0.45}, claims=Claims(**claims)) == expected


@pytest.mark.parametrize(
    ("leaks", "explanation"),
    [
        (0, ""),
        (1, " 1 leak was found in the paper protocol, none in the honest protocol: "),
        (3, " 3 leaks were found in the paper protocol, none in the honest protocol: "),
    ],
)
def test_the_gap_between_protocols(leaks, explanation):
    other = make_result({"uar": 0.95, "leakage": (LEAK,) * leaks})
    [line] = gaps({"uar": 0.40}, name="honest protocol", others={"paper protocol": other})
    start = "The paper protocol has a UAR of 95.0 %, the honest protocol 40.0 %: a gap of 55.0 points."
    assert line.startswith(start + explanation)
    assert line == start or line.endswith("For new speakers, expect the lower UAR.")


def test_the_median_of_an_even_number_of_speakers():
    groups = {name: GroupResult(uar, 1) for name, uar in (("a", 0.2), ("b", 0.5), ("c", 0.9), ("d", 0.6))}
    assert text.speakers(groups).replace("\xa0", " ") == (
        "UAR from 20.0 % (a) to 90.0 % (c), median 55.0 %, over 4 speakers."
    )
