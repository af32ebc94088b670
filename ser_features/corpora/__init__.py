"""The corpora: a name or the path of a table → `Scan`.

name → `get` (a built-in corpus, imported on first use) ┐
path of a table → `folder.scan_table` ──────────────────┴→ `scan` → `Scan`

One file per corpus describes its file name grammar, counts, oddities, licence and source: a module, or a file
of `published/` for those whose names follow a pattern (`grammar`).

>>> names()[:7]
('ravdess', 'tess', 'cremad', 'savee', 'emodb', 'demo', 'aesdd')
>>> get("emodb").whole, get("MSP-Podcast").name
(535, 'msppodcast')
>>> get("semaine")
Traceback (most recent call last):
...
ser_features.errors.InputError: unknown corpus 'semaine': expected one of ravdess, tess, ...
>>> separated(["CREMA-D, savee", "mine.csv"])
['CREMA-D', 'savee', 'mine.csv']
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from ser_features.arguments import same, suggestion
from ser_features.errors import InputError
from ser_features.manifest import Scan
from ser_features.tables.cells import TABLE_SUFFIXES

if TYPE_CHECKING:
    from ser_features.corpora.base import Corpus
    from ser_features.label_map import LabelMap

_MODULES: dict[str, tuple[str, str]] = {
    "ravdess": ("ser_features.corpora.ravdess", "Ravdess"),
    "tess": ("ser_features.corpora.tess", "Tess"),
    "cremad": ("ser_features.corpora.cremad", "CremaD"),
    "savee": ("ser_features.corpora.savee", "Savee"),
    "emodb": ("ser_features.corpora.emodb", "EmoDb"),
    "demo": ("ser_features.corpora.demo", "Demo"),
}
"""Module and class of the corpora that are no file of `published/`; no table of a user's has their names."""

_PUBLISHED = Path(__file__).parent / "published"


@cache
def names() -> tuple[str, ...]:
    """Return the names of the built-in corpora: those of `published/` after the others."""
    return (*_MODULES, *sorted(path.stem for path in _PUBLISHED.glob("*.toml")))


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
            "or the path of a table of your own corpus, such as mine.csv"
        )
    if key not in _MODULES:
        from ser_features.corpora.grammar import GrammarCorpus

        return GrammarCorpus(key)
    module, cls = _MODULES[key]
    corpus: Corpus = getattr(import_module(module), cls)()
    return corpus


def find(name: str) -> "Corpus | None":
    """Return the built-in corpus that a store calls `name`, or None for a user's own corpus."""
    return get(name) if name in names() else None


def scan(
    dataset: str,
    data: Path,
    *,
    emotions: Mapping[str, str] | None = None,
    labels: "LabelMap | None" = None,
    is_taken: Callable[[str], bool] = lambda name: False,
    root: Path | None = None,
) -> Scan:
    """Find the recordings of one value of `--datasets`.

    Args:
        dataset: the name of a built-in corpus, or the path of a table of a user's own: text (.csv, .tsv or
            .txt), or a file or folder of `tables.forms`.
        data: folder that holds a folder per corpus; a table's paths are relative to `root`, or to this one.
        emotions: word that replaces a word of a table.
        labels: label by word; None for the usual spellings and synonyms (`labels.resolve`).
        is_taken: whether the store uses a lower-case name for something else than a further column of a
            table, such as a feature.
        root: folder that a table's relative paths are below; None for the table's own.

    Raises:
        InputError: if the corpus is unknown, a manifest has the name of a built-in one, or nothing usable is
            found.
    """
    table = Path(dataset)
    if not is_table(dataset):
        if same(dataset, names()) is None and table.is_dir():
            raise InputError(
                f"{dataset} is a folder, expected the name of a corpus or a table of recordings: make one, "
                f'such as ser manifest {dataset} "{{speaker}}_{{emotion}}_{{}}.wav"'
            )
        corpus = get(dataset).scan(data)
        return _mapped(corpus, labels) if labels else corpus
    from ser_features.corpora.folder import Reading, dataset_name, scan_table

    if (name := dataset_name(table)) in _MODULES:
        raise InputError(
            f"{table}: {name!r} is the name of a built-in corpus, expected another name: rename the file"
        )
    synonyms = labels.of(name) if labels else None
    labelled = labels is None or labels.required
    read = scan_table(table, Reading(data, emotions or {}, synonyms, is_taken, root, labelled))
    return replace(read, table=Path(os.path.abspath(table)))  # noqa: PTH100  as in corpora.base


def _mapped(scan: Scan, labels: "LabelMap") -> Scan:
    from ser_features.label_map import mapped

    return mapped(scan, labels.of(scan.dataset))


def is_table(dataset: str) -> bool:
    """Whether a value of `--datasets` is the path of a table, and not the name of a corpus.

    >>> is_table("Calls.CSV"), is_table("emodb")
    (True, False)
    """
    suffix = PurePath(dataset).suffix.lower()
    if suffix in TABLE_SUFFIXES or (suffix and Path(dataset).is_file()):
        return True
    if same(dataset, names()) is not None:
        return False
    from ser_features.tables.forms import source_of

    return source_of(Path(dataset)) is not None
