"""Kills, failing disks and concurrent writers, applied to a store.

    python -m tests.faults                              # everything; half an hour
    python -m tests.faults kills --kills 20 --seed 1    # on tones; with --data on recordings
    python -m tests.faults disk writers --rounds 2

Each fault prints counts of what was done and observed. The exit code is 1 if a guarantee was violated.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from ser_features import corpora
from ser_features.errors import InputError
from tests.faults import corpus, disk, kills, writers
from tests.faults.check import Findings
from tests.faults.killable import Extraction

TONES = 1024


def main() -> int:
    """Run the chosen faults, or all."""
    options = _options()
    violated = 0
    for name in options.faults or FAULTS:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            findings = FAULTS[name](Path(folder), options)
        findings.show(f"{name}, {time.monotonic() - begin:.0f} s")
        violated += len(findings.violations)
    return 1 if violated else 0


def _kills(folder: Path, options: argparse.Namespace) -> Findings:
    data = options.data
    datasets = () if data is None else tuple(name for name in corpora.names() if _is_present(name, data))
    if not datasets:
        data, datasets = folder / "data", ("tess",)
        corpus.make_tess(data, TONES)
    extraction = Extraction(folder, data, datasets, options.workers)
    return kills.Series(extraction, options.kills, random.Random(options.seed)).run()


def _is_present(name: str, data: Path) -> bool:
    if corpora.get(name).synthetic:
        return False
    try:
        corpora.scan(name, data)
    except InputError:
        return False
    return True


def _disk(folder: Path, options: argparse.Namespace) -> Findings:
    scenes = disk.scenes(folder)
    findings = disk.run(scenes, folder)
    findings.add(disk.run_full(scenes[0], folder / "mount"))
    return findings


def _writers(folder: Path, options: argparse.Namespace) -> Findings:
    return writers.run(folder, options.rounds, options.seed)


FAULTS = {"kills": _kills, "disk": _disk, "writers": _writers}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("faults", nargs="*", choices=[[], *FAULTS], help="default: all")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the moments, victims and pauses")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of each kind of concurrent writers")
    parser.add_argument("--workers", type=int, default=2, help="workers of an extraction that is killed")
    parser.add_argument(
        "--data",
        type=Path,
        default=os.environ.get("SER_DATA"),
        help="data root (default: SER_DATA or tones)",
    )
    parser.add_argument("--folder", type=Path, help="folder for the stores; removed at the end")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
