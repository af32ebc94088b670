"""Splits that share nothing, and leaks of one kind that are planted in them.

`Draw` → function of `KINDS` → `Planted`: the split, and what an audit has to count

Parts of files are tested on a table of calls, in which every recording is a part of one, as file names of the
corpora do not state parts.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.accuracy.audit_mistakes.draws import LEAST, Draw

MOST = 5
"""Recordings that are moved or copied, at most."""
COPIES = 8
"""Augmented copies, each of another recording."""
NAMES_OF_COPIES = ("{}_noise", "{}_pitch_up", "{}_aug2", "aug_{}", "noisy_{}", "{}_speed1.1", "{}-stretched")


@dataclass(frozen=True, slots=True)
class Planted:
    """A split with a leak.

    Attributes:
        train: what is in training.
        test: what is tested.
        shared: number of shared values by kind.
        implied: kinds that are shared because of it, such as the speaker of a recording on both sides.
        untrained: classes that are tested and never trained.
        findings: kinds of findings that show the leak, where the number shared does not.
        audio: by path, the path of the recording whose audio it has; empty if audio is not compared.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    shared: Mapping[str, int] = field(default_factory=dict)
    implied: Collection[str] = ()
    untrained: tuple[str, ...] = ()
    findings: Collection[str] = ()
    audio: Mapping[str, str] = field(default_factory=dict)


def names(draw: Draw) -> Planted:
    """Nothing is shared; a list of names."""
    return Planted(_paths(draw.train), _paths(draw.test))


def sessions(draw: Draw) -> Planted:
    """Nothing is shared; a table with the session of each speaker."""
    return Planted(*(table.assign(session="of " + table["speaker"]) for table in (draw.train, draw.test)))


def calls(draw: Draw) -> Planted:
    """Nothing is shared; a table of calls of two parts."""
    return Planted(_calls(draw.train, "train"), _calls(draw.test, "test"))


def speaker(draw: Draw) -> Planted:
    """Recordings of one test speaker, with other sentences, are trained on."""
    return _moved(draw, "speaker")


def sentence(draw: Draw) -> Planted:
    """Recordings of one test sentence, by other speakers, are trained on."""
    return _moved(draw, "statement")


def session(draw: Draw) -> Planted:
    """One training speaker was recorded in the session of a test speaker."""
    honest = sessions(draw)
    trained, tested = (draw.rng.choice(table["speaker"].unique()) for table in (draw.train, draw.test))
    is_moved = honest.train["speaker"] == trained
    train = honest.train.assign(session=honest.train["session"].mask(is_moved, f"of {tested}"))
    return Planted(train, honest.test, {"session": 1})


def part_of_file(draw: Draw) -> Planted:
    """One training recording is a part of a tested call."""
    return _other_call(draw, start=10.0)


def overlap(draw: Draw) -> Planted:
    """One training recording overlaps in time with a tested part of a call."""
    return _other_call(draw, start=1.0)


def same_name(draw: Draw) -> Planted:
    """One test recording is trained on."""
    honest = names(draw)
    chosen = honest.test.sample(1, random_state=draw.rng)
    implied = ("speaker", "text", "file", "recording")
    return Planted(pd.concat([honest.train, chosen]), honest.test, {"audio": 1}, implied)


def renamed(draw: Draw) -> Planted:
    """One training recording has the audio of a test recording, under another name."""
    train = draw.train.sample(LEAST, random_state=draw.rng)
    test = draw.test[draw.test["emotion"].isin(train["emotion"])]
    test = test.sample(min(LEAST, len(test)), random_state=draw.rng)
    audio = {path: path for path in (*train["path"], *test["path"])}
    audio[draw.rng.choice(train["path"])] = draw.rng.choice(test["path"])
    return Planted(_paths(train), _paths(test), {"audio": 1}, ("take",), audio=audio)


def copies(draw: Draw) -> Planted:
    """Augmented copies of test recordings, seen by their names, are trained on."""
    honest = names(draw)
    sources = honest.test["path"].sample(COPIES, random_state=draw.rng)
    template = draw.rng.choice(NAMES_OF_COPIES)
    copied = sources.str.replace(r"([^/]+)\.(\w+)$", lambda m: f"{template.format(m[1])}.{m[2]}", regex=True)
    train = pd.concat([honest.train, copied.to_frame("path")])
    return Planted(train, honest.test, {"recording": len(sources)}, ("speaker", "text"))


def untrained_class(draw: Draw) -> Planted:
    """One emotion of the test is not trained."""
    emotion = draw.rng.choice(draw.test["emotion"].unique())
    honest = names(draw)
    is_kept = draw.train["emotion"] != emotion
    return Planted(honest.train[is_kept], honest.test, untrained=(emotion,), findings=("untrained",))


KINDS: tuple[Callable[[Draw], Planted], ...] = (
    names,
    sessions,
    calls,
    speaker,
    session,
    sentence,
    part_of_file,
    overlap,
    same_name,
    renamed,
    copies,
    untrained_class,
)
"""Splits that share nothing, then one leak of each kind."""


def _paths(table: pd.DataFrame) -> pd.DataFrame:
    return table[["path"]]


def _moved(draw: Draw, column: str) -> Planted:
    """Train on recordings left out that have one tested value of a column."""
    shared = draw.left_out[draw.left_out[column].isin(draw.test[column])]
    chosen = shared[shared[column] == draw.rng.choice(shared[column].unique())]
    moved = chosen.sample(min(len(chosen), draw.rng.integers(1, MOST + 1)), random_state=draw.rng)
    kind = "text" if column == "statement" else column
    return Planted(_paths(pd.concat([draw.train, moved])), _paths(draw.test), {kind: 1})


def _calls(table: pd.DataFrame, side: str) -> pd.DataFrame:
    """A table in which two recordings after each other are parts of one call."""
    number = np.arange(len(table))
    start = 4.0 * (number % 2)
    path = [f"calls/{side}_{call:04}.wav" for call in number // 2]
    return table[["speaker", "emotion"]].assign(path=path, start=start, end=start + 3)


def _other_call(draw: Draw, start: float) -> Planted:
    honest = calls(draw)
    is_moved = np.arange(len(honest.train)) == draw.rng.integers(len(honest.train))
    moved = {"path": draw.rng.choice(honest.test["path"].unique()), "start": start, "end": start + 2}
    train = honest.train.assign(
        **{name: honest.train[name].mask(is_moved, value) for name, value in moved.items()}
    )
    return Planted(train, honest.test, {"file": 1}, ("recording",), findings=("audio",) if start < 4 else ())
