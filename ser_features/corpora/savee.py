"""SAVEE: Surrey Audio-Visual Expressed Emotion.

Grammar: `speaker_emotion number`, as one name (`DC_a01.wav`) or as a folder per speaker (`DC/a01.wav`).
Both give the stem `DC_a01`, so that the key of a recording does not depend on the release:

- speaker: DC JE JK KL, all male
- emotion: a anger, d disgust, f fear, h happiness, n neutral, sa sadness, su surprise
- number of the sentence within the emotion: 01–15, neutral 01–30; equal numbers are different sentences in
  different emotions, so that the column statement has both

Counts: 480 = 4 speakers × (6 × 15 + 30).

Oddities: 101 files clip.

Licence: free for research, on registration. Cite Haq & Jackson (2010).

>>> recording = Savee().parse("savee/DC/sa01.wav")
>>> recording.stem, recording.path, recording.emotion, recording.statement
('DC_sa01', 'savee/DC/sa01.wav', 'sad', 'sa 01')
"""

import re
from types import MappingProxyType

from ser_features.corpora.base import Corpus, lookup, name_of, one_of, split_name, stem_of
from ser_features.errors import FileNameError
from ser_features.labels import in_order
from ser_features.manifest import Recording

SPEAKERS = ("DC", "JE", "JK", "KL")
EMOTIONS = {
    "a": "angry",
    "d": "disgust",
    "f": "fear",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprise",
}
LETTERS_THEN_NUMBER = re.compile(r"([a-z]+)([0-9]{2})")


class Savee(Corpus):
    """Acted British English; 4 men, 7 emotions, 15 sentences each and 30 neutral."""

    name = "savee"
    title = "SAVEE"
    language = "en"
    whole = 480
    speakers = len(SPEAKERS)
    emotions = tuple(in_order(set(EMOTIONS.values())))
    licence = "free for research, on registration"
    citation = (
        "Haq S, Jackson PJB (2010). Multimodal Emotion Recognition. In: Machine Audition: Principles, "
        "Algorithms and Systems. IGI Global, 398–423"
    )
    url = "http://kahlan.eps.surrey.ac.uk/savee/"
    layout = "savee/DC/a01.wav"
    folders = (
        "savee",
        "surrey-audiovisual-expressed-emotion-savee",
        "Surrey Audio-Visual Expressed Emotion",
    )
    read_from = MappingProxyType(
        {"statement": "emotion and number, as a number is another sentence in another emotion"}
    )

    def parse(self, path: str) -> Recording:
        """Parse a path such as `savee/DC_a01.wav` or `savee/DC/a01.wav`; see `Corpus.parse`."""
        stem = stem_of(path)
        if "_" in stem:
            speaker, rest = split_name(path, "_", ("speaker", "emotion"))
        else:
            speaker, rest = name_of(path.rpartition("/")[0]), stem
        emotion, number = _split_sentence(rest, path)
        return Recording(
            dataset=self.name,
            stem=f"{speaker}_{rest}",
            path=path,
            speaker=one_of(SPEAKERS, speaker, "speaker", path),
            gender="male",
            language=self.language,
            emotion=lookup(EMOTIONS, emotion, "emotion", path),
            emotion_code=emotion,
            statement=f"{emotion} {number}",
        )


def _split_sentence(rest: str, path: str) -> tuple[str, str]:
    """Split `sa01` into emotion and number."""
    match = LETTERS_THEN_NUMBER.fullmatch(rest)
    if match is None:
        raise FileNameError(
            f"{name_of(path)!r}: {rest!r}, expected an emotion and a number of two digits as in a01"
        )
    emotion, number = match.groups()
    last = 30 if emotion == "n" else 15
    if not 1 <= int(number) <= last:
        raise FileNameError(f"{name_of(path)!r}: sentence is {number!r}, expected 01–{last} of {emotion!r}")
    return emotion, number
