"""Training, validation and test side of each fold.

`Examples` → `make_split` → `Split`: a table (file_id, fold, split), a description of the protocol, and notes.

- speaker (default): no speaker is on two sides. One split of 70/15/15, or K folds in which every speaker is
  tested once; stratified by emotion, corpus and gender as far as whole speakers allow.
- random: stratified by emotion, or as `STRATA` says; speakers are on both sides, and the protocol says so.
  Parts of one file are on one side, unless there are fewer files than sides.
- cross-corpus: trained on some corpora, tested on others, on the classes that both have.

With K folds the table also has fold -1: the final model, trained on all speakers.

>>> rows = pd.DataFrame({"file_id": list("abcd"), "dataset": "own", "speaker": list("wxyz"), "gender": None,
...                      "emotion": ["sad", "angry"] * 2})
>>> split = make_split(Examples(rows, ("angry", "sad")), folds=4, seed=1)
>>> split.protocol, sorted(split.table.query("split == 'test'").file_id)
('speaker-disjoint, 4 folds', ['a', 'b', 'c', 'd'])
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ser_features.errors import InputError
from ser_models.data.examples import Examples, speaker_keys

KINDS = ("speaker", "random", "cross-corpus")
STRATA: dict[str, tuple[str, ...]] = {"none": (), "emotion": ("emotion",), "dataset": ("dataset", "emotion")}
"""Columns whose combinations a random split has in the same shares on every side, by name."""
SHARES = {"train": 0.70, "validation": 0.15, "test": 0.15}
"""Share of recordings on each side of one split, as far as whole speakers allow."""
VALIDATION_SHARE = 0.15
"""Share of validation among the recordings outside of test."""
TRANSDUCTIVE = "transductive (speaker normalisation, unlabelled)"
"""Marks every figure that depends on the other recordings of a test speaker."""
UNKNOWN_SPEAKERS = "speakers unknown"
"""Marks every figure of a test whose speakers, or some of them, are unknown."""
FINAL_FOLD = -1
"""Number of the fold of the final model, trained on all speakers after K folds."""


@dataclass(frozen=True)
class Split:
    """A complete protocol.

    Attributes:
        table: columns file_id, fold, split (train, validation, test); a recording once per fold at most.
        protocol: description of the protocol.
        notes: sentences that qualify the figures.
        shared_validation: folds whose validation is of training speakers, because there were too few; the
            notes say so.
        selects_on_test: whether there is no validation side and the test side decides the best epoch, as in
            some papers: a leak.
    """

    table: pd.DataFrame
    protocol: str
    notes: tuple[str, ...] = ()
    shared_validation: tuple[int, ...] = ()
    selects_on_test: bool = False

    @property
    def folds(self) -> list[int]:
        """Folds in the order they are trained: 0 to K - 1, then -1 if there is one."""
        return sorted(map(int, self.table["fold"].unique()), key=lambda fold: (fold == FINAL_FOLD, fold))

    @property
    def final_fold(self) -> int:
        """The fold whose model is kept."""
        return self.folds[-1]

    def side(self, fold: int, split: str) -> list[str]:
        """Return the `file_id`s on one side of one fold; validation is the test side if that selects."""
        if split == "validation" and self.selects_on_test:
            split = "test"
        table = self.table
        return table.loc[(table["fold"] == fold) & (table["split"] == split), "file_id"].tolist()

    def with_training_variants(self, examples: Examples, *, sides: Sequence[str] = ("train",)) -> "Split":
        """Put the augmented copies of training recordings on the training side of each fold.

        An honest protocol splits originals only, then adds copies here. A split drawn over copies too puts
        copies of one recording on both sides; `leakage` names them.

        Args:
            examples: originals and copies; the split covers the originals.
            sides: sides whose recordings bring their copies; with validation for models that train on it.
        """
        copies = examples.rows.loc[examples.rows["source_file_id"].notna(), ["file_id", "source_file_id"]]
        sources = self.table[self.table["split"].isin(sides)].rename(columns={"file_id": "source_file_id"})
        added = sources.merge(copies, on="source_file_id")[["file_id", "fold", "split"]]
        note = f"{len(copies)} augmented copies, of training recordings only"
        table = pd.concat([self.table, added], ignore_index=True)
        return replace(self, table=table, notes=(*self.notes, note))


def make_split(
    examples: Examples,
    *,
    kind: str = "speaker",
    folds: int | None = None,
    test_datasets: Sequence[str] = (),
    shares: Sequence[float] | None = None,
    stratify: str = "emotion",
    final_model: bool = True,
    seed: int = 0,
) -> Split:
    """Assign recordings to train, validation and test.

    Args:
        examples: the recordings, for a speaker split of known speakers; for cross-corpus those of both
            sides, with shared classes only.
        kind: one of `KINDS`.
        folds: K ≥ 2 for K folds; None for one split.
        test_datasets: corpora to test on, for cross-corpus.
        shares: of train, validation and test in one split; 70/15/15 by default. Without a share for
            validation, test decides the best epoch.
        stratify: strata of a random split, one of `STRATA`.
        final_model: whether a model trained on all speakers follows K folds; else the last fold is final.
        seed: the same seed gives the same split.

    Raises:
        InputError: for an unknown kind or stratification, or one that the kind does not have; when there are
            too few speakers, recordings or corpora; or when the speakers of a speaker split are unknown.
    """
    if kind not in KINDS:
        raise InputError(f"unknown split {kind!r}: expected one of {', '.join(KINDS)}")
    if stratify not in STRATA:
        raise InputError(f"unknown stratification {stratify!r}: expected one of {', '.join(STRATA)}")
    if kind != "random" and stratify != "emotion":
        raise InputError(f"stratification {stratify!r} with a {kind} split: expected a random split")
    draw = _Draw(kind, stratify, np.random.default_rng(seed))
    if kind == "speaker" and examples.unknown_speakers:
        raise InputError(
            f"{examples.unknown_speakers} recordings of unknown speakers: expected the speaker of every one "
            "for a speaker-disjoint split: leave them out, or split at random"
        )
    if kind == "cross-corpus":
        split = _across_corpora(examples, test_datasets, folds, replace(draw, kind="speaker"))
    else:
        split = _within(examples, draw, folds, shares or tuple(SHARES.values()), final_model)
    speakers_shared = kind == "random" or split.selects_on_test
    shared, notes = ((), ()) if speakers_shared else _shared_validation(split, examples)
    notes = (*split.notes, *notes, *_untrained_classes(split, examples))
    return replace(split, notes=notes, shared_validation=shared)


def shared_labels(examples: Examples, test_datasets: Sequence[str]) -> Examples:
    """Keep the classes that training and test corpora both have, noting what that leaves out.

    Raises:
        InputError: if fewer than two classes are shared.
    """
    tested = examples.rows["dataset"].isin(test_datasets)
    sides = [set(examples.rows.loc[mask, "emotion"]) for mask in (tested, ~tested)]
    shared = [label for label in examples.labels if all(label in side for side in sides)]
    if len(shared) < 2:
        raise InputError(
            f"training and test corpora share {len(shared)} classes ({', '.join(shared) or 'none'}): "
            "expected at least two: name other --test-datasets"
        )
    return examples.keep_labels(shared, "not in both training and test corpora")


def deal(counts: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """Assign whole speakers to parts so that each part approaches its share of every stratum.

    Greedy, largest speaker first: each goes to the part where the squared distance to the target shares falls
    most. No part stays empty while there are enough speakers.

    Args:
        counts: recordings per speaker and stratum, (speakers, strata).
        shares: target share of each part, summing to 1.
        rng: breaks ties.

    Returns:
        The part of each speaker, (speakers,) from 0.
    """
    weights = counts / np.maximum(counts.sum(axis=0), 1)
    missing = np.repeat(np.asarray(shares, dtype=float)[:, None], counts.shape[1], axis=1)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    parts = np.full(len(counts), -1)
    for left, speaker in zip(range(len(counts), 0, -1), order, strict=True):
        empty = [part for part in range(len(shares)) if part not in parts]
        open_parts = np.array(empty if len(empty) >= left else range(len(shares)))
        gain = (missing[open_parts] ** 2 - (missing[open_parts] - weights[speaker]) ** 2).sum(axis=1)
        parts[speaker] = open_parts[np.argmax(gain)]
        missing[parts[speaker]] -= weights[speaker]
    return parts


@dataclass(frozen=True)
class _Draw:
    """How recordings are assigned to parts.

    Attributes:
        kind: "speaker", or "random".
        stratify: strata of a random split, one of `STRATA`.
        rng: of all draws.
    """

    kind: str
    stratify: str
    rng: np.random.Generator

    def parts(self, examples: Examples, shares: Sequence[float]) -> np.ndarray:
        """Return the part of each recording, whole speakers together, or whole files in a random split."""
        rows = examples.rows
        if self.kind != "random":
            return self._of_groups(examples.groups, rows[["emotion", "dataset", "gender"]], shares)
        columns = list(STRATA[self.stratify])
        strata = rows.groupby(columns).ngroup() if columns else pd.Series(0, rows.index)
        files = examples.files
        if len(shares) <= len(set(files)) < len(files):
            return self._of_groups(files, strata.to_frame(), shares)
        return deal_at_random(strata.to_numpy(), shares, self.rng)

    def _of_groups(self, groups: np.ndarray, strata: pd.DataFrame, shares: Sequence[float]) -> np.ndarray:
        """Return the part of each recording, those of a group together."""
        names = pd.Index(sorted(set(groups)))
        position = names.get_indexer(groups)
        dummies = pd.get_dummies(strata.astype(str)).to_numpy(dtype=float)
        counts = np.zeros((len(names), dummies.shape[1]))
        np.add.at(counts, position, dummies)
        return deal(counts, shares, self.rng)[position]


def deal_at_random(strata: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """Assign recordings to parts of exact sizes, with each stratum in every part according to its share.

    As many as scikit-learn's `train_test_split` takes: the last part, the last two, ... are the recordings
    times their share, rounded up. Each part is a systematic sample: evenly spaced in the recordings that are
    left, which are shuffled within their stratum.

    Args:
        strata: of each recording, (recordings,).
        shares: of each part, summing to 1.
        rng: shuffles.

    Returns:
        The part of each recording, (recordings,) from 0.

    >>> deal_at_random(np.array([0, 0, 0, 0, 1, 1]), [0.5, 0.5], np.random.default_rng(0)).tolist()
    [0, 1, 1, 0, 1, 0]
    """
    left = rng.permutation(len(strata))
    left = left[np.argsort(np.unique(strata, return_inverse=True)[1][left], kind="stable")]
    ends = np.ceil(np.cumsum(shares[::-1]) * len(strata) - 1e-6).astype(int)
    parts = np.zeros(len(strata), dtype=int)
    for part, count in zip(range(len(shares) - 1, 0, -1), np.diff(ends, prepend=0), strict=False):
        drawn = ((np.arange(count) + rng.random()) * (len(left) / max(count, 1))).astype(int)
        parts[left[drawn]] = part
        left = np.delete(left, drawn)
    return parts


def _within(
    examples: Examples, draw: _Draw, folds: int | None, shares: Sequence[float], final_model: bool
) -> Split:
    """Split recordings of the same corpora, by speaker or at random."""
    by_speaker = draw.kind == "speaker"
    units, name = (examples.groups, "speakers") if by_speaker else (_ids(examples), "recordings")
    _check_count(len(set(units)), folds, name, examples.datasets)
    protocol = "speaker-disjoint" if by_speaker else f"random, {_shared_speakers(examples)}"
    if not by_speaker and draw.stratify != "emotion":
        protocol += ", stratified within each corpus" if STRATA[draw.stratify] else ", not stratified"
    if folds is None:
        table = _single(examples, draw, shares)
        if not shares[1]:
            protocol += ", epoch chosen on the test side"
        return Split(table, f"{protocol}, one split", selects_on_test=not shares[1])
    return Split(_k_fold(examples, draw, folds, final_model), f"{protocol}, {folds} folds")


def _shared_speakers(examples: Examples) -> str:
    """What the speakers of a random split have in common."""
    unknown = examples.unknown_speakers
    shared = "speakers shared by training and test"
    if not unknown:
        return shared
    return (
        UNKNOWN_SPEAKERS
        if unknown == len(examples)
        else f"{shared}, {UNKNOWN_SPEAKERS} of {unknown} recordings"
    )


def _single(examples: Examples, draw: _Draw, shares: Sequence[float]) -> pd.DataFrame:
    if draw.kind == "random" or len(set(examples.groups)) > 3:
        dealt = {side: share for side, share in zip(SHARES, shares, strict=True) if share}
        parts = draw.parts(examples, list(dealt.values()))
        return _table(examples, np.array(list(dealt))[parts], fold=0)
    test = draw.parts(examples, [1 - shares[2], shares[2]]) == 1
    return _with_validation(examples, test, draw, 0)


def _k_fold(examples: Examples, draw: _Draw, folds: int, final_model: bool) -> pd.DataFrame:
    tested_in = draw.parts(examples, [1 / folds] * folds)
    tests = {fold: tested_in == fold for fold in range(folds)}
    if final_model:
        tests[FINAL_FOLD] = np.zeros(len(examples), dtype=bool)
    tables = [_with_validation(examples, test, draw, fold) for fold, test in tests.items()]
    return pd.concat(tables, ignore_index=True)


def _across_corpora(
    examples: Examples, test_datasets: Sequence[str], folds: int | None, draw: _Draw
) -> Split:
    trained = [name for name in examples.datasets if name not in test_datasets]
    if folds is not None:
        raise InputError(
            "--folds with a cross-corpus split: the test corpora are one fold: leave --folds out"
        )
    if not test_datasets or not trained:
        raise InputError(
            "a cross-corpus split needs corpora on both sides, found "
            f"{', '.join(trained) or 'none'} for training and {', '.join(test_datasets) or 'none'} "
            "for test: give --datasets and --test-datasets"
        )
    test = examples.rows["dataset"].isin(test_datasets).to_numpy()
    table = _with_validation(examples, test, draw, 0)
    protocol = f"cross-corpus, {' + '.join(trained)} → {' + '.join(sorted(test_datasets))}"
    if examples.rows.loc[test, "speaker"].isna().any():
        protocol += f", {UNKNOWN_SPEAKERS}"
    return Split(table, protocol, (f"classes shared by both sides: {', '.join(examples.labels)}",))


def _with_validation(examples: Examples, test: np.ndarray, draw: _Draw, fold: int) -> pd.DataFrame:
    """Hold validation out of what is not tested: whole speakers, while at least two remain to train on."""
    pool = Examples(examples.rows[~test].reset_index(drop=True), examples.labels)
    if len(set(pool.groups)) < 3:
        draw = replace(draw, kind="random")
    held_out = draw.parts(pool, [1 - VALIDATION_SHARE, VALIDATION_SHARE]) == 1
    sides = np.full(len(examples), "test", dtype=object)
    sides[~test] = np.where(held_out, "validation", "train")
    return _table(examples, sides, fold)


def _shared_validation(split: Split, examples: Examples) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Folds with too few speakers to hold one out for validation, and notes on them."""
    speakers = dict(zip(examples.rows["file_id"], speaker_keys(examples.rows), strict=True))
    shared: dict[int, list[str]] = {}
    for fold in split.folds:
        sides = ([speakers[i] for i in split.side(fold, side)] for side in ("train", "validation"))
        train, validation = ({name for name in side if name is not None} for side in sides)
        if train & validation:
            shared[fold] = sorted(train)
    notes = (
        f"validation is random recordings of the training speakers ({' and '.join(names)}), "
        "too few to hold one out; no test speaker is among them"
        for names in shared.values()
    )
    return tuple(shared), tuple(dict.fromkeys(notes))


def _untrained_classes(split: Split, examples: Examples) -> tuple[str, ...]:
    """Notes on classes that a fold is tested on, or the final model has, without training on them.

    One speaker may have all of their recordings.
    """
    table = split.table.merge(examples.rows[["file_id", "emotion"]], on="file_id")
    notes = []
    for fold, rows in table.groupby("fold"):
        sides = {side: set(rows.loc[rows["split"] == side, "emotion"]) for side in ("train", "test")}
        missing = sides["test"] - sides["train"]
        if missing:
            notes.append(f"fold {fold} is tested on {', '.join(sorted(missing))} without training on it")
        unused = set(table["emotion"]) - sides["train"] - missing
        if unused and fold == split.final_fold:
            names = ", ".join(sorted(unused))
            notes.append(f"the model is not trained on {names}: all recordings are on another side")
    return tuple(notes)


def _check_count(count: int, folds: int | None, name: str, datasets: Sequence[str]) -> None:
    if folds is not None and folds < 2:
        raise InputError(f"--folds {folds}: expected at least 2, or no --folds for one split")
    needed = 2 if folds is None else folds
    if count < needed:
        flag = "one split" if folds is None else f"--folds {folds}"
        advice = f"use --folds {count} or fewer, or" if count >= 2 else "use --split random, or"
        raise InputError(
            f"{flag} needs at least {needed} {name}, found {count} in {', '.join(datasets)}: "
            f"{advice} add a dataset"
        )


def _ids(examples: Examples) -> np.ndarray:
    return examples.rows["file_id"].to_numpy(dtype=object)


def _table(examples: Examples, sides: np.ndarray, fold: int) -> pd.DataFrame:
    return pd.DataFrame({"file_id": _ids(examples), "fold": fold, "split": sides})
