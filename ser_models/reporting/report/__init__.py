"""A run as one self-contained page, readable by someone who was not there.

`Examples` → `describe_data`; another artifact → `other_result`; all → `Report` → `write_report` → report.html
"""

from ser_models.reporting.figures import AttentionExample
from ser_models.reporting.report.content import (
    CorpusPart,
    Data,
    OtherResult,
    Report,
    describe_data,
    other_result,
)
from ser_models.reporting.report.page import write_report

__all__ = [
    "AttentionExample",
    "CorpusPart",
    "Data",
    "OtherResult",
    "Report",
    "describe_data",
    "other_result",
    "write_report",
]
