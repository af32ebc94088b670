"""Delay of the running timeline of `ser app`: synthetic speech in real time instead of a microphone.

    python -m benchmarks.speed.live
    python -m benchmarks.speed.live builtin artifacts/best --seconds 60

synthetic voices, repeated → WebSocket of the page, 0.1 s per message in real time → answers
→ time of each answer after the last sample of its window was sent

The first answer of a server is left out, as it includes imports. The exit code is 1 if an answer comes later
than `LIMIT` seconds.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import soundfile

from benchmarks.speed.serve import lags, started
from ser_models.app.clips import examples

LIMIT = 1.0
"""Most seconds between the end of a window and its answer."""


def speech(seconds: float) -> tuple[np.ndarray, int]:
    """Return the synthetic voices of the page, repeated, (n,) float32, and their sample rate."""
    sounds = [soundfile.read(io.BytesIO(example.content), dtype="float32") for example in examples()]
    rate = sounds[0][1]
    return np.resize(np.concatenate([sound for sound, _ in sounds]), round(seconds * rate)), rate


def delays(artifact: Path, signal: np.ndarray, rate: int) -> np.ndarray:
    """Open the page of a model and send it a stream; return the delay of every answer but the first, in s."""
    with started("app", str(artifact)) as url:
        with urlopen(url) as page:
            visitor = page.headers["set-cookie"].partition(";")[0]
        return np.array(lags(url, {"Cookie": visitor}, signal, rate)[1:])


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print a line for each model, and exit with 1 if one is too late."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("artifacts", nargs="*", type=Path, default=[Path("builtin")], help="trained models")
    parser.add_argument("--seconds", type=float, default=30.0, help="duration of the stream")
    options = parser.parse_args(words)
    signal, rate = speech(options.seconds)
    latest = 0.0
    for artifact in options.artifacts:
        seconds = delays(artifact, signal, rate)
        latest = max(latest, float(seconds.max()))
        middle, high, most = (f"{value * 1e3:.0f} ms" for value in np.percentile(seconds, (50, 95, 100)))
        print(
            f"{artifact.name}: {len(seconds)} answers in {options.seconds:g} s, {middle} (median), {high} "
            f"(95th percentile), at most {most} after the end of their windows",
            flush=True,
        )
    sys.exit(int(latest > LIMIT))


if __name__ == "__main__":
    main()
