"""The base class of corpora: locating the folder, listing audio files, parsing names.

data root → corpus folder → audio files (`walk`) → `Corpus.parse` per name → duplicates set apart → `Scan`

>>> from ser_features.corpora import get
>>> recording = get("tess").parse("tess/OAF_angry/OAF_back_angry.wav")
>>> recording.file_id, recording.speaker, recording.emotion
('tess/OAF_back_angry', 'OAF', 'angry')
"""

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import attrgetter, itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from ser_features.arguments import plain
from ser_features.corpora.defects import Defect, notes_on_defects
from ser_features.corpora.free_part import FreePart
from ser_features.corpora.walk import Found, audio_paths, is_folder
from ser_features.errors import FileNameError, InputError, listed
from ser_features.foreign import Foreign
from ser_features.manifest import Recording, Rejected, Scan

if TYPE_CHECKING:
    from ser_features.corpora.kinds import Kinds
    from ser_features.recordings import Recordings

T = TypeVar("T")

MAX_LISTED = 12
"""Longer lists are abbreviated in messages."""


class Corpus(ABC):
    """A built-in corpus, whose file names encode what was recorded.

    Attributes:
        name: on the command line, and `dataset` in the store.
        title: the name as published.
        language: ISO 639-1 code of the spoken language, or several with blanks between.
        whole: number of recordings of the complete corpus; None if it is not fixed.
        speakers: number of speakers in the complete corpus; None if its names do not state them.
        emotions: the emotions of the corpus, in order.
        licence: the terms of publication.
        citation: the publication to cite.
        url: public page with the download.
        layout: path of one recording below the data root, as an example.
        folders: accepted folder names; case, blanks, hyphens and underscores are ignored.
        obtain: how to get it; empty if `ser download` knows.
        defects: recordings that are published with an error.
        synthetic: whether it is generated instead of recorded.
        acted: whether its emotions are acted.
        read_from: what a name states a property by, such as the speaker, where that is easily misread.
        free_part: what names of one kind differ in; None if a million names would be many kinds.
    """

    name: str
    title: str
    language: str
    whole: int | None
    speakers: int | None
    emotions: tuple[str, ...]
    licence: str
    citation: str
    url: str
    layout: str
    folders: tuple[str, ...]
    obtain: str = ""
    defects: tuple[Defect, ...] = ()
    synthetic: bool = False
    acted: bool = True
    read_from: Mapping[str, str] = MappingProxyType({})
    free_part: FreePart | None = None

    @property
    def grammar(self) -> str:
        """What the file names state, the counts and the oddities: the docstring of the corpus's module."""
        text = sys.modules[type(self).__module__].__doc__ or ""
        return text.partition("\n\n")[2].partition(">>>")[0].partition("\nLicence: ")[0].strip()

    @abstractmethod
    def parse(self, path: str) -> Recording:
        """Parse one path by the corpus's grammar, without opening the file.

        Args:
            path: below the data root, with forward slashes, so it begins with the corpus folder.

        Raises:
            FileNameError: if the name does not follow the grammar; it names the part and what was expected.
        """

    def scan(self, data: Path) -> Scan:
        """Find the recordings, at any depth of the corpus folder.

        Every folder in `data` with one of the accepted names is searched. If there is none and `data` itself
        has such a name, `data` is the corpus folder and its parent the root: the recordings' paths are the
        same in both cases. Otherwise folders one level below count, as in `archive/Crema`.

        Of several files with the same stem the best is used, and the others if it is refused. Videos are read
        only if there are no audio files.

        Raises:
            InputError: if the folder is missing, or holds no recording of this corpus.
        """
        from ser_features.corpora.second_copies import without_second_copies  # grammars need no pyarrow

        root, folders = self._locate(data)
        rejected: list[Rejected] = []
        foreign: list[tuple[str, Foreign]] = []
        files = (paths for folder in folders for paths in audio_paths(root, folder))
        unique, duplicates = without_second_copies(self._parsed(files, rejected, foreign), root)
        foreign.sort(key=itemgetter(0))
        if not unique:  # of a corpus of videos, the sound is read
            sound = (Found(path) for path, form in foreign if form.is_read)
            unique, duplicates = without_second_copies(self._parsed(sound, rejected, []), root)
            foreign = [(path, form) for path, form in foreign if not form.is_read]
        if not unique:
            rejected.sort(key=attrgetter("path"))
            rejected += [Rejected(self.name, path, form.message) for path, form in foreign]
            raise self._nothing_in(root, folders, rejected)
        readable = set(unique.column("stem").to_pylist()) if foreign else set()
        lost = [(path, form) for path, form in foreign if stem_of(path) not in readable]
        for path, form in lost:
            if not form.is_video:
                rejected.append(Rejected(self.name, path, form.message, "NotAudioError"))
        rejected.sort(key=attrgetter("path"))
        videos = [path for path, form in lost if form.is_video]
        present = unique.stems_among([stem for defect in self.defects for stem in defect.files])
        present += [stem_of(one.path) for one in rejected]
        defects = (f"{self.name}: {note}" for note in notes_on_defects(self.defects, present))
        notes = (*_of_videos(self.name, videos), *defects)
        return Scan(self.name, root, unique, tuple(rejected), duplicates, notes=notes)

    def _parsed(
        self,
        files: Iterable[Found | list[str]],
        rejected: list[Rejected],
        foreign: list[tuple[str, Foreign]],
    ) -> "Iterator[Recording | Recordings]":
        """Recordings of files, in columns where names have a free part; refused ones go to the lists."""
        kinds = self._kinds()
        for file in files:
            others = file
            if kinds and isinstance(file, list):
                recordings, others = kinds.recordings(file)
                yield recordings
            for path, problem, form in map(Found, others) if isinstance(others, list) else [others]:
                if form is not None and (form.is_video or problem is not None):
                    foreign.append((path, form))
                    continue
                try:
                    if problem is not None:
                        raise FileNameError(problem)
                    yield self.parse(path)
                except FileNameError as error:
                    rejected.append(Rejected(self.name, path, str(error)))

    def _kinds(self) -> "Kinds | None":
        if self.free_part is None:
            return None
        from ser_features.corpora.kinds import Kinds  # grammars need no pyarrow

        return Kinds(self.parse, self.free_part)

    def count(self, data: Path) -> int:
        """Number of recordings below a data root, 0 if there is none; a synthetic corpus is not generated."""
        try:
            return len(Corpus.scan(self, data).recordings)
        except InputError:
            return 0

    def _locate(self, data: Path) -> tuple[Path, list[str]]:
        """The root, and the corpus's folders relative to it."""
        root = Path(os.path.abspath(data))  # noqa: PTH100  `Path.absolute` keeps ".."
        try:
            inside = _folders_in(root)
        except OSError as error:
            raise InputError(
                f"{self.name}: no data folder {data} ({error.strerror}): expected {data}/{self.layout}: "
                f"pass --data or set SER_DATA, or run ser download {self.name} --to {data}"
            ) from error
        accepted = {plain(name) for name in self.folders}
        if folders := [name for name in inside if plain(name) in accepted]:
            return root, folders
        if plain(root.name) in accepted:
            return root.parent, [root.name]
        if folders := [
            path for path in _one_level_below(root, inside) if plain(path.partition("/")[2]) in accepted
        ]:
            return root, folders
        raise InputError(
            f"{self.name}: no folder named {' or '.join(map(repr, self.folders[:2]))} in {data}, "
            f"which holds {listed(inside, MAX_LISTED) or 'no folder'}: expected {data}/{self.layout}: "
            f"run ser download {self.name}, or pass the folder above it as --data"
        )

    def _nothing_in(self, root: Path, folders: list[str], rejected: list[Rejected]) -> InputError:
        where = " and ".join(str(root / folder) for folder in folders)
        first = f", the first one: {rejected[0].path}: {rejected[0].reason}" if rejected else ""
        return InputError(
            f"{self.name}: {len(rejected)} audio files in {where}, none of them a recording of {self.title}"
            f"{first}: expected {self.layout}: unpack the corpus there with its own file names ({self.url})"
        )


def name_of(path: str) -> str:
    """Name of a file, as `PurePosixPath(path).name`, which takes ten times as long."""
    return path.rpartition("/")[2]


def stem_of(path: str) -> str:
    """Name of a file without its suffix.

    >>> stem_of("tess/OAF_angry/OAF_back_angry.wav"), stem_of("notes")
    ('OAF_back_angry', 'notes')
    """
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def split_name(path: str, separator: str, fields: tuple[str, ...]) -> list[str]:
    """Split a file's stem into its fields; further separators remain in the last one.

    >>> split_name("1001_DFA_ANG_XX.wav", "_", ("actor", "sentence", "emotion", "level"))
    ['1001', 'DFA', 'ANG', 'XX']

    Raises:
        FileNameError: if there are fewer fields.
    """
    parts = stem_of(path).split(separator, len(fields) - 1)
    if len(parts) != len(fields):
        raise FileNameError(
            f"{name_of(path)!r}: {len(parts)} of {len(fields)} fields, expected {separator.join(fields)}"
        )
    return parts


def one_of(codes: Collection[str], code: str, field: str, path: str) -> str:
    """Return `code` if it is one of `codes`.

    Args:
        codes: valid codes, in order.
        code: the code in the name.
        field: name of the field, for the message.
        path: the parsed path, for the message.

    Raises:
        FileNameError: if it is none of `codes`.
    """
    if code not in codes:
        raise FileNameError(f"{name_of(path)!r}: {field} is {code!r}, expected {_choices(list(codes))}")
    return code


def lookup(table: Mapping[str, T], code: str, field: str, path: str) -> T:
    """Return the value of `code` in `table`; arguments and errors as in `one_of`."""
    return table[code if code in table else one_of(table, code, field, path)]


def _folders_in(root: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(root) if is_folder(entry.path))


def _one_level_below(root: Path, folders: Iterable[str]) -> Iterator[str]:
    """Folders in these folders, relative to `root`; those that cannot be read are passed over."""
    for folder in folders:
        with suppress(OSError):
            yield from (f"{folder}/{name}" for name in _folders_in(root / folder))


def _choices(codes: list[str]) -> str:
    return f"{codes[0]}–{codes[-1]}" if len(codes) > MAX_LISTED else ", ".join(codes)


def _of_videos(corpus: str, paths: Sequence[str]) -> Iterator[str]:
    """A note on videos that hold other recordings than the audio files do."""
    if paths:
        yield (
            f"{corpus}: {len(paths)} videos are not read, such as {paths[0]!r}: "
            "to use their sound, convert it: ffmpeg -i FILE.mp4 FILE.wav"
        )
