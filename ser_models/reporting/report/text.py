"""Sentences and tables of a report.

`Report`, `EvaluationResult` → sentences that can be read without the other pages: protocol, leaks,
definitions of the metrics, differences between runs
`EvaluationResult`, `Data` → `Table`s, which the template renders; those beside the claims are in `claimed`

The first cell of a row of a table is its header; columns of numbers are aligned to the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

from markupsafe import Markup

from ser_models.data.split import UNKNOWN_SPEAKERS
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.entries import Average, ClassResult, Finding, GroupResult
from ser_models.evaluation.paired import Difference
from ser_models.evaluation.result import EvaluationResult, Scores
from ser_models.reporting.figures.recordings import Recordings
from ser_models.reporting.report.content import CorpusPart, Data, EarlierRun, Report
from ser_models.reporting.report.explanations import LEAKS, PROTOCOLS, SEEN_CHECKS, TRAINING_CHECKS
from ser_models.reporting.report.metrics import EMOTION_METRICS, METRICS, Metric
from ser_models.reporting.text import (
    MISSING,
    NOT_MEASURABLE,
    counted,
    decimals,
    listed,
    noun,
    percent,
    points,
    signed,
)


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
    """State the differences of this run to the paper's claim, to other runs and to earlier ones."""
    lines = [_claim_gap(report.result, *claim)] if (claim := main_claim(report.claims)) else []
    lines += [_gap(report, name, other) for name, other in report.others.items()]
    return lines + ([_earlier(report.earlier)] if report.earlier else [])


def _earlier(runs: Sequence[EarlierRun]) -> str:
    """State from which earlier runs without leaks this one differs beyond chance."""
    leaking = [one.name for one in runs if one.result.leakage]
    paired = {one.name: one.difference for one in runs if one.difference and one.name not in leaking}
    verdicts = {
        "better than": [name for name, apart in paired.items() if apart.low > 0],
        "worse than": [name for name, apart in paired.items() if apart.high < 0],
        "not different from": [name for name, apart in paired.items() if apart.low <= 0 <= apart.high],
    }
    parts = [f"{words} {listed(names)}" for words, names in verdicts.items() if names]
    text = (
        f"On the recordings that both were tested on, this run is {'; '.join(parts)}, by paired 95 % "
        "intervals over the same draws of speakers."
        if parts
        else "No earlier run without leaks was tested on the same recordings."
    )
    return f"{text} Leaks raised the figures of {listed(leaking)}." if leaking else text


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
    """Compare this run with other runs, earlier ones and the claim."""
    result, claims = report.result, report.claims or Claims()
    columns: tuple[str, ...] = (
        *("Run", "UAR", "95 % interval", "Accuracy", "Tested on", "Leaks found", "Protocol"),
    )
    runs = {report.name: result, **report.others, **{one.name: one.result for one in report.earlier}}
    rows = [_result(name, run, run.protocol, len(run.leakage)) for name, run in runs.items()]
    if result.unseen:
        rows.append(_result("only unseen speakers", result.unseen, result.protocol, None))
    if main_claim(claims):
        shares = (percent(claims.uar), MISSING, percent(claims.accuracy))
        rows.append(("the paper's claim", *shares, MISSING, MISSING, "as published"))
    if report.earlier:
        columns = (*columns[:3], "This run minus it", *columns[3:])
        apart = {one.name: difference(one.difference) for one in report.earlier}
        rows = [(*row[:3], apart.get(row[0], MISSING), *row[3:]) for row in rows]
    words = (0, len(columns) - 1)
    return Table("This run and what it is compared with", columns, tuple(rows), words, strong=(0,))


def difference(apart: Difference | None) -> str:
    """A paired difference in percentage points, with its interval."""
    if apart is None:
        return MISSING
    value, low, high = (signed(f"{100 * one:.1f}") for one in (apart.uar, apart.low, apart.high))
    return f"{value} [{low}, {high}] points"


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


def errors(result: Scores, clips: Mapping[str, str] | None = None) -> Table:
    """The wrong predictions of highest confidence, with their sound if there are clips."""
    columns = ("Recording", "True", "Predicted", "Confidence", "Probability of the true class")
    cells = tuple(
        (row.file_id, row.true, row.predicted, percent(row.confidence), percent(row.true_probability))
        for row in result.errors.most_confident
    )
    caption = "Wrong predictions of highest confidence"
    if clips is None:
        return Table(caption, columns, cells, words=(0, 1, 2))
    with_sound = tuple((*row, _player(row[0], clips.get(row[0]))) for row in cells)
    return Table(caption, (*columns, "Sound"), with_sound, words=(0, 1, 2, 5))


def _player(name: str, url: str | None) -> str:
    """HTML that plays a clip."""
    if url is None:
        return MISSING
    return Markup('<audio controls preload="metadata" src="{}" aria-label="{}"></audio>').format(url, name)


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
