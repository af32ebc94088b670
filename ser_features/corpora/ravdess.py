"""RAVDESS: Ryerson Audio-Visual Database of Emotional Speech and Song.

Grammar: seven numbers of two digits, `modality-channel-emotion-intensity-statement-repetition-actor`:

- modality: 01 audio-video, 02 video-only, 03 audio-only
- vocal channel: 01 speech, 02 song
- emotion: 01 neutral, 02 calm, 03 happy, 04 sad, 05 angry, 06 fearful, 07 disgust, 08 surprised
- intensity: 01 normal, 02 strong (neutral has no strong; song has no disgust and no surprised)
- statement: 01 "Kids are talking by the door", 02 "Dogs are sitting by the door"
- repetition: 01, 02
- actor: 01–24, odd male, even female

Counts: 1,440 of speech, 60 per actor: 96 neutral and 192 of each other emotion. The songs, where they
are present too, come on top of that.

Oddities: five speech files are stereo; `03-01-03-01-02-01-07` and `03-01-03-01-02-02-07` hold the same
audio; speech peaks near a tenth of full scale; ages are published as a range only, so `age` is null.

Licence: CC BY-NC-SA 4.0. Cite Livingstone & Russo (2018).

>>> recording = Ravdess().parse("ravdess/Actor_12/03-01-06-01-02-01-12.wav")
>>> recording.emotion, recording.intensity, recording.text, recording.speaker, recording.gender
('fear', 'normal', 'Dogs are sitting by the door', '12', 'female')
"""

from ser_features.corpora.base import Corpus, lookup, name_of, one_of, split_name, stem_of
from ser_features.corpora.defects import Defect
from ser_features.errors import FileNameError
from ser_features.labels import in_order
from ser_features.manifest import Recording

FIELDS = ("modality", "channel", "emotion", "intensity", "statement", "repetition", "actor")
MODALITIES = {"01": "audio-video", "02": "video-only", "03": "audio-only"}
CHANNELS = {"01": "speech", "02": "song"}
EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
INTENSITIES = {"01": "normal", "02": "strong"}
TEXTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}
REPETITIONS = ("01", "02")
GENDERS = {f"{actor:02}": "female" if actor % 2 == 0 else "male" for actor in range(1, 25)}

NEUTRAL, STRONG, SONG = "01", "02", "02"
NOT_SUNG = ("07", "08")


class Ravdess(Corpus):
    """Acted North American English; 24 actors, 2 statements, 8 emotions at 2 intensities."""

    name = "ravdess"
    title = "RAVDESS"
    language = "en"
    whole = 1440
    speakers = len(GENDERS)
    emotions = tuple(in_order(set(EMOTIONS.values())))
    licence = "CC BY-NC-SA 4.0"
    citation = (
        "Livingstone SR, Russo FA (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song "
        "(RAVDESS). PLoS ONE 13(5): e0196391. https://doi.org/10.1371/journal.pone.0196391"
    )
    url = "https://zenodo.org/records/1188976"
    layout = "ravdess/Actor_01/03-01-01-01-01-01-01.wav"
    folders = ("ravdess", "Audio_Speech_Actors_01-24", "ravdess-emotional-speech-audio")
    defects = (
        Defect(
            ("03-01-03-01-02-01-07", "03-01-03-01-02-02-07"), "the same audio twice", "the published files"
        ),
    )

    def parse(self, path: str) -> Recording:
        """Parse a path such as `ravdess/Actor_01/03-01-01-01-01-01-01.wav`; see `Corpus.parse`."""
        modality, channel, emotion, intensity, statement, repetition, actor = split_name(path, "-", FIELDS)
        recording = Recording(
            dataset=self.name,
            stem=stem_of(path),
            path=path,
            language=self.language,
            modality=lookup(MODALITIES, modality, "modality", path),
            vocal_channel=lookup(CHANNELS, channel, "vocal channel", path),
            emotion=lookup(EMOTIONS, emotion, "emotion", path),
            emotion_code=emotion,
            intensity=lookup(INTENSITIES, intensity, "intensity", path),
            statement=statement,
            text=lookup(TEXTS, statement, "statement", path),
            repetition=one_of(REPETITIONS, repetition, "repetition", path),
            speaker=actor,
            gender=lookup(GENDERS, actor, "actor", path),
        )
        if emotion == NEUTRAL and intensity == STRONG:
            raise FileNameError(f"{name_of(path)!r}: strong intensity of neutral, expected intensity 01")
        if channel == SONG and emotion in NOT_SUNG:
            raise FileNameError(f"{name_of(path)!r}: emotion {emotion!r} in a song, expected 01–06")
        return recording
