"""Effect of pretraining a network on hidden frames of all audio, without labels.

    python -m benchmarks.accuracy.pretraining --corpora emodb
    python -m benchmarks.accuracy.pretraining table                # writes docs/accuracy.md

The encoder of `crnn` (one member) reads log-mel frames of every corpus in the store with spans masked, and is
trained to reconstruct the masked frames (masked modelling; Liu et al., "Mockingjay", 2020). The test speakers
of each fold are excluded. It is then trained on emotions from these weights and from random weights: same
graph, same seed, same batches.
"""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import common
from benchmarks.accuracy.common import SEED, Run
from benchmarks.accuracy.models import gain
from ser_models.data.batches import Scaler
from ser_models.data.examples import Examples, load_examples
from ser_models.evaluation.score import score
from ser_models.models import create
from ser_models.models.networks.crnn import Crnn
from ser_models.training.resume import Fold

NAME = "pretraining"
SETTINGS = {"n_members": 1}
EPOCHS, BATCH, RATE = 6, 32, 2e-3
SPANS, SPAN = 6, 12
"""Number of masked spans per recording, and their frames: about a quarter of a recording of 3 s."""


def measure_all(options: argparse.Namespace) -> None:
    """Measure every corpus, pretraining on `--audio`."""

    def measure_run(run: Run) -> dict[str, Any]:
        return measure(run, load_examples(run.store, options.audio))

    content = {"audio": options.audio, "epochs": EPOCHS}
    common.by_corpus(NAME, options, measure_run, content, options.audio)


def measure(run: Run, audio: Examples) -> dict[str, Any]:
    """UAR with and without pretraining, and their paired difference."""
    tables: dict[str, list[Any]] = {"from random weights": [], "pretrained": []}
    losses = []
    for number in run.split.folds:
        test = set(run.split.side(number, "test"))
        unlabelled = audio.take([name for name in audio.rows["file_id"] if name not in test])
        weights, loss = pretrain(run, number, unlabelled)
        losses.append(loss)
        for name, start in (("from random weights", None), ("pretrained", weights)):
            tables[name].append(common.test_predictions(_finetune(run, number, start)))
            print(f"fold {number}, {name}", flush=True)
    return _compare(tables, run.examples) | {"hidden_frames": losses}


def pretrain(run: Run, number: int, audio: Examples) -> tuple[list[np.ndarray], list[float]]:
    """Train the encoder on audio without labels.

    Returns:
        Weights of the encoder, and the error at the masked frames in each epoch: 1 is that of their mean.
    """
    import keras

    model = _crnn()
    scaler = Scaler.fit(model.inputs, run.examples.take(run.split.side(number, "train")))
    source = scaler.source(audio.read(model.inputs))
    keras.utils.set_random_seed(SEED)
    network = model.build(source.shapes, len(run.examples.labels))
    decoder = _with_decoder(model, network, source.shapes["frames"][1])
    decoder.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse")
    rng = np.random.default_rng([SEED, number])
    losses = []
    for _ in range(EPOCHS):
        errors = [
            float(decoder.train_on_batch(masked, targets, weights))
            for masked, targets, weights in _batches(source, rng, model.step)
        ]
        losses.append(float(np.mean(errors)))
    return network.get_weights(), losses


def _crnn() -> Crnn:
    model = create("crnn", SETTINGS)
    if not isinstance(model, Crnn):
        raise TypeError("the registry has another crnn")
    return model


def _with_decoder(model: Crnn, network: Any, bands: int) -> Any:
    """The encoder up to its steps, and a linear reconstruction of the frames of each."""
    import keras
    from keras import layers

    steps = network.get_layer("steps_0").output
    return keras.Model(network.input, layers.Dense(model.step * bands)(steps))


def _batches(
    source: Any, rng: np.random.Generator, step: int
) -> Iterator[tuple[Any, np.ndarray, np.ndarray]]:
    """Yield batches with masked spans, the original frames by step, and the weight of masked real frames."""
    order = rng.permutation(len(source))
    for start in range(0, len(order), BATCH):
        arrays = source.batch(order[start : start + BATCH])
        frames, mask = arrays["frames"], arrays["mask"]
        hidden = np.zeros_like(mask)
        for index, count in enumerate(mask.sum(axis=1).astype(int)):
            for begin in rng.integers(0, max(1, count - SPAN), SPANS):
                hidden[index, begin : begin + SPAN] = 1
        masked = {"frames": frames * (1 - hidden[..., None]), "mask": mask}
        length = -(-frames.shape[1] // step) * step
        rest = length - frames.shape[1]
        targets = np.pad(frames, [(0, 0), (0, rest), (0, 0)]).reshape(len(frames), length // step, -1)
        where = np.pad(hidden * mask, [(0, 0), (0, rest)]).reshape(len(frames), length // step, step)
        yield masked, targets, where.mean(axis=2) / max(float(where.mean()), 1e-6)


def _finetune(run: Run, number: int, weights: list[np.ndarray] | None) -> Fold:
    """Train one fold on emotions, from given weights or from random ones."""
    model = _crnn()
    if weights is not None:
        build = model.build

        def build_pretrained(*shape: Any, **named: Any) -> Any:
            network = build(*shape, **named)
            network.set_weights(weights)
            return network

        model.build = build_pretrained  # type: ignore[method-assign]
    return common.fit_fold(run, number, model)


def _compare(tables: dict[str, list[Any]], examples: Examples) -> dict[str, Any]:
    results: dict[str, Any] = {}
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    for name, table in whole.items():
        scores = score(table, examples.labels, seed=SEED)
        results[name] = {"uar": scores.uar, "uar_ci95": scores.uar_ci95}
    results["gain"] = gain(whole["pretrained"], whole["from random weights"], examples)
    return results


def write_page() -> None:
    """Write the table to the page."""
    result = common.read_result(NAME)
    rows = []
    for corpus, scores in result["results"].items():
        low, high = scores["gain"]
        errors = np.mean(scores["hidden_frames"], axis=0)
        uars = [f"{scores[name]['uar']:.3f}" for name in ("from random weights", "pretrained")]
        points = f"{100 * low:+.1f} to {100 * high:+.1f} points"
        rows.append([corpus, *uars, points, f"{errors[0]:.2f} to {errors[-1]:.2f}"])
    header = ["corpus", "from random weights", "pretrained", "gain, 95 % interval", "error at hidden frames"]
    text = (
        f"`crnn`, one member, pretrained on {', '.join(result['audio'])} for {result['epochs']} epochs; "
        f"{common.describe(result)}"
    )
    common.write_section(NAME, f"{text}\n\n{common.markdown(header, rows)}")


if __name__ == "__main__":
    arguments = common.parser(__doc__)
    arguments.add_argument("--audio", nargs="+", default=list(common.CORPORA), help="corpora for pretraining")
    common.main(arguments, measure_all, write_page)
