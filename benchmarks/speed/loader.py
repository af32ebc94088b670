"""Training from the store compared with training from memory: the cost of reading and scaling every batch.

    python -m benchmarks.speed.loader                                        # cnn_lstm, chunked_conv3d, mlp
    python -m benchmarks.speed.loader --models cnn_lstm --files 600 --pairs 5

RAVDESS recordings are extracted into a store. Large arrays are streamed: every batch is read from
memory-mapped frames and scaled (`Streaming`); smaller arrays are read once (`InMemory`). The cost of a batch
does not depend on their number, so the same recordings are used both ways: epochs from memory and from the
store alternate within one training (as does the order within each pair), and the median ratio of the pairs is
the cost of the loader. The first pair includes compilation and does not count.

Models on columns, such as mlp, are small and always in memory. For them, the time of reading the store before
the first epoch is compared with the whole training.
"""

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import options
from benchmarks.report import Figure, Report
from ser_features.engine import extract_corpora
from ser_features.store import open_store
from ser_models.data.batches import Arrays, InMemory, Scaler, Shapes, Streaming, memory_size, read_all
from ser_models.data.examples import Examples, load_examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.split import make_split
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled, Model

MIB = 2**20
FOLD = 0
MOST = 0.05
"""Limit of the cost of the loader, as a share of the training."""


@dataclass
class Alternating:
    """The same recordings from memory or from the store, alternating between epochs.

    Attributes:
        kept: recordings in memory.
        streamed: recordings in the store.
        epoch: number of the epoch, from 0.
        seconds: reading time by epoch.
    """

    kept: InMemory
    streamed: Streaming
    epoch: int = 0
    seconds: dict[int, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def shapes(self) -> Shapes:
        """Shape of one recording in each array."""
        return self.kept.shapes

    @property
    def from_store(self) -> bool:
        """Whether this epoch reads from the store: the second, third, sixth, seventh …."""
        return self.epoch % 4 in (1, 2)

    def batch(self, indices: np.ndarray) -> Arrays:
        """Read the recordings at `indices` from the source of this epoch."""
        start = time.perf_counter()
        arrays = (self.streamed if self.from_store else self.kept).batch(indices)
        self.seconds[self.epoch] = self.seconds.get(self.epoch, 0.0) + time.perf_counter() - start
        return arrays


def prepare(examples: Examples, model: Model) -> tuple[list[Examples], Scaler]:
    """Training and validation set of the first fold, and the fitted scaler."""
    split = make_split(examples)
    sides = [examples.take(split.side(FOLD, name)) for name in ("train", "validation")]
    return sides, Scaler.fit(model.inputs, sides[0])


def compare(name: str, examples: Examples, pairs: int) -> Figure:
    """Train a model on frames, epochs alternating between memory and store; print times, return ratios."""
    model = create(name, {"epochs": 2 * (pairs + 1), "patience": 2 * (pairs + 1)})
    sides, scaler = prepare(examples, model)
    sources = [scaler.source(side.read(model.inputs)) for side in sides]
    turns = [Alternating(read_all(source), source) for source in sources]
    seconds: list[float] = []
    start = time.perf_counter()

    def next_epoch(row: dict[str, float]) -> None:
        nonlocal start
        seconds.append(time.perf_counter() - start)
        for turn in turns:
            turn.epoch += 1
        start = time.perf_counter()

    train, validation = labelled(sides, turns)
    model.fit(train, validation, FitContext(0, on_epoch=next_epoch))
    kept, streamed = ([seconds[epoch] for epoch in epochs] for epochs in _epochs(pairs))
    reading = [[sum(turn.seconds[epoch] for turn in turns) for epoch in epochs] for epochs in _epochs(pairs)]
    print(
        f"{name}: {sum(map(len, sides))} recordings, {sum(map(memory_size, sources)) / MIB:.0f} MiB; "
        f"an epoch takes {_times(kept, reading[0])} from memory, "
        f"{_times(streamed, reading[1])} from the store",
        flush=True,
    )
    ratios = tuple(two / one for one, two in zip(kept, streamed, strict=True))
    return Figure(f"{name}: epoch from the store / from memory", "×", ratios, at_most=1 + MOST)


def labelled(sides: Sequence[Examples], sources: Sequence[Any]) -> list[Labelled]:
    """Sources with their targets."""
    return [
        Labelled(source, side.targets, len(side.labels)) for source, side in zip(sources, sides, strict=True)
    ]


def _times(seconds: list[float], reading: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s (reading {statistics.median(reading):.3f} s)"


def _epochs(pairs: int) -> tuple[list[int], list[int]]:
    """Epochs from memory and from the store of every pair but the first."""
    kept = [2 * pair + (pair % 2) for pair in range(1, pairs + 1)]
    return kept, [2 * pair + 1 - (pair % 2) for pair in range(1, pairs + 1)]


def compare_columns(name: str, examples: Examples) -> Figure:
    """Train a model on columns as `ser train` does; print the times, return that of reading by training."""
    model = create(name)
    sides, scaler = prepare(examples, model)
    start = time.perf_counter()
    kept = [read_all(scaler.source(side.read(model.inputs))) for side in sides]
    reading = time.perf_counter() - start
    train, validation = labelled(sides, kept)
    start = time.perf_counter()
    history = model.fit(train, validation, FitContext(0))
    training = time.perf_counter() - start
    print(
        f"{name}: {sum(map(len, sides))} recordings, kept; reading takes {reading:.3f} s, "
        f"{len(history)} epochs from memory {training:.2f} s",
        flush=True,
    )
    return Figure(f"{name}: reading / training", "×", (reading / training,), at_most=MOST)


def main() -> None:
    """Extract the store, then train each model."""
    parser = options.parser(__doc__, files=480, report=True)
    parser.add_argument("--pairs", type=int, default=6, help="number of compared pairs of epochs")
    parser.add_argument("--models", nargs="+", default=["cnn_lstm", "chunked_conv3d", "mlp"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        extract_corpora(["ravdess"], data=chosen.data, store=root, limit=chosen.files)
        examples = load_examples(open_store(root))
        figures = [
            compare_columns(name, examples)
            if isinstance(create(name).inputs, ColumnInputs)
            else compare(name, examples, chosen.pairs)
            for name in chosen.models
        ]
    conditions = f"{chosen.files} recordings of ravdess, {chosen.pairs} pairs of epochs"
    Report("speed.loader", conditions, tuple(figures)).finish(chosen.json)


if __name__ == "__main__":
    main()
