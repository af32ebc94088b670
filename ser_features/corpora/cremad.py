"""CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset.

Grammar: `actor_sentence_emotion_level`, in the folder `AudioWAV`:

- actor: 1001–1091
- sentence: one of 12 codes, such as DFA "Don't forget a jacket"
- emotion: ANG DIS FEA HAP NEU SAD
- level: LO low, MD medium, HI high, XX unspecified (null); only the sentence IEO has levels

Counts: 7,442 = 1,271 each of ANG DIS FEA HAP SAD and 1,087 NEU; not every actor has every sentence.

Oddities: one file is named `1040_ITH_SAD_X` in some releases (the tables write `…_XX`), so X is read as
unspecified too; `1076_MTI_SAD_XX` is empty in some releases, `1064_IEO_DIS_MD` a minute long. Age and gender
are not in the names: they are read from `VideoDemographics.csv` in the folder of the recordings or in a
folder above it, and are null otherwise. The votes of its listeners are read from `finishedResponses.csv` or
`processedResults/tabulatedVotes.csv` there.

Licence: ODbL 1.0. Cite Cao et al. (2014).

>>> recording = CremaD().parse("cremad/AudioWAV/1001_IEO_ANG_HI.wav")
>>> recording.emotion, recording.intensity, recording.text, recording.speaker, recording.age
('angry', 'high', "It's eleven o'clock", '1001', None)
"""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ser_features.corpora.base import Corpus, lookup, one_of, split_name, stem_of
from ser_features.corpora.defects import Defect
from ser_features.corpora.walk import folders_of, is_file
from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_features.manifest import Recording, Scan

FIELDS = ("actor", "sentence", "emotion", "level")
ACTORS = tuple(str(actor) for actor in range(1001, 1092))
TEXTS = {
    "IEO": "It's eleven o'clock",
    "TIE": "That is exactly what happened",
    "IOM": "I'm on my way to the meeting",
    "IWW": "I wonder what this is about",
    "TAI": "The airplane is almost full",
    "MTI": "Maybe tomorrow it will be cold",
    "IWL": "I would like a new alarm clock",
    "ITH": "I think I have a doctor's appointment",
    "DFA": "Don't forget a jacket",
    "ITS": "I think I've seen this before",
    "TSI": "The surface is slick",
    "WSI": "We'll stop in a couple of minutes",
}
EMOTIONS = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
LEVELS = {"LO": "low", "MD": "medium", "HI": "high", "XX": None, "X": None}
DEMOGRAPHICS = "VideoDemographics.csv"


class CremaD(Corpus):
    """Acted American English; 91 actors, 12 sentences, 6 emotions."""

    name = "cremad"
    title = "CREMA-D"
    language = "en"
    whole = 7442
    speakers = len(ACTORS)
    emotions = tuple(in_order(set(EMOTIONS.values())))
    licence = "ODbL 1.0"
    citation = (
        "Cao H, Cooper DG, Keutmann MK, Gur RC, Nenkova A, Verma R (2014). CREMA-D: Crowd-sourced Emotional "
        "Multimodal Actors Dataset. IEEE Transactions on Affective Computing 5(4): 377–390. "
        "https://doi.org/10.1109/TAFFC.2014.2336244"
    )
    url = "https://github.com/CheyneyComputerScience/CREMA-D"
    layout = "cremad/AudioWAV/1001_DFA_ANG_XX.wav"
    folders = ("cremad", "CREMA-D-master", "Crema")
    defects = (
        Defect(("1076_MTI_SAD_XX",), "empty in some releases", f"{url}/issues"),
        Defect(("1064_IEO_DIS_MD",), "one minute long, of which the sentence is a part", f"{url}/issues/8"),
        Defect(("1040_ITH_SAD_X",), "misnamed for 1040_ITH_SAD_XX", "the corpus's own tables"),
    )

    def parse(self, path: str) -> Recording:
        """Parse a path such as `cremad/AudioWAV/1001_DFA_ANG_XX.wav`; see `Corpus.parse`."""
        actor, sentence, emotion, level = split_name(path, "_", FIELDS)
        return Recording(
            dataset=self.name,
            stem=stem_of(path),
            path=path,
            speaker=one_of(ACTORS, actor, "actor", path),
            language=self.language,
            emotion=lookup(EMOTIONS, emotion, "emotion", path),
            emotion_code=emotion,
            intensity=lookup(LEVELS, level, "level", path),
            statement=sentence,
            text=lookup(TEXTS, sentence, "sentence", path),
        )

    def scan(self, data: Path) -> Scan:
        """Find the recordings, with age, gender and votes if their tables are present; see `Corpus.scan`."""
        scan = _with_votes(super().scan(data))
        table = _find_table(scan.root, scan.recordings, DEMOGRAPHICS)
        if table is None:
            return scan
        people = _read_demographics(table)
        recordings = (
            replace(recording, gender=people[recording.speaker][0], age=people[recording.speaker][1])
            if recording.speaker in people
            else recording
            for recording in scan.recordings
        )
        return replace(scan, recordings=tuple(recordings))


def _with_votes(scan: Scan) -> Scan:
    from ser_features.corpora.cremad_votes import TABLES, with_votes

    tables = (_find_table(scan.root, scan.recordings, name) for name in TABLES)
    table = next(filter(None, tables), None)
    return with_votes(scan, table) if table else scan


def _find_table(root: Path, recordings: Iterable[Recording], name: str) -> Path | None:
    """Return the nearest table at or above the recordings, not above their corpus folder."""
    folders = folders_of(recording.path for recording in recordings)
    for folder in sorted(folders, key=lambda folder: (-len(folder.parts), folder)):
        table = root / folder / name
        if is_file(table):
            return table
    return None


def _read_demographics(table: Path) -> dict[str, tuple[str, int]]:
    """Return (gender, age in years) by actor.

    Raises:
        InputError: if the table is not the published one.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            return {row["ActorID"]: (row["Sex"].lower(), int(row["Age"])) for row in csv.DictReader(lines)}
    except (KeyError, ValueError, AttributeError, TypeError, OSError, csv.Error) as error:
        raise InputError(
            f"{table} cannot be read ({type(error).__name__}: {error}): expected the columns ActorID, Age "
            "and Sex as published: restore it, or remove it to go without age and gender"
        ) from error
