"""One run as one page that needs nothing beside it: no network, no scripts, no other file.

`Report` → figures as SVG, tables, sentences → `render` (Jinja2, everything escaped) → report.html
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from markupsafe import Markup

from ser_models.reporting import figures
from ser_models.reporting.figures import distribution, map
from ser_models.reporting.figures.comparison import Mark, comparison
from ser_models.reporting.figures.picture import Panel
from ser_models.reporting.figures.svg import inline
from ser_models.reporting.figures.telling import telling
from ser_models.reporting.figures.theme import DEEP, declarations
from ser_models.reporting.html import stylesheet, template
from ser_models.reporting.report import tables, text
from ser_models.reporting.report.content import Data, Report
from ser_models.reporting.text import percent

TEMPLATE = "report.html.jinja"

ON_THE_MAP = 400
"""Recordings that the map shows; each costs a hundred bytes of the page."""


def write_report(path: Path, report: Report) -> None:
    """Write a report as one HTML file, in UTF-8.

    Args:
        path: the file, replaced if it is there.
        report: what it tells.
    """
    path.write_text(render(report), encoding="utf-8")


def render(report: Report) -> str:
    """Lay a report out as HTML."""
    metrics = report.metrics
    told = _telling(report.data)
    return template(Path(__file__).with_name(TEMPLATE)).render(
        report=report,
        metrics=metrics,
        text=text,
        tables=tables,
        figures=_figures(report, told),
        telling=told,
        on_the_map=ON_THE_MAP,
        grid=_confusion_grid(metrics),
        folds=_folds(metrics["folds"]),
        making=dict(_making(report)),
        css=stylesheet(Path(__file__).with_name("report.css")),
        day=Markup(declarations(dark=False)),
        night=Markup(declarations(dark=True)),
    )


def _telling(data: Data) -> dict[str, float]:
    """The features to draw, and how much emotions make of each; MFCC say nothing to a reader."""
    if data.recordings is None:
        return {}
    names = [name for name in data.recordings.units if not name.startswith("mfcc")]
    return telling(data.recordings, names)


def _data_panels(data: Data, told: Mapping[str, float]) -> dict[str, tuple[Panel, ...]]:
    """Draw how the telling features are spread, and the recordings on a map."""
    if data.recordings is None or not told:
        return {"features": (), "map": ()}
    hills = tuple(distribution.density_panel(data.recordings, name) for name in told)
    shown = data.recordings.thinned(ON_THE_MAP)
    return {"features": hills, "map": (map.panel(shown, tuple(shown.units), width=5.2),)}


def _figures(report: Report, told: Mapping[str, float]) -> dict[str, list[Markup]]:
    """Draw every figure that there is something for; each is a list of panels."""
    metrics = report.metrics
    pictures = {
        "emotions": figures.per_class(metrics, report.claims),
        "speakers": figures.per_speaker(metrics),
        "roc": figures.roc(metrics),
        "reliability": figures.reliability(metrics),
        "coverage": figures.coverage(metrics),
        "training": figures.training_curves(report.history),
    }
    panels = {name: picture.panels if picture else () for name, picture in pictures.items()}
    heard = [figures.attention(example, place) for place, example in enumerate(report.attention, start=1)]
    panels["attention"] = tuple(panel for picture in heard for panel in picture.panels)
    panels |= _data_panels(report.data, told)
    panels["comparison"] = (comparison(_marks(report), metrics["chance"]),)
    return {
        name: [inline(panel, f"{name}-{place}") for place, panel in enumerate(drawn)]
        for name, drawn in panels.items()
    }


def _marks(report: Report) -> list[Mark]:
    """What the UAR of this run is held against; an accuracy only where the paper has no UAR."""
    metrics, key = report.metrics, text.claimed(report.claims)
    marks = [Mark(report.name, metrics["uar"], tuple(metrics["interval"]))]
    if unseen := metrics.get("unseen"):
        marks.append(Mark("only voices never met", unseen["uar"], tuple(unseen["interval"])))
    marks += [Mark(other.name, other.uar, other.interval) for other in report.others]
    if key:
        name = {"uar": "the paper's claim", "accuracy": "the paper's claim (accuracy)"}[key]
        marks.append(Mark(name, report.claims[key]))
    return marks


def _confusion_grid(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the confusion table: each cell with its count, its share of the row and how dark it is."""
    return [
        {
            "label": label,
            "cells": [
                {"n": n, "share": n / max(sum(row), 1), "deep": n > DEEP * max(sum(row), 1)} for n in row
            ],
        }
        for label, row in zip(metrics["labels"], metrics["confusion_matrix"], strict=True)
    ]


def _folds(values: list[float]) -> str | None:
    """Mean and spread over folds, in words; None for a single one."""
    if len(values) < 2:
        return None
    each = ", ".join(f"{100 * value:.1f}" for value in values)
    return (
        f"Over {len(values)} folds the mean UAR is {percent(mean(values))}, its standard deviation "
        f"{100 * stdev(values):.1f} points ({each})."
    )


def _making(report: Report) -> Iterator[tuple[str, str]]:
    """How the run was made, as terms and what they were."""
    metrics, data = report.metrics, report.data
    yield "Command", report.command
    yield "Date", report.date
    yield "Run", f"reduced ({report.quick_note})" if report.quick_note else "full"
    yield "Seed", str(metrics["seed"])
    yield "Model", metrics["model"]
    if report.parameters:
        yield "Parameters", ", ".join(f"{name} {value}" for name, value in report.parameters.items())
    yield "Features", f"profile {data.profile}, fingerprint {data.digest}"
    yield "Data fingerprint", data.fingerprint
    yield "Versions", ", ".join(f"{name} {version}" for name, version in report.versions.items())
