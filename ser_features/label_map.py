"""Labels as the user wants them: `as-is`, `none`, or a TOML file of words and their labels → `LabelMap`.

    joy = "happy"             # in all corpora
    frustrated = "other"      # stored, and left out of training

    [iemocap]                 # in this corpus only
    excited = "happy"

It replaces the spellings and synonyms that `labels.resolve` proposes. A built-in corpus has labels of its
own, which a file maps and the two words keep.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ser_features.arguments import PathLike
from ser_features.errors import InputError, counted
from ser_features.labels import in_order, problem, written
from ser_features.manifest import Recording, Scan, Vote

AS_IS = "as-is"
NONE = "none"
"""For tables without emotions: their recordings are stored as unknown."""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Label by word.

    Attributes:
        everywhere: in all corpora.
        corpora: in single ones, by name.
        required: whether a table must have emotions.
    """

    everywhere: Mapping[str, str]
    corpora: Mapping[str, Mapping[str, str]]
    required: bool = True

    def of(self, dataset: str) -> dict[str, str]:
        """Label by word in one corpus."""
        return {**self.everywhere, **self.corpora.get(dataset, {})}


def read_label_map(labels: PathLike) -> LabelMap:
    """Read the value of `--labels`.

    Args:
        labels: "as-is", "none", or the path of a file.

    Raises:
        InputError: if the file cannot be read, or is no such map.
    """
    if labels in (AS_IS, NONE):
        return LabelMap({}, {}, required=labels == AS_IS)
    path = Path(labels)
    try:
        content = tomllib.loads(path.read_bytes().decode())
    except (OSError, ValueError) as error:
        raise InputError(
            f"--labels {path} cannot be read ({error}): expected {AS_IS}, {NONE}, or a TOML file of "
            'lines such as joy = "happy"'
        ) from error
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    everywhere = {word: label for word, label in content.items() if word not in tables}
    for words in (everywhere, *tables.values()):
        _check(path, words)
    return LabelMap(everywhere, tables)


def mapped(scan: Scan, labels: Mapping[str, str]) -> Scan:
    """A corpus whose emotions are replaced, with a note on each.

    Args:
        scan: of a built-in corpus, with labels of its own.
        labels: label by word, from `LabelMap.of`.
    """
    chosen = {written(word): written(label) for word, label in labels.items()}
    counts = Counter(
        one.emotion for one in scan.recordings if chosen.get(one.emotion, one.emotion) != one.emotion
    )
    if not counts:
        return scan

    def relabelled(one: Recording) -> Recording:
        return replace(one, emotion=chosen[one.emotion]) if one.emotion in chosen else one

    def revoted(one: Vote) -> Vote:
        return replace(one, value=chosen.get(one.value, one.value)) if one.attribute == "emotion" else one

    notes = [
        f"{scan.dataset}: {label} → {chosen[label]}: {counted(counts[label], 'recording')}"
        for label in in_order(counts)
    ]
    return replace(
        scan,
        recordings=tuple(map(relabelled, scan.recordings)),
        votes=tuple(map(revoted, scan.votes)),
        notes=(*scan.notes, *notes),
    )


def _check(path: Path, words: Mapping[str, Any]) -> None:
    for word, label in words.items():
        why = problem(label) if isinstance(label, str) else f"{label!r} is no text, expected a label"
        if why:
            raise InputError(f"--labels {path}: {word}: {why}")
