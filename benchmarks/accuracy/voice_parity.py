"""The compiled voice analysis compared with Praat, on real recordings and on the demo.

recordings → Praat and `ser_features.voice` → frames and measures that are equal → table, docs/results

    python -m benchmarks.accuracy.voice_parity --data data/raw --files 100
    python -m benchmarks.accuracy.voice_parity --write

Of each corpus, so many recordings at equal distances in the order of their paths are analysed, conditioned as
the profile speech16k does. The exit code is 1 if a corpus is below a target.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.accuracy.common import RESULTS
from benchmarks.options import parser
from ser_features import corpora
from ser_features.config import SPEECH16K
from ser_features.parameters import PitchConfig
from ser_features.pipeline import analyse
from ser_features.praat import call, parselmouth, perturbation
from ser_features.voice import contour

CORPORA = ("ravdess", "tess", "emodb", "nemo", "demo")

F0_TOLERANCE = 0.001
MEASURE_TOLERANCE = 0.01
"""Relative differences that count as equal."""

OCTAVE = 1.4
"""Ratio of two F0 values, either way, from which on they are in different octaves."""

TARGETS = {"voicing": 0.999, "f0": 0.999, "jitter": 0.99, "shimmer": 0.99}
"""Smallest shares of equal frames, voiced frames and recordings."""


@dataclass
class Parity:
    """Counts over the recordings of a corpus.

    Attributes:
        recordings: number of recordings.
        frames: pitch frames of all.
        same_voicing: frames that are voiced in both analyses, or in none.
        voiced: frames that are voiced in both.
        same_f0: of these, those with equal F0.
        octaves: of these, those in different octaves.
        same_pulses: recordings with as many glottal pulses.
        same_jitter: recordings with equal jitter.
        same_shimmer: recordings with equal shimmer.
        f0_differences: relative, of the frames that are voiced in both.
    """

    recordings: int = 0
    frames: int = 0
    same_voicing: int = 0
    voiced: int = 0
    same_f0: int = 0
    octaves: int = 0
    same_pulses: int = 0
    same_jitter: int = 0
    same_shimmer: int = 0
    f0_differences: list[float] = field(default_factory=list)

    def add(self, signal: np.ndarray, sample_rate: int, config: PitchConfig) -> None:
        """Analyse a recording both ways and count what is equal."""
        sound = parselmouth.Sound(signal, sample_rate)
        limits = {"pitch_floor": config.floor, "pitch_ceiling": config.ceiling}
        pitch = sound.to_pitch_ac(time_step=config.time_step, **limits)
        theirs = pitch.selected_array["frequency"]
        ours = contour.track(signal, contour.Limits.of(sample_rate, config))
        both = (theirs > 0) & (ours.f0 > 0)
        differences = np.abs(ours.f0[both] / theirs[both] - 1)
        ratios = np.maximum(ours.f0[both] / theirs[both], theirs[both] / ours.f0[both])
        self.recordings += 1
        self.frames += theirs.size
        self.same_voicing += int(np.count_nonzero((theirs > 0) == (ours.f0 > 0)))
        self.voiced += differences.size
        self.same_f0 += int(np.count_nonzero(differences <= F0_TOLERANCE))
        self.octaves += int(np.count_nonzero(ratios >= OCTAVE))
        self.f0_differences += differences.tolist()
        self._add_measures(sound, pitch, ours, config)

    def _add_measures(
        self,
        sound: parselmouth.Sound,
        pitch: parselmouth.Pitch,
        ours: contour.Contour,
        config: PitchConfig,
    ) -> None:
        signal, sample_rate = np.ascontiguousarray(sound.values[0]), round(sound.sampling_frequency)
        points = contour.pulses(signal, sample_rate, ours)
        pulses = call([sound, pitch], "To PointProcess (cc)")
        jitter, shimmer = perturbation(sound, pitch, config)
        self.same_pulses += call(pulses, "Get number of points") == points.size
        self.same_jitter += _equal(contour.jitter(points, config), jitter)
        self.same_shimmer += _equal(contour.shimmer(signal, sample_rate, points, config), shimmer)

    def shares(self) -> dict[str, float]:
        """Shares of what is equal, 0 to 1, and the median of the relative F0 differences."""
        differences = np.array(self.f0_differences)
        return {
            "voicing": self.same_voicing / self.frames,
            "f0": self.same_f0 / self.voiced,
            "pulses": self.same_pulses / self.recordings,
            "jitter": self.same_jitter / self.recordings,
            "shimmer": self.same_shimmer / self.recordings,
            "median_f0_difference": float(np.median(differences)),
        }


def main() -> None:
    """Compare, print and write."""
    options = parser(__doc__, files=100)
    options.add_argument("--corpora", nargs="+", default=CORPORA, help="names of corpora")
    options.add_argument("--write", action="store_true", help="write docs/results/voice_parity.json")
    chosen = options.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as generated:
        for name in chosen.corpora:
            parity = Parity()
            root = Path(generated) if name == "demo" else chosen.data
            for signal in signals(name, root, chosen.files):
                parity.add(signal, SPEECH16K.audio.sample_rate, SPEECH16K.pitch)
            results[name] = parity
            print(f"{name}: {_line(parity)}", flush=True)
    if chosen.write:
        write(results)
    below = [
        f"{name} {what}"
        for name, one in results.items()
        for what, least in TARGETS.items()
        if one.shares()[what] < least
    ]
    sys.exit(f"below the target: {', '.join(below)}" if below else 0)


def signals(name: str, data: Path, files: int) -> Iterator[np.ndarray]:
    """Conditioned signals of the recordings of `contents`, float64."""
    for content in contents(name, data, files):
        _, analysis = analyse(content, SPEECH16K)
        yield analysis.signal.astype(np.float64)


def contents(name: str, data: Path, files: int) -> Iterator[bytes]:
    """Files of recordings at equal distances in the order of their paths."""
    scan = corpora.scan(name, data)
    paths = sorted(one.path for one in scan.recordings)
    for path in paths[:: max(1, len(paths) // files)][:files]:
        yield (scan.root / path).read_bytes()


def write(results: dict[str, Parity]) -> None:
    """Write counts and shares with date and versions to docs/results/voice_parity.json."""
    content = {
        "corpora": {name: _counts(one) | one.shares() for name, one in results.items()},
        "targets": TARGETS,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {
            name: version(name) for name in ("praat-parselmouth", "numba", "llvmlite", "numpy", "scipy")
        },
    }
    path = RESULTS / "voice_parity.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _counts(parity: Parity) -> dict[str, int]:
    counts = asdict(parity)
    del counts["f0_differences"]
    return counts


def _line(parity: Parity) -> str:
    shares = parity.shares()
    return (
        f"{parity.recordings} recordings, {parity.frames} frames, voicing {shares['voicing']:.4%}, "
        f"F0 {shares['f0']:.4%} of {parity.voiced}, other octave {parity.octaves}, "
        f"pulses {shares['pulses']:.2%}, "
        f"jitter {shares['jitter']:.2%}, shimmer {shares['shimmer']:.2%}, "
        f"median F0 difference {shares['median_f0_difference']:.1e}"
    )


def _equal(ours: float, theirs: float) -> bool:
    """Whether two measures are equal up to `MEASURE_TOLERANCE`, or both unknown."""
    if np.isnan(ours) or np.isnan(theirs):
        return bool(np.isnan(ours) and np.isnan(theirs))
    return abs(ours - theirs) <= MEASURE_TOLERANCE * theirs


if __name__ == "__main__":
    main()
