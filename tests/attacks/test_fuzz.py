"""Short form of benchmarks/robustness/fuzz.py: hundreds of damaged headers give rows or refusals only.

The features are those of every family, with the ones that librosa computes.
"""

import re
import subprocess
import sys

import pytest

from benchmarks.robustness import fuzz
from ser_features import errors


@pytest.mark.parametrize("cases", [250, pytest.param(750, marks=pytest.mark.long)])
def test_hundreds_of_spoilt_headers_end_as_rows_or_reasons(cases):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.robustness.fuzz", "--count", str(cases), "--seed", "1"],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    counts = {name: int(count) for count, name in re.findall(r"^ *(\d+)  (\w+)$", done.stdout, re.M)}
    assert done.returncode == 0, done.stdout
    assert (counts.pop("crash"), counts.pop("hang")) == (0, 0)
    assert sum(counts.values()) == cases
    assert counts.pop("row") > cases / 10
    assert len(counts) >= 5
    assert all(issubclass(getattr(errors, name), errors.AudioError) for name in counts)


def test_a_case_is_made_from_seed_and_number_alone():
    files, again = fuzz.seeds(), fuzz.seeds()
    cases = [fuzz.case(files, 3, number) for number in range(100)]
    assert cases == [fuzz.case(again, 3, number) for number in range(100)]
    assert len(set(cases)) == 100
    assert sum(case in files for case in cases) < 10


def test_unspoilt_files_give_rows():
    assert {fuzz.outcome(content) for content in fuzz.seeds()} == {"row"}


def test_what_is_no_reason_is_unexpected(monkeypatch):
    def surprised(*_):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("ser_features.pipeline.extract_bytes", surprised)
    assert fuzz.outcome(b"RIFF") == "unexpected ZeroDivisionError('surprise')"


class Channel:
    """Stands for a worker that dies, or is stuck, after one case."""

    def __init__(self, stuck):
        self.stuck = stuck
        self.messages = [None, ("row", 0.1, 5), None]

    def poll(self, seconds):
        return not (self.stuck and not self.messages)

    def recv(self):
        if not self.messages:
            raise EOFError
        return self.messages.pop(0)


@pytest.mark.parametrize(("stuck", "outcome"), [(False, "crash"), (True, "hang")])
def test_a_worker_that_dies_or_hangs_is_counted_as_its_case(stuck, outcome):
    outcomes = list(fuzz._watch(Channel(stuck), 7, 100))
    assert [(number, kind) for number, kind, *_ in outcomes] == [(7, "row"), (8, outcome)]


def test_bad_cases_are_named_and_fail(monkeypatch, capsys, tmp_path):
    ends = [(0, "row", 0.1, 1), (1, "crash", 0.0, 0), (2, "hang", 10.0, 0), (3, "unexpected X", 0.1, 1)]
    monkeypatch.setattr(fuzz, "run", lambda *_: iter(ends))
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--count", "4", "--keep", str(tmp_path)])
    assert fuzz.main() == 1
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("case")] == [
        "case 1: crash",
        "case 2: hang",
        "case 3: unexpected X",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"0-1", "0-2", "0-3"}
