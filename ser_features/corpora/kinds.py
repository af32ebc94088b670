"""Names that differ in one part alone, parsed once for all of them.

paths → `FreePart` (the part that may be any text) → kinds: paths with a stand-in at its place
→ `Corpus.parse` of each kind → columns, the stand-in replaced by each name's own part → `Recordings`

Names that have no such part, or whose kind the grammar refuses, are left to `Corpus.parse`.

>>> from ser_features.corpora import get
>>> kinds = Kinds(get("tess").parse, get("tess").free_part)
>>> several, others = kinds.recordings(["tess/OAF_back_sad.wav", "tess/OAF_dog_sad.wav", "tess/notes.wav"])
>>> several.column("text").to_pylist(), others
(['Say the word back', 'Say the word dog'], ['tess/notes.wav'])
"""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ser_features.corpora.free_part import FreePart
from ser_features.errors import FileNameError
from ser_features.manifest import Recording
from ser_features.recordings import ROWS, Recordings, columns_of


class Kinds:
    """The kinds of names of a corpus that were met lately.

    Args:
        parse: `Corpus.parse`.
        free_part: of the corpus.
    """

    def __init__(self, parse: Callable[[str], Recording], free_part: FreePart) -> None:
        self._parse, self._stand_in, self._pattern = parse, free_part.stand_in, free_part.pattern
        self._known: dict[str, Recording | None] = {}

    def recordings(self, paths: Sequence[str]) -> tuple[Recordings, list[str]]:
        """Columns of the names of known kinds, and the paths of all others.

        Args:
            paths: below the data root, as for `Corpus.parse`, all of them ASCII and in a folder.
        """
        texts = pa.array(paths, pa.string())
        split = pc.split_pattern(texts, "/", max_splits=1, reverse=True)
        folders, names = (pc.list_element(split, position) for position in (0, 1))
        parts = pc.extract_regex(names, self._pattern)  # of paths it would take four times as long
        before, free, after = (pc.struct_field(parts, name) for name in ("before", "free", "after"))
        kinds = pc.dictionary_encode(
            pc.binary_join_element_wise(folders, "/", before, self._stand_in, after, "")
        )
        if len(self._known) > ROWS:  # as of a folder for every file: no million objects
            self._known.clear()
        parsed = [self._of_kind(kind) for kind in kinds.dictionary.to_pylist()]
        usual = np.array([one is not None for one in parsed], bool)
        index = kinds.indices.fill_null(len(usual)).to_numpy()
        is_usual = np.append(usual, False)[index]
        row_kinds = pa.array(np.append(np.cumsum(usual) - 1, 0)[index[is_usual]])
        others = texts.filter(pa.array(~is_usual)).to_pylist()
        if others:
            texts, free = (column.filter(pa.array(is_usual)) for column in (texts, free))
        table = columns_of([one for one in parsed if one is not None])
        columns = {
            name: texts
            if name == "path"
            else _with_own_part(table[name].combine_chunks(), row_kinds, free, self._stand_in)
            for name in table.column_names
        }
        return Recordings(pa.table(columns)), others

    def _of_kind(self, path: str) -> Recording | None:
        """What the grammar says of a kind; None if it refuses it."""
        if path not in self._known:
            try:
                self._known[path] = self._parse(path) if path.count(self._stand_in) == 1 else None
            except FileNameError:
                self._known[path] = None
        return self._known[path]


def _with_own_part(column: pa.Array, kinds: pa.Array, free: pa.Array, stand_in: str) -> pa.Array:
    """A column of kinds, for each row; the stand-in in its texts is replaced by the row's own part."""
    if column.type != pa.string() or not pc.any(pc.match_substring(column, stand_in)).as_py():
        return column.take(kinds)
    around = [(text or "").partition(stand_in) for text in column.to_pylist()]
    before, mark, after = (pa.array(texts, pa.string()) for texts in zip(*around, strict=True))
    own = pc.binary_join_element_wise(before.take(kinds), free, after.take(kinds), "")
    if "" not in mark.to_pylist():
        return own
    return pc.if_else(pc.equal(mark, stand_in).take(kinds), own, column.take(kinds))
