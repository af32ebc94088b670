"""The golden text of reports: `python -m tests.golden.write_reports` writes report_*.txt beside this file.

`CASES` → `render` → `text_of` → *.txt; review the difference after writing them.
"""

from collections.abc import Callable
from pathlib import Path

from ser_models.evaluation import second_softmax
from ser_models.evaluation.claims import (
    AverageClaims,
    AveragesClaims,
    Claims,
    ClassClaims,
    SideClaims,
    TrainingClaims,
)
from ser_models.evaluation.entries import Finding, SideResult, TrainingResult
from ser_models.evaluation.metrics import Subset
from ser_models.evaluation.paired import Difference
from ser_models.reporting.report import EarlierRun, Report
from ser_models.reporting.report.page import render
from ser_models.reporting.verdict import Step
from tests.pages import text_of
from tests.results import (
    LABELS,
    attention_example,
    make_history,
    make_predictions,
    make_report,
    make_result,
)

CONFOUND = Finding(
    "sample rate", "the sample rate alone gives UAR 0.98, chance 0.33: a model can learn it instead", 3
)
LEAK = Finding("speaker", "2 speakers are in both train and test: a, b", 2, ("a", "b"))
CLAIMS = Claims(
    n=4320,
    accuracy=0.9551,
    uar=0.9532,
    log_loss=1.4105,
    averages=AveragesClaims(macro=AverageClaims(precision=0.95, f1=0.94)),
    per_class={"sad": ClassClaims(f1=0.94, support=606, correct=551, log_loss=0.2074)},
    training=TrainingClaims(epochs=22, train=SideClaims(accuracy=0.945, loss=0.6226)),
    second_softmax=True,
)


def full() -> Report:
    """A reproduction with everything that a report may have."""
    paper = {"uar": 0.95, "uar_ci95": (0.9, 0.97), "accuracy": 0.96, "n": 400, "leakage": (LEAK,) * 3}
    notes = ("3 recordings left out: not speech",)
    return make_report(
        {
            **{"leakage": (LEAK,), "confounds": (CONFOUND,), "notes": notes},
            **{"synthetic": True, "transductive": True},
            "training": TrainingResult(1, 3, SideResult(0.55, 1.0), SideResult(0.45, 1.1)),
            "second_softmax": second_softmax.losses(make_predictions(), LABELS),
        },
        name="honest protocol",
        explanation="Each speaker is tested once.",
        history=make_history(rates=True),
        parameters={"epochs": 50, "learning_rate": 0.001},
        claims=CLAIMS,
        source="Smith et al. (2025)",
        choices=["The filter runs at 16 kHz."],
        others={"paper protocol": make_result({**paper, "protocol": "random, one split"})},
        attention=[attention_example()],
        quick_note="quick run: at most 12 epochs",
        durations=(Subset(0.9, 2.1, 30, 0.8, 0.75), Subset(2.2, 4.0, 30, 0.9, None)),
    )


def stored() -> Report:
    """The evaluation of a finished model on a store, of which two of five speakers are unseen."""
    protocol = "model trained on demo, tested on speakers from its training: no estimate for new speakers"
    unseen = make_result(speakers=2)
    return make_report({"stored": True, "protocol": protocol, "unseen": unseen, "leakage": (LEAK,)})


def earlier() -> Report:
    """A run beside three others in its folder: a worse one, one with leaks, one of other recordings."""
    runs = (
        EarlierRun("ridge", make_result({"uar": 0.6}), Difference(0.26, 0.1, 0.4, 60)),
        EarlierRun("mlp (replaced)", make_result({"leakage": (LEAK,)}), Difference(-0.1, -0.2, -0.02, 60)),
        EarlierRun("svm", make_result({"uar": 0.8})),
    )
    step = Step("Predict recordings", "ser predict artifacts/mlp FILE.wav")
    return make_report(earlier=runs, next_step=step)


CASES: dict[str, Callable[[], Report]] = {
    "full": full,
    "plain": make_report,
    "one_emotion": lambda: make_report(result=make_result(tested=("sad",), speakers=1)),
    "stored": stored,
    "earlier": earlier,
}


def path_of(name: str) -> Path:
    """The golden file of a case."""
    return Path(__file__).with_name(f"report_{name}.txt")


def main() -> None:
    """Write every golden file."""
    for name, make in CASES.items():
        path_of(name).write_text(text_of(render(make())), encoding="utf-8")


if __name__ == "__main__":
    main()
