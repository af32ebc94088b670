"""Memory of a training on frames that take three times the allowed memory.

    python -m benchmarks.scale.memory                              # 1 GiB, cnn_lstm; three minutes
    python -m benchmarks.scale.memory --limit 832 --model mean     # reading alone; 20 s

The benchmark generates a store of noise whose mel frames take `--times` the allowed memory. One process then
fits the scaler, trains one epoch, validates and predicts every recording under a limit of the operating
system. Another process reads all frames at once under the same limit: it must fail, which shows that the
limit works.

The limit is RLIMIT_DATA: heap, private writable mappings and thread stacks. RLIMIT_AS would count the
memory-mapped frames too, whose pages the kernel drops whenever it needs memory. The printed resident size
(RSS) may therefore exceed the limit by file pages; allocated memory may not. Only Linux enforces RLIMIT_DATA.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_features.config import DEFAULT_PROFILE
from ser_features.store import Description, Store, layout, open_store
from ser_features.store.description import FrameFamily, all_columns
from ser_features.store.write import FrameWriter, commit_rows, table_of
from ser_models.data.frame_inputs import FrameInputs
from ser_models.models.networks.network import Network

if TYPE_CHECKING:
    import keras

MIB = 2**20
BANDS = 64
FRAMES = 600
"""Frames of each recording: 6 s at the profile's hop."""

SPEAKERS = 20
EMOTIONS = ("angry", "happy", "neutral", "sad")
SHARD = 500
SPARING = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
    ),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}
"""The limit also counts what is reserved and never touched: stacks of threads, a gigabyte that Arrow's own
allocator asks for when it starts."""


@dataclass
class Mean(Network):
    """The cheapest network on frames: their mean, and a softmax."""

    name = "mean"

    @property
    def inputs(self) -> FrameInputs:
        """Whole recordings of log-mel frames."""
        return FrameInputs(("mel",), FRAMES)

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        mean = layers.GlobalAveragePooling1D()(frames, mask=mask)
        softmax = layers.Dense(classes, activation="softmax")(mean)
        return keras.Model({"frames": frames, "mask": mask}, softmax)


def make_store(root: Path, size: int) -> Store:
    """Generate a store of noise.

    Args:
        root: its folder.
        size: smallest number of bytes of its mel frames.
    """
    mel = FrameFamily("mel", "dB", "Noise.")
    Description(DEFAULT_PROFILE, "of noise", ("mel",), (), (mel,)).write(root)
    recordings = -(-size // (FRAMES * BANDS * 4))
    noise = np.random.default_rng(0).normal(size=(4 * FRAMES, BANDS)).astype(np.float32)
    for first in range(0, recordings, SHARD):
        _make_shard(root, range(first, min(first + SHARD, recordings)), noise)
    return open_store(root)


def main(words: Sequence[str] | None = None) -> None:
    """Generate the store, train on it under the limit, then read it at once under the limit."""
    options = _options(words)
    if options.child:
        _child(options)
        return
    limit = options.limit * MIB
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        root = Path(folder) / "store"
        start = time.perf_counter()
        store = make_store(root, int(options.times * limit))
        size = sum(path.stat().st_size for path in root.rglob("*.npy"))
        count = len(store.files())
        seconds = time.perf_counter() - start
        print(f"store: {count} recordings, {size / MIB:.0f} MiB of frames, made in {seconds:.0f} s")
        print(f"limit: {options.limit} MiB, 1/{size / limit:.1f} of the frames", flush=True)
        streamed = _run(root, options, "stream")
        at_once = _run(root, options, "at-once")
    if streamed.returncode:
        raise SystemExit(f"training did not fit into the limit:\n{streamed.stderr[-2000:]}")
    if not at_once.returncode or "MemoryError" not in at_once.stderr:
        raise SystemExit("reading everything at once fits into the limit: the limit has no effect")
    print("everything at once, same limit: MemoryError, as expected")


def _make_shard(root: Path, numbers: range, noise: np.ndarray) -> None:
    shard = f"{numbers.start // SHARD:05d}"
    rows: list[dict[str, Any]] = []
    with FrameWriter(root, "noise", shard, ["mel"]) as writer:
        for number in numbers:
            begin = number * 7 % (len(noise) - FRAMES)
            emotion = number % len(EMOTIONS)
            offset, count = writer.append({"mel": noise[begin : begin + FRAMES] + emotion})
            rows.append(_row(number, EMOTIONS[emotion]) | {"frame_offset": offset, "frame_count": count})
        frame_shard, digests = writer.commit()
    rows = [row | {"frame_shard": frame_shard} for row in rows]
    table = table_of(rows, all_columns(()))
    commit_rows(layout.part_path(root, "files", "noise", shard), table, {"frames": {frame_shard: digests}})


def _row(number: int, emotion: str) -> dict[str, Any]:
    return {
        "file_id": f"noise/{number:07d}",
        "path": f"{number}.wav",
        "speaker": f"s{number // len(EMOTIONS) % SPEAKERS:02d}",
        "gender": "female",
        "emotion": emotion,
        "audio_sha256": f"{number:064d}",
    }


def _run(root: Path, options: argparse.Namespace, way: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.scale.memory", "--child", way, "--folder", str(root)]
    environment = {**os.environ, **SPARING}
    done = subprocess.run(
        [*command, "--model", options.model, "--limit", str(options.limit)],
        env=environment,
        capture_output=True,
        text=True,
    )
    print(done.stdout, end="", flush=True)
    return done


def _child(options: argparse.Namespace) -> None:
    """In a child process: train, or read everything, under the limit."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (options.limit * MIB, options.limit * MIB))
    store = open_store(options.folder)
    if options.child == "stream":
        _train(store, options.model)
    else:
        np.concatenate(store.frames(store.files(), "mel"))


def _train(store: Store, model: str) -> None:
    """Train and predict; print the memory after each step."""
    from ser_models import models
    from ser_models.data.examples import load_examples
    from ser_models.data.split import make_split
    from ser_models.training.config import RunContext, TrainConfig
    from ser_models.training.train import train

    models.MODELS["mean"] = (__name__, "Mean")
    examples = load_examples(store)
    start = time.perf_counter()
    config = TrainConfig(model, {"epochs": 1, "length": FRAMES} if model == "cnn_lstm" else {"epochs": 1})
    context = RunContext(progress=lambda step: _print_memory("predictions" if step.done else "epoch", start))
    trained = train(examples, make_split(examples), config, context)
    print(f"{len(trained.predictions)} of {len(examples)} recordings predicted")


def _print_memory(step: str, start: float) -> None:
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    allocated, peak = (int(status[name].split()[0]) / 1024 for name in ("VmData", "VmHWM"))
    seconds = time.perf_counter() - start
    resident = f"peak RSS {peak:.0f} MiB with pages of files"
    print(f"after {step}, {seconds:.0f} s: {allocated:.0f} MiB allocated, {resident}", flush=True)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--limit", type=int, default=1024, help="allowed memory, in MiB")
    parser.add_argument("--times", type=float, default=3.0, help="size of the frames, in limits")
    parser.add_argument("--model", choices=("cnn_lstm", "mean"), default="cnn_lstm")
    parser.add_argument("--folder", type=Path, help="folder for the store; removed at the end")
    parser.add_argument("--child", choices=("stream", "at-once"), help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
