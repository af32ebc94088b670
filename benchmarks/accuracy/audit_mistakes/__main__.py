"""Measure the audit's own mistakes on random splits of real names: docs/audit.md.

    python -m benchmarks.accuracy.audit_mistakes --data DIR    # measures, and writes the page
    python -m benchmarks.accuracy.audit_mistakes table         # writes the page from docs/results

Honest lists of names are drawn --splits times for each corpus; each of the other kinds of splits, --splits
times over all corpora. The names are those of EmoDB, RAVDESS, TESS and nEMO below the data root.
"""

from benchmarks import options
from benchmarks.accuracy.audit_mistakes import measure, page


def main() -> None:
    """Run the command."""
    parser = options.parser(__doc__)
    parser.add_argument("action", nargs="?", choices=["measure", "table"], default="measure")
    parser.add_argument("--splits", type=int, default=100, help="of each kind (default: 100)")
    chosen = parser.parse_args()
    if chosen.action == "measure":
        measure.store(measure.measure(chosen.data, chosen.splits))
    page.write()


if __name__ == "__main__":
    main()
