"""Measure how well copies of recordings are distinguished from other takes: docs/audit.md.

    python -m benchmarks.accuracy.near_duplicates --data data/raw    # measures, and writes the page
    python -m benchmarks.accuracy.near_duplicates table              # writes the page from docs/results

Reads EmoDB, RAVDESS, TESS and nEMO.
"""

from benchmarks import options
from benchmarks.accuracy.near_duplicates import measure, page

FILES = 200
"""Default number of recordings of a corpus."""


def main() -> None:
    """Run the command."""
    parser = options.parser(__doc__, files=FILES)
    parser.add_argument("action", nargs="?", choices=["measure", "table"], default="measure")
    chosen = parser.parse_args()
    if chosen.action == "measure":
        measure.store(measure.measure(chosen.data, chosen.files))
    page.write()


if __name__ == "__main__":
    main()
