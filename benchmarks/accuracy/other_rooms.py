"""Ideas for other rooms one by one: features, selection by invariance, and adaptation without labels.

    python -m benchmarks.accuracy.other_rooms
    python -m benchmarks.accuracy.other_rooms table                # writes docs/accuracy.md

functionals of all corpora → `Case` per corpus left out → an idea's design → ridge → UAR of that corpus

Every idea changes the plain ridge in one respect. Regularisation is selected on held-out training corpora.
Transductive ideas use test recordings without their labels; the number that each takes is in the table.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.accuracy import common
from benchmarks.accuracy.common import SEED
from benchmarks.accuracy.cross_corpus import CORPORA, EMOTIONS, evenly_spaced
from ser_features.extractors import FUNCTIONAL_COLUMNS
from ser_models.data.examples import Examples, load_examples
from ser_models.data.inputs import ColumnInputs
from ser_models.data.speaker_norm import SpeakerPrior, accumulate, normalize
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.models.base import FitContext, Labelled
from ser_models.models.feature_sets import LOUDNESS_INPUTS, group_of, group_weights
from ser_models.models.inner_folds import inner_folds
from ser_models.models.kernel import solver
from ser_models.models.kernel.ridge import CLIP, LoudnessRidge

NAME = "other_rooms"
LEVELS = ("mean", "p01", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p99")
DELTAS = (
    *LOUDNESS_INPUTS,
    *(column.name for column in FUNCTIONAL_COLUMNS if column.name not in set(LOUDNESS_INPUTS)),
)
"""The columns of the groups, then those of Δ and ΔΔ."""
COUNTS = (1, 2, 5, 10, 20)
"""Numbers of recordings of a speaker, besides all."""


@dataclass(frozen=True)
class Case:
    """Training corpora and the corpus left out.

    Attributes:
        train: values of `DELTAS` of training recordings, (n, columns) float32; NaN where there is none.
        test: those of the corpus left out, (m, columns).
        labelled: classes, corpora and speakers of the training recordings.
        examples: the recordings of the corpus left out.
    """

    train: np.ndarray
    test: np.ndarray
    labelled: Labelled
    examples: Examples


Columns = Callable[[np.ndarray], np.ndarray]
"""From values of `DELTAS` to the columns of an idea; of each recording by itself."""


def grouped(values: np.ndarray) -> np.ndarray:
    """The columns of `loudness_ridge`."""
    return values[:, : len(LOUDNESS_INPUTS)]


def relative(values: np.ndarray) -> np.ndarray:
    """Means and percentiles less the recording's mean; F0 in semitones over its median."""
    columns = grouped(values).copy()
    position = {name: index for index, name in enumerate(LOUDNESS_INPUTS)}
    for name, index in position.items():
        descriptor, _, functional = name.partition("__")
        plain = descriptor.removesuffix("_unvoiced").removesuffix("_voiced")
        reference = position.get(f"{plain}__{'p50' if plain == 'f0' else 'mean'}", index)
        if functional in LEVELS and index != reference:
            columns[:, index] -= values[:, reference]
    return columns


def without(unwanted: Callable[[str], bool]) -> Columns:
    """The columns of `loudness_ridge` but some."""
    kept = [index for index, name in enumerate(LOUDNESS_INPUTS) if not unwanted(name)]
    return lambda values: values[:, kept]


def only(group: str) -> Columns:
    """The columns of a group."""
    return without(lambda name: group_of(name) != group)


FEATURES: dict[str, tuple[Columns, bool]] = {
    "functionals": (grouped, False),
    "functionals, with Δ and ΔΔ": (lambda values: values, False),
    "groups with fixed shares (`loudness_ridge`)": (grouped, True),
    "the same, relative to the recording's mean": (relative, True),
    "functionals without mel bands": (without(lambda name: group_of(name) == "mel"), False),
    "functionals without modulation": (without(lambda name: "__modulation" in name), False),
    "functionals without loudness": (without(lambda name: group_of(name) == "loudness"), False),
    "loudness alone": (only("loudness"), False),
    "spectrum alone": (only("spectrum"), False),
    "voice (F0 in semitones) alone": (only("voice"), False),
    "rhythm alone": (only("rhythm"), False),
    "modulation alone": (without(lambda name: "__modulation" not in name), False),
}
"""Columns of every inductive idea about features, and whether groups have fixed shares."""


def measure(options: argparse.Namespace) -> None:
    """Measure all ideas on every corpus, and store the results."""
    families = ("core", "functionals", "loudness")
    with common.open_or_extract(options, features=families, speed_perturb=False) as store:
        every = evenly_spaced(load_examples(store, options.corpora), options.limit)
        values = np.asarray(every.read(ColumnInputs(DELTAS)))
    results: dict[str, dict[str, float]] = {}
    for corpus in options.corpora:
        case = case_of(every, values, corpus)
        for idea, scores in ideas(case):
            targets = case.examples.targets
            own = uar(confusion_matrix(targets, scores.argmax(axis=1), len(EMOTIONS)))
            results.setdefault(idea, {})[corpus] = own
            print(f"{corpus}, {idea}: {own:.3f}", flush=True)
    parts = [common.of_corpora(every, [name]) for name in options.corpora]
    common.write_result(NAME, parts, {"results": results})


def case_of(every: Examples, values: np.ndarray, corpus: str) -> Case:
    """The recordings with one corpus left out."""
    out = (every.rows["dataset"] == corpus).to_numpy()
    ids, speakers = (np.asarray(names, dtype=object)[~out] for names in (every.rows["file_id"], every.groups))
    labelled = Labelled(
        None,  # type: ignore[arg-type]  # the columns are beside it
        every.targets[~out],
        len(every.labels),
        tuple(ids),
        tuple(speakers),
    )
    return Case(values[~out], values[out], labelled, every.take(every.rows.loc[out, "file_id"].tolist()))


def ideas(case: Case) -> Any:
    """Yield every idea with its scores of the test recordings, (m, classes)."""
    for name, (columns, shares) in FEATURES.items():
        yield name, fitted(case.labelled, *designs(columns(case.train), columns(case.test), shares=shares))[0]
    train, test = grouped(case.train), grouped(case.test)
    plain = designs(train, test)
    yield "columns weighted by invariance across training corpora", _invariant(case, train, test)
    yield (
        "training corpora centred",
        fitted(case.labelled, _centred(plain[0], case.labelled.corpora), plain[1])[0],
    )
    scores, posterior = fitted(case.labelled, *plain)
    yield "*batch: mean scores of the corpus set to those of training (all)*", scores - scores.mean(axis=0)
    yield "*CORAL alignment of the training columns to the corpus (all)*", _aligned(case, *plain)
    yield "*self-training on the confident half (all)*", _self_trained(case, *plain, posterior)
    yield "*corpus normalised (all)*", _corpus_normalised(case, train, test)
    yield from speaker_normalised(case, train, test)


def designs(train: np.ndarray, test: np.ndarray, *, shares: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Both sides standardised with training statistics, clipped, divided by √columns; groups by shares."""
    mean, deviation = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    factor = group_weights(LOUDNESS_INPUTS) if shares else np.float32(1)
    factor = factor / np.sqrt(train.shape[1])
    deviation = np.where(deviation > 0, deviation, 1)

    def designed(side: np.ndarray) -> np.ndarray:
        standardised = np.nan_to_num((side - mean) / deviation)
        design: np.ndarray = (np.clip(standardised, -CLIP, CLIP) * factor).astype(np.float32)
        return design

    return designed(train), designed(test)


def fitted(labelled: Labelled, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and calibrated probabilities of the test recordings by ridge, (m, classes) each."""
    problem = solver.Problem(labelled.targets, labelled.classes, labelled.corpora)
    folds = inner_folds(labelled, FitContext(SEED, optimise_for="other"))
    system = solver.linear(train)
    choice = solver.choose(system, problem, folds, alphas=LoudnessRidge().alphas)
    solution = system.solve(np.arange(len(train)), problem, alphas=[choice.alpha])[0]
    scores = test @ solver.primal_weights(train, solution) + solution.intercept
    trained = np.ones(labelled.classes, dtype=bool)
    return scores, solver.probabilities(scores, choice.logit_scale, trained)


def _invariant(case: Case, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Divide columns by the deviation between training corpora relative to that within them, plus one."""
    designed = designs(train, test)
    corpora = case.labelled.corpora
    own = [designed[0][corpora == corpus] for corpus in np.unique(corpora)]
    within = np.mean([side.var(axis=0) for side in own], axis=0)
    between = np.var([side.mean(axis=0) for side in own], axis=0)
    factor = 1 / np.sqrt(1 + 4 * between / np.maximum(within, 1e-12))
    factor = (factor / np.sqrt(np.square(factor).mean())).astype(np.float32)
    return fitted(case.labelled, *(side * factor for side in designed))[0]


def _centred(design: np.ndarray, corpora: np.ndarray) -> np.ndarray:
    """Subtract the mean of every training corpus, and add that of all."""
    result = design.copy()
    for corpus in np.unique(corpora):
        result[corpora == corpus] += design.mean(axis=0) - design[corpora == corpus].mean(axis=0)
    return result


def _aligned(case: Case, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """CORAL (Sun, Feng & Saenko, 2016) in the leading directions of both sides, with means."""
    centre = train.mean(axis=0)
    _, _, directions = np.linalg.svd(np.concatenate([train, test]) - centre, full_matrices=False)
    basis = directions[:100]
    low_train, low_test = (train - centre) @ basis.T, (test - centre) @ basis.T
    whitening = np.linalg.inv(_root(np.cov(low_train.T)))
    coloured = (low_train - low_train.mean(axis=0)) @ whitening @ _root(np.cov(low_test.T))
    coloured += low_test.mean(axis=0)
    return fitted(case.labelled, coloured.astype(np.float32), low_test.astype(np.float32))[0]


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(covariance + 1e-3 * np.trace(covariance) / len(covariance) * np.eye(100))
    root: np.ndarray = (vectors * np.sqrt(np.maximum(values, 1e-12))) @ vectors.T
    return root


def _self_trained(case: Case, train: np.ndarray, test: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """Fit again with the more confident half of the test recordings of every predicted class."""
    predicted, confidence = posterior.argmax(axis=1), posterior.max(axis=1)
    medians = {label: np.median(confidence[predicted == label]) for label in np.unique(predicted)}
    chosen = np.flatnonzero(confidence >= [medians[label] for label in predicted])
    ids = tuple(f"left out/{index}" for index in chosen)
    both = Labelled(
        case.labelled.source,
        np.concatenate([case.labelled.targets, predicted[chosen]]),
        case.labelled.classes,
        case.labelled.file_ids + ids,
        case.labelled.speakers + ids,
    )
    return fitted(both, np.concatenate([train, test[chosen]]), test)[0]


def _corpus_normalised(case: Case, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    corpora = case.labelled.corpora.astype(str)
    return _normalised(case, train, test, list(corpora), [[*range(len(test))]] * len(test))


def speaker_normalised(case: Case, train: np.ndarray, test: np.ndarray) -> Any:
    """Yield speaker normalisation by the number of the speaker's recordings, of any or of one emotion."""
    rng = np.random.default_rng(SEED)
    speakers, targets = case.examples.groups, case.examples.targets
    for word, same in (("", speakers), (", of one emotion", _joined(speakers, targets))):
        for count in (*COUNTS, len(test)):
            drawn = []
            for index, own in enumerate(same):
                others = rng.permutation(np.flatnonzero((same == own) & (np.arange(len(same)) != index)))
                drawn.append([index, *others[: count - 1]])
            name = f"*speaker normalised ({'all' if count == len(test) else count}{word})*"
            yield name, _normalised(case, train, test, list(case.labelled.speakers), drawn)


def _joined(speakers: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.array([f"{speaker} {target}" for speaker, target in zip(speakers, targets, strict=True)])


def _normalised(
    case: Case, train: np.ndarray, test: np.ndarray, units: list[str], drawn: list[list[int]]
) -> np.ndarray:
    """Normalise training units by all of their recordings, and each test recording by those drawn for it."""
    inputs = ColumnInputs(LOUDNESS_INPUTS)
    prior = SpeakerPrior.fit(inputs, train, units)
    estimates = prior.estimate_all(train, units)
    sums = accumulate(inputs, test)
    sides = (
        normalize(inputs, train, [estimates[unit] for unit in units]),
        normalize(inputs, test, [prior.estimate(sums[indices]) for indices in drawn]),
    )
    return fitted(case.labelled, *designs(*map(np.asarray, sides)))[0]


def write_page() -> None:
    """Write the table to the page."""
    result = common.read_result(NAME)
    rows = [
        [
            idea,
            *(f"{uars[corpus]:.3f}" for corpus in result["recordings"]),
            f"{np.mean(list(uars.values())):.3f}",
        ]
        for idea, uars in result["results"].items()
    ]
    table = common.markdown(["idea", *result["recordings"], "mean"], rows)
    common.write_section(NAME, f"UAR, ridge: {common.describe(result)}\n\n{table}")


if __name__ == "__main__":
    arguments = common.parser(__doc__, CORPORA)
    arguments.add_argument("--limit", type=int, help="most recordings of a corpus, evenly spaced")
    common.main(arguments, measure, write_page)
