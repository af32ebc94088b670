"""Training from disk against training from memory: what reading and scaling every batch anew costs.

    python -m benchmarks.speed.loader --data ../shared/data                    # cnn_lstm, chunked_conv3d, mlp
    python -m benchmarks.speed.loader --models cnn_lstm --files 600 --pairs 5

Recordings of RAVDESS are extracted into a store. Arrays above `train.MAX_IN_MEMORY` are streamed:
every batch is read from memory-mapped frames and scaled (`Streaming`), smaller ones read once (`InMemory`).
What a batch costs does not depend on how many there are, so here the same recordings are taken both ways: in
one training, epochs from memory and from the store take turns (as does who goes first in each pair of them),
and the median of the pairs' ratios is what the loader costs. The first pair compiles and is not counted.

Models of columns, as mlp, are small and always kept. For them it is the reading of the store before the first
epoch that is set against the whole training.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ser_features.engine import extract_corpora
from ser_features.store import open_store
from ser_models.data.batches import Arrays, InMemory, Shapes, Streaming, memory_size, read_all
from ser_models.data.examples import Examples, load_examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.scaling import Scaler
from ser_models.data.split import make_split
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled, Model

MIB = 2**20
FOLD = 0


@dataclass
class Turns:
    """The same recordings from memory or from the store, in turn from one epoch to the next.

    Attributes:
        kept: those in memory.
        streamed: those in the store.
        epoch: which one it is, from 0.
        seconds: spent in reading, by epoch.
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
        """Read the recordings at `indices`, from where it is the turn of."""
        start = time.perf_counter()
        source = self.streamed if self.from_store else self.kept
        arrays = source.batch(indices)
        self.seconds[self.epoch] = self.seconds.get(self.epoch, 0.0) + time.perf_counter() - start
        return arrays


def sides(examples: Examples, model: Model) -> tuple[Scaler, Examples, Examples]:
    """The model's fitted scaler, and the recordings of the first fold to learn from and to watch."""
    split = make_split(examples)
    learned, watched = (examples.take(split.side(FOLD, name)) for name in ("train", "validation"))
    return Scaler.fit(model.inputs, learned), learned, watched


def compare(name: str, examples: Examples, pairs: int) -> str:
    """Train a model on frames, epochs from memory and from the store in turn; one line of what it took."""
    model = create(name, {"epochs": 2 * (pairs + 1), "patience": 2 * (pairs + 1)})
    scaler, learned, watched = sides(examples, model)
    sources = [scaler.source(side.read(model.inputs)) for side in (learned, watched)]
    turns = [Turns(read_all(source), source) for source in sources]
    seconds: list[float] = []
    start = time.perf_counter()

    def next_epoch(row: dict[str, float]) -> None:
        nonlocal start
        seconds.append(time.perf_counter() - start)
        for each in turns:
            each.epoch += 1
        start = time.perf_counter()

    train, validation = (
        Labelled(turn, side.targets, len(side.labels))
        for turn, side in zip(turns, (learned, watched), strict=True)
    )
    model.fit(train, validation, FitContext(0, on_epoch=next_epoch))
    kept, streamed = ([seconds[epoch] for epoch in epochs] for epochs in _epochs(pairs))
    reading = [[sum(each.seconds[epoch] for each in turns) for epoch in epochs] for epochs in _epochs(pairs)]
    ratio = statistics.median(two / one for one, two in zip(kept, streamed, strict=True))
    return (
        f"{name}: {len(learned) + len(watched)} recordings, {sum(map(memory_size, sources)) / MIB:.0f} MiB; "
        f"an epoch takes {_spent(kept, reading[0])} from memory, "
        f"{_spent(streamed, reading[1])} from the store; "
        f"the loader costs {ratio - 1:+.1%} (median of {pairs} pairs)"
    )


def _spent(seconds: list[float], reading: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s (reading {statistics.median(reading):.3f} s)"


def _epochs(pairs: int) -> tuple[list[int], list[int]]:
    """Epochs from memory and from the store of every pair but the first."""
    kept = [2 * pair + (pair % 2) for pair in range(1, pairs + 1)]
    return kept, [2 * pair + 1 - (pair % 2) for pair in range(1, pairs + 1)]


def compare_columns(name: str, examples: Examples) -> str:
    """Train a model on columns as `ser train` does; one line of what reading and training took."""
    model = create(name)
    scaler, learned, watched = sides(examples, model)
    start = time.perf_counter()
    kept = [read_all(scaler.source(side.read(model.inputs))) for side in (learned, watched)]
    reading = time.perf_counter() - start
    train, validation = (
        Labelled(source, side.targets, len(side.labels))
        for source, side in zip(kept, (learned, watched), strict=True)
    )
    start = time.perf_counter()
    history = model.fit(train, validation, FitContext(0))
    training = time.perf_counter() - start
    return (
        f"{name}: {len(learned) + len(watched)} recordings, kept; reading takes {reading:.3f} s, "
        f"{len(history)} epochs from memory {training:.2f} s; the loader costs {reading / training:+.1%}"
    )


def main() -> None:
    """Extract the store, then train each model."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        extract_corpora(["ravdess"], data=options.data, store=root, limit=options.files)
        examples = load_examples(open_store(root))
        for name in options.models:
            if isinstance(create(name).inputs, ColumnInputs):
                print(compare_columns(name, examples), flush=True)
            else:
                print(compare(name, examples, options.pairs), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--files", type=int, default=480)
    parser.add_argument("--pairs", type=int, default=6, help="of epochs that are compared")
    parser.add_argument("--models", nargs="+", default=["cnn_lstm", "chunked_conv3d", "mlp"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
