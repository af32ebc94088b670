"""Audits of published splits as stored results.

DIR/emobox_NAME.csv.gz, label files of MELD → `ser_models.audit` → `AuditedSplit` → docs/results/atlas.json
"""

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

import ser_models
from benchmarks.accuracy.atlas.rules import rule_of
from benchmarks.accuracy.common import RESULTS
from ser_models.auditing.identity import identify
from ser_models.auditing.result import AuditResult, Shared
from ser_models.auditing.sources import read_split
from ser_models.auditing.split_table import SIDES
from ser_models.auditing.statements import statements

PATH = RESULTS / "atlas.json"
PREFIX, SUFFIX = "emobox_", ".csv.gz"
MELD = "meld/{side}_sent_emo.csv.gz"
"""Label files of MELD, which are the parts that the corpus is published in."""


@dataclass(frozen=True, slots=True)
class AuditedFold:
    """Counts of a fold, as in `FoldAudit`."""

    fold: str
    sides: Mapping[str, int]
    shared: Mapping[str, Shared]
    untrained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditedSplit:
    """One published split.

    Attributes:
        name: of the corpus in the file's name.
        rows: of the file.
        files: number of different paths.
        unparsed: rows of which nothing is known but their path.
        speakers: number of speakers of all folds; 0 if unknown.
        folds: in the order of the file.
        speaker_from: where the speaker was read.
        rule: that the rows agree with.
        is_speaker_independent: None if that is not shown.
        reason: of this answer.
        notes: of the audit.
    """

    name: str
    rows: int
    files: int
    unparsed: int
    speakers: int
    folds: tuple[AuditedFold, ...]
    speaker_from: str
    rule: str
    is_speaker_independent: bool | None
    reason: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Atlas:
    """All published splits.

    Attributes:
        splits: in the order of their names.
        meld: parts of MELD by its label files; None without them.
        seconds: duration of their audits, one after the other in one process, in s.
        processor_seconds: processor time of this process in s.
        machine: that they ran on.
        date: of the measurement.
    """

    splits: tuple[AuditedSplit, ...]
    meld: AuditedSplit | None
    seconds: float
    processor_seconds: float
    machine: str
    date: str


def measure(folder: Path, labels: Path | None) -> Atlas:
    """Audit every split of a folder, and the label files of MELD if there are any."""
    paths = sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))
    begin, begin_of_process = time.perf_counter(), time.process_time()
    results = [ser_models.audit([path]) for path in paths]
    seconds, processor_seconds = time.perf_counter() - begin, time.process_time() - begin_of_process
    return Atlas(
        tuple(_published(path, result) for path, result in zip(paths, results, strict=True)),
        None if labels is None else _meld(labels),
        round(seconds, 1),
        round(processor_seconds, 1),
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        datetime.now(UTC).date().isoformat(),
    )


def _published(path: Path, result: AuditResult) -> AuditedSplit:
    rows = identify(read_split([path])).rows
    return _audited(path.name.removeprefix(PREFIX).removesuffix(SUFFIX), result, rows, rule_of(rows))


def _meld(folder: Path) -> AuditedSplit:
    sides = {side: pd.read_csv(folder / MELD.format(side=side)) for side in SIDES}
    tables = {
        side: pd.DataFrame(
            {
                "path": f"{side}/dia"
                + rows["Dialogue_ID"].astype(str)
                + "_utt"
                + rows["Utterance_ID"].astype(str),
                "speaker": rows["Speaker"],
                "text": rows["Utterance"],
                "emotion": rows["Emotion"],
            }
        )
        for side, rows in sides.items()
    }
    return _audited("meld", ser_models.audit(**tables), pd.concat(tables.values()), "its label files")


def _audited(name: str, result: AuditResult, rows: pd.DataFrame, rule: str) -> AuditedSplit:
    statement = statements(result)[0]
    return AuditedSplit(
        name=name,
        rows=result.rows,
        files=rows["path"].nunique(),
        unparsed=result.unparsed,
        speakers=rows["speaker"].nunique(),
        folds=tuple(AuditedFold(one.fold, one.sides, one.shared, one.untrained) for one in result.folds),
        speaker_from=result.read_from.get("speaker", ""),
        rule=rule,
        is_speaker_independent=statement.holds,
        reason=statement.reason,
        notes=result.notes,
    )


def store(atlas: Atlas) -> None:
    """Write docs/results/atlas.json."""
    PATH.write_bytes(TypeAdapter(Atlas).dump_json(atlas, indent=1) + b"\n")


def stored() -> Atlas:
    """Read docs/results/atlas.json."""
    return TypeAdapter(Atlas).validate_json(PATH.read_bytes())
