"""Sentences and tables of a report.

`Report`, `EvaluationResult` → sentences that can be read without the other pages: protocol, leaks,
definitions of the metrics, differences between runs
`EvaluationResult`, `Data` → `Table`s, which the template renders; those beside the claims are in `claimed`

The first cell of a row of a table is its header; columns of numbers are aligned to the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

from ser_models.data.split import UNKNOWN_SPEAKERS
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.result import Average, ClassResult, EvaluationResult, Finding, GroupResult, Scores
from ser_models.reporting.figures.recordings import Recordings
from ser_models.reporting.report.content import CorpusPart, Data, Report
from ser_models.reporting.text import (
    MISSING,
    NOT_MEASURABLE,
    counted,
    decimals,
    noun,
    percent,
    points,
)

PROTOCOLS = {
    "speaker-disjoint": (
        "No test speaker is in the training set: whole speakers are held out. The figures estimate the "
        "performance on new speakers of the same kind of recordings."
    ),
    "speaker- and sentence-disjoint": (
        "Neither the speaker nor the sentence of a tested recording is in the training set. The figures "
        "estimate the performance on new speakers who say something new."
    ),
    "sentence-disjoint": (
        "No tested sentence is in the training set, but its speakers are. The figures measure "
        "speaker-dependent recognition of new sentences and say little about new speakers."
    ),
    "session-disjoint": (
        "No tested session is in the training set. The figures estimate the performance in new sessions; "
        "the audit of leaks says whether their speakers are new."
    ),
    "official": ("The sides are those that the corpus publishes. The audit of leaks says what they share."),
    f"random, {UNKNOWN_SPEAKERS}": (
        "Recordings are split at random. Their speakers are unknown: most are probably in the training and "
        "in the test set, and the figures say nothing about new voices."
    ),
    "random": (
        "Recordings are split at random, so that every speaker is in the training and in the test set. The "
        "figures measure speaker-dependent recognition and say little about new speakers."
    ),
    "cross-corpus": (
        "The model is tested on corpora that it was not trained on: other speakers, rooms and instructions "
        "to the actors. This is the hardest protocol, and the nearest to practical use."
    ),
    "given folds": (
        "The folds are those that a column of the table names. The audit of leaks says what training and "
        "test share."
    ),
    "disjoint by": (
        "No value of the column that the split is named after is both in the training and in the test set. "
        "The audit of leaks says what else they share."
    ),
    "model trained on": "A finished model is tested on stored recordings; nothing is trained.",
}
"""Explanation of a protocol, by the beginning of its description; the first that fits."""

LEAKS = {
    "speaker": (
        "The model was trained on recordings of the same speakers and can use how they sound. It has no such "
        "help with new speakers, so that the figures are too high."
    ),
    "unknown": (
        "Whether training and test share speakers cannot be checked where speakers are unknown. If they do, "
        "the figures are too high."
    ),
    "recording": (
        "A recording and its augmented copies are the same performance. If one is in the training set and "
        "another in the test set, the test measures memorisation."
    ),
    "audio": (
        "The same audio is in the training and in the test set: under two names, or in parts of a file that "
        "overlap."
    ),
    "file": (
        "Parts of one file are in the training and in the test set: they share a room, a microphone and "
        "mostly a conversation, which tell their emotions too."
    ),
    "take": (
        "The same take is in the training and in the test set: at another level, sample rate or length, or "
        "after compression."
    ),
    "fitted": (
        "A component was fitted or selected on recordings outside of the training set, and so on recordings "
        "that it is tested on."
    ),
    "corpus-level": (
        "Inputs that are computed from several recordings carry information of the test set into the "
        "training, and have other values for a single new file."
    ),
    "suspect": (
        "No leak was found, but a UAR as high as this has rarely been confirmed for new speakers of acted "
        "speech: check the data and the split before relying on it."
    ),
}
"""Why a finding of each kind inflates the figures."""

SEEN_CHECKS = (
    "speakers on both sides of the split",
    "identical audio under two names, by its hash",
    "recordings on one side with augmented copies on another",
    "sample rate, channels, format, folder, level, duration, speaker or corpus that tells the class alone",
)
TRAINING_CHECKS = (
    *SEEN_CHECKS,
    "scaler, weights or early stopping fitted outside of the training set",
    "inputs that are computed from more than one recording",
    "a UAR above 90 % on unseen speakers of one corpus, which is suspicious",
)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the whole test, or of one class.

    Attributes:
        key: attribute of `Scores` and `Claims`, or of `ClassResult` and `ClassClaims`; dotted if nested.
        name: as displayed.
        meaning: its definition, where a table states it.
        digits: decimals of a plain number; None for a share, which is displayed in percent.
    """

    key: str
    name: str
    meaning: str = ""
    digits: int | None = None


METRICS = (
    Metric("uar", "UAR (balanced accuracy)", "mean recall of the classes, each with the same weight"),
    Metric("accuracy", "Accuracy", "share of correct predictions; frequent classes weigh more"),
    Metric("averages.macro.f1", "Macro F1", "mean F1 of the classes"),
    Metric("averages.weighted.f1", "Weighted F1", "mean F1 of the classes, weighted by their support"),
    Metric("mcc", "MCC", "Matthews correlation coefficient: 1 is perfect, 0 is chance", 4),
    Metric("averages.macro.iou", "Mean IoU", "mean of TP / (TP + FP + FN) over classes"),
    Metric("macro_auc", "Macro AUC", "mean area under the ROC curves: 1 is perfect, 0.5 is chance", 3),
    Metric("log_loss", "Log loss", "mean of -ln p(true class); lower is better", 4),
    Metric("mse", "MSE", "mean of (p - y)² over recordings and classes, y = 0 or 1; lower is better", 4),
)
EMOTION_METRICS = (
    Metric("recall", "Recall"),
    Metric("precision", "Precision"),
    Metric("f1", "F1"),
    Metric("iou", "IoU"),
    Metric("auc", "AUC", digits=3),
    Metric("log_loss", "Log loss", digits=4),
    Metric("mse", "MSE", digits=4),
)
"""Metrics of one emotion against all others, in the order of the columns."""


def protocol(report: Report) -> list[str]:
    """Explain the protocol."""
    return [text for text in (meaning(report.result.protocol), report.explanation) if text]


def meaning(described: str) -> str:
    """Explain a protocol by its description; empty for one of another kind."""
    return next((text for start, text in PROTOCOLS.items() if described.startswith(start)), "")


def no_unseen(result: EvaluationResult) -> str:
    """State why the evaluation of a finished model has no unseen speakers."""
    if UNKNOWN_SPEAKERS in result.protocol:
        return (
            "Speakers are unknown and may have been in the training: this is no measure of unseen speakers."
        )
    return "Every speaker was in the training: this is no measure of unseen speakers."


def leaks(findings: Sequence[Finding]) -> list[tuple[str, list[str]]]:
    """Group findings by kind: why this kind inflates the figures, and a sentence for each finding."""
    messages: dict[str, list[str]] = {}
    for finding in findings:
        stop = "" if finding.message.endswith("…") else "."
        messages.setdefault(finding.kind, []).append(finding.message + stop)
    return [(LEAKS.get(kind, ""), lines) for kind, lines in messages.items()]


def checks(result: EvaluationResult) -> tuple[str, ...]:
    """List what the leak audit checked; the evaluation of a stored model cannot check its training."""
    return SEEN_CHECKS if result.stored else TRAINING_CHECKS


def gaps(report: Report) -> list[str]:
    """State the differences of this run to the paper's claim and to other runs."""
    lines = [_claim_gap(report.result, *claim)] if (claim := main_claim(report.claims)) else []
    return lines + [_gap(report, name, other) for name, other in report.others.items()]


def main_claim(claims: Claims | None) -> tuple[str, float] | None:
    """The metric by which a paper is compared, and its value: its UAR, else its accuracy, else None."""
    values = {"uar": claims.uar, "accuracy": claims.accuracy} if claims else {}
    return next(((key, value) for key, value in values.items() if value is not None), None)


def _claim_gap(result: EvaluationResult, key: str, claim: float) -> str:
    name = {"uar": "a UAR", "accuracy": "an accuracy"}[key]
    value = getattr(result, key)
    return (
        f"The paper claims {name} of {percent(claim)}; this run has {percent(value)}, "
        f"{points(abs(value - claim))} {'less' if value < claim else 'more'}."
    )


def _gap(report: Report, name: str, other: EvaluationResult) -> str:
    runs = ((report.name, report.result), (name, other))
    (high, best), (low, worst) = sorted(runs, key=lambda run: -(run[1].uar or 0))
    if best.uar is None or worst.uar is None:
        return f"{report.name} and {name} cannot be compared: a UAR is {NOT_MEASURABLE}."
    high, low = (run if run.startswith("this ") else f"the {run}" for run in (high, low))
    text = (
        f"{high[0].upper()}{high[1:]} has a UAR of {percent(best.uar)}, {low} {percent(worst.uar)}: "
        f"a gap of {points(best.uar - worst.uar)}."
    )
    more, fewer = len(best.leakage), len(worst.leakage)
    if more > fewer:
        text += (
            f" {counted(more, 'leak')} {'was' if more == 1 else 'were'} found in {high}, "
            f"{fewer or 'none'} in {low}: they differ in how much information of the test reached the "
            "training. For new speakers, expect the lower UAR."
        )
    return text


def folds(uars: Sequence[float | None]) -> str:
    """Mean and standard deviation of the UAR over folds; empty for a single one that can be measured."""
    measured = [uar for uar in uars if uar is not None]
    if len(measured) < 2:
        return ""
    listed = ", ".join(MISSING if uar is None else f"{100 * uar:.1f}" for uar in uars)
    single = f"; {MISSING}: a fold of one class" if len(measured) < len(uars) else ""
    return (
        f"UAR over {len(measured)} folds: mean {percent(mean(measured))}, standard deviation "
        f"{points(stdev(measured))} ({listed}{single})."
    )


def features(shares: Mapping[str, float]) -> str:
    """Caption of the densities of features."""
    listed = ", ".join(f"{name} {percent(share, 0)}" for name, share in shares.items())
    return (
        f"Densities of the features that vary most between classes within a speaker ({listed} of this "
        "variance lies between classes; MFCC and features that correlate with a better one are left out). "
        "Bar and dot: quartiles and median."
    )


def sample(recordings: Recordings, most: int) -> str:
    """Caption of the map of recordings."""
    n = len(recordings.rows)
    drawn = f", for a random sample of {most:,} of {n:,} recordings" if n > most else ""
    return (
        f"Two principal components of all {len(recordings.units)} features, standardised{drawn}. "
        "Both figures include the test recordings; no model was selected by them."
    )


def speakers(groups: Mapping[str, GroupResult]) -> str:
    """Summarise the UAR of the speakers."""
    measured = {name: group.uar for name, group in groups.items() if group.uar is not None}
    single = len(groups) - len(measured)
    rest = f" {counted(single, 'speaker')} of one class: no UAR." if single else ""
    if not measured:
        return rest.strip() or "Speakers unknown."
    low, high = (choose(measured, key=measured.__getitem__) for choose in (min, max))
    return (
        f"UAR from {percent(measured[low])} ({low}) to {percent(measured[high])} ({high}), median "
        f"{percent(median(measured.values()))}, over {counted(len(measured), 'speaker')}.{rest}"
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows and columns.

    Attributes:
        caption: above the table.
        columns: headers.
        rows: cells, one per column.
        words: indices of the columns of text; the others are numbers.
        strong: indices of the rows in bold.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)
    strong: tuple[int, ...] = ()


def results(report: Report) -> Table:
    """Compare this run with other runs and with the claim."""
    result, claims = report.result, report.claims or Claims()
    columns = ("Run", "UAR", "95 % interval", "Accuracy", "Tested on", "Leaks found", "Protocol")
    runs = {report.name: result, **report.others}
    rows = [_result(name, run, run.protocol, len(run.leakage)) for name, run in runs.items()]
    if result.unseen:
        rows.append(_result("only unseen speakers", result.unseen, result.protocol, None))
    if main_claim(claims):
        shares = (percent(claims.uar), MISSING, percent(claims.accuracy))
        rows.append(("the paper's claim", *shares, MISSING, MISSING, "as published"))
    return Table("This run and what it is compared with", columns, tuple(rows), words=(0, 6), strong=(0,))


def metrics(result: Scores) -> Table:
    """All metrics of the whole test."""
    rows = tuple((metric.name, cell(metric, value_of(metric, result)), metric.meaning) for metric in METRICS)
    columns = ("Metric", "This run", "Definition")
    return Table("Metrics of all test recordings", columns, rows, words=(0, 2), strong=(0,))


def classes(result: EvaluationResult) -> Table:
    """The classification report, with AUC, log loss and MSE of each class."""
    what = noun(result.target)
    columns = (what.capitalize(), "Recordings", *(metric.name for metric in EMOTION_METRICS))
    rows = [_emotion(label, row.support, row) for label, row in result.per_class.items()]
    for kind in ("macro", "weighted"):
        rows.append(_emotion(f"{kind} average", result.n, getattr(result.averages, kind)))
    return Table(f"Metrics by {what}", columns, tuple(rows), strong=(len(rows) - 2, len(rows) - 1))


def groups(result: Scores, kind: str) -> Table:
    """UAR by "speaker", lowest first, or by "corpus"."""
    rows = list((result.per_speaker if kind == "speaker" else result.per_corpus).items())
    if kind == "speaker":
        rows.sort(key=lambda item: (item[1].uar is None, item[1].uar, item[0]))
    cells = tuple((name, f"{group.n:,}", percent(group.uar)) for name, group in rows)
    return Table(f"UAR by {kind}", (kind.capitalize(), "Recordings", "UAR"), cells)


def corpora(data: Data) -> Table:
    """Recordings, speakers and emotions of each corpus."""
    copies = any(part.copies for part in data.corpora)
    labels = list(data.corpora[0].emotions)
    columns = ("Corpus", "Recordings", "Speakers", *(["Augmented copies"] if copies else []), *labels)
    rows = tuple(
        (
            part.title,
            f"{part.recordings:,}" + (f" of {part.whole:,}" if part.whole else ""),
            _speakers(part),
            *([f"{part.copies:,}"] if copies else []),
            *(f"{part.emotions[label]:,}" for label in labels),
        )
        for part in data.corpora
    )
    return Table("Recordings of each corpus", columns, rows)


def _speakers(part: CorpusPart) -> str:
    """Number of speakers of a corpus, and what is unknown of them."""
    if not part.unknown_speakers:
        return f"{part.speakers}"
    return f"{part.speakers} and unknown" if part.speakers else "unknown"


def errors(result: Scores) -> Table:
    """The wrong predictions of highest confidence."""
    columns = ("Recording", "True", "Predicted", "Confidence", "Probability of the true class")
    cells = tuple(
        (row.file_id, row.true, row.predicted, percent(row.confidence), percent(row.true_probability))
        for row in result.errors.most_confident
    )
    return Table("Wrong predictions of highest confidence", columns, cells, words=(0, 1, 2))


def confusions(result: Scores) -> Table:
    """The pairs of emotions that are confused most often."""
    columns = ("True", "Predicted", "Recordings", "Share of the true class")
    cells = tuple(
        (row.true, row.predicted, f"{row.n:,}", percent(row.share)) for row in result.errors.confusions
    )
    return Table("Most frequent confusions", columns, cells, words=(0, 1))


def _result(name: str, scores: Scores, protocol: str, leaks: int | None) -> tuple[str, ...]:
    bounds = (
        f"{100 * scores.uar_ci95[0]:.1f} to {percent(scores.uar_ci95[1])}" if scores.uar_ci95 else MISSING
    )
    count = MISSING if leaks is None else str(leaks or "none")
    return (name, percent(scores.uar), bounds, percent(scores.accuracy), f"{scores.n:,}", count, protocol)


def value_of(metric: Metric, source: object) -> float | None:
    """Value of a metric in a result or claims, whole or of a class, or in an average; None if it has none."""
    for name in metric.key.split("."):
        source = getattr(source, name, None)
    return source if isinstance(source, int | float) else None


def cell(metric: Metric, value: float | None) -> str:
    """Format the value of a metric."""
    return percent(value) if metric.digits is None else decimals(value, metric.digits)


def _emotion(name: str, n: int, row: ClassResult | Average) -> tuple[str, ...]:
    return (name, f"{n:,}", *(cell(metric, value_of(metric, row)) for metric in EMOTION_METRICS))
