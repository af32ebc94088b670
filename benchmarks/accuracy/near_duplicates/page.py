"""The tables of the result, in docs/audit.md.

docs/results/near_duplicates.json → `tables` → `write`
"""

from benchmarks.accuracy.common import DOCS, END, markdown
from benchmarks.accuracy.near_duplicates.copies import FURTHER, REQUIRED
from benchmarks.accuracy.near_duplicates.draw import HALVES
from benchmarks.accuracy.near_duplicates.measure import Copies, NearDuplicates, Takes, stored
from benchmarks.pages import write_between

PAGE = DOCS / "audit.md"
BEGIN = "<!-- begin: benchmarks/accuracy/near_duplicates -->"
TITLES = {"emodb": "EmoDB", "ravdess": "RAVDESS", "tess": "TESS", "nemo": "nEMO"}


def write() -> None:
    """Write the page from the stored result."""
    write_between(PAGE, BEGIN, END, tables(stored()))


def tables(result: NearDuplicates) -> str:
    """What was compared and the threshold, a row for each kind of copy, a row for each corpus of takes."""
    chosen, reported = HALVES
    number = ", ".join(f"{count} of {TITLES[name]}" for name, count in result.recordings.items())
    highest = max(one.highest for one in result.takes[chosen].values())
    lowest = min(result.copies[chosen][kind].lowest for kind in REQUIRED)
    head = (
        f"{sum(result.recordings.values()):,} recordings ({number}; seed {result.seed}, {result.date}). "
        f"In half of the sentences, other takes have a similarity of {highest:.3f} at most, copies of "
        f"{lowest:.3f} at least (without those marked *); the threshold is {result.threshold:g}. The tables "
        "are of the other half."
    )
    return "\n\n".join(
        [
            head,
            markdown(
                ["copy", "recordings", "found", "lowest similarity"],
                [_copies_row(name, one) for name, one in result.copies[reported].items()],
            ),
            markdown(
                ["other takes", "pairs", "of one emotion", "grouped", "highest similarity"],
                [_takes_row(name, one) for name, one in result.takes[reported].items()],
            ),
            *_identical(result),
        ]
    )


def _copies_row(name: str, one: Copies) -> list[str]:
    mark = " *" if name in FURTHER else ""
    return [name + mark, f"{one.copies}", f"{100 * one.same_take / one.copies:.1f} %", f"{one.lowest:.3f}"]


def _takes_row(name: str, one: Takes) -> list[str]:
    return [TITLES[name], f"{one.pairs:,}", f"{one.same_emotion:,}", f"{one.grouped}", f"{one.highest:.3f}"]


def _identical(result: NearDuplicates) -> list[str]:
    """A sentence on recordings of the corpora that are equal; none if there are none."""
    if not result.identical:
        return []
    pairs = "; ".join(f"`{one}` and `{other}`" for one, other in result.identical)
    return [f"Recordings of the corpora themselves that have equal samples: {pairs}."]
