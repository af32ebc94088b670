"""Out-of-distribution score of unseen speakers, other corpora and sounds that are not speech.

    python -m benchmarks.robustness.ood

For each corpus and three speaker splits: the share of recordings of unseen speakers of the same corpus with a
score above 1 (1 % is the target), the share for each other corpus, and the smallest score of each sound that
is not speech (`sounds.py`).
"""

import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from benchmarks import options
from benchmarks.robustness.sounds import NOT_SPEECH, RATE
from ser_features.engine import extract_corpora
from ser_features.errors import InputError
from ser_features.pipeline import extract_bytes
from ser_features.store import Store, open_store
from ser_models import ood
from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.ood.distribution import build

SEEDS = (0, 1, 2)
CORPORA = ("ravdess", "emodb", "tess", "demo")


def main() -> None:
    """Extract the corpora into a temporary folder and print a block for each."""
    parser = options.parser(__doc__)
    parser.add_argument("--corpora", nargs="+", default=CORPORA)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.corpora:
            data = Path(folder) if name == "demo" else arguments.data
            extract_corpora([name], data=data, store=Path(folder) / "store", features=["mel"])
        store = open_store(Path(folder) / "store")
        for name in store.datasets:
            report(store, name)


def report(store: Store, name: str) -> None:
    """Print the scores by the training data of one corpus."""
    examples = load_examples(store, [name])
    others = {other: store.files([other]) for other in store.datasets if other != name}
    own: list[float] = []
    far: dict[str, list[float]] = {other: [] for other in others}
    sounds: dict[str, list[float]] = {sound: [] for sound in NOT_SPEECH}
    for seed in SEEDS:
        try:
            split = make_split(examples, seed=seed)
        except InputError as error:
            print(f"{name}: {error}")
            return
        sides = {
            side: examples.take(split.side(split.final_fold, side)).rows
            for side in ("train", "validation", "test")
        }
        reference = build(store, sides["train"], sides["validation"])
        assert reference is not None, "the store has mel frames"
        own.append(above_one(reference, store, sides["test"]))
        for other, rows in others.items():
            far[other].append(above_one(reference, store, rows))
        for sound, values in sounds.items():
            values.append(float(reference.ood_score([frames(store, sound, seed)])[0]))
    print(f"\n{name}: share above 1, three splits")
    print(f"  unseen speakers of its own  {shares(own)}")
    for other, values in far.items():
        print(f"  {other:<25}  {shares(values)}")
    print("smallest score of sounds that are not speech")
    for sound, values in sorted(sounds.items(), key=lambda item: min(item[1])):
        print(f"  {sound:<25}  {min(values):.2f}")


def above_one(reference: ood.TrainingDistribution, store: Store, rows: pd.DataFrame) -> float:
    """Share of recordings with a score above 1."""
    return float((reference.ood_score(store.frames(rows, ood.MEL)) > 1).mean())


def frames(store: Store, sound: str, seed: int) -> np.ndarray:
    """Log-mel frames of a sound."""
    file = io.BytesIO()
    soundfile.write(file, NOT_SPEECH[sound](np.random.default_rng(seed)), RATE, format="WAV")
    return extract_bytes(file.getvalue(), store.profile, [ood.MEL]).frames[ood.MEL]


def shares(values: list[float]) -> str:
    """Format shares in percent."""
    return "  ".join(f"{100 * value:5.1f} %" for value in values)


if __name__ == "__main__":
    main()
