"""Write the pages of the publications: docs/papers.

    python -m benchmarks.accuracy.papers                             # all of them
    python -m benchmarks.accuracy.papers bone_conducted_transformer
    python -m benchmarks.accuracy.papers --measure                   # after measurements without training

`--measure` draws the figures of single recordings, lists the layers of the networks and times the extraction.

The results come from docs/results, where `python -m benchmarks.accuracy.recipes run` stores them.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.papers import extraction, layers, recordings
from benchmarks.accuracy.papers.page import names, write
from benchmarks.options import DATA
from ser_models import recipes
from ser_models.models import model_class
from ser_models.models.networks.network import Network
from ser_models.recipes.read import load

TIMED = "multi_corpus_cnn_lstm"
"""The recipe whose publication reports the duration of the extraction."""


def measure(data: Path) -> Iterator[Path]:
    """Measure what needs no training, and yield the files written."""
    yield from recordings.draw(data)
    for recipe in recipes.names():
        if issubclass(model_class(load(recipe).model["name"]), Network):
            yield layers.measure(recipe)
    yield extraction.measure(TIMED, data)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: {', '.join(names())}")
    parser.add_argument("--measure", action="store_true", help="measure what needs no training, too")
    parser.add_argument("--data", type=Path, default=DATA, help=f"of the recordings (default: {DATA})")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no page {unknown.pop()!r}: expected some of {', '.join(names())}")
    if options.measure:
        print(*measure(options.data), sep="\n")
    for name in options.names or names():
        print(write(name))


if __name__ == "__main__":
    main()
