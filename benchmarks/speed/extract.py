"""Speed of extraction: this project, a typical notebook loop, and a lower bound, on the same files.

    python -m benchmarks.speed.extract
    python -m benchmarks.speed.extract --profile speech16k speech16k-fast
    python -m benchmarks.speed.extract --opensmile          # needs: pip install opensmile==2.6.0

- notebook: one file at a time, librosa load at 48 kHz, pyin 50–500 Hz, each librosa feature computed from
  the waveform, Praat jitter and shimmer. It runs on every tenth of the files; its time per file counts.
- floor: decode, resample, one STFT, one Praat F0 + point process + jitter + shimmer, nothing else; over the
  trimmed signal (which this project analyses too) and over the whole signal.
- ser: `extract_corpora` into a new store, from the call to its return: planning, worker start, commits. The
  steady rate without start and end is the slope between two sizes of the job.
- pitch: F0 alone, over the trimmed signal: by Praat, and by `f0_tracker.track`, as in the profile
  speech16k-fast.
- openSMILE: the 88 functionals of eGeMAPSv02 by its own Python package, in one process. Its licence forbids
  commercial use, so nothing here depends on it.

Praat's F0 uses every idle core. Floor, pitch, openSMILE and ser with one worker (and its planning process)
are therefore pinned to one core each: "one core". Timings on shared machines drift: all contenders alternate
over several rounds, and the median of each counts. Compare the ratios of one run, not the seconds.
"""

import os

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.update(ONE_THREAD)

import argparse  # noqa: E402
import statistics  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator, Sequence  # noqa: E402
from contextlib import contextmanager, nullcontext  # noqa: E402
from pathlib import Path  # noqa: E402

import librosa  # noqa: E402
import numpy as np  # noqa: E402
import parselmouth  # noqa: E402
import scipy.fft  # noqa: E402
import soundfile  # noqa: E402
import soxr  # noqa: E402
from parselmouth.praat import call  # noqa: E402

from benchmarks import options as shared  # noqa: E402
from ser_features import corpora  # noqa: E402
from ser_features.config import PROFILES, SPEECH16K, Profile  # noqa: E402
from ser_features.engine import extract_corpora  # noqa: E402
from ser_features.extractors.f0_tracker import track  # noqa: E402
from ser_features.framing import speech_bounds  # noqa: E402

NOTEBOOK_SHARE = 10

NOTEBOOK, FLOOR, OPENSMILE = "notebook loop", "floor, trimmed signal, one core", "openSMILE, one core"
"""Contenders that the others are compared with."""


@contextmanager
def one_core() -> Iterator[None]:
    """Pin this process and its children to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        print("no CPU affinity on this system: Praat may use several cores")
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def notebook(path: Path) -> dict[str, float]:
    """A typical notebook cell: every feature is computed from the waveform."""
    y, sr = librosa.load(path, sr=48_000)
    f0, _, _ = librosa.pyin(y, fmin=50, fmax=500, sr=sr)
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    sound = parselmouth.Sound(y, sr)
    pulses = call(sound, "To PointProcess (periodic, cc)", 50, 500)
    values = {
        "pitch": np.nanmean(f0),
        "rms": librosa.feature.rms(y=y).mean(),
        "zcr": librosa.feature.zero_crossing_rate(y).mean(),
        "centroid": librosa.feature.spectral_centroid(y=y, sr=sr).mean(),
        "rolloff": librosa.feature.spectral_rolloff(y=y, sr=sr).mean(),
        "flux": librosa.onset.onset_strength(y=y, sr=sr).mean(),
        "tempo": librosa.feature.tempo(y=y, sr=sr)[0],
        "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr)).mean(),
        "delta": librosa.feature.delta(mfcc).mean(),
        "delta2": librosa.feature.delta(mfcc, order=2).mean(),
        "jitter": call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3),
        "shimmer": call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6),
    }
    return values | {f"mfcc_{i}": row.mean() for i, row in enumerate(mfcc)}


def decoded(path: Path) -> np.ndarray:
    """Decode to mono at the profile's rate."""
    signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(signal.mean(axis=1), rate, SPEECH16K.audio.sample_rate)


def praat_pitch(signal: np.ndarray) -> tuple[parselmouth.Sound, parselmouth.Pitch]:
    """The recording as a Praat sound, and its F0 contour."""
    config = SPEECH16K.pitch
    sound = parselmouth.Sound(signal.astype(np.float64), SPEECH16K.audio.sample_rate)
    return sound, sound.to_pitch_ac(
        time_step=config.time_step, pitch_floor=config.floor, pitch_ceiling=config.ceiling
    )


def own_pitch(signal: np.ndarray) -> None:
    """The same contour by this project."""
    config = SPEECH16K.pitch
    track(
        signal,
        SPEECH16K.audio.sample_rate,
        floor=config.floor,
        ceiling=config.ceiling,
        step=config.time_step,
    )


def floor(signal: np.ndarray) -> None:
    """One STFT and one Praat pass, with the profile's parameters."""
    frames = SPEECH16K.frames
    padded = np.pad(signal, frames.n_fft // 2)
    views = np.lib.stride_tricks.sliding_window_view(padded, frames.n_fft)[:: frames.hop_length]
    scipy.fft.rfft(views * np.hanning(frames.n_fft).astype(np.float32), axis=1)
    sound, contour = praat_pitch(signal)
    pulses = call([sound, contour], "To PointProcess (cc)")
    call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
    call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6)


def trimmed_signal(signal: np.ndarray) -> np.ndarray:
    """The part of the signal that the profile analyses."""
    if SPEECH16K.audio.trim_db is None:
        return signal
    begin, end = speech_bounds(signal, SPEECH16K.audio.trim_db)
    return signal[begin:end]


def pitch_seconds(paths: Sequence[Path]) -> dict[str, float]:
    """Seconds of Praat's and of our F0 contour over all files, alternating."""
    seconds = dict.fromkeys(("pitch, Praat", "pitch, ours"), 0.0)
    for path in paths:
        signal = trimmed_signal(decoded(path))
        for name, function in zip(seconds, (praat_pitch, own_pitch), strict=True):
            start = time.perf_counter()
            function(signal)
            seconds[name] += time.perf_counter() - start
    return seconds


def floor_seconds(paths: Sequence[Path], *, trimmed: bool) -> float:
    """Seconds of the floor over all files; trimming is not counted."""
    total = 0.0
    for path in paths:
        start = time.perf_counter()
        signal = decoded(path)
        total += time.perf_counter() - start
        if trimmed:
            signal = trimmed_signal(signal)
        start = time.perf_counter()
        floor(signal)
        total += time.perf_counter() - start
    return total


def ser_seconds(data: Path, files: int, workers: int, profile: Profile) -> float:
    """Seconds of a whole extraction of `files` RAVDESS recordings into a new store."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        store = Path(folder) / "store"
        report = extract_corpora(
            ["ravdess"], data=data, store=store, profile=profile, workers=workers, limit=files
        )
        seconds = time.perf_counter() - start
    if report.stored != files:
        raise SystemExit(f"{report.stored} of {files} files stored: choose --files within the corpus")
    return seconds


def opensmile_seconds(paths: Sequence[Path]) -> float:
    """Seconds of openSMILE's 88 functionals over all files, after a first one that is not counted."""
    try:
        import opensmile
    except ImportError:
        raise SystemExit("--opensmile needs openSMILE, not installed: pip install opensmile==2.6.0") from None
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
    smile.process_file(paths[0])
    start = time.perf_counter()
    columns = smile.process_files(paths)
    seconds = time.perf_counter() - start
    if columns.shape != (len(paths), 88):
        raise SystemExit(f"openSMILE gave {columns.shape}, expected {(len(paths), 88)}")
    return seconds


def timed(function: Callable[[Path], object], paths: Sequence[Path]) -> float:
    """Seconds of a function over files."""
    start = time.perf_counter()
    for path in paths:
        function(path)
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print one line per contender."""
    options = _options()
    scan = corpora.scan("ravdess", options.data)
    step = len(scan.recordings) / options.files
    paths = [scan.root / scan.recordings[int(i * step)].path for i in range(options.files)]

    notebook(paths[0])  # librosa compiles on first use, which is not counted
    rounds = [_round(options, paths) for _ in range(options.rounds)]
    _print({name: statistics.median(times[name] for times in rounds) for name in rounds[0]})


def _round(options: argparse.Namespace, paths: Sequence[Path]) -> dict[str, float]:
    """Seconds per file of every contender, one after the other."""
    slow = paths[::NOTEBOOK_SHARE]
    per_file = {NOTEBOOK: timed(notebook, slow) / len(slow)}
    with one_core():
        floor_seconds(paths[:5], trimmed=True)
        per_file[FLOOR] = floor_seconds(paths, trimmed=True) / len(paths)
        per_file["floor, whole signal, one core"] = floor_seconds(paths, trimmed=False) / len(paths)
        per_file |= {f"{name}, one core": all_ / len(paths) for name, all_ in pitch_seconds(paths).items()}
        if options.opensmile:
            per_file[OPENSMILE] = opensmile_seconds(paths) / len(paths)
    for profile in options.profile:
        for workers, held in ((1, one_core()), (2, nullcontext())):
            with held:
                per_file |= _ser_per_file(options, workers, PROFILES[profile])
    return per_file


def _options() -> argparse.Namespace:
    parser = shared.parser(__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--profile", nargs="+", choices=list(PROFILES), default=[SPEECH16K.name])
    parser.add_argument("--rounds", type=int, default=3, help="all contenders alternate; medians count")
    parser.add_argument("--opensmile", action="store_true", help="compare with openSMILE, if it is installed")
    return parser.parse_args()


def _ser_per_file(options: argparse.Namespace, workers: int, profile: Profile) -> dict[str, float]:
    half = options.files // 2
    whole_seconds = ser_seconds(options.data, options.files, workers, profile)
    half_seconds = ser_seconds(options.data, half, workers, profile)
    name = f"{profile.name}, {'2 workers' if workers > 1 else '1 worker on one core'}"
    return {
        f"{name}, all included": whole_seconds / options.files,
        f"{name}, steady": (whole_seconds - half_seconds) / (options.files - half),
    }


def _print(per_file: dict[str, float]) -> None:
    against = {"x notebook": NOTEBOOK, "x floor time": FLOOR, "x openSMILE": OPENSMILE}
    against = {title: name for title, name in against.items() if name in per_file}
    print(f"{'':52}{'ms/file':>9}{'files/s':>9}" + "".join(f"{title:>14}" for title in against))
    for name, seconds in per_file.items():
        line = f"{name:52}{seconds * 1e3:9.2f}{1 / seconds:9.1f}"
        for other in against.values():
            ratio = seconds / per_file[other] if other == FLOOR else per_file[other] / seconds
            line += f"{ratio:14.2f}"
        print(line)


if __name__ == "__main__":
    main()
