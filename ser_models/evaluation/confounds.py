"""Confound audit: what tells the emotion of a recording apart from the voice.

recordings of a store → per corpus, one property of the files at a time → the emotion, predicted for speakers
that the rule was not fitted on → UAR far above chance → `Finding`s; an empty list if there is no confound

Two kinds of properties are treated differently:

- The recording chain (sample rate, channels, format, folder, notes of the decoder) has nothing to do with
  emotions. A confound is what separates half an emotion from the others (UAR × classes of 1.5 or more, where
  guessing gives 1) and does so better than with 199 permutations of the emotions of each speaker (p ≤ 0.005;
  p ≤ 0.05 if it is nearly perfect, for corpora of few recordings).
- Level, duration and bit rate carry emotion: anger is louder than sadness. A shallow tree on one of them is a
  confound only if it is nearly perfect, or as good as the model and halfway between chance and perfect.

The folds are the audit's own, of whole speakers: a single test side may be one speaker, and in a cross-corpus
split a confound of the training corpora is on no test side.

>>> rows = pd.DataFrame({"file_id": list("abcdefghijklmnop"), "dataset": "own", "path": "x.wav",
...                      "speaker": list("ssttuuvv") * 2, "emotion": ["angry", "sad"] * 8,
...                      "source_sample_rate": [44100, 16000] * 8, "emotion_code": None})
>>> [(finding.kind, finding.examples) for finding in audit(rows)]
[('sample rate', ('16000 Hz: sad', '44100 Hz: angry'))]
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from ser_features.labels import words_for
from ser_models.data.examples import Examples, speaker_keys
from ser_models.evaluation.entries import Finding
from ser_models.evaluation.metrics import confusion_matrix, uar

CHAIN_LIFT = 1.5
"""UAR × classes from which a property of the recording chain is a confound; guessing gives 1."""
PERFECT = 0.9
"""UAR from which level, duration, bit rate and the speakers themselves are confounds."""
PERMUTATIONS = 199
LEVEL, LEVEL_IF_PERFECT = 0.005, 0.05
"""Largest p-value of a confound of the recording chain."""
FOLDS = 5
LEAVES = 2
"""Leaves of a tree for each class: enough for values that are ordered by emotion."""
MOST = 10_000
"""Maximal number of recordings of a corpus that are looked at, drawn at random."""
FEWEST = 8
"""Minimal number of recordings, and of speakers of one recording each."""
SHOWN = 3
"""Maximal number of values that a message names."""

MEASURES = {
    "level": ("rms_mean", "peak_amplitude", "intensity_db_mean"),
    "duration": ("duration_sec",),
    "bit rate": ("bit_rate",),
}
"""Columns of what carries emotion too."""


Rule = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""(targets, fitted, tested) → the predicted target of each tested recording; the latter two are masks."""


@dataclass(frozen=True)
class Corpus:
    """The recordings of one corpus.

    Attributes:
        rows: a row per recording.
        name: of the corpus; empty if it is the only one.
        seed: of the folds and the bootstrap.
    """

    rows: pd.DataFrame
    name: str
    seed: int

    @cached_property
    def emotions(self) -> list[str]:
        """The emotions that occur, sorted."""
        return sorted(self.rows["emotion"].unique())

    @cached_property
    def targets(self) -> np.ndarray:
        """Position of each recording's emotion in `emotions`."""
        return pd.Categorical(self.rows["emotion"], self.emotions).codes.astype(np.int64)

    @cached_property
    def folds(self) -> np.ndarray:
        """Fold in which each recording is predicted, from the other speakers."""
        units = pd.factorize(Examples(self.rows, tuple(self.emotions)).groups)[0]
        count = units.max() + 1
        order = np.random.default_rng(self.seed).permutation(count)
        return (order % min(FOLDS, count))[units]

    def uar(self, rule: Rule, targets: np.ndarray | None = None) -> float:
        """UAR of a rule, of which every fold is predicted after a fit to the others.

        Args:
            rule: called with targets and with the masks of the recordings to fit and to predict.
            targets: instead of the true ones.
        """
        targets = self.targets if targets is None else targets
        predicted = np.zeros(len(targets), dtype=np.int64)
        for fold in np.unique(self.folds):
            tested = self.folds == fold
            predicted[tested] = rule(targets, ~tested, tested)
        return uar(confusion_matrix(targets, predicted, len(self.emotions)))

    def permuted(self) -> Iterator[np.ndarray]:
        """Targets in which the emotions of each speaker are permuted.

        Speakers of one emotion, and unknown ones, are permuted together.
        """
        keys = pd.Series(speaker_keys(self.rows)).fillna("")
        varied = pd.Series(self.targets).groupby(keys).transform("nunique") > 1
        blocks = pd.factorize(keys.where(varied, ""))[0]
        order, rng = np.argsort(blocks, kind="stable"), np.random.default_rng(self.seed)
        for _ in range(PERMUTATIONS):
            targets = np.empty_like(self.targets)
            targets[order] = self.targets[np.lexsort((rng.random(len(blocks)), blocks))]
            yield targets


def audit(rows: pd.DataFrame, *, model_uar: float | None = None, seed: int = 0) -> list[Finding]:
    """Search for properties of the recordings that tell the emotion without the voice.

    Args:
        rows: rows of a store, without augmented copies: file_id, dataset, speaker (null if unknown), emotion,
            emotion_code, path and, as far as they are stored, the columns of the audio files and of `core`.
        model_uar: UAR of the model's test, 0 to 1; None if there is none.
        seed: of folds, samples and bootstrap.

    Returns:
        Findings by corpus; empty if there is no confound.
    """
    several = rows["dataset"].nunique() > 1
    findings = _corpora(rows) if several else []
    for name, own in rows.groupby("dataset"):
        if own["emotion"].nunique() < 2 or len(own) < FEWEST:
            continue
        sample = own.sample(min(len(own), MOST), random_state=seed).reset_index(drop=True)
        corpus = Corpus(sample, str(name) if several else "", seed)
        if not corpus.folds.any():  # a single speaker, and no other to learn a rule from
            findings += _speakers(corpus)
            continue
        chain = list(_chain(corpus))
        # The bit rate follows from what a finding on the chain names already.
        measures = {name: columns for name, columns in MEASURES.items() if name != "bit rate" or not chain}
        findings += [*_speakers(corpus), *chain, *_measures(corpus, measures, model_uar)]
    return findings


def _corpora(rows: pd.DataFrame) -> list[Finding]:
    """Emotions that only one of several corpora has."""
    counts = pd.crosstab(rows["dataset"], rows["emotion"])
    shares = counts / counts.sum()
    if shares.max(axis=1).sum() < CHAIN_LIFT:
        return []
    only = [f"{emotion} in {shares[emotion].idxmax()}" for emotion in shares if shares[emotion].max() == 1]
    listed = f" ({', '.join(only)} only)" if only else ""
    score = shares.max(axis=1).sum() / shares.shape[1]
    return [_finding("corpus", "", score, shares.shape[1], listed, examples=only)]


def _speakers(corpus: Corpus) -> Iterator[Finding]:
    """Speakers of one recording each, or of one emotion each."""
    keys = pd.Series(speaker_keys(corpus.rows))
    sizes = keys.value_counts()
    single = int((sizes == 1).sum())
    of = f" of {corpus.name}" if corpus.name else ""
    if single >= max(FEWEST, PERFECT * len(sizes)):
        message = (
            f"{single} of {len(sizes)} speakers{of} have one recording only: if the column speaker holds "
            "names of files, the speakers are unknown, and no split is speaker-disjoint"
        )
        yield Finding("recordings per speaker", message, single, tuple(sorted(sizes.index[:SHOWN])))
        return
    counts = pd.crosstab(keys, corpus.rows["emotion"])
    repeated = counts[counts.sum(axis=1) > 1]
    of_one = repeated.index[(repeated > 0).sum(axis=1) == 1]
    if len(of_one) < 2 or len(of_one) < PERFECT * len(repeated):
        return
    message = (
        f"{len(of_one)} of {len(repeated)} speakers{of} have recordings of one emotion only: a model can "
        "learn their voices instead of the emotions"
    )
    yield Finding("speaker", message, len(of_one), tuple(of_one[:SHOWN]))


def _chain(corpus: Corpus) -> Iterator[Finding]:
    """Properties of the recording chain that separate emotions."""
    classes = len(corpus.emotions)
    for name, values in _properties(corpus.rows).items():
        codes, uniques = pd.factorize(values)
        if len(uniques) < 2:
            continue
        rule = partial(_by_value, codes, classes)
        score = corpus.uar(rule)
        if score * classes < CHAIN_LIFT:
            continue
        as_good = sum(corpus.uar(rule, targets) >= score for targets in corpus.permuted())
        if (1 + as_good) / (1 + PERMUTATIONS) <= (LEVEL_IF_PERFECT if score >= PERFECT else LEVEL):
            pairs = _pairs(values, corpus.rows["emotion"])
            listed = f" ({', '.join(pairs[:SHOWN])}{', …' if len(pairs) > SHOWN else ''})" if pairs else ""
            yield _finding(name, corpus.name, score, classes, listed, examples=pairs)


def _by_value(
    codes: np.ndarray, classes: int, targets: np.ndarray, fitted: np.ndarray, tested: np.ndarray
) -> np.ndarray:
    """The emotion whose recordings have a value most often, by the fitted recordings."""
    cells = np.bincount(codes[fitted] * classes + targets[fitted], minlength=(codes.max() + 1) * classes)
    counts = cells.reshape(-1, classes)
    shares = counts / np.maximum(counts.sum(axis=0), 1)
    best: np.ndarray = shares.argmax(axis=1)[codes[tested]]
    return best


def _pairs(values: pd.Series, emotions: pd.Series) -> list[str]:
    """Values of one emotion each, as "44100 Hz: angry"."""
    counts = pd.crosstab(values, emotions)
    one = counts[((counts > 0).sum(axis=1) == 1) & (counts.index != "")]
    return [f"{value}: {emotion}" for value, emotion in one.idxmax(axis=1).items()]


def _measures(
    corpus: Corpus, measures: Mapping[str, Sequence[str]], model_uar: float | None
) -> Iterator[Finding]:
    """Level, duration or bit rate that separates the emotions as well as a model, or nearly perfectly."""
    rows, classes = corpus.rows, len(corpus.emotions)
    if {"source_size", "duration_sec"} <= set(rows):
        rows = rows.assign(bit_rate=rows["source_size"] / rows["duration_sec"])
    limit = PERFECT if model_uar is None else min(PERFECT, max(model_uar, (1 + 1 / classes) / 2))
    for name, columns in measures.items():
        present = [column for column in columns if column in rows]
        if not present:
            continue
        values = np.nan_to_num(rows[present].to_numpy(dtype=np.float64))
        score = corpus.uar(partial(_by_tree, values, LEAVES * classes))
        if score >= limit:
            yield _finding(name, corpus.name, score, classes)


def _by_tree(
    values: np.ndarray, leaves: int, targets: np.ndarray, fitted: np.ndarray, tested: np.ndarray
) -> np.ndarray:
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, class_weight="balanced", random_state=0)
    best: np.ndarray = tree.fit(values[fitted], targets[fitted]).predict(values[tested])
    return best


def _properties(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The recording chain of each recording, as text."""
    paths = [PurePosixPath(path) for path in rows["path"]]
    properties: dict[str, Any] = {
        "sample rate": [f"{rate} Hz" for rate in rows.get("source_sample_rate", [])],
        "number of channels": [f"{count} channels" for count in rows.get("channels", [])],
        "file format": [path.suffix.lower() for path in paths],
        "folder": [
            _folder(path.parent, emotion, code)
            for path, emotion, code in zip(paths, rows["emotion"], rows["emotion_code"], strict=True)
        ],
        "audio note": list(pd.Series(rows.get("audio_notes", [])).fillna("nothing")),
    }
    return {name: pd.Series(values) for name, values in properties.items() if len(values) == len(rows)}


def _folder(folder: PurePosixPath, emotion: str, code: str | float | None) -> str:
    """A folder without words for the recording's own emotion: names of labels are no recording chain.

    The code is None or NaN where a store has none.

    >>> _folder(PurePosixPath("tess/OAF_Pleasant_surprise"), "surprise", "ps")
    'tess/oaf *'
    """
    words = {*words_for(emotion)}
    if isinstance(code, str) and not code.isdigit():  # a number may be that of a speaker or a session
        words.add(code.lower())
    phrases = sorted({re.sub(r"[\W_]+", " ", word).strip() for word in words} - {""}, key=len, reverse=True)
    text = "/".join(f" {re.sub(r'[^0-9a-zA-Z]+', ' ', part).lower()} " for part in folder.parts)
    for phrase in phrases:
        text = text.replace(f" {phrase} ", " * ")
    beginnings = [phrase for phrase in phrases if len(phrase) > SHOWN]
    tokens = [
        "*" if len(token) >= SHOWN and any(word.startswith(token) for word in beginnings) else token
        for token in text.split(" ")
    ]
    return "/".join(part.strip() for part in " ".join(tokens).split("/"))


def _finding(
    name: str, corpus: str, score: float, classes: int, listed: str = "", *, examples: Sequence[str] = ()
) -> Finding:
    of = f" of {corpus}" if corpus else ""
    message = (
        f"the {name}{of} alone gives UAR {score:.2f}, chance {1 / classes:.2f}{listed}: "
        "a model can learn it instead of the voice"
    )
    return Finding(name, message, classes, tuple(examples[:SHOWN]))
