"""Whole extractions into a new store: as a call, and as the command in a new process.

`extract_corpora` from its call to its return: planning, start of the workers, features, commits, report. What
it imports itself is imported before; the workers import theirs. The command includes everything.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.child import Work

DATASET = "ravdess"


def call(data: str, files: int, workers: int, profile: str | None) -> Work:
    """Extraction of some recordings by a number of workers; None for the default profile."""
    from ser_features.config import PROFILES
    from ser_features.engine import extract_corpora

    def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            report = extract_corpora(
                [DATASET],
                data=Path(data),
                store=Path(folder) / "store",
                profile=PROFILES[profile] if profile else None,
                workers=workers,
                limit=files,
            )
        if report.stored != files:
            raise SystemExit(f"{report.stored} of {files} files stored: choose --files within {DATASET}")
        return report.stored

    return work


def command(data: str, files: int, workers: int) -> Work:
    """`ser extract` with the default profile, from the start of its process to its end."""

    def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            words = ["extract", "--datasets", DATASET, "--data", data, "--store", f"{folder}/store"]
            words += ["--limit", str(files), "--workers", str(workers)]
            start = "import sys; from ser_cli.main import main; main(sys.argv[1:])"
            subprocess.run([sys.executable, "-c", start, *words], check=True, capture_output=True)
        return files

    return work


CONTENDERS = {"call": call, "command": command}
