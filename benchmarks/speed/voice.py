"""CPU time of the compiled voice analysis and of Praat's, interleaved, on one core.

    python -m benchmarks.speed.voice
    python -m benchmarks.speed.voice --files 100 --rounds 9 --write

recordings → in every round F0, then pulses, jitter and shimmer, by each method in turn → ratios → table
recordings → in every round the whole extraction, by each profile in turn → ratios → table

The ratio of a round is that of the methods' CPU times over all recordings; reported are the median over
rounds and the range. One thread each.
"""

import os

from benchmarks.clock import ONE_THREAD

os.environ.update(ONE_THREAD)

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks.accuracy.common import RESULTS
from benchmarks.accuracy.voice_parity import contents, signals
from benchmarks.options import parser
from benchmarks.report import Figure, Report
from ser_features.config import SPEECH16K, SPEECH16K_COMPILED, SPEECH16K_FAST
from ser_features.extractors import DEFAULT_FAMILIES
from ser_features.extractors.f0_tracker import track
from ser_features.pipeline import extract_bytes
from ser_features.praat import parselmouth, perturbation
from ser_features.voice import contour

RATE, PITCH = SPEECH16K.audio.sample_rate, SPEECH16K.pitch
RANGE = {"floor": PITCH.floor, "ceiling": PITCH.ceiling}

Steps = tuple[Callable[[np.ndarray], Any], Callable[[np.ndarray, Any], Any]]
"""F0 of a signal; pulses, jitter and shimmer of a signal and its F0."""


def _praat_f0(signal: np.ndarray) -> Any:
    sound = parselmouth.Sound(signal, RATE)
    pitch = sound.to_pitch_ac(time_step=PITCH.time_step, pitch_floor=PITCH.floor, pitch_ceiling=PITCH.ceiling)
    return sound, pitch


def _praat_measures(_: np.ndarray, analysis: Any) -> Any:
    sound, pitch = analysis
    return perturbation(sound, pitch, PITCH)


def _compiled_f0(signal: np.ndarray) -> Any:
    return contour.track(signal, contour.Limits.of(RATE, PITCH))


def _compiled_measures(signal: np.ndarray, analysis: Any) -> Any:
    points = contour.pulses(signal, RATE, analysis)
    return contour.jitter(points, PITCH), contour.shimmer(signal, RATE, points, PITCH)


def _numpy_f0(signal: np.ndarray) -> Any:
    return track(signal.astype(np.float32), RATE, **RANGE, step=PITCH.time_step)


METHODS: dict[str, Steps] = {
    "praat": (_praat_f0, _praat_measures),
    "compiled": (_compiled_f0, _compiled_measures),
    "autocorrelation": (_numpy_f0, lambda signal, analysis: None),
}
"""By name; "autocorrelation" has F0 alone, its pulses are Praat's."""


def main() -> None:
    """Measure, print and write."""
    options = parser(__doc__, files=60, report=True)
    options.add_argument("--rounds", type=int, default=7, help="rounds (default: 7)")
    options.add_argument("--write", action="store_true", help="write docs/results/voice_speed.json")
    chosen = options.parse_args()
    recordings = list(signals("ravdess", chosen.data, chosen.files))
    times = measure(recordings, chosen.rounds)
    extraction = measure_extraction(list(contents("ravdess", chosen.data, chosen.files)), chosen.rounds)
    ratios = ratios_of(times, extraction)
    for name, one in times.items():
        f0, measures = 1e3 * np.median(one, axis=0) / len(recordings)
        print(f"{name:36}{f0:8.2f} ms F0 {measures:8.2f} ms pulses, jitter, shimmer per file")
    for name, one in extraction.items():
        print(f"{name:36}{1e3 * np.median(one) / len(recordings):8.2f} ms per file")
    figures = (Figure(f"CPU time with Praat / {name}", "×", tuple(one)) for name, one in ratios.items())
    conditions = f"{len(recordings)} recordings of ravdess, {chosen.rounds} rounds"
    Report("speed.voice", conditions, tuple(figures)).finish(chosen.json)
    if chosen.write:
        content = {
            "files": len(recordings),
            "mean_seconds": float(np.mean([one.size / RATE for one in recordings])),
            "cpu_seconds": {name: one.tolist() for name, one in {**times, **extraction}.items()},
            "median_ratios": {name: float(np.median(one)) for name, one in ratios.items()},
            "date": datetime.now(UTC).date().isoformat(),
        }
        path = RESULTS / "voice_speed.json"
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def ratios_of(times: dict[str, np.ndarray], extraction: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Praat's CPU time over that of each other method, shape (rounds,)."""
    praat, compiled, arrays = (times[name] for name in ("praat", "compiled", "autocorrelation"))
    whole = extraction[SPEECH16K.name]
    return {
        "F0, compiled": praat[:, 0] / compiled[:, 0],
        "F0, autocorrelation": praat[:, 0] / arrays[:, 0],
        "pulses, jitter, shimmer, compiled": praat[:, 1] / compiled[:, 1],
        "both, compiled": praat.sum(axis=1) / compiled.sum(axis=1),
        **{f"extraction, {name}": whole / one for name, one in extraction.items() if one is not whole},
    }


def measure_extraction(files: Sequence[bytes], rounds: int) -> dict[str, np.ndarray]:
    """CPU seconds of decoding and all default features per profile, shape (rounds,)."""
    profiles = (SPEECH16K, SPEECH16K_COMPILED, SPEECH16K_FAST)
    times = {profile.name: np.zeros(rounds) for profile in profiles}
    for profile in profiles:  # fills caches
        extract_bytes(files[0], profile, DEFAULT_FAMILIES)
    for number in range(rounds):
        for content in files:
            for profile in profiles:
                start = time.process_time()
                extract_bytes(content, profile, DEFAULT_FAMILIES)
                times[profile.name][number] += time.process_time() - start
    return times


def measure(recordings: Sequence[np.ndarray], rounds: int) -> dict[str, np.ndarray]:
    """CPU seconds per method, shape (rounds, 2): F0; pulses, jitter and shimmer."""
    times = {name: np.zeros((rounds, 2)) for name in METHODS}
    for f0, measures in METHODS.values():  # loads and compiles
        measures(recordings[0], f0(recordings[0]))
    for number in range(rounds):
        for signal in recordings:
            for name, (f0, measures) in METHODS.items():
                start = time.process_time()
                analysis = f0(signal)
                middle = time.process_time()
                measures(signal, analysis)
                times[name][number] += middle - start, time.process_time() - middle
    return times


if __name__ == "__main__":
    main()
