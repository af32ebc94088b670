r"""Numbers as a report writes them; a number is never parted from its unit at the end of a line.

>>> percent(0.3954), points(-0.123), decimals(0.08121, 4), percent(None)
('39.5\xa0%', '-12.3\xa0points', '0.0812', '–')
"""

NOTHING = "–"
"""Stands where there is no number."""


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share of 0 to 1 in percent."""
    return NOTHING if share is None else f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def points(gap: float) -> str:
    """Write the difference of two shares in percentage points."""
    return f"{100 * gap:.1f}\N{NO-BREAK SPACE}points"


def decimals(value: float | None, digits: int) -> str:
    """Write a plain number."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def signed(text: str) -> str:
    """Give a positive number its sign, and a negative one a proper minus.

    >>> signed("3.0 points"), signed("-3.0 points")
    ('+3.0 points', '−3.0 points')
    """
    return text.replace("-", "−", 1) if text.startswith("-") else f"+{text}"
