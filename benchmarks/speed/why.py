"""CPU time that the panel "Why" adds to an answer of `ser app`.

    python -m benchmarks.speed.why
    python -m benchmarks.speed.why builtin artifacts/best

a synthetic voice of the page → whole answer as HTML; its contributions alone → CPU time of each, median
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.clock import measured
from ser_models.app.clips import examples
from ser_models.app.inspection import contributions_of, inspect
from ser_models.app.result import ResultRenderer
from ser_models.inference import load


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("artifacts", nargs="*", type=Path, default=[Path("builtin")], help="trained models")
    parser.add_argument("--rounds", type=int, default=9, help="repetitions")
    options = parser.parse_args(words)
    [example, *_] = examples()
    for artifact in options.artifacts:
        renderer = ResultRenderer.of(load(artifact))
        predictor = renderer.predictor
        inspection = inspect(predictor, example.content, example.name)
        whole, reasons = [], []
        for _ in range(options.rounds + 1):
            whole.append(measured(partial(renderer.recognise, example.content, example.name), 1).cpu)
            reasons.append(measured(partial(contributions_of, predictor, inspection.analysis), 1).cpu)
        answer, added = median(whole[1:]), median(reasons[1:])
        print(
            f"{artifact.name}: {1e3 * added:.0f} ms of the {1e3 * answer:.0f} ms of an answer to "
            f"{example.seconds:.1f} s of speech (CPU time, median of {options.rounds})"
        )


if __name__ == "__main__":
    main()
