"""CPU time of the families `functionals` and `loudness` in addition to the core family, on one core.

    python -m benchmarks.speed.functionals

Each recording is decoded and its core columns are computed (one STFT, one Praat pass); then its functionals
and its loudness, which share these. Times are printed per file and per 3 s of analysed speech.
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
from ser_features.extractors.loudness import Loudness
from ser_features.pipeline import analyse, columns_of

LIMITS_MS = {"functionals": 25, "loudness": None}


def main() -> None:
    """Measure and print."""
    options = shared.parser(__doc__, files=300, report=True).parse_args()
    scan = corpora.scan("ravdess", options.data)
    step = max(1, len(scan.recordings) // options.files)
    contents = [(scan.root / one.path).read_bytes() for one in scan.recordings[::step]]
    families, seconds = (Functionals(), Loudness()), 0.0
    spent = dict.fromkeys(("decode and core", *(family.name for family in families)), 0.0)
    for content in contents:
        start = time.process_time()
        _, analysis = analyse(content, SPEECH16K)
        columns_of(analysis, ["core"])
        spent["decode and core"] += time.process_time() - start
        for family in families:
            start = time.process_time()
            family.extract(analysis)
            spent[family.name] += time.process_time() - start
        seconds += analysis.seconds
    for name, total in spent.items():
        per_file, per_3s = 1e3 * total / len(contents), 3e3 * total / seconds
        print(
            f"{name:26}{per_file:8.2f} ms per file of {seconds / len(contents):.2f} s{per_3s:8.2f} ms per 3 s"
        )
    figures = tuple(
        Figure(f"{name} in addition, per 3 s", "ms", (3e3 * spent[name] / seconds,), at_most=limit)
        for name, limit in LIMITS_MS.items()
    )
    columns = sum(len(family.columns(SPEECH16K)) for family in families)
    conditions = f"CPU time of {columns} columns, {len(contents)} recordings of ravdess"
    Report("speed.functionals", conditions, figures).finish(options.json)


if __name__ == "__main__":
    main()
