"""Write the pages of the publications: docs/papers.

    python -m benchmarks.accuracy.papers                             # all of them
    python -m benchmarks.accuracy.papers bone_conducted_transformer
    python -m benchmarks.accuracy.papers --recordings                # also figures of single recordings

The results come from docs/results, where `python -m benchmarks.accuracy.recipes run` stores them.
"""

import argparse
from pathlib import Path

from benchmarks.accuracy.papers import recordings
from benchmarks.accuracy.papers.page import names, write
from benchmarks.options import DATA


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: {', '.join(names())}")
    parser.add_argument("--recordings", action="store_true", help="also draw figures of single recordings")
    parser.add_argument("--data", type=Path, default=DATA, help=f"of the recordings (default: {DATA})")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no page {unknown.pop()!r}: expected some of {', '.join(names())}")
    if options.recordings:
        print(*recordings.draw(options.data), sep="\n")
    for name in options.names or names():
        print(write(name))


if __name__ == "__main__":
    main()
