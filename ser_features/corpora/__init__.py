"""The corpora: a name or the path of a CSV manifest → `Scan`.

name → `get` (a built-in corpus, imported on first use) ┐
path of a .csv file → `folder.scan_table` ──────────────┴→ `scan` → `Scan`

One file per corpus describes its file name grammar, counts, oddities, licence and source.

>>> names()
('ravdess', 'tess', 'cremad', 'savee', 'emodb', 'demo')
>>> get("emodb").whole
535
>>> get("iemocap")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown corpus 'iemocap': expected one of ravdess, tess, ...
>>> separated(["CREMA-D, savee", "mine.csv"])
['CREMA-D', 'savee', 'mine.csv']
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ser_features.errors import InputError
from ser_features.manifest import Scan
from ser_features.words import same, suggestion

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
    """Return the names of the built-in corpora, the synthetic one last."""
    return tuple(_REGISTRY)


def separated(datasets: Iterable[str]) -> list[str]:
    """Single names of corpora or paths of manifests, each once: `ravdess,savee` is two of them.

    A text with commas that is the path of a file stays whole.
    """
    texts = ([text] if "," in text and Path(text).is_file() else text.split(",") for text in datasets)
    words = (word.strip() for several in texts for word in several)
    return list(dict.fromkeys(word for word in words if word))


def get(name: str) -> "Corpus":
    """Return the built-in corpus called `name`; case and hyphens do not count (`CREMA-D` is cremad).

    Raises:
        InputError: if there is none.
    """
    key = same(name, names())
    if key is None:
        raise InputError(
            f"unknown corpus {name!r}: {suggestion(name, names())} expected one of {', '.join(names())}, "
            "or the path of a .csv manifest of your own corpus"
        )
    module, cls = _REGISTRY[key]
    corpus: Corpus = getattr(import_module(module), cls)()
    return corpus


def find(name: str) -> "Corpus | None":
    """Return the built-in corpus that a store calls `name`, or None for a user's own corpus."""
    return get(name) if name in _REGISTRY else None


def scan(dataset: str, data: Path, *, is_reserved: Callable[[str], bool] = lambda name: False) -> Scan:
    """Find the recordings of one value of `--datasets`.

    Args:
        dataset: the name of a built-in corpus, or the path of a manifest that ends in `.csv`.
        data: folder that holds a folder per corpus; ignored for a manifest, whose paths are relative to its
            own folder.
        is_reserved: whether a lower-case name may not be that of a further column of a manifest, such as the
            name of a feature.

    Raises:
        InputError: if the corpus is unknown, a manifest has the name of a built-in one, or nothing usable is
            found.
    """
    if not dataset.lower().endswith(".csv"):
        return get(dataset).scan(data)
    from ser_features.corpora.folder import scan_table

    table = Path(dataset)
    if table.stem.lower() in _REGISTRY:
        raise InputError(
            f"{table}: {table.stem.lower()!r} is the name of a built-in corpus, expected another name: "
            "rename the file"
        )
    read = scan_table(table, is_reserved=is_reserved)
    return replace(read, table=Path(os.path.abspath(table)))  # noqa: PTH100  as in corpora.base
