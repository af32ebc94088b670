"""The page of an audit: what it states, that names are escaped, and that it needs no other file."""

import pytest

from ser_models.auditing.result import AuditResult, Estimate, FoldAudit, Shared
from ser_models.evaluation.entries import Finding
from ser_models.reporting.report.audit import Origin, render, write_page
from tests.pages import text_of

ORIGIN = Origin("ser audit split.csv", "2026-11-30", "1.0")
FOLD = FoldAudit(
    "1",
    {"train": 1200, "test": 400},
    {"speaker": Shared(4, 3, 300), "audio": Shared(400, 0, 0)},
    findings=(Finding("speaker", "3 speakers are in both train and test: own/<b>, …", 3),),
    classes={"train": {"angry": 900, "sad": 300}, "test": {"angry": 100, "sad": 300}},
    speakers={"train": {"angry": 8, "sad": 8}, "test": {"angry": 4, "sad": 1}},
    groups={
        "gender": {"train": {"female": 600, "male": 600}, "test": {"female": 0, "male": 400}},
        "language": {"train": {"de": 1200}, "test": {"de": 400}},
    },
)
RESULT = AuditResult(
    1600,
    2,
    (FOLD,),
    {"speaker": "column spk <id>"},
    ("2 rows left out: they have no side",),
    {"lists/split.csv": "ab" * 32},
    Estimate("ridge", 0.82, 0.8, 0.6, 0.2, 0.1, 0.3, "4 speakers", 10, 1000, 300, ("of equal size",)),
)


@pytest.fixture(scope="module")
def lines():
    return text_of(render(RESULT, ORIGIN)).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "# split.csv",
        "1,600 rows, 1 fold. 2026-11-30, ser 1.0.",
        "May not be called speaker-independent: 3 of 4 speakers of the test are in training too (300 test "
        "rows).",
        "- 3 speakers are in both train and test: own/<b>, …",
        "| 1 | 1,200 | 400 | 3/4 (300) | 0/400",
        "| speakers | 4 | 3 | 300 | 75.0 %",
        "| angry | 900 75.0 %, 8 speakers | 100 25.0 %, 4 speakers",
        "| female | 600 50.0 % | 0 0.0 %",
        "| ridge, 300 test recordings | UAR",
        "| trained on 1,000 without test speakers | 0.600",
        "| its 95 % interval, over 4 speakers | +0.100 to +0.300",
        "Of equal size.",
        "column spk <id>",
        "- 2 rows left out: they have no side.",
        "SHA-256 " + "ab" * 32,
        "ser audit split.csv",
    ],
)
def test_what_the_page_states(lines, line):
    assert line in lines


def test_properties_of_one_value_are_left_out(lines):
    assert not [line for line in lines if line.startswith("Language")]


@pytest.mark.parametrize(
    ("fold", "tone"),
    [
        (FOLD, "leaks"),
        (FoldAudit("1", {"train": 2, "test": 1}, {"speaker": Shared(1, 0, 0)}), "holds"),
        (FoldAudit("1", {"test": 1}, {"speaker": Shared(1, 0, 0)}), "quick"),
    ],
)
def test_the_banner_has_the_tone_of_the_answer(tmp_path, fold, tone):
    write_page(tmp_path / "audit.html", AuditResult(3, 0, (fold,)), ORIGIN)
    text = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert f'class="banner {tone}"' in text
    assert not [1 for word in ("http://", "https://", "<script", "src=") if word in text]
    assert ("Nothing was found." in text) == (not fold.findings)
