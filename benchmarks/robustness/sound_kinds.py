"""What recordings of other corpora, and sounds that are not speech, are to a model of RAVDESS.

recordings of other corpora, of new speakers, and of these over a telephone → verdicts ─┬→ table
`NOT_SPEECH` and beeps → verdicts ──────────────────────────────────────────────────────┘

    python -m benchmarks.robustness.sound_kinds MODEL --files 60 --write docs/protocols.md

MODEL is the artifact of `ser train --datasets ravdess`; its test speakers are the new speakers. Recordings
are evenly spread over each corpus. The sounds that are not speech are those of `sounds.py` and beeps, each
with three seeds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from benchmarks.options import parser
from benchmarks.pages import write_between
from benchmarks.robustness.alterations import ALTERATIONS
from benchmarks.robustness.sounds import NOT_SPEECH, RATE
from ser_models.inference import Predictor, load
from ser_models.inference.prediction import Verdict

BEGIN, END = "<!-- begin: kinds of sound -->", "<!-- end -->"
"""Markers of the table in a page."""

CORPORA = {"emodb": "emodb", "tess": "tess", "nemo": "nemo", "cremad": "cremad"}
"""Folders of other corpora below the data root."""

TELEPHONE = "telephone, µ-law at 8 kHz"
"""One of `ALTERATIONS`."""

SUFFIXES = (".wav", ".flac")
PITCHES = (440.0, 1000.0, 3000.0)
"""Frequencies of the beeps, in Hz."""

VERDICTS: tuple[Verdict, ...] = ("emotion", "other channel", "other voice", "no speech")


def recordings(
    predictor: Predictor, data: Path, files: int
) -> Iterator[tuple[str, Sequence[Path] | Sequence[bytes]]]:
    """Yield a name and recordings of each kind of speech."""
    split = pd.read_parquet(predictor.artifact.path("splits.parquet"))
    test = split.loc[split["split"] == "test", "file_id"].str.partition("/")[2]
    own = audio_below(data / "ravdess")
    new = spread([path for path in own if path.stem in set(test)], files)
    yield "ravdess, new speakers", new
    yield f"the same, {TELEPHONE}", [ALTERATIONS[TELEPHONE](*soundfile.read(path)) for path in new]
    for name, folder in CORPORA.items():
        yield name, spread(audio_below(data / folder), files)


def audio_below(folder: Path) -> list[Path]:
    """Return the recordings of a corpus, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def spread(paths: Sequence[Path], files: int) -> list[Path]:
    """Return `files` of the paths, evenly spread."""
    return [paths[index] for index in np.unique(np.linspace(0, len(paths) - 1, files).astype(int))]


def sounds() -> list[tuple[np.ndarray, int]]:
    """Return the sounds that are not speech, each with three seeds, and beeps of three frequencies."""
    seconds = np.arange(3 * RATE) / RATE
    beeps = [0.3 * np.sin(2 * np.pi * pitch * seconds) * (seconds % 1 < 0.3) for pitch in PITCHES]
    noises = [make(np.random.default_rng(seed)) for make in NOT_SPEECH.values() for seed in range(3)]
    return [(signal, RATE) for signal in (*noises, *beeps)]


def table(counts: Mapping[str, Counter[Verdict | None]]) -> str:
    """Format the counts as a Markdown table."""
    lines = [f"| recordings | {' | '.join(VERDICTS)} |", "|---" * (1 + len(VERDICTS)) + "|"]
    for name, count in counts.items():
        lines.append(f"| {name} | " + " | ".join(str(count[verdict]) for verdict in VERDICTS) + " |")
    return "\n".join(lines)


def main() -> None:
    """Count the verdicts and print the table."""
    arguments = parser(__doc__, files=60)
    arguments.add_argument("model", type=Path, help="artifact of a model of RAVDESS")
    arguments.add_argument("--write", type=Path, help="page to write the table into")
    options = arguments.parse_args()
    predictor = load(options.model)
    counts = {
        name: Counter(one.verdict for one in predictor.predict(paths))
        for name, paths in recordings(predictor, options.data, options.files)
    }
    counts["noise, tones, music, beeps"] = Counter(one.verdict for one in predictor.predict(sounds()))
    text = table(counts)
    print(text)
    if options.write:
        write_between(options.write, BEGIN, END, text)


if __name__ == "__main__":
    main()
