"""Figures of single recordings on the pages: `ser plot` on the files of a data root.

data root → `ser plot` of each of `FIGURES` → docs/images/papers/<name>.png
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.papers.images import IMAGES, shrink
from ser_features.errors import InputError

SER = Path(sys.executable).with_name("ser")


@dataclass(frozen=True, slots=True)
class RecordingFigure:
    """A figure of one recording.

    Attributes:
        kind: name of the figure for `ser plot`.
        recording: path below the data root, as published.
        options: of `ser plot`.
        text: for readers who do not see it.
    """

    kind: str
    recording: str
    options: tuple[str, ...]
    text: str

    @property
    def command(self) -> str:
        """The command line, from within the data root."""
        return " ".join(("ser plot", self.kind, self.recording, *self.options))


ANGRY = "ravdess/Actor_01/03-01-05-02-01-01-01.wav"
HAPPY = "cremad/AudioWAV/1001_DFA_HAP_XX.wav"
FIGURES = {
    "bone_conducted_transformer_bone": RecordingFigure(
        "bone", ANGRY, (), "Spectra by air and by simulated bone conduction, and the response of the filter"
    ),
    "fusion_cnn_bilstm_augmented": RecordingFigure(
        "augmented", HAPPY, ("--recipe", "fusion_cnn_bilstm"), "A recording and its augmented copies"
    ),
    "fusion_cnn_bilstm_frames": RecordingFigure(
        "frames", HAPPY, ("--profile", "wide16k-raw"), "Mel spectrogram, MFCC, RMS and zero-crossing rate"
    ),
    "multi_corpus_cnn_lstm_frames": RecordingFigure(
        "frames",
        "ravdess/Actor_13/03-01-03-02-01-02-13.wav",
        ("--profile", "paper48k"),
        "Waveform, mel spectrogram, MFCC, RMS and zero-crossing rate of the report's example",
    ),
}
"""By the name of the file, without its suffix."""


def draw(data: Path) -> list[Path]:
    """Draw every figure, and return the files.

    Args:
        data: folder with one folder per corpus; the recordings may have another suffix there.

    Raises:
        InputError: if a recording is missing.
    """
    IMAGES.mkdir(parents=True, exist_ok=True)
    files = []
    for name, figure in FIGURES.items():
        published = data / figure.recording
        present = next(published.parent.glob(f"{published.stem}.*"), None)
        if present is None:
            raise InputError(f"no recording {published}: expected the data root: pass --data")
        out = IMAGES / f"{name}.png"
        command: list[str | Path] = [
            SER,
            "plot",
            figure.kind,
            present,
            *figure.options,
            "--out",
            out,
            "--force",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shrink(out)
        files.append(out)
    return files
