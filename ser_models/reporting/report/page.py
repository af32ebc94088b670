"""The report of a run as one self-contained HTML page: no network, no scripts, no other file.

`Report` → figures as SVG, tables, sentences → `render` (Jinja2, autoescaped) → report.html
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ser_models.evaluation.result import Scores
from ser_models.reporting import verdict
from ser_models.reporting.figures import FIGURES, Run, attention, map
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.figures.distribution import ClassCounts, count_panels, density_panel
from ser_models.reporting.figures.picture import Panel
from ser_models.reporting.figures.recordings import rank_features
from ser_models.reporting.figures.subsets import subset_panel
from ser_models.reporting.html import DEEP, inline, stylesheet, template
from ser_models.reporting.report import claimed, text
from ser_models.reporting.report.content import Data, Report

TEMPLATE = Path(__file__).with_name("report.html.jinja")

MAP_RECORDINGS = 400
"""Maximal number of recordings on the map; each adds a hundred bytes to the page."""

LONG_LIST = 32
"""Longest list of a hyperparameter that is written."""

AS_TABLE = ("confusion",)
"""Figures that are tables in a report."""


def write_report(path: Path, report: Report) -> None:
    """Write a report as one HTML file in UTF-8, replacing an existing one."""
    path.write_text(render(report), encoding="utf-8")


def render(report: Report) -> str:
    """Return the report as HTML."""
    ranked = _ranked_features(report.data)
    run = Run(report.result, report.history, report.claims, report.parameters)
    return template(TEMPLATE).render(
        report=report,
        result=report.result,
        text=text,
        verdict=verdict,
        claimed=_claimed(report),
        second_softmax=claimed.SECOND_SOFTMAX,
        run=run,
        figures=_figures(report, run, ranked),
        ranked=ranked,
        map_recordings=MAP_RECORDINGS,
        grid=_confusion_grid(report.result),
        details=dict(_details(report)),
        style=stylesheet(TEMPLATE.with_name("report.css")),
    )


def _claimed(report: Report) -> list[text.Table]:
    """Tables of the paper's figures beside those of this run and of the other protocol."""
    runs = {report.name: report.result, **report.others}
    return claimed.tables(report.claims, runs) if report.claims else []


def _ranked_features(data: Data) -> dict[str, float]:
    """The features to draw, with their η²; MFCC mean nothing to most readers."""
    if data.recordings is None:
        return {}
    return rank_features(data.recordings, [name for name in data.recordings.units if "mfcc" not in name])


def _figures(report: Report, run: Run, ranked: Mapping[str, float]) -> dict[str, list[Markup]]:
    """SVG panels of every figure; an empty list if there is nothing to draw."""
    pictures = {name: figure(run) for name, figure in FIGURES.items() if name not in AS_TABLE}
    panels = {name: picture.panels if picture else () for name, picture in pictures.items()}
    examples = [attention(example, number) for number, example in enumerate(report.attention, 1)]
    panels["attention"] = tuple(panel for picture in examples for panel in picture.panels)
    panels |= _data_panels(report.data, ranked)
    panels["comparison"] = _comparison(report)
    durations = {"this run": report.durations}
    panels["durations"] = (subset_panel(durations, "duration (s)"),) if report.durations else ()
    return {
        name: [inline(panel, f"{name}-{number}") for number, panel in enumerate(group)]
        for name, group in panels.items()
    }


def _data_panels(data: Data, ranked: Mapping[str, float]) -> dict[str, tuple[Panel, ...]]:
    """Number of recordings of each emotion, densities of the ranked features, map of the recordings."""
    counts = count_panels([ClassCounts(part.title, part.emotions) for part in data.corpora])
    if data.recordings is None or not ranked:
        return {"counts": counts, "features": (), "map": ()}
    densities = tuple(density_panel(data.recordings, name) for name in ranked)
    sample = data.recordings.sampled(MAP_RECORDINGS)
    return {
        "counts": counts,
        "features": densities,
        "map": (map.panel(sample, tuple(sample.units), width=5.2),),
    }


def _comparison(report: Report) -> tuple[Panel, ...]:
    """UAR of this run beside other runs and the paper; nothing for a run alone."""
    marks, chance = _marks(report), report.result.chance
    if not marks or not chance or len(text.results(report).rows) < 2:
        return ()
    return (comparison(marks, chance),)


def _marks(report: Report) -> list[Mark]:
    """UAR of this run, of other runs and of the paper; its accuracy if it reports no UAR."""
    runs: dict[str, Scores] = {report.name: report.result}
    if report.result.unseen:
        runs["only unseen speakers"] = report.result.unseen
    earlier = {one.name: one.result for one in report.earlier}
    measured = (runs | dict(report.others) | earlier).items()
    marks = [Mark(name, run.uar, run.uar_ci95) for name, run in measured if run.uar is not None]
    if claim := text.main_claim(report.claims):
        key, value = claim
        name = {"uar": "the paper's claim", "accuracy": "the paper's claim (accuracy)"}[key]
        marks.append(Mark(name, value))
    return marks


def _confusion_grid(result: Scores) -> list[dict[str, Any]]:
    """Rows of the confusion matrix: count, share of the row, and whether the cell is dark."""
    return [
        {
            "label": label,
            "cells": [
                {"n": n, "share": n / max(sum(row), 1), "deep": n > DEEP * max(sum(row), 1)} for n in row
            ],
        }
        for label, row in zip(result.labels, result.confusion_matrix, strict=True)
    ]


def _short(value: Any) -> str:
    """A hyperparameter; of a long list the number of entries."""
    return f"({len(value)})" if isinstance(value, list) and len(value) > LONG_LIST else str(value)


def _details(report: Report) -> Iterator[tuple[str, str]]:
    """What is needed to repeat the run, as terms and values."""
    data = report.data
    yield "Command", report.command
    yield "Date", report.date
    yield "Run", f"reduced ({report.quick_note})" if report.quick_note else "full"
    yield "Seed", str(report.result.seed)
    yield "Model", report.result.model
    if report.parameters:
        values = {name: value for name, value in report.parameters.items() if value != []}
        yield "Hyperparameters", ", ".join(f"{name} {_short(value)}" for name, value in values.items())
    yield "Features", f"profile {data.profile}, fingerprint {data.digest}"
    yield "Data fingerprint", data.fingerprint
    yield "Versions", ", ".join(f"{name} {version}" for name, version in report.versions.items())
