"""Which files of tests run in one process of pytest-xdist."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling

USES_LIBROSA = re.compile(r"\b(librosa|audiomentations|noisereduce|encoder_free|whole_store(_root)?)\b")


class ByFile(LoadFileScheduling):
    """As `--dist loadfile`, with the files that use librosa in one process.

    Numba compiles functions of librosa when it is imported: 18 s in each process that has no cache yet.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "librosa" if _uses_librosa(file) else file


@cache
def _uses_librosa(file: str) -> bool:
    return bool(USES_LIBROSA.search(Path(file).read_text(encoding="utf-8")))
