"""Source of each corpus: an archive or a repository with checksums, or manual steps.

All URLs and checksums are in this file. An archive is accepted only if its checksum is pinned here; a corpus
that needs a registration is downloaded by hand, with the steps given.

- RAVDESS: the authors' Zenodo record, which prints this MD5 and no SHA-256.
- EmoDB: its Zenodo release 1.3.0 (535 recordings), likewise.
- TESS: the publisher (Borealis) packs a new zip on each request, which has no fixed checksum. The source is
  the copy that PaddlePaddle's audio library uses, with the MD5 in that library's source code.
- CREMA-D: the authors' git LFS repository, downloaded by git and git-lfs, which verify the SHA-256 of every
  recording.
- SAVEE: available after registration.
- The corpora of `ser_features/corpora/published`: by hand, as their files say.

MD5 detects damage and later substitution, but not a publisher who prepared two archives with one MD5; so
`unpack` trusts no archive.

>>> SOURCES["emodb"].host
'zenodo.org'
>>> print(SOURCES["savee"].steps[0])
register at http://personal.ee.surrey.ac.uk/Personal/P.Jackson/SAVEE/Register.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ser_features.errors import InputError

if TYPE_CHECKING:
    from ser_features.corpora.base import Corpus

DIGITS = {"md5": 32, "sha256": 64}
"""Hexadecimal digits of each kind of checksum."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive file with a whole corpus.

    Attributes:
        url: address, http or https.
        file: its name on disk until it is unpacked.
        checksum: "md5:" or "sha256:" and its hexadecimal digits, as published.
        unpacked: approximate unpacked bytes, for the check of free space; also limits the download where
            `size` is not known.
        size: exact bytes; None if not published.
        origin: who hosts this file, in a few words.
        page: public page about this file.
        licence: terms of this release if they differ from the corpus's own; else "".
    """

    url: str
    file: str
    checksum: str
    unpacked: int
    size: int | None
    origin: str
    page: str
    licence: str = ""

    def __post_init__(self) -> None:
        kind, _, digits = self.checksum.partition(":")
        if not re.fullmatch(f"[0-9a-f]{{{DIGITS.get(kind, 0)}}}", digits) or not digits:
            raise InputError(
                f"checksum is {self.checksum!r}, expected md5: or sha256: and hexadecimal digits"
            )
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise InputError(f"address is {self.url!r}, expected http or https")

    @property
    def host(self) -> str:
        """Host name of the URL."""
        return urlsplit(self.url).hostname or ""

    @property
    def limit(self) -> int:
        """Number of bytes after which a transfer is aborted."""
        return self.size if self.size is not None else 2 * self.unpacked


@dataclass(frozen=True, slots=True)
class Repository:
    """A git LFS repository with a whole corpus; git verifies the SHA-256 of every recording.

    Attributes:
        url: address, http or https.
        folder: of the recordings, in the repository.
        unpacked: their approximate bytes.
        origin: who hosts it, in a few words.
        page: public page about it.
        licence: terms of this release if they differ from the corpus's own; else "".
    """

    url: str
    folder: str
    unpacked: int
    origin: str
    page: str
    licence: str = ""

    @property
    def host(self) -> str:
        """Host name of the URL."""
        return urlsplit(self.url).hostname or ""

    @property
    def size(self) -> int:
        """Approximate bytes to download."""
        return self.unpacked


@dataclass(frozen=True, slots=True)
class ByHand:
    """A corpus that cannot be downloaded automatically, and the steps to obtain it.

    Attributes:
        reason: why, as half a sentence.
        steps: in order; `{folder}` stands for the corpus folder.
        unpacked: approximate bytes of the corpus; None if not published.
    """

    reason: str
    steps: tuple[str, ...]
    unpacked: int | None = None


SOURCES: Mapping[str, Archive | Repository | ByHand] = {
    "ravdess": Archive(
        url="https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1",
        file="Audio_Speech_Actors_01-24.zip",
        checksum="md5:bc696df654c87fed845eb13823edef8a",
        unpacked=515_000_000,
        size=208_468_073,
        origin="its authors' record on Zenodo",
        page="https://zenodo.org/records/1188976",
    ),
    "tess": Archive(
        url="https://bj.bcebos.com/paddleaudio/datasets/TESS_Toronto_emotional_speech_set.zip",
        file="TESS_Toronto_emotional_speech_set.zip",
        checksum="md5:1465311b24d1de704c4c63e4ccc470c7",
        unpacked=285_000_000,
        size=None,
        origin="a copy kept by the PaddlePaddle project, not by its publisher",
        page="https://doi.org/10.5683/SP2/E8H2MF",
    ),
    "emodb": Archive(
        url="https://zenodo.org/records/7447302/files/emodb.zip?download=1",
        file="emodb.zip",
        checksum="md5:9d21362dbc5676ef3ab4745d83ced0db",
        unpacked=50_000_000,
        size=39_981_818,
        origin="its release 1.3.0 on Zenodo",
        page="https://zenodo.org/records/7447302",
        licence="CC BY 4.0",
    ),
    "cremad": Repository(
        url="https://github.com/CheyneyComputerScience/CREMA-D",
        folder="AudioWAV",
        unpacked=606_000_000,
        origin="the authors' git LFS repository; needs git-lfs",
        page="https://github.com/CheyneyComputerScience/CREMA-D",
    ),
    "savee": ByHand(
        reason="it is available after registration only",
        steps=(
            "register at http://personal.ee.surrey.ac.uk/Personal/P.Jackson/SAVEE/Register.html",
            "download AudioData.zip from the link that you receive",
            "unpack it into {folder}, so that {folder}/DC/a01.wav or {folder}/AudioData/DC/a01.wav is there",
        ),
    ),
}
"""By name of the corpus; others have the steps of `Corpus.obtain`, or are synthetic."""


def source_of(corpus: "Corpus") -> Archive | Repository | ByHand | None:
    """Source of a corpus; None if it is generated."""
    if corpus.name in SOURCES or not corpus.obtain:
        return SOURCES.get(corpus.name)
    return ByHand("its publisher gives it out", (f"see {corpus.url}", corpus.obtain))


def licence_of(corpus: "Corpus") -> str:
    """Licence of a corpus: that of the release which is downloaded, else that of its publisher."""
    source = source_of(corpus)
    terms = None if source is None or isinstance(source, ByHand) else source.licence
    return terms or corpus.licence
