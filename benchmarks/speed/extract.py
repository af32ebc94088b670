"""Speed of extraction: this project, a typical notebook loop, lower bounds, and other feature extractors.

    python -m benchmarks.speed.extract
    python -m benchmarks.speed.extract --files 300 --rounds 3 --peer-python /path/to/python

In every round each contender processes recordings in a process of its own:

- ser, whole extractions of --files recordings into a new store (`jobs`): with the default profile by one
  worker on one core and by two workers; 100 recordings by two workers; the command `ser extract`; and with
  Praat's voice analysis by one worker on one core. "Steady" is the slope between 100 and all recordings.
- notebook loop, and the lower bounds "floor" (`loops`).
- peers, those that are installed (`peers`); --peer-python, or the variable SER_PEER_PYTHON, is the
  interpreter of an environment that has them.

Loops and peers get a random block of the recordings, another one in every round; slow ones a part of it. All
but the notebook loop and the jobs of two workers are pinned to one core. Imports, and the first file, are not
timed, except those of workers and of the command. Times are per file; ratios are of the same round, and
reported are median and range over the rounds.
"""

import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import options as shared
from benchmarks.clock import Spent, last_core
from benchmarks.interleaved import Clock, Contender, Rounds, interleave
from benchmarks.report import Figure, Report, digits, spread, table
from benchmarks.speed.child import NotInstalledError, spent_by
from ser_features import corpora
from ser_features.config import SPEECH16K
from ser_features.engine import plan

DATASET = "ravdess"
CLOCKS: tuple[Clock, ...] = ("wall", "cpu")
FEW = 100
"""Recordings of the job that shows the start of the workers."""

PROBE = -1
"""Number of a round of a single recording, which shows whether a peer is installed."""

NOTEBOOK, FLOOR, OPENSMILE = "notebook loop", "floor", "openSMILE eGeMAPSv02"
ONE, TWO, COMMAND = "ser, 1 worker on one core", "ser, 2 workers", "`ser extract`, 2 workers"
START, STEADY = f"ser, 2 workers, {FEW} files", "ser, 2 workers, steady"
PRAAT, FLOOR_OF_PRAAT = "ser with Praat, 1 worker on one core", "floor with Praat"


@dataclass(frozen=True, slots=True)
class Loop:
    """A contender that processes one file after the other.

    Attributes:
        module: with its `CONTENDERS`.
        key: its name there.
        share: it processes every n-th file of a block.
        one_core: whether it is pinned.
        peer: whether it runs by the interpreter of the peers.
    """

    module: str
    key: str
    share: int = 1
    one_core: bool = True
    peer: bool = False


LOOPS = {
    NOTEBOOK: Loop("loops", "notebook", share=10, one_core=False),
    FLOOR: Loop("loops", "floor"),
    FLOOR_OF_PRAAT: Loop("loops", "floor, Praat"),
    OPENSMILE: Loop("peers", OPENSMILE, share=5, peer=True),
    "openSMILE ComParE_2016": Loop("peers", "openSMILE ComParE_2016", share=5, peer=True),
    "nkululeko praat": Loop("peers", "nkululeko praat", share=20, peer=True),
    "torchaudio": Loop("peers", "torchaudio", share=2, peer=True),
    "Essentia": Loop("peers", "Essentia", share=2, peer=True),
}

LIMITS: tuple[tuple[str, str, str, Clock, dict[str, float]], ...] = (
    ("CPU time of the notebook loop / 1 worker", NOTEBOOK, ONE, "cpu", {"at_least": 80}),
    ("time of the notebook loop / 2 workers", NOTEBOOK, TWO, "wall", {"at_least": 140}),
    ("time of the notebook loop / `ser extract`", NOTEBOOK, COMMAND, "wall", {"at_least": 140}),
    (f"time of the notebook loop / 2 workers, {FEW} files", NOTEBOOK, START, "wall", {"at_least": 40}),
    ("CPU time of 1 worker / floor", ONE, FLOOR, "cpu", {"at_most": 1.3}),
    ("CPU time of openSMILE eGeMAPSv02 / 1 worker", OPENSMILE, ONE, "cpu", {"at_least": 15}),
)
"""Name, the slower one, the faster one, the clock, and the limit of the ratio."""


def main(words: Sequence[str] | None = None) -> None:
    """Measure and report."""
    options = shared.parser(__doc__, files=1200, report=True)
    options.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    default = os.environ.get("SER_PEER_PYTHON", sys.executable)
    options.add_argument(
        "--peer-python", default=default, help="interpreter with the peers (default: this one)"
    )
    chosen = options.parse_args(words)
    if chosen.files < 2 * FEW:
        raise SystemExit(f"--files is {chosen.files}: expected at least {2 * FEW}")
    blocks = _blocks(chosen.data, chosen.files, chosen.rounds)
    contenders, left_out = _installed(_contenders(chosen.data, chosen.files, blocks, chosen.peer_python))
    rounds = interleave(contenders, chosen.rounds, note=lambda line: print(line, file=sys.stderr, flush=True))
    _add_steady(rounds)
    print(f"{as_table(rounds)}\n", *left_out, sep="\n", flush=True)
    Report(
        "speed.extract",
        f"{chosen.files} recordings of {DATASET}, {chosen.rounds} rounds",
        tuple(_figures(rounds)),
        {
            "table": as_table(rounds),
            "left_out": left_out,
            "per_file": {
                name: {clock: rounds.per_item(name, clock) for clock in CLOCKS} for name in rounds.spent
            },
        },
    ).finish(chosen.json)


def _blocks(data: Path, files: int, rounds: int) -> list[list[str]]:
    """The recordings that the jobs of --files extract, in random order, dealt to the rounds."""
    scan = corpora.scan(DATASET, data)
    paths = [str(scan.root / one.path) for one in plan.spread(scan.recordings, files)]
    random.Random(0).shuffle(paths)
    return [paths[number::rounds] for number in range(rounds)]


def _contenders(data: Path, files: int, blocks: list[list[str]], peer_python: str) -> list[Contender]:
    contenders = []
    for name, loop in LOOPS.items():
        contenders.append(Contender(name, partial(_loop, loop, blocks, peer_python if loop.peer else None)))
    job = {"data": str(data), "files": files}
    one, two = {"workers": 1}, {"workers": 2}
    default: dict[str, Any] = {"profile": None}
    core = last_core()
    for name, kind, arguments, pinned_to in (
        (ONE, "call", job | one | default, core),
        (TWO, "call", job | two | default, None),
        (START, "call", job | two | default | {"files": FEW}, None),
        (COMMAND, "command", job | two, None),
        (PRAAT, "call", job | one | {"profile": SPEECH16K.name}, core),
    ):
        contenders.append(Contender(name, partial(_job, kind, arguments, pinned_to)))
    return contenders


def _loop(loop: Loop, blocks: list[list[str]], python: str | None, number: int) -> Spent:
    paths = blocks[number][:: loop.share] if number != PROBE else blocks[0][:1]
    core = last_core() if loop.one_core else None
    module = f"benchmarks.speed.{loop.module}"
    return spent_by(module, loop.key, {"paths": paths}, core, python or sys.executable)


def _job(kind: str, arguments: dict[str, Any], core: int | None, number: int) -> Spent:
    return spent_by("benchmarks.speed.jobs", kind, arguments, core)


def _installed(contenders: Sequence[Contender]) -> tuple[list[Contender], list[str]]:
    """The contenders without those whose package is not installed, and a line about each of the latter."""
    able, left_out = [], []
    for one in contenders:
        if one.name in LOOPS and LOOPS[one.name].peer:
            try:
                one.measure(PROBE)
            except NotInstalledError as error:
                left_out.append(str(error))
                continue
        able.append(one)
    return able, left_out


def _add_steady(rounds: Rounds) -> None:
    """The slope between the jobs of few and of all files by two workers."""
    pairs = zip(rounds.spent[TWO], rounds.spent[START], strict=True)
    rounds.spent[STEADY] = [
        Spent(all_.items - few.items, all_.wall - few.wall, all_.cpu - few.cpu) for all_, few in pairs
    ]


def _figures(rounds: Rounds) -> list[Figure]:
    return [
        Figure(name, "×", tuple(rounds.ratio(slower, faster, clock)), **limit)
        for name, slower, faster, clock, limit in LIMITS
        if slower in rounds.spent and faster in rounds.spent
    ]


def as_table(rounds: Rounds) -> str:
    """Median times per file of all contenders, and how many times as fast they are as others."""
    columns: list[tuple[str, str, Clock]] = [
        ("CPU, × notebook", NOTEBOOK, "cpu"),
        ("wall, × notebook", NOTEBOOK, "wall"),
    ]
    columns += [("CPU, × openSMILE", OPENSMILE, "cpu")] if OPENSMILE in rounds.spent else []
    header = ["", "wall ms", "CPU ms", "files/s", *(title for title, _, _ in columns), "CPU, × floor time"]
    lines = []
    for name in rounds.spent:
        wall, cpu = (median(rounds.per_item(name, clock)) for clock in CLOCKS)
        ratios = [spread(rounds.ratio(other, name, clock)) for _, other, clock in columns]
        floor = spread(rounds.ratio(name, FLOOR, "cpu"))
        lines.append([name, digits(1e3 * wall), digits(1e3 * cpu), digits(1 / wall), *ratios, floor])
    return table(header, lines)


if __name__ == "__main__":
    main()
