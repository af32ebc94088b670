r"""Numbers and lists as text, for reports, figures and the app.

A number and its unit are joined by a no-break space.

>>> percent(0.3954), points(-0.123), decimals(0.08121, 4), percent(None)
('39.5\xa0%', '-12.3\xa0points', '0.0812', '–')
>>> number(1523.4), number(0.01234), number(-5.0), number(float("nan"))
('1,523', '0.0123', '−5.00', '–')
>>> counted(1, "leak"), counted(1200, "leak")
('1 leak', '1,200 leaks')
>>> listed(["angry", "happy", "sad"])
'angry, happy and sad'
"""

import math
from collections.abc import Sequence

from ser_models.evaluation.result import ConfusionScores, Scores

MISSING = "–"
"""Stands for a value that does not exist."""


NOT_MEASURABLE = "not measurable"
"""Stands for the UAR of a test of a single class."""


def noun(target: str) -> str:
    """What a model recognises, as a word of a sentence.

    >>> noun("emotion"), noun("stress_level")
    ('emotion', 'stress level')
    """
    return target.replace("_", " ")


def nouns(target: str) -> str:
    """Several of what a model recognises.

    >>> nouns("emotion"), nouns("gender")
    ('emotions', 'classes of gender')
    """
    return "emotions" if target == "emotion" else f"classes of {noun(target)}"


def uar_line(scores: Scores, *, transductive: bool = False) -> str:
    """State the UAR with its interval, chance and the classes that it covers, in one line."""
    if scores.uar is None or scores.uar_ci95 is None or scores.chance is None:
        return f"UAR {NOT_MEASURABLE}: {untested(scores)}"
    low, high = scores.uar_ci95
    scope = f" {scores.scope}" if scores.scope else ""
    return (
        f"UAR {scores.uar:.3f}{scope}{' (transductive)' if transductive else ''}, "
        f"95 % interval {low:.3f} to {high:.3f} over {scores.bootstrap_unit}, chance {scores.chance:.3f}"
    )


def untested(scores: ConfusionScores) -> str:
    """Name the classes that no test recording has, and the only one that was tested; empty if none lacks."""
    if not scores.untested:
        return ""
    missing = f"untested: {', '.join(scores.untested)}"
    if scores.uar is None:
        return f"all {counted(scores.n, 'test recording')} are {next(iter(scores.per_class))}; {missing}"
    return missing


def percent(share: float | None, digits: int = 1) -> str:
    """Format a share of 0 to 1 as a percentage."""
    return MISSING if share is None else f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def points(gap: float) -> str:
    """Format the difference of two shares in percentage points."""
    return f"{100 * gap:.1f}\N{NO-BREAK SPACE}points"


def decimals(value: float | None, digits: int) -> str:
    """Format a value with a fixed number of decimals, and thousands separators."""
    return MISSING if value is None else f"{value:,.{digits}f}"


def number(value: float) -> str:
    """Format a value with three significant digits and thousands separators."""
    if not math.isfinite(value):
        return MISSING
    size = math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{min(max(2 - size, 0), 8)}f}".replace("-", "−")


def signed(text: str) -> str:
    """Prefix a positive number with a plus sign, and a negative one with a minus sign instead of a hyphen.

    >>> signed("3.0 points"), signed("-3.0 points")
    ('+3.0 points', '−3.0 points')
    """
    return text.replace("-", "−", 1) if text.startswith("-") else f"+{text}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """Format a count with its noun, in the plural unless it is 1: with an s, unless it is given."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural or f'{noun}s'}"


def sentence(text: str) -> str:
    """Capitalise a phrase and close it with a full stop, unless it ends with an ellipsis.

    >>> sentence("untested: happy"), sentence("untested: happy, …")
    ('Untested: happy.', 'Untested: happy, …')
    """
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('…') else '.'}"


def listed(names: Sequence[str]) -> str:
    """Join names with commas and a final "and"; at least one name."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
