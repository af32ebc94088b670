"""The script: all combinations of voice, emotion, sentence and take.

>>> clip = clips()[-1]
>>> clip.stem, clip.voice.gender, clip.sentence.text
('M6_sad_s5_1', 'male', 'The road turns left behind the station.')
"""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic speaker.

    Attributes:
        name: in the file names, F or M and a number.
        gender: female or male.
        accent: language of eSpeak NG, as Praat writes it.
        variant: voice variant of eSpeak NG, which determines the timbre.
        pitch: median F0 of neutral speech, in Hz.
        formants: factor on all formant frequencies; below 1 is a longer vocal tract.
        rate: factor on the speaking rate; above 1 is faster.
        level: RMS level at the microphone in neutral speech, in dBFS.
        room: RMS level of the room noise, in dBFS.
    """

    name: str
    gender: str
    accent: str
    variant: str
    pitch: float
    formants: float
    rate: float
    level: float
    room: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with emotionally neutral words.

    Attributes:
        code: in the file names.
        text: the words.
    """

    code: str
    text: str


_BRITISH, _AMERICAN, _SCOTTISH, _RECEIVED = (
    f"English ({accent})" for accent in ("Great Britain", "America", "Scotland", "Received Pronunciation")
)

VOICES: dict[str, Voice] = {
    voice.name: voice
    for voice in (
        Voice("F1", "female", _BRITISH, "Female1", 205.0, 1.13, 1.00, -33.0, -62.0),
        Voice("F2", "female", _AMERICAN, "Female2", 188.0, 1.22, 1.08, -30.0, -58.0),
        Voice("F3", "female", _SCOTTISH, "Female3", 224.0, 1.20, 0.94, -36.0, -66.0),
        Voice("F4", "female", _RECEIVED, "Female5", 197.0, 1.10, 1.04, -32.0, -64.0),
        Voice("F5", "female", _AMERICAN, "Steph", 213.0, 1.16, 0.98, -38.0, -60.0),
        Voice("F6", "female", _BRITISH, "Linda", 232.0, 1.08, 1.12, -31.0, -68.0),
        Voice("M1", "male", _BRITISH, "Male1", 108.0, 0.98, 1.02, -34.0, -60.0),
        Voice("M2", "male", _AMERICAN, "Male3", 121.0, 1.03, 0.95, -31.0, -66.0),
        Voice("M3", "male", _SCOTTISH, "Male4", 98.0, 0.94, 1.06, -37.0, -63.0),
        Voice("M4", "male", _RECEIVED, "Robert", 115.0, 1.00, 1.10, -33.0, -57.0),
        Voice("M5", "male", _AMERICAN, "Denis", 128.0, 1.05, 0.99, -30.0, -65.0),
        Voice("M6", "male", _BRITISH, "Michael", 104.0, 0.96, 0.92, -35.0, -61.0),
    )
}
"""The speakers by name: six female and six male, each with its own pitch, timbre, speaking rate and level."""

SENTENCES: dict[str, Sentence] = {
    sentence.code: sentence
    for sentence in (
        Sentence("s1", "The boxes are stacked beside the door."),
        Sentence("s2", "The train to the coast leaves at seven."),
        Sentence("s3", "There are nine windows on this side."),
        Sentence("s4", "She put the paper on the second shelf."),
        Sentence("s5", "The road turns left behind the station."),
    )
}
"""The sentences by code, of similar length."""

EMOTIONS: tuple[str, ...] = ("angry", "disgust", "fear", "happy", "neutral", "sad")
"""The expressed emotions, canonical labels in canonical order."""

TAKES: tuple[str, ...] = ("1",)
"""Takes of each sentence per voice and emotion."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording to synthesise.

    Attributes:
        voice: the speaker.
        emotion: one of `EMOTIONS`.
        sentence: the spoken sentence.
        take: one of `TAKES`.
    """

    voice: Voice
    emotion: str
    sentence: Sentence
    take: str

    @property
    def stem(self) -> str:
        """File name without its suffix: `speaker_emotion_sentence_take`."""
        return f"{self.voice.name}_{self.emotion}_{self.sentence.code}_{self.take}"

    @property
    def path(self) -> str:
        """Path below the corpus folder, with forward slashes."""
        return f"{self.voice.name}/{self.stem}.wav"


def clips() -> tuple[Clip, ...]:
    """Every clip of the corpus, in the order of their paths: voice, emotion, sentence, take."""
    return tuple(
        Clip(*combination) for combination in product(VOICES.values(), EMOTIONS, SENTENCES.values(), TAKES)
    )
