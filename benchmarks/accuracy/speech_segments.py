"""Accuracy of `ser segment` on real utterances with pauses and noise at known times.

recordings of a corpus → 8 utterances each with pauses, noise at several levels → `segments_of` → table

    python -m benchmarks.accuracy.speech_segments --data data/raw --files 160
    python -m benchmarks.accuracy.speech_segments --write docs/calls.md

Where an utterance begins and ends is known by the level of its own, clean recording
(`ser_features.framing.active_speech`, 30 dB below the level of active speech). Noise is white, at a
signal-to-noise ratio relative to the level of each recording's speech. Reported are the share of utterances
of which at least 80 % are covered by segments, the share of the time of speech that is, the share of the time
of segments that is further than 0.3 s from speech, and the number of segments per utterance.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.options import parser
from benchmarks.pages import write_between
from ser_features.audio import decode
from ser_features.framing import active_speech
from ser_features.sources import encoded
from ser_features.vad import Segment, segments_of

BEGIN, END = "<!-- begin: speech segments -->", "<!-- end -->"
"""Markers of the table in a page."""

CORPORA = {"emodb": "emodb/wav", "ravdess": "ravdess"}
"""Folders of the recordings below the data root."""

UTTERANCES = 8
"""Utterances of a test file."""

PAUSES = (0.6, 3.0)
"""Shortest and longest pause, in s."""

SNRS = (60.0, 20.0, 10.0, 5.0)
"""Signal-to-noise ratios, in dB."""

STEP = 0.01
"""Times are compared every so many s."""

COVERED = 0.8
"""Share of an utterance that must lie in segments."""

NEAR = 0.3
"""Time around speech that is no false alarm, in s: padding, and breath."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A recording with speech at known times.

    Attributes:
        content: a WAV file.
        times: start and end of each utterance, in s.
        seconds: duration.
    """

    content: bytes
    times: tuple[tuple[float, float], ...]
    seconds: float

    @classmethod
    def of(cls, paths: Sequence[Path], seed: int, snr: float) -> "Speech":
        """Join recordings of one rate with pauses, and add noise.

        Args:
            paths: of the recordings.
            seed: of pauses and noise.
            snr: in dB relative to the level of active speech.
        """
        rng = np.random.default_rng(seed)
        parts: list[np.ndarray] = []
        times: list[tuple[float, float]] = []
        size = 0
        for path in paths:
            audio = decode(path, min_seconds=0.1, max_seconds=60)
            level, start, end = active_speech(audio.signal, audio.sample_rate, 30.0)
            pause = np.zeros(int(rng.uniform(*PAUSES) * audio.sample_rate), np.float32)
            speech = audio.signal[start:end] * np.float32(10 ** ((-25 - level) / 20))
            times.append(
                (
                    (size + len(pause)) / audio.sample_rate,
                    (size + len(pause) + len(speech)) / audio.sample_rate,
                )
            )
            parts += [pause, speech]
            size += len(pause) + len(speech)
        signal = np.concatenate([*parts, np.zeros(audio.sample_rate, np.float32)])
        signal += (10 ** ((-25 - snr) / 20) * rng.standard_normal(len(signal))).astype(np.float32)
        return cls(encoded(signal, audio.sample_rate), tuple(times), len(signal) / audio.sample_rate)


@dataclass(frozen=True, slots=True)
class Score:
    """How segments agree with the speech.

    Attributes:
        utterances: number of them.
        detected: number of those of which at least `COVERED` lies in segments.
        recall: share of the time of speech that lies in segments.
        false_share: share of the time of segments that is further than `NEAR` from speech.
        segments: number of them.
    """

    utterances: int
    detected: int
    recall: float
    false_share: float
    segments: int


def score(speech: Speech, segments: Sequence[Segment]) -> Score:
    """Compare the segments of a recording with its speech."""
    size = round(speech.seconds / STEP)
    inside = _mask([(one.start, one.end) for one in segments], size)
    true = _mask(speech.times, size)
    near = _mask([(start - NEAR, end + NEAR) for start, end in speech.times], size)
    covered = [inside[round(start / STEP) : round(end / STEP)].mean() for start, end in speech.times]
    return Score(
        len(speech.times),
        sum(share >= COVERED for share in covered),
        float(inside[true].mean()),
        float((inside & ~near).sum() / max(inside.sum(), 1)),
        len(segments),
    )


def _mask(times: Sequence[tuple[float, float]], size: int) -> np.ndarray:
    mask = np.zeros(size, bool)
    for start, end in times:
        mask[max(round(start / STEP), 0) : round(end / STEP)] = True
    return mask


def table(data: Path, files: int) -> str:
    """Markdown table with a row per corpus and noise level."""
    lines = [
        "| corpus | noise | utterances | found | speech in segments | segments outside of speech | segments "
        "per utterance |",
        "|---|---|---|---|---|---|---|",
    ]
    for corpus, folder in CORPORA.items():
        paths = sorted(path for path in (data / folder).rglob("*") if path.suffix in (".wav", ".flac"))
        paths = paths[:: max(1, len(paths) // files)][:files]
        groups = [paths[start : start + UTTERANCES] for start in range(0, len(paths), UTTERANCES)]
        for snr in SNRS:
            speech = [Speech.of(group, seed, snr) for seed, group in enumerate(groups)]
            scores = [score(one, segments_of(one.content).segments) for one in speech]
            count = sum(one.utterances for one in scores)
            lines.append(
                f"| {corpus} | {'none' if snr == SNRS[0] else f'{snr:.0f} dB SNR'} | {count} "
                f"| {sum(one.detected for one in scores) / count:.1%} "
                f"| {np.mean([one.recall for one in scores]):.1%} "
                f"| {np.mean([one.false_share for one in scores]):.1%} "
                f"| {sum(one.segments for one in scores) / count:.2f} |"
            )
    return "\n".join(lines)


def main() -> int:
    """Print the table, or write it into a page."""
    arguments = parser(__doc__, files=160)
    arguments.add_argument("--write", type=Path, metavar="PAGE", help="write the table into a page")
    options = arguments.parse_args()
    text = table(options.data, options.files)
    print(text)
    if options.write:
        write_between(options.write, BEGIN, END, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
