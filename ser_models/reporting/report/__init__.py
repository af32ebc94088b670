"""A run as one self-contained page, readable by someone who was not there.

`Examples` → `describe_data`; with `EvaluationResult`s → `Report` → `write_report` → report.html
"""

from ser_models.reporting.figures import AttentionExample
from ser_models.reporting.report.content import (
    CorpusPart,
    Data,
    EarlierRun,
    Report,
    by_duration,
    describe_data,
)
from ser_models.reporting.report.page import write_report

__all__ = [
    "AttentionExample",
    "CorpusPart",
    "Data",
    "EarlierRun",
    "Report",
    "by_duration",
    "describe_data",
    "write_report",
]
