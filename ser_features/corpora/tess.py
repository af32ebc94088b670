"""TESS: Toronto Emotional Speech Set.

Grammar: `speaker_word_emotion`, in folders such as `OAF_angry`:

- speaker: OAF (the older woman, 64 years), YAF (the younger, 26 years)
- word: one of 200, spoken in "Say the word …"
- emotion: angry disgust fear happy neutral ps sad, in any case; ps is pleasant surprise, which some
  releases write out

Counts: 2,800 = 2 speakers × 200 words × 7 emotions.

Oddities: `OA_bite_neutral` is OAF's, and keeps its name here; `OAF_food_fear` is at 96 kHz, the rest at
24,414 Hz; the published archive holds a second copy of every file in a nested folder.

Licence: CC BY-NC-ND 4.0. Cite Pichora-Fuller & Dupuis (2020).

>>> recording = Tess().parse("tess/YAF_Pleasant_surprise/YAF_youth_ps.wav")
>>> recording.emotion, recording.emotion_code, recording.text, recording.speaker, recording.age
('surprise', 'ps', 'Say the word youth', 'YAF', 26)
"""

from ser_features.corpora.base import Corpus, lookup, name_of, split_name, stem_of
from ser_features.corpora.defects import Defect
from ser_features.corpora.free_part import FreePart
from ser_features.errors import FileNameError
from ser_features.labels import in_order
from ser_features.manifest import Recording

SPEAKERS = {"OAF": "OAF", "YAF": "YAF", "OA": "OAF"}
AGES = {"OAF": 64, "YAF": 26}
EMOTIONS = {
    "angry": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happy",
    "neutral": "neutral",
    "ps": "surprise",
    "sad": "sad",
    "pleasant_surprise": "surprise",
    "pleasant_surprised": "surprise",
}


class Tess(Corpus):
    """Acted Canadian English; 2 women, 200 words, 7 emotions."""

    name = "tess"
    title = "TESS"
    language = "en"
    whole = 2800
    speakers = len(AGES)
    emotions = tuple(in_order(set(EMOTIONS.values())))
    licence = "CC BY-NC-ND 4.0"
    citation = (
        "Pichora-Fuller MK, Dupuis K (2020). Toronto emotional speech set (TESS). Borealis. "
        "https://doi.org/10.5683/SP2/E8H2MF"
    )
    url = "https://doi.org/10.5683/SP2/E8H2MF"
    layout = "tess/OAF_angry/OAF_back_angry.wav"
    folders = (
        "tess",
        "TESS Toronto emotional speech set data",
        "toronto-emotional-speech-set-tess",
        "Toronto emotional speech set",
    )
    free_part = FreePart(before="[^/_]+_", free="[A-Za-z]+", after="_[^/]+", stand_in="qqxqq")
    defects = (Defect(("OA_bite_neutral",), "misnamed for OAF_bite_neutral", "the published files"),)

    def parse(self, path: str) -> Recording:
        """Parse a path such as `tess/OAF_angry/OAF_back_angry.wav`; see `Corpus.parse`."""
        speaker, word, emotion = split_name(path, "_", ("speaker", "word", "emotion"))
        speaker = lookup(SPEAKERS, speaker, "speaker", path)
        if not (word.isascii() and word.isalpha()):
            raise FileNameError(f"{name_of(path)!r}: word is {word!r}, expected letters a–z")
        return Recording(
            dataset=self.name,
            stem=stem_of(path),
            path=path,
            speaker=speaker,
            gender="female",
            age=AGES[speaker],
            language=self.language,
            emotion=lookup(EMOTIONS, emotion.lower(), "emotion", path),
            emotion_code=emotion,
            statement=word,
            text=f"Say the word {word}",
        )
