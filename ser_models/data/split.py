"""Training, validation and test side of each fold.

`Examples` → `make_split` → `Split`: a table (file_id, fold, split), a description of the protocol, and notes.

- speaker (default): no speaker is on two sides. One split of 70/15/15, or K folds in which every speaker is
  tested once; stratified by emotion, corpus and gender as far as whole speakers allow.
- session, text, or a column: the same for sessions, sentences, or the values of a column.
- speaker+text: neither a speaker nor a sentence of the test is in training. A fold tests its speakers on some
  of the sentences, and leaves out their other recordings and those sentences of other speakers.
- official: the sides that the corpus publishes, in the column partition.
- given: the folds that a column of the table names; each of its values is tested once.
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
from typing import Literal

import numpy as np
import pandas as pd

from ser_features.arguments import chosen
from ser_features.errors import InputError, listed
from ser_models.data.dealing import STRATA, Draw, Rule, partition_keys, rules_of, sides_table
from ser_models.data.examples import Examples, speaker_keys

SHARES = {"train": 0.70, "validation": 0.15, "test": 0.15}
"""Share of recordings on each side of one split, as far as whole speakers allow."""
TRANSDUCTIVE = "transductive (speaker normalisation, unlabelled)"
"""Marks every figure that depends on the other recordings of a test speaker."""
UNKNOWN_SPEAKERS = "speakers unknown"
"""Marks every figure of a test whose speakers, or some of them, are unknown."""
FINAL_FOLD = -1
"""Number of the fold of the final model, trained on all recordings after K folds."""
PARTS_OF_ONE_SPLIT = 3
"""Of the speakers and of the sentences: a ninth of the recordings are tested, four ninths trained on."""
LISTED = 3
"""Most groups that a note names."""

Folds = int | Literal["all"] | None
"""K folds, as many folds as there are groups (leave one group out), or None for one split."""


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
        table = self._fold(fold)
        return table.loc[self._is_on(table, split), "file_id"].tolist()

    def take(self, examples: Examples, fold: int, split: str) -> Examples:
        """The recordings on one side of one fold, as of `side`, without a list of their names if possible."""
        table = self._fold(fold)
        if not table["file_id"].equals(examples.rows["file_id"]):
            return examples.take(self.side(fold, split))
        rows = examples.rows[self._is_on(table, split).to_numpy()]
        return replace(examples, rows=rows.reset_index(drop=True))

    def _fold(self, fold: int) -> pd.DataFrame:
        return self.table[self.table["fold"] == fold].reset_index(drop=True)

    def _is_on(self, table: pd.DataFrame, split: str) -> "pd.Series":
        return table["split"] == ("test" if split == "validation" and self.selects_on_test else split)

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


def with_columns(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add columns of recordings to the table of a split.

    Args:
        table: columns file_id, fold, split.
        rows: columns of recordings, `file_id` among them, each once; those of others are left out.
    """
    if table["file_id"].equals(rows["file_id"]):  # one split: the columns need not be copied
        return pd.concat([table, rows.drop(columns="file_id")], axis=1)
    return table.merge(rows, on="file_id", validate="many_to_one")


KINDS = ("speaker", "random", "cross-corpus", "official", "session", "text", "speaker+text")


def of_known_groups(examples: Examples, kind: str, column: str | None = None) -> Examples:
    """Keep the recordings whose speaker, session, … is known, as a split of this kind needs it.

    Raises:
        InputError: if fewer than two classes are left, or there is no such column.
    """
    if column is not None and column not in examples.rows:
        column = chosen(column, list(examples.rows), "column")
    for rule in rules_of(kind, column):
        examples = examples.with_known(rule.keys(examples.rows), rule.what, rule.advice)
    return examples


def make_split(
    examples: Examples,
    *,
    kind: str = "speaker",
    column: str | None = None,
    folds: Folds = None,
    test_datasets: Sequence[str] = (),
    shares: Sequence[float] | None = None,
    stratify: str = "emotion",
    final_model: bool = True,
    seed: int = 0,
    fold_column: str | None = None,
) -> Split:
    """Assign recordings to train, validation and test.

    Args:
        examples: the recordings, of known groups (`of_known_groups`); for cross-corpus those of both sides,
            with shared classes only.
        kind: one of `KINDS`.
        column: split by its values instead of `kind`.
        folds: K ≥ 2 for K folds, "all" for one fold per group; None for one split.
        test_datasets: corpora to test on, for cross-corpus.
        shares: of train, validation and test in one split; 70/15/15 by default. Without a share for
            validation, test decides the best epoch.
        stratify: strata of a random split, one of `STRATA`.
        final_model: whether a model trained on all recordings follows K folds; else the last fold is final.
        seed: the same seed gives the same split.
        fold_column: column whose values are the folds, instead of `kind` and `folds`.

    Raises:
        InputError: for an unknown kind or stratification, or one that the kind does not have; when there are
            too few groups, recordings or corpora; or when some groups are unknown.
    """
    if kind not in KINDS:
        raise InputError(f"unknown split {kind!r}: expected one of {', '.join(KINDS)}")
    if stratify not in STRATA:
        raise InputError(f"unknown stratification {stratify!r}: expected one of {', '.join(STRATA)}")
    if column is not None:
        kind = "column"
    if kind != "random" and stratify != "emotion":
        raise InputError(f"stratification {stratify!r} with a {kind} split: expected a random split")
    rules = rules_of(kind, column)
    for rule in rules:
        if unknown := int(pd.isna(rule.keys(examples.rows)).sum()):
            raise InputError(
                f"the {rule.what} of {unknown} recordings is unknown, expected it of every one for a "
                f"{rule.protocol} split: leave them out, or split at random"
            )
    draw = Draw(rules[0].keys if rules else None, stratify, np.random.default_rng(seed))
    if fold_column is not None:
        draw = replace(draw, keys=None if examples.unknown_speakers else speaker_keys)
        split = _given(examples, fold_column, draw, final_model)
    elif kind == "cross-corpus":
        split = _across_corpora(examples, test_datasets, folds, replace(draw, keys=speaker_keys))
    elif kind == "official":
        split = _official(examples, folds, draw)
    elif len(rules) > 1:
        split = _of_two(examples, rules, folds, final_model, draw)
    else:
        split = _within(examples, rules, draw, folds, shares or tuple(SHARES.values()), final_model)
    by_speaker = draw.keys is speaker_keys or kind == "cross-corpus"
    shared, notes = _shared_validation(split, examples) if by_speaker else ((), ())
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


def _within(
    examples: Examples,
    rules: Sequence[Rule],
    draw: Draw,
    folds: Folds,
    shares: Sequence[float],
    final_model: bool,
) -> Split:
    """Split recordings of the same corpora, by a rule or at random."""
    groups = draw.groups(examples)
    count = _number_of_folds(folds, groups, rules, examples.datasets)
    if rules:
        protocol = rules[0].protocol
    else:
        protocol = f"random, {_shared_speakers(examples)}"
        if draw.stratify != "emotion":
            protocol += ", stratified within each corpus" if STRATA[draw.stratify] else ", not stratified"
    if count is None:
        table = _single(examples, draw, shares)
        if not shares[1]:
            protocol += ", epoch chosen on the test side"
        return Split(table, f"{protocol}, one split", selects_on_test=not shares[1])
    left_out = f", one {rules[0].what} left out in each" if folds == "all" else ""
    table = _k_fold(examples, draw, draw.parts(examples, [1 / count] * count), final_model)
    return Split(table, f"{protocol}, {count} folds{left_out}", _large_groups(groups, count, rules))


def _large_groups(groups: np.ndarray, folds: int, rules: Sequence[Rule]) -> tuple[str, ...]:
    """A note on groups that have more recordings than a fold has on average."""
    sizes = pd.Series(groups).value_counts()
    large = sizes[sizes > len(groups) / folds]
    if not rules or large.empty or len(sizes) == folds:
        return ()
    names = listed([f"{name} ({size})" for name, size in large.items()], LISTED)
    return (
        f"folds of unequal size: more than {len(groups) // folds} of {len(groups)} recordings are of the "
        f"{rules[0].what} {names}",
    )


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


def _single(examples: Examples, draw: Draw, shares: Sequence[float]) -> pd.DataFrame:
    if draw.keys is None or len(set(draw.groups(examples))) > 3:
        dealt = {side: share for side, share in zip(SHARES, shares, strict=True) if share}
        parts = draw.parts(examples, list(dealt.values()))
        return sides_table(examples, np.array(list(dealt))[parts], fold=0)
    test = draw.parts(examples, [1 - shares[2], shares[2]]) == 1
    return draw.with_validation(examples, test, 0)


def _given(examples: Examples, column: str, draw: Draw, final_model: bool) -> Split:
    """Folds as a column names them; validation is held out of the others."""
    column = chosen(column, list(examples.rows), "column")
    values, tested_in = np.unique(examples.rows[column].astype(str), return_inverse=True)
    if len(values) < 2:
        raise InputError(
            f"--fold-column {column} has {len(values)} value, expected two or more, one per fold: name "
            "another column"
        )
    protocol = f"given folds of the column {column}, {len(values)} folds"
    return Split(_k_fold(examples, draw, tested_in, final_model), protocol)


def _k_fold(examples: Examples, draw: Draw, tested_in: np.ndarray, final_model: bool) -> pd.DataFrame:
    """Sides of every fold, of the fold that tests each recording, (recordings,) from 0."""
    tests = {fold: tested_in == fold for fold in range(tested_in.max() + 1)}
    if final_model:
        tests[FINAL_FOLD] = np.zeros(len(examples), dtype=bool)
    tables = [draw.with_validation(examples, test, fold) for fold, test in tests.items()]
    return pd.concat(tables, ignore_index=True)


def _of_two(examples: Examples, rules: Sequence[Rule], folds: Folds, final_model: bool, draw: Draw) -> Split:
    """Split by two rules: fold k tests groups k of the first rule on groups k of the second, in turn."""
    first, second = rules
    count = _number_of_folds(folds, draw.groups(examples), rules, examples.datasets)
    others = replace(draw, keys=second.keys)
    texts = len(set(others.groups(examples)))
    if texts < 2:
        raise InputError(
            f"a {first.what}- and {second.protocol} split needs at least 2 values of {second.what}, found "
            f"{texts} in {', '.join(examples.datasets)}: use --split {first.what}, or add a dataset"
        )
    number = count or min(PARTS_OF_ONE_SPLIT, len(set(draw.groups(examples))))
    parts = draw.parts(examples, [1 / number] * number)
    turns = min(number, texts)
    of_text = others.parts(examples, [1 / turns] * turns)
    tables, left_out = [], 0
    for fold in range(count or 1):
        here, there = parts == fold, of_text == fold % turns
        used = here == there  # the test, and what shares neither with it
        left_out += int((~used).sum())
        kept = replace(examples, rows=examples.rows[used].reset_index(drop=True))
        tables.append(draw.with_validation(kept, here[used], fold))
    if count and final_model:
        tables.append(draw.with_validation(examples, np.zeros(len(examples), dtype=bool), FINAL_FOLD))
    note = (
        f"{left_out / (count or 1):.0f} of {len(examples)} recordings per fold are on no side: they share "
        f"{first.what} or {second.what} with the test; validation shares {second.what}s with training"
    )
    size = f"{count} folds" if count else "one split"
    return Split(
        pd.concat(tables, ignore_index=True), f"{first.what}- and {second.protocol}, {size}", (note,)
    )


def _official(examples: Examples, folds: Folds, draw: Draw) -> Split:
    """Split as published; without a dev side, some training speakers are held out for validation."""
    if folds is not None:
        raise InputError("--folds with the official split: its sides are published: leave --folds out")
    sides = partition_keys(examples.rows)
    missing = [side for side in ("train", "test") if side not in sides]
    if missing:
        raise InputError(
            f"the official split of {', '.join(examples.datasets)} has no {' and no '.join(missing)}: "
            "expected both: use another --split"
        )
    if "validation" in sides:
        return Split(sides_table(examples, sides, 0), "official")
    by_speaker = replace(draw, keys=None if examples.unknown_speakers else speaker_keys)
    table = by_speaker.with_validation(examples, sides == "test", 0)
    return Split(table, "official, validation held out of train")


def _across_corpora(examples: Examples, test_datasets: Sequence[str], folds: Folds, draw: Draw) -> Split:
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
    table = draw.with_validation(examples, test, 0)
    protocol = f"cross-corpus, {' + '.join(trained)} → {' + '.join(sorted(test_datasets))}"
    if examples.rows.loc[test, "speaker"].isna().any():
        protocol += f", {UNKNOWN_SPEAKERS}"
    return Split(table, protocol, (f"classes shared by both sides: {', '.join(examples.labels)}",))


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
    table = with_columns(split.table, examples.rows[["file_id", "emotion"]])
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


def _number_of_folds(
    folds: Folds, groups: np.ndarray, rules: Sequence[Rule], datasets: Sequence[str]
) -> int | None:
    """Return K; None for one split.

    Raises:
        InputError: if there are too few groups.
    """
    count, name = len(set(groups)), f"{rules[0].what}s" if rules else "recordings"
    if folds == "all":
        if not rules:
            raise InputError("--folds all with a random split: expected another split, such as speaker")
        folds = count
    elif folds is not None and folds < 2:
        raise InputError(f"--folds {folds}: expected at least 2, all, or no --folds for one split")
    needed = 2 if folds is None else max(folds, 2)
    if count < needed:
        flag = "one split" if folds is None else f"--folds {folds}"
        advice = f"use --folds {count} or fewer, or" if count >= 2 else "use --split random, or"
        raise InputError(
            f"{flag} needs at least {needed} {name}, found {count} in {', '.join(datasets)}: "
            f"{advice} add a dataset"
        )
    return folds
