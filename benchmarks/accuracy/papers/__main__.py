"""Write the pages of the publications: docs/papers.

    python -m benchmarks.accuracy.papers                             # all of them
    python -m benchmarks.accuracy.papers bone_conducted_transformer

The results come from docs/results, where `python -m benchmarks.accuracy.recipes run` stores them.
"""

import argparse

from benchmarks.accuracy.papers.page import names, write


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: {', '.join(names())}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no page {unknown.pop()!r}: expected some of {', '.join(names())}")
    for name in options.names or names():
        print(write(name))


if __name__ == "__main__":
    main()
