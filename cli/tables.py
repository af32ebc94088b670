"""Plain, aligned tables for stdout: the first column to the left, the others to the right.

>>> print_table(["corpus", "all"], [["tess", "2800"]])
corpus   all
tess    2800
"""

from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header.

    Args:
        header: names of the columns.
        rows: texts, as many per row as there are columns.
    """
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        first, *others = (
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())
