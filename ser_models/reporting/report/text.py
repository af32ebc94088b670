"""What a report says in sentences: the protocol, why a leak inflates, what is measured, how wide a gap is.

metrics.json, claims, other results → sentences that need no other page to be understood
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser_models.reporting.figures.recordings import Recordings
from ser_models.reporting.report.content import OtherResult, Report
from ser_models.reporting.text import counted, percent, points

PROTOCOLS = {
    "speaker-disjoint": (
        "Nobody who is tested was heard in training: whole speakers are held out, so the figure says what to "
        "expect of a new voice that speaks like these corpora."
    ),
    "random": (
        "Recordings are dealt at random, so every speaker stands on both sides. This measures how well the "
        "model knows voices that it has met; it says little about new ones."
    ),
    "cross-corpus": (
        "The model is tested on corpora that it was not trained on: other speakers, other rooms, other "
        "instructions to the actors. This is the hardest test, and the nearest to use."
    ),
    "model trained on": "A finished model is tested on stored recordings; it learned nothing here.",
}
"""What a protocol means, by how its description begins."""

LEAKS = {
    "speaker": (
        "The model knows these voices: it has learned what this person's anger sounds like. A new voice "
        "gives no such help, so the figure is too high."
    ),
    "recording": (
        "A recording and its augmented sisters are one performance. Who has learned the one has all but "
        "seen the answer to the other, so such clips test memory, not recognition."
    ),
    "audio": "The same sound is learned and tested under two names: its answer was given in training.",
    "fitted": (
        "Something was fitted or chosen on recordings outside of the training side, so it was fitted to what "
        "it is tested on. The figure is the best of several looks at the test, not a first look."
    ),
    "corpus-level": (
        "Inputs that are computed over several recordings carry knowledge of the test into training, and "
        "have other values when a single new file is heard."
    ),
    "suspect": (
        "No leak was found, but so high a figure on acted speech of one corpus has seldom been true of new "
        "voices: look for the leak before you believe it."
    ),
}
"""Why a finding of each kind inflates the figure."""

SEEN_CHECKS = (
    "speakers on both sides",
    "the same audio under two names, by its hash",
    "recordings, or augmented copies of them, on both sides",
)
TRAINING_CHECKS = (
    *SEEN_CHECKS,
    "scaler, weights or the choice of the epoch fitted outside of the training side",
    "inputs that are computed over more than one recording",
    "a UAR above 90 % on new speakers of one corpus, which would be suspect",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the whole result.

    Attributes:
        key: its name in metrics.json and among the claims.
        name: as it is read.
        meaning: what it says.
        digits: decimals of a plain number; None for a share, which is shown in percent.
    """

    key: str
    name: str
    meaning: str
    digits: int | None = None


MEASURES = (
    Measure("uar", "UAR (balanced accuracy)", "mean recall of the emotions: each counts alike, however rare"),
    Measure("accuracy", "Accuracy", "share of recordings that are recognised; frequent emotions count more"),
    Measure("macro_f1", "Macro F1", "mean over emotions of the harmonic mean of precision and recall"),
    Measure("weighted_f1", "Weighted F1", "the same, each emotion weighted by how often it occurs"),
    Measure("mcc", "MCC", "Matthews correlation: 1 is faultless, 0 is what guessing gets", 4),
    Measure("mean_iou", "Mean IoU", "mean over emotions of TP / (TP + FP + FN)"),
    Measure("macro_auc", "Macro AUC", "mean area under the ROC curves: 1 is faultless, 0.5 is guessing", 3),
    Measure("log_loss", "Log loss", "mean of -ln p(acted emotion); lower is better", 4),
    Measure(
        "mse",
        "MSE",
        "mean over recordings and emotions of (probability - truth)², truth 0 or 1; lower is better",
        4,
    ),
)


def protocol(report: Report) -> list[str]:
    """Say what the protocol means."""
    described = report.metrics["protocol"]
    known = [meaning for start, meaning in PROTOCOLS.items() if described.startswith(start)]
    return [*known, *([report.explanation] if report.explanation else [])]


def leaks(findings: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Gather findings by kind: why that kind inflates the figure, and a sentence on each."""
    kinds = dict.fromkeys(finding["kind"] for finding in findings)
    return [
        (
            LEAKS.get(kind, ""),
            [_sentence(finding["message"]) for finding in findings if finding["kind"] == kind],
        )
        for kind in kinds
    ]


def checks(metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what the leak audit looked for; a stored evaluation has no training to look into."""
    return SEEN_CHECKS if "unseen" in metrics else TRAINING_CHECKS


def gaps(report: Report) -> list[str]:
    """Say how far this run is from the paper's claim and from other runs."""
    found = [_claim_gap(report.metrics, report.claims)] if claimed(report.claims) else []
    return found + [_gap(report, other) for other in report.others]


def claimed(claims: Mapping[str, Any]) -> str | None:
    """The measure by which a paper is compared: UAR if it reports it, else accuracy, else none."""
    return next((key for key in ("uar", "accuracy") if claims.get(key) is not None), None)


def _sentence(text: str) -> str:
    return text if text.endswith("…") else f"{text}."


def _claim_gap(metrics: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    key = claimed(claims) or "uar"
    name = {"uar": "a UAR", "accuracy": "an accuracy"}[key]
    gap = metrics[key] - claims[key]
    side = "less" if gap < 0 else "more"
    return (
        f"The paper claims {name} of {percent(claims[key])}; this run has {percent(metrics[key])}, "
        f"{points(abs(gap))} {side}."
    )


def _gap(report: Report, other: OtherResult) -> str:
    here = (report.name, report.metrics["uar"], len(report.metrics["leakage"]))
    there = (other.name, other.uar, other.leaks)
    (high, most, leaks), (low, least, fewer) = sorted((here, there), key=lambda run: -run[1])
    high, low = (name if name.startswith("this ") else f"the {name}" for name in (high, low))
    said = (
        f"By UAR, {high} gives {percent(most)} and {low} {percent(least)}: a gap of {points(most - least)}."
    )
    if leaks > fewer:
        said += (
            f" {counted(leaks, 'leak')} {'was' if leaks == 1 else 'were'} found in {high}, "
            f"{fewer or 'none'} in {low}: what sets them apart is how much of the test was known before. "
            "Of a new voice, expect the lower figure."
        )
    return said


def telling(shares: Mapping[str, float]) -> str:
    """Say which features are drawn, and why."""
    said = ", ".join(f"{name} {percent(share, 0)}" for name, share in shares.items())
    return (
        "How emotions sound: the features, other than MFCC, in which they differ most within a speaker "
        f"({said} of that variance lies between emotions; a feature much like a better one is passed over). "
        "Dot and bar: median and quartiles."
    )


def drawn(recordings: Recordings, most: int) -> str:
    """Say what the map shows."""
    n = len(recordings.rows)
    some = f" {most:,} of {n:,}, drawn by lot." if n > most else ""
    return (
        f"What sounds alike lies close together:{some} two principal components of all "
        f"{len(recordings.units)} features, standardised. Both figures show all recordings of the run, those "
        "of the test too; no model was chosen by them."
    )


def speakers(values: Mapping[str, float]) -> str:
    """Sum up the UAR of the speakers."""
    ranked: Sequence[tuple[str, float]] = sorted(values.items(), key=lambda item: item[1])
    middle = (ranked[(len(ranked) - 1) // 2][1] + ranked[len(ranked) // 2][1]) / 2
    (worst, low), (best, high) = ranked[0], ranked[-1]
    return (
        f"From {percent(low)} ({worst}) to {percent(high)} ({best}), median {percent(middle)}, "
        f"over {counted(len(ranked), 'speaker')}."
    )
