"""The extraction that is killed, as a process.

    python -m tests.faults.child DATA STORE LOG WORKERS CORPUS…

It says "ready" on stdout when everything is imported, and "planned" when it knows what to do.
"""

import sys
from pathlib import Path

from ser_features.engine import Observer, extract_corpora
from tests.faults.counted import Counted

FAMILIES = ("core", "mel")


def main(data: str, store: str, log: str, workers: str, *datasets: str) -> None:
    """Extract, telling how far it is."""
    print("ready", flush=True)
    extract_corpora(
        datasets,
        data=Path(data),
        store=Path(store),
        features=FAMILIES,
        runner=Counted(int(workers), Path(log)),
        observer=Observer(on_plan=lambda todo, unchanged: print("planned", flush=True)),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
