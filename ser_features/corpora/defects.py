"""Recordings that are published with an error: empty, doubled, misnamed, mislabelled, of another speaker.

`Corpus.defects` → those of a scan → notes; the recordings themselves stay, because only their user can judge.

>>> empty = Defect(("1076_MTI_SAD_XX",), "empty in some releases", "https://example.org/issues/1")
>>> list(notes_on_defects([empty], ["1001_IEO_ANG_HI", "1076_MTI_SAD_XX"]))
['known defect of 1076_MTI_SAD_XX: empty in some releases (https://example.org/issues/1)']
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ser_features.errors import listed

LISTED = 20
"""Longer lists are abbreviated in notes; `ser corpora NAME` has them in full."""


@dataclass(frozen=True, slots=True)
class Defect:
    """An error of the publication.

    Attributes:
        files: stems of the recordings (`Recording.stem`), or of files that the grammar refuses.
        what: what is wrong with them.
        source: who reported it, in a few words or as an address.
    """

    files: tuple[str, ...]
    what: str
    source: str

    def __str__(self) -> str:
        return f"{', '.join(self.files)}: {self.what} ({self.source})"


def notes_on_defects(defects: Iterable[Defect], stems: Iterable[str]) -> Iterator[str]:
    """Name the defective recordings that are present.

    Args:
        defects: of the corpus.
        stems: of its recordings, and of files that are refused.
    """
    present = set(stems)
    for defect in defects:
        if concerned := [name for name in defect.files if name in present]:
            yield f"known defect of {listed(concerned, LISTED)}: {defect.what} ({defect.source})"
