"""Corpora by name: a folder of recordings, or one's own table → `Scan`.

word → `get` (a known corpus, imported when asked for) or `folder` (a word that ends in .csv) → `scan`

One file per corpus gives its file name grammar, counts, oddities, licence and where to get it.

>>> names()
('ravdess', 'tess', 'cremad', 'savee', 'emodb', 'demo')
>>> get("emodb").whole
535
>>> get("iemocap")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown corpus 'iemocap': expected one of ravdess, tess, ...
"""

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ser_features.errors import InputError
from ser_features.manifest import Scan

if TYPE_CHECKING:
    from ser_features.corpora.base import Corpus

_REGISTRY: dict[str, tuple[str, str]] = {
    "ravdess": ("ser_features.corpora.ravdess", "Ravdess"),
    "tess": ("ser_features.corpora.tess", "Tess"),
    "cremad": ("ser_features.corpora.cremad", "CremaD"),
    "savee": ("ser_features.corpora.savee", "Savee"),
    "emodb": ("ser_features.corpora.emodb", "EmoDb"),
    "demo": ("ser_features.corpora.demo", "Demo"),
}


def names() -> tuple[str, ...]:
    """Return the names of the known corpora, the synthesised one last."""
    return tuple(_REGISTRY)


def get(name: str) -> "Corpus":
    """Return the corpus called `name`.

    Raises:
        InputError: if no known corpus has this name.
    """
    if name not in _REGISTRY:
        raise InputError(
            f"unknown corpus {name!r}: expected one of {', '.join(names())}, "
            "or the path of your own corpus's .csv"
        )
    module, cls = _REGISTRY[name]
    corpus: Corpus = getattr(import_module(module), cls)()
    return corpus


def find(name: str) -> "Corpus | None":
    """Return the published corpus called `name`, or None for a user's own table."""
    return get(name) if name in _REGISTRY else None


def scan(word: str, data: Path, *, reserved: Collection[str] = ()) -> Scan:
    """Find the recordings that one word of `--datasets` stands for.

    Args:
        word: the name of a known corpus, or the path of a table that ends in `.csv`.
        data: folder that holds a folder per corpus; of no meaning to a table, whose paths are
            relative to its own folder.
        reserved: lower-case names that a table's own columns may not have, such as those of features.

    Raises:
        InputError: if the word is unknown, or nothing usable is found where it points.
    """
    if word.lower().endswith(".csv"):
        from ser_features.corpora.folder import scan_table

        return scan_table(Path(word), reserved=reserved)
    return get(word).scan(data)
