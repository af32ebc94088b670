"""`ser serve` under load, on this machine: many requests at once, compared with one request alone.

    python -m benchmarks.speed.serve
    python -m benchmarks.speed.serve --artifact artifacts/best

- one request: median time of requests that are sent one after the other, each a recording of three seconds.
- at once: the median and the 95th percentile of the time of `--requests` requests sent by as many threads at
  the same moment, as multiples of one request's time. Both are measured in turn, `--rounds` times.
- lost: requests without an answer, or with another one than the same recording alone (by more than 1e-6).
- stream: how long after its last sample was sent the answer for a window arrives, for 20 s of speech sent in
  real time.

Without --artifact, `logistic` is trained on some RAVDESS recordings. The exit code is 1 if a request is lost.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import soundfile

from benchmarks import options as shared
from ser_features import corpora
from ser_features.engine import extract_corpora
from ser_models.experiments.train import run_experiment
from ser_models.inference.prediction import Prediction
from ser_models.service import Client
from ser_models.training.config import TrainConfig

TOLERANCE = 1e-6
SECONDS, STREAM_SECONDS = 3.0, 20
CHUNK_SECONDS = 0.1
START = "import sys; from ser_cli.main import main; main(sys.argv[1:])"


class Timed(NamedTuple):
    """A prediction, or None without an answer, and how long it took, in s."""

    prediction: Prediction | None
    seconds: float


class Running(NamedTuple):
    """A service: its address and token."""

    url: str
    token: str

    def client(self) -> Client:
        """Return a client of it."""
        return Client(self.url, self.token, timeout=600)


def cut(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Write a file of three seconds of each recording; short ones are repeated."""
    folder.mkdir()
    files = [folder / f"{index:03d}.wav" for index in range(len(paths))]
    for path, file in zip(paths, files, strict=True):
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
        soundfile.write(file, np.resize(signal, (round(SECONDS * rate), signal.shape[1])), rate)
    return files


@contextmanager
def started(*words: str) -> Iterator[str]:
    """Run a command of `ser` that serves, on a free port, for the duration of the block; yields its URL."""
    command = [sys.executable, "-c", START, *words, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise SystemExit(f"ser {words[0]} did not start")
        yield url
    finally:
        process.terminate()
        process.wait()


@contextmanager
def running(artifact: Path, timeout: float = 600.0) -> Iterator[Running]:
    """Run `ser serve` for the duration of the block."""
    token = secrets.token_urlsafe(32)
    with started("serve", str(artifact), "--token", token, "--timeout", str(timeout)) as url:
        yield Running(url, token)


def timed(client: Client, content: bytes) -> Timed:
    """Send a recording; an error is printed."""
    start = time.perf_counter()
    try:
        prediction = client.predict(content)
    except Exception as error:  # whatever loses a request is counted
        print(f"lost: {error}", file=sys.stderr)
        prediction = None
    return Timed(prediction, time.perf_counter() - start)


def at_once(client: Client, contents: Sequence[bytes]) -> list[Timed]:
    """Send all recordings at the same moment, each from a thread of its own."""
    gate = threading.Barrier(len(contents))

    def send(content: bytes) -> Timed:
        gate.wait()
        return timed(client, content)

    with ThreadPoolExecutor(len(contents)) as threads:
        return list(threads.map(send, contents))


def equal(one: Prediction | None, other: Prediction | None) -> bool:
    """Whether two answers have the same probabilities."""
    return (
        one is not None
        and other is not None
        and all(
            abs(one.probabilities[key] - other.probabilities[key]) <= TOLERANCE for key in one.probabilities
        )
    )


def lags(url: str, headers: Mapping[str, str], signal: np.ndarray, rate: int) -> list[float]:
    """Send a signal in real time; return how long after its end each window was answered, in s.

    Args:
        url: of the server.
        headers: that open its WebSocket.
        signal: mono, (n,), full scale ±1.
        rate: sample rate, in Hz.
    """
    from websockets.sync.client import connect

    address = f"{url.replace('http', 'ws', 1)}stream?rate={rate}"
    samples = (np.clip(signal, -1, 1) * 32767).astype("<i2")
    size = round(CHUNK_SECONDS * rate)
    with connect(address, additional_headers=headers) as socket:
        sent: list[float] = []

        def send() -> None:
            start = time.perf_counter()
            for index in range(0, len(samples), size):
                time.sleep(max(0.0, start + index / rate + CHUNK_SECONDS - time.perf_counter()))
                sent.append(time.perf_counter())
                socket.send(samples[index : index + size].tobytes())
            socket.send("end")

        thread = threading.Thread(target=send)
        thread.start()
        result = []
        for line in socket:
            arrived, window = time.perf_counter(), json.loads(line)
            if "emotion" in window:
                result.append(arrived - sent[min(round(window["end"] / CHUNK_SECONDS), len(sent)) - 1])
        thread.join()
    return result


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print a line for each figure, and exit with 1 if a request is lost."""
    options = _options(words)
    scan = corpora.scan("ravdess", options.data)
    step = max(1, len(scan.recordings) // options.files)
    paths = [scan.root / recording.path for recording in scan.recordings[::step]][: options.files]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = cut(paths, folder / "files")
        artifact = options.artifact or _trained(options.data, folder, options.train)
        with running(artifact) as service:
            lost = _print_load(service, [file.read_bytes() for file in files], options)
            _print_lags(service, files)
    sys.exit(int(lost > 0))


def _print_load(service: Running, files: Sequence[bytes], options: argparse.Namespace) -> int:
    client = service.client()
    alone = {content: timed(client, content).prediction for content in files}
    contents = [files[index % len(files)] for index in range(options.requests)]
    singles, results = [], []
    for _ in range(options.rounds):
        singles += [timed(client, content).seconds for content in files]
        results += list(zip(contents, at_once(client, contents), strict=True))
    singles += [timed(client, content).seconds for content in files]
    one = median(singles)
    seconds = [result.seconds for _, result in results]
    lost = sum(not equal(result.prediction, alone[content]) for content, result in results)
    print(f"one request: {one * 1e3:.0f} ms (median of {len(singles)}, recordings of 3 s)")
    print(
        f"{options.requests} at once, {options.rounds} rounds: median {median(seconds) / one:.0f} and "
        f"95th percentile {np.percentile(seconds, 95) / one:.0f} times one request; {lost} lost",
        flush=True,
    )
    return lost


def _print_lags(service: Running, files: Sequence[Path]) -> None:
    signals = [soundfile.read(file, dtype="float32", always_2d=True) for file in files]
    rate = signals[0][1]
    signal = np.resize(np.concatenate([one[0].mean(axis=1) for one in signals]), STREAM_SECONDS * rate)
    seconds = lags(service.url, {"Authorization": f"Bearer {service.token}"}, signal, rate)
    print(
        f"stream: {len(seconds)} windows in {STREAM_SECONDS} s, answered {median(seconds) * 1e3:.0f} ms "
        f"(median) and at most {max(seconds) * 1e3:.0f} ms after their last sample was sent"
    )


def _trained(data: Path, folder: Path, recordings: int) -> Path:
    extract_corpora(["ravdess"], data=data, store=folder / "store", limit=recordings)
    run_experiment(folder / "store", folder / "logistic", TrainConfig("logistic"))
    return folder / "logistic"


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = shared.parser(__doc__, files=20)
    parser.add_argument("--artifact", type=Path, help="a trained model; default: train logistic")
    parser.add_argument("--train", type=int, default=96, help="recordings to train on, without --artifact")
    parser.add_argument("--requests", type=int, default=200, help="requests at the same moment")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
