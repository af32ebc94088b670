"""What it brings to let a network first guess hidden frames of all audio there is, without labels.

    python -m benchmarks.accuracy.pretraining --data data/raw --corpora emodb
    python -m benchmarks.accuracy.pretraining table                # docs/accuracy.md

The encoder of `crnn` (one member) is shown log-mel frames of every corpus in the store, of which stretches
are hidden, and learns to tell those from the rest (masked modelling; Liu et al., "Mockingjay", 2020). In each
fold the tested speakers are left out of that. Then it is trained for emotions as any other, from these
weights and, beside it, from random ones: same graph, same seed, same batches.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common
from benchmarks.accuracy.common import SEED, Run
from benchmarks.accuracy.models import over
from ser_models.data.examples import Examples, load_examples
from ser_models.data.scaling import Scaler
from ser_models.evaluation.score import score
from ser_models.models import create
from ser_models.models.networks.crnn import Crnn
from ser_models.training.resume import Fold

NAME = "pretraining"
SETTINGS = {"n_members": 1}
EPOCHS, BATCH, RATE = 6, 32, 2e-3
STRETCHES, STRETCH = 6, 12
"""Stretches hidden in each recording, and their frames: about a quarter of a recording of 3 s."""


def main() -> None:
    """Measure, or write the table."""
    parser = common.parser(__doc__)
    parser.add_argument("--audio", nargs="+", default=list(common.CORPORA), help="corpora to listen to")
    options = parser.parse_args()
    if options.what == "table":
        write_page()
        return
    with common.stored(options, options.audio) as store:
        runs = [common.dealt(store, corpus, options.data) for corpus in options.corpora]
        found = {}
        for run in runs:
            [corpus] = run.examples.datasets
            found[corpus] = measure(run, load_examples(store, options.audio))
            print(corpus, found[corpus], flush=True)
    content = {"audio": options.audio, "results": found, "epochs": EPOCHS}
    common.keep(NAME, [run.examples for run in runs], content)


def measure(run: Run, audio: Examples) -> dict[str, Any]:
    """UAR with and without what was learned from audio alone, and their paired difference."""
    tables: dict[str, list[Any]] = {"from random weights": [], "pretrained": []}
    losses = []
    for number in run.split.folds:
        tested = set(run.split.side(number, "test"))
        heard = audio.take([name for name in audio.rows["file_id"] if name not in tested])
        weights, loss = pretrained(run, number, heard)
        losses.append(loss)
        for name, start in (("from random weights", None), ("pretrained", weights)):
            tables[name].append(common.tested(_finetuned(run, number, start)))
            print(f"fold {number}, {name}", flush=True)
    return _compared(tables, run.examples) | {"hidden_frames": losses}


def pretrained(run: Run, number: int, audio: Examples) -> tuple[list[np.ndarray], list[float]]:
    """Learn from audio alone.

    Returns:
        Weights of the encoder, and the error at the hidden frames in each epoch: 1 is that of their mean.
    """
    import keras

    model = _crnn()
    scaler = Scaler.fit(model.inputs, run.examples.take(run.split.side(number, "train")))
    source = scaler.source(audio.read(model.inputs))
    keras.utils.set_random_seed(SEED)
    network = model.build(source.shapes, len(run.examples.labels))
    guessing = _guessing(model, network, source.shapes["frames"][1])
    guessing.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse")
    rng = np.random.default_rng([SEED, number])
    losses = []
    for _ in range(EPOCHS):
        errors = [
            float(guessing.train_on_batch(shown, wanted, weights))
            for shown, wanted, weights in _batches(source, rng, model.step)
        ]
        losses.append(float(np.mean(errors)))
    return network.get_weights(), losses


def _crnn() -> Crnn:
    model = create("crnn", SETTINGS)
    if not isinstance(model, Crnn):
        raise TypeError("the registry has another crnn")
    return model


def _guessing(model: Crnn, network: Any, bands: int) -> Any:
    """The encoder up to its steps, and a guess of the frames of each."""
    import keras
    from keras import layers

    steps = network.get_layer("steps_0").output
    return keras.Model(network.input, layers.Dense(model.step * bands)(steps))


def _batches(
    source: Any, rng: np.random.Generator, step: int
) -> Iterator[tuple[Any, np.ndarray, np.ndarray]]:
    """Yield batches with stretches hidden, what was there by steps, and where it was hidden and real."""
    order = rng.permutation(len(source))
    for start in range(0, len(order), BATCH):
        arrays = source.batch(order[start : start + BATCH])
        frames, mask = arrays["frames"], arrays["mask"]
        hidden = np.zeros_like(mask)
        for place, count in enumerate(mask.sum(axis=1).astype(int)):
            for begin in rng.integers(0, max(1, count - STRETCH), STRETCHES):
                hidden[place, begin : begin + STRETCH] = 1
        shown = {"frames": frames * (1 - hidden[..., None]), "mask": mask}
        length = -(-frames.shape[1] // step) * step
        rest = length - frames.shape[1]
        wanted = np.pad(frames, [(0, 0), (0, rest), (0, 0)]).reshape(len(frames), length // step, -1)
        where = np.pad(hidden * mask, [(0, 0), (0, rest)]).reshape(len(frames), length // step, step)
        yield shown, wanted, where.mean(axis=2) / max(float(where.mean()), 1e-6)


def _finetuned(run: Run, number: int, weights: list[np.ndarray] | None) -> Fold:
    """Train one fold for emotions, from given weights or from random ones."""
    model = _crnn()
    if weights is not None:
        build = model.build

        def begun(*shape: Any, **named: Any) -> Any:
            network = build(*shape, **named)
            network.set_weights(weights)
            return network

        model.build = begun  # type: ignore[method-assign]
    return common.fitted(run, number, model)


def _compared(tables: dict[str, list[Any]], examples: Examples) -> dict[str, Any]:
    found: dict[str, Any] = {}
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    for name, table in whole.items():
        scores = score(table, examples.labels, seed=SEED)
        found[name] = {"uar": scores.uar, "uar_ci95": scores.uar_ci95}
    found["gain"] = over(whole["pretrained"], whole["from random weights"], examples)
    return found


def write_page() -> None:
    """Put the table on the page."""
    result = common.kept(NAME)
    lines = [
        f"`crnn`, one member, pretrained on {', '.join(result['audio'])} for {result['epochs']} epochs; "
        f"{common.told_of(result)}",
        "",
        "| corpus | from random weights | pretrained | gain, 95 % interval | error at hidden frames |",
        "|---|---|---|---|---|",
    ]
    for corpus, found in result["results"].items():
        low, high = found["gain"]
        errors = np.mean(found["hidden_frames"], axis=0)
        lines.append(
            f"| {corpus} | {found['from random weights']['uar']:.3f} | {found['pretrained']['uar']:.3f} | "
            f"{100 * low:+.1f} to {100 * high:+.1f} points | {errors[0]:.2f} to {errors[-1]:.2f} |"
        )
    common.show(NAME, "\n".join(lines))


if __name__ == "__main__":
    main()
