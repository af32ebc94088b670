"""Count the source files that a recording passes through, per command.

synthetic recordings → `ser extract`, `ser train --model logistic`, prediction of one recording
→ files of ser_features and ser_models in which a function was called → table, exit code

    python -m benchmarks.files_passed
    python -m benchmarks.files_passed --list train
    python -m benchmarks.files_passed --write docs/architecture.md

Each command runs in a fresh process, with its worker processes replaced by the process itself. A file counts
when one of its functions is called, in any thread. Not counted: module-level code and what it calls during an
import, the command line's own files, and loading the model before a prediction. The exit code is 1 if a limit
is exceeded.
"""

import argparse
import inspect
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import soundfile

from benchmarks.pages import write_between
from ser_features.workers.worker import Job

ROOT = Path(__file__).parents[1]
LIMITS = {"extract": 45, "train": 51, "predict": 26}
"""Most files per command."""

BEGIN, END = "<!-- begin: files -->", "<!-- end -->"
"""Markers of the summary in a page."""

PACKAGES = ("ser_features", "ser_models")
SAMPLE_RATE = 16_000
EMOTIONS = {"angry": 180.0, "neutral": 130.0, "sad": 100.0}
"""F0 of each emotion's tones, in Hz."""


def write_recordings(folder: Path) -> Path:
    """Write 24 tones of 4 speakers and the manifest that describes them.

    Returns:
        The manifest, own.csv.
    """
    rng = np.random.default_rng(0)
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    lines = ["path,emotion,speaker,gender"]
    for speaker in range(4):
        for emotion, f0 in EMOTIONS.items():
            for take in range(2):
                tone = sum(np.sin(2 * np.pi * (f0 + 10 * speaker) * k * time) / k for k in range(1, 8))
                name = f"s{speaker}_{emotion}_{take}.wav"
                soundfile.write(
                    folder / name, 0.2 * tone + 0.01 * rng.standard_normal(len(time)), SAMPLE_RATE
                )
                lines.append(f"{name},{emotion},s{speaker},{'female' if speaker % 2 else 'male'}")
    manifest = folder / "own.csv"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest


def command_lines(folder: Path, manifest: Path) -> dict[str, list[str]]:
    """The arguments of each command; later ones read what earlier ones wrote."""
    store, artifact = str(folder / "store"), str(folder / "artifact")
    data = ["--data", str(folder)]
    return {
        "extract": ["extract", "--datasets", str(manifest), *data, "--store", store, "--workers", "1"],
        "train": ["train", "--model", "logistic", "--store", store, "--out", artifact],
        "predict": ["predict", artifact, str(folder / "s0_angry_0.wav")],
    }


def files_of(arguments: list[str]) -> list[str]:
    """Run a command in a fresh process.

    Args:
        arguments: what follows `ser` on the command line.

    Returns:
        The files that it passed through, relative to the repository, sorted.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as file:
        own = [sys.executable, "-m", "benchmarks.files_passed", "--trace", file.name, *arguments]
        done = subprocess.run(own, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"ser {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        return file.read().splitlines()


def trace(target: Path, arguments: list[str]) -> None:
    """Run a command in this process and write the files that it passes through to `target`."""
    sys.path[:0] = [str(ROOT), str(ROOT / "cli")]
    run = _prediction(*arguments[1:]) if arguments[0] == "predict" else _command(arguments)
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code not in codes and not _imports(frame):
            codes.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    target.write_text("\n".join(sorted(_ours(codes))), encoding="utf-8")


def _command(arguments: list[str]) -> Callable[[], None]:
    """The command line as typed, its worker processes in this process."""
    from ser_cli.main import main

    from ser_features.engine import runner

    runner.Pool = _InProcess  # type: ignore[assignment, misc]

    def run() -> None:
        sys.argv = ["ser", *arguments]
        try:
            main()
        except SystemExit as error:
            if error.code:
                raise

    return run


def _prediction(artifact: str, recording: str) -> Callable[[], Any]:
    """The prediction of one recording by a model that has been loaded."""
    import ser_models

    predictor = ser_models.load(artifact)
    return lambda: predictor.predict(recording)


class _InProcess:
    """Stands for the pool of worker processes: makes every call at once, in this process."""

    def __init__(self, workers: int, job: Job) -> None:
        self._job = job

    def __enter__(self) -> "_InProcess":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def as_completed(
        self, calls: Iterable[tuple[Any, ...]], on_wait: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        for number, arguments in enumerate(calls):
            yield number, self._job.function(*arguments)
            on_wait()


def _imports(frame: FrameType) -> bool:
    """Whether the frame is no function, or called while one of our modules is imported."""
    caller: FrameType | None = frame
    while caller is not None:
        if not caller.f_code.co_flags & inspect.CO_OPTIMIZED:
            return caller.f_globals.get("__name__") != "__main__"
        caller = caller.f_back
    return False


def _ours(codes: set[CodeType]) -> set[str]:
    """Paths of our own files among those of the code objects."""
    paths = {Path(code.co_filename) for code in codes if not code.co_filename.startswith("<")}
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if path.suffix == ".py" and path.is_relative_to(ROOT) and any(part in PACKAGES for part in path.parts)
    }


def summary(passed: dict[str, list[str]]) -> str:
    """Markdown list: per command the number of files and their names by package."""
    lines = []
    for command, files in passed.items():
        by_package: dict[str, list[str]] = {}
        for file in files:
            path = Path(file)
            by_package.setdefault(path.parent.as_posix(), []).append(path.stem)
        names = "; ".join(f"`{package}/` {', '.join(stems)}" for package, stems in sorted(by_package.items()))
        lines.append(f"- **`ser {command}`** passes {len(files)} files (limit {LIMITS[command]}): {names}.")
    return "\n".join(lines)


def main() -> int:
    """Print the table, or the files of one command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", choices=LIMITS, help="also print the files of this command")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write all files into a page with markers")
    arguments = parser.parse_args()
    passed: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for command, line in command_lines(folder, write_recordings(folder)).items():
            passed[command] = files_of(line)
            print(f"ser {command}: {len(passed[command])} files, at most {LIMITS[command]}")
            if arguments.list == command:
                print("\n".join(f"    {file}" for file in passed[command]))
    if arguments.write:
        write_between(arguments.write, BEGIN, END, summary(passed))
    return int(any(len(files) > LIMITS[command] for command, files in passed.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--trace"]:
        trace(Path(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(main())
