"""Tables and notes of `ser predict` on the screen.

`Prediction`s, marks of their warnings → `print_tables` → stdout
`PredictionSummary` → `print_summary` → stderr
"""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ser_cli.progress import say

if TYPE_CHECKING:
    from ser_models.inference.prediction import Prediction, PredictionSummary
    from ser_models.inference.timeline import WindowPrediction


def print_tables(predictions: "Sequence[Prediction]", marks: Mapping[str, str]) -> None:
    """Print the predictions, then those of windows; the last column marks warnings that not all have."""
    from ser_cli.tables import print_table
    from ser_models.inference.prediction import warnings_of

    recognised = [prediction for prediction in predictions if not prediction.error]
    rows = [[_label(prediction), *_ranking(prediction)] for prediction in recognised]
    if rows:
        longest = max(map(len, rows))
        rows = [row + [""] * (longest - len(row)) for row in rows]
        header = ["file", *(f"{rank}." for rank in range(1, longest))]
        if marks:
            header.append("warning")
            for row, prediction in zip(rows, recognised, strict=True):
                row.append(" ".join(marks[one] for one in warnings_of(prediction) if one in marks))
        print_table(header, rows)
    for prediction in recognised:
        if prediction.timeline:
            print(f"\n{_label(prediction)}, over time: {_course(prediction)}")
        if prediction.windows:
            print(f"\n{_label(prediction)}, window by window:")
            print_table(["start", "end", "emotion"], [_window(window) for window in prediction.windows])


def _label(prediction: "Prediction") -> str:
    """The file, and the part and the channel where they were chosen."""
    end = "end" if prediction.end is None else f"{prediction.end:g} s"
    part = "" if prediction.start is None else f" {prediction.start:g}–{end}"
    return prediction.file + part + (f" channel {prediction.channel}" if prediction.channel else "")


def _ranking(prediction: "Prediction") -> list[str]:
    """The most probable emotions, behind the verdict where that is not the first of them."""
    cells = [f"{one['emotion']} {one['probability']:.3f}" for one in prediction.top]
    if prediction.verdict == "emotion":
        return cells
    if prediction.verdict == "no speech":
        return ["no speech"]
    return [f"{prediction.verdict}: {cells[0]}", *cells[1:]]


def _course(prediction: "Prediction") -> str:
    return ", ".join(
        f"{span.emotion or 'silence'} {span.start:.1f}–{span.end:.1f} s" for span in prediction.timeline
    )


def _window(window: "WindowPrediction") -> list[str]:
    confidence = "" if window.confidence is None else f" {window.confidence:.3f}"
    emotion = window.emotion or ("unsure:" if confidence else "silence")
    return [f"{window.start:.1f} s", f"{window.end:.1f} s", f"{emotion}{confidence}"]


def print_summary(summary: "PredictionSummary", *, marked: bool) -> None:
    """Print refused files, and each note and warning once with the number of files that have it.

    Args:
        summary: of all predictions.
        marked: whether the table marks the rows of each warning.
    """
    from ser_features.foreign import name_file

    for prediction in summary.refused:
        reason = name_file(prediction.error or "", prediction.file)
        print(f"failed {_label(prediction)}: {reason}", file=sys.stderr)
    for notes, files in summary.notes.items():
        others = f" (and {len(files) - 1} more files)" if len(files) > 1 else ""
        say(f"note {files[0]}: {notes}{others}")
    marks = summary.marks if marked else {}
    for warning, count in summary.warnings.items():
        mark = f" {marks[warning]}" if warning in marks else ""
        say(f"warning{mark}: {warning} ({count} of {summary.count} files)")
