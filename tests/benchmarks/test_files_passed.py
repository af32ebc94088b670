"""The number of source files that a recording passes through stays below its limits."""

import pytest

from benchmarks import files_passed


@pytest.mark.long
def test_every_command_stays_below_its_limit(tmp_path):
    lines = files_passed.command_lines(tmp_path, files_passed.write_recordings(tmp_path))
    passed = {command: files_passed.files_of(line) for command, line in lines.items()}
    assert {command for command in passed if len(passed[command]) > files_passed.LIMITS[command]} == set()
    assert "ser_models/training/train.py" in passed["train"]
