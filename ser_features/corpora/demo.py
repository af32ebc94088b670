"""Demo: synthetic emotional speech, generated on first use without a download; no person speaks in it.

Grammar: `speaker_emotion_sentence_take`, in folders such as `F1`:

- speaker: F1–F6 (female voices), M1–M6 (male voices)
- emotion: angry disgust fear happy neutral sad
- sentence: s1–s5
- take: 1

Counts: 360 = 12 voices × 6 emotions × 5 sentences.

If the corpus folder is missing, `Demo.scan` generates it. `ser_features.corpora.synthesis` documents the
voices and what each emotion changes. A model trained on this corpus has learned that recipe.

>>> recording = Demo().parse("demo/M2/M2_fear_s3_1.wav")
>>> recording.speaker, recording.gender, recording.emotion, recording.text, recording.modality
('M2', 'male', 'fear', 'There are nine windows on this side.', 'synthetic')
"""

from pathlib import Path

from ser_features.corpora.base import Corpus, lookup, one_of, split_name, stem_of
from ser_features.corpora.synthesis.script import EMOTIONS, SENTENCES, TAKES, VOICES, clips
from ser_features.errors import InputError
from ser_features.manifest import Recording, Scan

FIELDS = ("speaker", "emotion", "sentence", "take")


class Demo(Corpus):
    """Synthetic English; 12 voices, 5 sentences, 6 emotions."""

    name = "demo"
    title = "Demo (synthetic speech)"
    language = "en"
    whole = len(clips())
    speakers = len(VOICES)
    emotions = EMOTIONS
    licence = "CC0 1.0"
    citation = (
        "Synthetic speech, generated with eSpeak NG (https://github.com/espeak-ng/espeak-ng) and Praat: "
        "Boersma P, Weenink D, Praat: doing phonetics by computer (https://www.praat.org)"
    )
    url = "nothing to download: ser extract --datasets demo generates it"
    layout = "demo/F1/F1_angry_s1_1.wav"
    folders = ("demo",)
    synthetic = True

    def parse(self, path: str) -> Recording:
        """Parse a path such as `demo/F1/F1_angry_s1_1.wav`; see `Corpus.parse`."""
        speaker, emotion, sentence, take = split_name(path, "_", FIELDS)
        return Recording(
            dataset=self.name,
            stem=stem_of(path),
            path=path,
            language=self.language,
            modality="synthetic",
            speaker=speaker,
            gender=lookup(VOICES, speaker, "speaker", path).gender,
            emotion=one_of(EMOTIONS, emotion, "emotion", path),
            emotion_code=emotion,
            statement=sentence,
            text=lookup(SENTENCES, sentence, "sentence", path).text,
            repetition=one_of(TAKES, take, "take", path),
        )

    def scan(self, data: Path) -> Scan:
        """Find the recordings; if the corpus folder is missing, generate it as `data/demo` first.

        Raises:
            InputError: if it can neither be found nor written.
        """
        try:
            self._locate(data)
        except InputError:
            from loky import cpu_count

            from ser_features.corpora.synthesis.writer import generate

            generate(data / self.name, workers=cpu_count())
        return super().scan(data)
