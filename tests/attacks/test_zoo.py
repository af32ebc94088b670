"""Every file of the zoo ends as a row or as a failure with its reason: no crash, no hang, bounded memory."""

import ctypes
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ser_features import errors
from ser_features.store import open_store
from tests.attacks.zoo import ZOO, Animal, settle

MEMORY = 3 * 2**29
"""Bytes of private memory that a process of the extraction may have, 1.5 GiB."""

SECONDS_PER_FILE = 5.0

PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from ser_features.config import SPEECH16K
from ser_features.engine import extract_corpora
from ser_features.errors import AudioError
from ser_features.pipeline import extract

def by_hand(path):
    begin = time.perf_counter()
    try:
        extract(path, SPEECH16K)
        outcome = "row"
    except AudioError as error:
        outcome = type(error).__name__
    return outcome, time.perf_counter() - begin

if __name__ == "__main__":
    table, store, names = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    report = extract_corpora([str(table)], data=table.parent, store=store, workers=1)
    again = extract_corpora([str(table)], data=table.parent, store=store, workers=1)
    direct = {name: by_hand(table.parent / name) for name in names}
    # Not RUSAGE_SELF, which counts what the tests' own process had when it started this one.
    [own] = [line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM")]
    used = [int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]
    print(json.dumps({
        "stored": report.stored, "again": again.stored, "unchanged": again.unchanged,
        "direct": direct, "peak": max(used) * 1024,
    }))
"""


@dataclass(frozen=True)
class Visit:
    """What an extraction of the whole zoo left behind.

    Attributes:
        rows: the store's rows, by path.
        failures: the store's failures, by path.
        report: what the child process reports.
    """

    rows: pd.DataFrame
    failures: pd.DataFrame
    report: dict


def confine() -> None:
    """Limit memory, and take from root the right to read what is forbidden (from the next program on)."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    drop_from_bounding_set, override, read_search = 24, 1, 2
    libc = ctypes.CDLL(None)
    libc.prctl(drop_from_bounding_set, override, 0, 0, 0)
    libc.prctl(drop_from_bounding_set, read_search, 0, 0, 0)


def extract_the_zoo(folder: Path) -> Visit:
    """Extract every animal, twice, then each by hand, in a process of its own that cannot take all memory."""
    table, store = settle(folder), folder / "store"
    names = json.dumps([animal.name for animal in ZOO])
    (folder / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, folder / "program.py", table, store, names],
        capture_output=True, text=True, timeout=120, preexec_fn=confine,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    opened = open_store(store)
    rows, failures = opened.files(), opened.failures().to_pandas()
    return Visit(rows.set_index("path"), failures.set_index("path"), json.loads(done.stdout.splitlines()[-1]))


def problems(animal: Animal, visit: Visit) -> Iterator[str]:
    """Whatever is not as it must be."""
    in_rows, in_failures = animal.name in visit.rows.index, animal.name in visit.failures.index
    if (in_rows, in_failures) != (animal.stage == "row", animal.stage != "row"):
        yield f"row: {in_rows}, failure: {in_failures}"
    elif in_rows and not visit.rows.loc[animal.name, "duration_sec"] > 0:
        yield "has no duration"
    elif in_failures:
        yield from wrong_reasons(animal, visit.failures.loc[animal.name])
    outcome, seconds = visit.report["direct"][animal.name]
    if outcome != animal.outcome:
        yield f"by hand it is {outcome}"
    if seconds > SECONDS_PER_FILE:
        yield f"takes {seconds:.1f} s"


def wrong_reasons(animal: Animal, failure: pd.Series) -> Iterator[str]:
    message = failure["message"]
    kind = (failure["stage"], failure["error_class"])
    if kind != (animal.stage, animal.error) or animal.says not in message:
        yield f"{failure['stage']}: {failure['error_class']}: {message}"
    if "\n" in message or (animal.stage != "name" and "expected" not in message):
        yield f"is not one line that says what to do: {message!r}"


def is_read_by_root(animal: Animal, visit: Visit) -> bool:
    """Some sandboxes give root a right that it cannot give up: then nothing is forbidden."""
    reads = visit.report["direct"][animal.name][0] == "row"
    return animal.name == "forbidden.wav" and os.geteuid() == 0 and reads


def test_the_zoo_is_large_and_tells_its_animals_apart():
    assert len(ZOO) >= 30
    assert len({animal.name for animal in ZOO}) == len(ZOO)
    kinds = {animal.error for animal in ZOO if animal.stage == "audio"}
    assert all(issubclass(getattr(errors, kind), errors.AudioError) for kind in kinds)
    assert len(kinds) == 10  # all that decoding can raise


def test_every_file_ends_as_a_row_or_as_a_failure_with_its_reason(tmp_path):
    visit = extract_the_zoo(tmp_path)
    tried = [animal for animal in ZOO if not is_read_by_root(animal, visit)]
    assert {animal.name: wrong for animal in tried if (wrong := list(problems(animal, visit)))} == {}
    assert sorted([*visit.rows.index, *visit.failures.index]) == sorted(animal.name for animal in ZOO)
    assert visit.rows["file_id"].is_unique
    assert visit.report["stored"] == len(visit.rows)
    assert (visit.report["again"], visit.report["unchanged"]) == (0, len(visit.rows))
    assert visit.report["peak"] < MEMORY
    assert (tmp_path / "bomb.flac").stat().st_size < 90_000
    assert not (tmp_path / "owned").exists()  # no name was run as a command


def test_a_wrong_outcome_would_be_seen(tmp_path):
    rows = pd.DataFrame({"duration_sec": [1.0]}, index=["a.wav"])
    failure = {"stage": "audio", "error_class": "EmptyFileError", "message": "two\nlines"}
    report = {"direct": {"a.wav": ["row", 9.0], "b.wav": ["row", 0.0]}}
    visit = Visit(rows, pd.DataFrame([failure], index=["b.wav"]), report)
    assert list(problems(Animal("a.wav", Path.touch), visit)) == ["takes 9.0 s"]
    assert list(problems(Animal("b.wav", Path.touch), visit)) == ["row: False, failure: True"]
    assert list(problems(Animal("b.wav", Path.touch, "audio", "TooLongError", "long"), visit)) == [
        "audio: EmptyFileError: two\nlines",
        "is not one line that says what to do: 'two\\nlines'",
        "by hand it is row",
    ]
