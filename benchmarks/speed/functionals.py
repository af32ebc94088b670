"""CPU time of the family `functionals` in addition to the core family, on one core.

    python -m benchmarks.speed.functionals

Each recording is decoded and its core columns are computed (one STFT, one Praat pass); then its functionals,
which share these. Times of both are printed per file and per 3 s of analysed speech.
"""

import os

from benchmarks.clock import ONE_THREAD

os.environ.update(ONE_THREAD)

import time

from benchmarks import options as shared
from benchmarks.report import Figure, Report
from ser_features import corpora
from ser_features.config import SPEECH16K
from ser_features.extractors.functionals import Functionals
from ser_features.pipeline import analyse, columns_of

LIMIT_MS = 25


def main() -> None:
    """Measure and print."""
    options = shared.parser(__doc__, files=300, report=True).parse_args()
    scan = corpora.scan("ravdess", options.data)
    step = max(1, len(scan.recordings) // options.files)
    contents = [(scan.root / one.path).read_bytes() for one in scan.recordings[::step]]
    family, core, more, seconds = Functionals(), 0.0, 0.0, 0.0
    for content in contents:
        start = time.process_time()
        _, analysis = analyse(content, SPEECH16K)
        columns_of(analysis, ["core"])
        middle = time.process_time()
        family.extract(analysis)
        core, more = core + middle - start, more + time.process_time() - middle
        seconds += analysis.seconds
    for name, spent in (("decode and core", core), ("functionals in addition", more)):
        per_file, per_3s = 1e3 * spent / len(contents), 3e3 * spent / seconds
        print(
            f"{name:26}{per_file:8.2f} ms per file of {seconds / len(contents):.2f} s{per_3s:8.2f} ms per 3 s"
        )
    figure = Figure("functionals in addition, per 3 s", "ms", (3e3 * more / seconds,), at_most=LIMIT_MS)
    conditions = (
        f"CPU time of {len(family.columns(SPEECH16K))} columns, {len(contents)} recordings of ravdess"
    )
    Report("speed.functionals", conditions, (figure,)).finish(options.json)


if __name__ == "__main__":
    main()
