"""EmoDB: Berlin Database of Emotional Speech.

Grammar: seven characters, such as `03a01Fa`:

- speaker: 03 08 09 10 11 12 13 14 15 16, five women and five men, ages published
- text: a01 a02 a04 a05 a07 (short), b01 b02 b03 b09 b10 (longer)
- emotion, by its German word: W Wut (angry), L Langeweile (boredom), E Ekel (disgust), A Angst (fear),
  F Freude (happy), T Trauer (sad), N neutral
- take: a letter from a on; takes that listeners did not recognise were excluded

Counts: 535 = 127 W, 81 L, 46 E, 69 A, 71 F, 62 T, 79 N.

Oddities: every file is peak-normalised, so the level carries no information within the corpus and differs
from other corpora.

Licence: free for research. Cite Burkhardt et al. (2005).

>>> recording = EmoDb().parse("emodb/wav/03a01Fa.wav")
>>> recording.emotion, recording.text, recording.speaker, recording.age, recording.repetition
('happy', 'Der Lappen liegt auf dem Eisschrank.', '03', 31, 'a')
"""

import re

from ser_features.corpora.base import Corpus, lookup, name_of, stem_of
from ser_features.errors import FileNameError
from ser_features.labels import in_order
from ser_features.manifest import Recording

SPEAKERS = {
    "03": ("male", 31),
    "08": ("female", 34),
    "09": ("female", 21),
    "10": ("male", 32),
    "11": ("male", 26),
    "12": ("male", 30),
    "13": ("female", 32),
    "14": ("female", 35),
    "15": ("male", 25),
    "16": ("female", 31),
}
"""Gender and age in years by speaker."""

TEXTS = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}
EMOTIONS = {
    "W": "angry",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
SEVEN_CHARACTERS = re.compile(r"(..)(...)(.)([a-z])")


class EmoDb(Corpus):
    """Acted German; 10 actors, 10 sentences, 7 emotions."""

    name = "emodb"
    title = "EmoDB"
    language = "de"
    whole = 535
    speakers = len(SPEAKERS)
    emotions = tuple(in_order(set(EMOTIONS.values())))
    licence = "free for research"
    citation = (
        "Burkhardt F, Paeschke A, Rolfes M, Sendlmeier WF, Weiss B (2005). A Database of German Emotional "
        "Speech. Interspeech, 1517–1520. https://doi.org/10.21437/Interspeech.2005-446"
    )
    url = "http://emodb.bilderbar.info/"
    layout = "emodb/wav/03a01Fa.wav"
    folders = (
        "emodb",
        "berlin-database-of-emotional-speech-emodb",
        "Berlin Database of Emotional Speech",
        "Berlin EmoDB",
    )

    def parse(self, path: str) -> Recording:
        """Parse a path such as `emodb/wav/03a01Fa.wav`; see `Corpus.parse`."""
        match = SEVEN_CHARACTERS.fullmatch(stem_of(path))
        if match is None:
            raise FileNameError(
                f"{name_of(path)!r}: expected speaker, text, emotion and a take from a to z as in 03a01Fa"
            )
        speaker, text, emotion, take = match.groups()
        gender, age = lookup(SPEAKERS, speaker, "speaker", path)
        return Recording(
            dataset=self.name,
            stem=stem_of(path),
            path=path,
            speaker=speaker,
            gender=gender,
            age=age,
            language=self.language,
            emotion=lookup(EMOTIONS, emotion, "emotion", path),
            emotion_code=emotion,
            statement=text,
            text=lookup(TEXTS, text, "text", path),
            repetition=take,
        )
