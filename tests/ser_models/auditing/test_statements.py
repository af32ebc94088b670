"""What a paper may say of a split, and the table and lines of a summary."""

import json

import pytest

from ser_features.errors import InputError
from ser_models.auditing.result import AuditResult, FoldAudit, Shared
from ser_models.auditing.statements import CLAIMS, statements
from ser_models.auditing.text import MOST_FOLDS, finding_lines, overview
from ser_models.evaluation.entries import Finding

SIZES = {"train": 6, "test": 4}
CLEAN = {"speaker": Shared(2, 0, 0), "audio": Shared(4, 0, 0), "file": Shared(4, 0, 0)}
LEAKING = {**CLEAN, "speaker": Shared(2, 1, 3)}


def result(*shared, sides=SIZES, unknown=None, findings=()):
    folds = (
        FoldAudit(str(number), sides, one, unknown or {}, findings) for number, one in enumerate(shared, 1)
    )
    return AuditResult(10 * len(shared), 0, tuple(folds))


@pytest.mark.parametrize(
    ("audit", "holds", "text"),
    [
        (
            result(CLEAN),
            True,
            "may be called speaker-independent: no speakers or pieces of audio of the test are in training",
        ),
        (
            result(LEAKING),
            False,
            "may not be called speaker-independent: 1 of 2 speakers of the test are in training too "
            "(3 test rows)",
        ),
        (
            result(LEAKING, CLEAN),
            False,
            "may not be called speaker-independent: in 1 of 2 folds speakers of the test are in training too "
            "(3 test rows)",
        ),
        (
            result({**CLEAN, "audio": Shared(4, 1, 1), "file": Shared(4, 1, 1)}),
            False,
            "may not be called speaker-independent: 1 of 4 pieces of audio of the test are in training too "
            "(1 test rows)",
        ),
        (
            result({**CLEAN, "file": Shared(4, 1, 2)}),
            False,
            "may not be called speaker-independent: 1 of 4 files of the test are in training too "
            "(2 test rows)",
        ),
        (
            result(CLEAN, unknown={"speaker": 2}),
            None,
            "not shown to be speaker-independent: the speaker of 2 rows is unknown",
        ),
        (
            result(CLEAN, CLEAN, unknown={"speaker": 2}),
            None,
            "not shown to be speaker-independent: the speaker of up to 2 rows of a fold is unknown",
        ),
        (
            result({**CLEAN, "speaker": Shared(0, 0, 0)}),
            None,
            "not shown to be speaker-independent: no speaker of the test is known",
        ),
        (
            result(CLEAN, sides={"test": 4}),
            None,
            "not shown to be speaker-independent: the split has no training or no test side",
        ),
    ],
)
def test_speaker_independent(audit, holds, text):
    statement = statements(audit)[0]
    assert (statement.holds, statement.text) == (holds, text)
    assert (audit.is_speaker_independent, audit.shares_forbidden) == (holds is True, holds is False)


def test_shared_sentences_leave_a_test_speaker_independent():
    shared = {**CLEAN, "text": Shared(3, 2, 4), "session": Shared(1, 0, 0)}
    assert {one.claim: one.holds for one in statements(result(shared))} == dict(
        zip(CLAIMS, (True, False, True), strict=True)
    )


def test_what_is_shared_by_fold():
    audit = result(CLEAN, LEAKING)
    assert audit.shared("Speaker") == {"2": Shared(2, 1, 3)}
    assert not audit.shared("text")
    with pytest.raises(InputError, match="unknown kind 'speakers': did you mean 'speaker'"):
        audit.shared("speakers")


def test_json_has_the_keys_that_programs_read():
    content = json.loads(result(LEAKING, findings=(Finding("speaker", "shared", 1, ("own/s",)),)).to_json())
    [fold] = content["folds"]
    assert (content["rows"], content["unparsed"], fold["fold"], fold["sides"]) == (10, 0, "1", SIZES)
    assert fold["shared"]["speaker"] == {"test": 2, "shared": 1, "rows": 3}
    assert fold["findings"] == [{"kind": "speaker", "message": "shared", "count": 1, "examples": ["own/s"]}]


def test_many_folds_are_summed_up():
    header, rows = overview(result(LEAKING, {**CLEAN, "file": Shared(4, 1, 2), "take": Shared(3, 0, 0)}))
    assert header == ("fold", "train", "test", "speakers", "audio", "files")
    assert rows[0] == ("1", "6", "4", "1/2 (3)", "0/4", "0/4")
    assert overview(result({"audio": Shared(0, 0, 0), "file": Shared(2, 0, 0)}))[0][-1] == "files"
    header, [row] = overview(result(*[LEAKING] * (MOST_FOLDS + 1)))
    assert header == ("fold", "train", "test", "speakers", "audio")
    assert row == ("all 13", "78", "52", "13/26 (39)", "0/52")


def test_equal_findings_of_several_folds_are_one_line():
    one, other = Finding("side", "no test side", 1), Finding("text", "2 of 3", 2)
    folds = [FoldAudit(str(n), SIZES, CLEAN, findings=(one, other) if n else (other,)) for n in range(3)]
    assert finding_lines(AuditResult(30, 0, tuple(folds))) == [
        "all 3 folds: 2 of 3",
        "folds 1, 2: no test side",
    ]
    assert finding_lines(AuditResult(10, 0, tuple(folds[:1]))) == ["2 of 3"]
