"""Audits of honest splits and of splits with a planted leak, counted.

data root → `measure` → `Mistakes` → docs/results/audit_mistakes.json → `stored`
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from benchmarks.accuracy.audit_mistakes.draws import Draw, honest, table_of
from benchmarks.accuracy.audit_mistakes.leaks import KINDS, Planted, names
from benchmarks.accuracy.common import RESULTS, SEED
from ser_features import corpora
from ser_models.auditing.audit import AuditConfig, audited, identified, read_given
from ser_models.auditing.sources.columns import Columns
from ser_models.auditing.split_table import TEST, TRAIN

PATH = RESULTS / "audit_mistakes.json"
CORPORA = ("emodb", "ravdess", "tess", "nemo")


@dataclass(frozen=True, slots=True)
class Counted:
    """Audits of one kind of split.

    Attributes:
        splits: number of random splits.
        right: number of these in which what was planted is found, and nothing else.
        missed: number in which it is not found.
    """

    splits: int
    right: int
    missed: int


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The audit's mistakes.

    Attributes:
        recordings: number of names by corpus.
        counted: by kind of split and corpus.
        seed: of the draws.
        date: of the measurement.
    """

    recordings: Mapping[str, int]
    counted: Mapping[str, Mapping[str, Counted]]
    seed: int
    date: str


def measure(data: Path, splits: int) -> Mistakes:
    """Audit random splits.

    Args:
        data: root of the corpora.
        splits: number of honest lists of names of each corpus, and of the other kinds over all corpora.
    """
    tables = {corpus: table_of(corpora.get(corpus).scan(data).recordings) for corpus in CORPORA}
    counted = {
        plant.__name__: {
            corpus: _count(plant, table, data, splits if plant is names else splits // len(tables))
            for corpus, table in tables.items()
        }
        for plant in KINDS
    }
    sizes = {corpus: len(table) for corpus, table in tables.items()}
    return Mistakes(sizes, counted, SEED, datetime.now(UTC).date().isoformat())


def _count(plant: Callable[[Draw], Planted], recordings: pd.DataFrame, data: Path, splits: int) -> Counted:
    rng = np.random.default_rng(SEED)
    outcomes = [outcome(plant(honest(recordings, rng)), data) for _ in range(splits)]
    return Counted(splits, outcomes.count("right"), outcomes.count("missed"))


def outcome(planted: Planted, data: Path) -> str:
    """Audit a split: "right", "missed", or "other" if it finds what was not planted."""
    split = read_given(None, {TRAIN: planted.train, TEST: planted.test}, Columns())
    with _audio(planted.audio, data) as folder:
        # In one process: starting others takes longer than decoding a few recordings.
        rows = identified(split, AuditConfig(data=folder, workers=1))
    [fold] = audited(split, rows).folds
    shared = {kind: one.shared for kind, one in fold.shared.items() if one.shared}
    kinds = {*shared, *(finding.kind for finding in fold.findings)}
    if (
        any(shared.get(kind) != count for kind, count in planted.shared.items())
        or fold.untrained != planted.untrained
        or not kinds.issuperset(planted.findings)
    ):
        return "missed"
    return "right" if kinds <= {*planted.shared, *planted.implied, *planted.findings} else "other"


@contextmanager
def _audio(sources: Mapping[str, str], data: Path) -> Iterator[Path | None]:
    """A folder with a link for each path, for the duration of the block; None without paths."""
    if not sources:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        for path, source in sources.items():
            link = Path(folder, path)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(data.absolute() / source)
        yield Path(folder)


def store(mistakes: Mistakes) -> None:
    """Write docs/results/audit_mistakes.json."""
    PATH.write_bytes(TypeAdapter(Mistakes).dump_json(mistakes, indent=1) + b"\n")


def stored() -> Mistakes:
    """Read docs/results/audit_mistakes.json."""
    return TypeAdapter(Mistakes).validate_json(PATH.read_bytes())
