r"""The recordings and label files of docs/walkthrough.md, from the voices of the demo corpus.

    python -m docs.scripts.walkthrough_inputs FOLDER

FOLDER/data/raw/demo ─┬→ FOLDER/calls: a call of ten minutes in M4A, and the emotion of each turn
                      ├→ FOLDER/data/raw/iemocap: sessions of two voices, with label files as documented
                      └→ FOLDER/interviews: a recording per voice, and a table of the answers of three raters
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from itertools import count, cycle, product
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.robustness.media_files import WRITTEN, media_file
from ser_features.corpora.synthesis.script import SENTENCES, VOICES
from ser_features.corpora.synthesis.writer import generate

EMOTIONS = ("angry", "happy", "neutral", "sad")
PAUSE = 1.5
"""Silence between two sentences, in s."""

CALL_SECONDS = 600
WOMEN, MEN = ([name for name, voice in VOICES.items() if voice.gender == sex] for sex in ("female", "male"))
CODES = {"angry": "ang", "disgust": "fru", "fear": "xxx", "happy": "hap", "neutral": "neu", "sad": "sad"}
"""Code of IEMOCAP by the emotion of the demo corpus."""

WORDS = {"ang": "Anger", "exc": "Excited", "fru": "Frustration", "hap": "Happiness", "neu": "Neutral state"}
WORDS |= {"sad": "Sadness"}
"""What raters of IEMOCAP answer, by code; at `NO_AGREEMENT`, each answers another word."""

NO_AGREEMENT = ("Anger", "Sadness", "Neutral state")


def write(folder: Path, workers: int = 2) -> None:
    """Write all inputs below a folder."""
    demo = folder / "data" / "raw" / "demo"
    generate(demo, workers=workers)
    _call(demo, folder / "calls")
    _iemocap(demo, folder / "data" / "raw" / "iemocap")
    _interviews(demo, folder / "interviews")


def _voice(demo: Path, speaker: str, emotion: str, sentence: str) -> tuple[np.ndarray, int]:
    """Samples, (n,), and sample rate of a recording of the demo corpus."""
    return soundfile.read(demo / speaker / f"{speaker}_{emotion}_{sentence}_1.wav", dtype="float32")


def _call(demo: Path, folder: Path) -> None:
    """Two voices that are in no session of `_iemocap`, in turn, one on each channel."""
    kind = next(kind for kind in WRITTEN if kind.name == "ipod-aac")
    samples: list[np.ndarray] = []
    turns: list[Sequence[object]] = []
    position = 0
    script = cycle(product(SENTENCES, EMOTIONS, enumerate((WOMEN[5], MEN[5]))))
    while position < CALL_SECONDS * kind.rate:
        sentence, emotion, (channel, speaker) = next(script)
        signal, rate = _voice(demo, speaker, emotion, sentence)
        if rate != kind.rate:
            raise ValueError(f"the demo corpus has {rate} Hz, expected {kind.rate} Hz")
        turn = np.zeros((len(signal) + round(PAUSE * rate), 2), np.float32)
        turn[: len(signal), channel] = signal
        turns.append((f"{position / rate:.2f}", channel + 1, emotion))
        samples.append(turn)
        position += len(turn)
    folder.mkdir()
    (folder / "call.m4a").write_bytes(media_file(kind, np.concatenate(samples)))
    _table(folder / "turns.csv", ("start", "channel", "emotion"), turns)


def _iemocap(demo: Path, folder: Path) -> None:
    """Five sessions of a woman and a man, three dialogues each; a third of what is happy is excited."""
    for session, (woman, man) in enumerate(zip(WOMEN[:5], MEN[:5], strict=True), start=1):
        for number, sentence in enumerate(("s1", "s2", "s3"), start=1):
            dialogue = f"Ses0{session}F_impro0{number}"
            below = folder / f"Session{session}"
            evaluation, transcription = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n"], []
            for turn, (emotion, (letter, speaker)) in enumerate(product(CODES, (("F", woman), ("M", man)))):
                name = f"{dialogue}_{letter}{turn // 2:03}"
                code = "exc" if (emotion, sentence) == ("happy", "s3") else CODES[emotion]
                wav = below / "sentences" / "wav" / dialogue / f"{name}.wav"
                wav.parent.mkdir(parents=True, exist_ok=True)
                signal, rate = _voice(demo, speaker, emotion, sentence)
                soundfile.write(wav, signal, rate)
                start, end = 4.0 * turn, 4.0 * turn + len(signal) / rate
                words = (WORDS[code],) * 3 if code in WORDS else NO_AGREEMENT
                answers = (f"C-E{rater}:\t{word};\t()\n" for rater, word in enumerate(words, start=1))
                head = f"[{start:.4f} - {end:.4f}]\t{name}\t{code}\t[2.5000, 3.0000, 3.0000]\n"
                evaluation.append("".join((head, *answers)))
                transcription.append(f"{name} [{start:08.4f}-{end:08.4f}]: {SENTENCES[sentence].text}\n")
            _text(below / "dialog" / "EmoEvaluation" / f"{dialogue}.txt", "\n".join(evaluation))
            _text(below / "dialog" / "transcriptions" / f"{dialogue}.txt", "".join(transcription))


def _interviews(demo: Path, folder: Path) -> None:
    """A recording of twelve sentences for each of six voices, and three raters.

    The first is right, the second errs at every fifth sentence, the third guesses. In the last row, start and
    end are exchanged.
    """
    rows: list[Sequence[object]] = []
    numbers = count()
    folder.mkdir()
    for speaker in (*WOMEN[:3], *MEN[:3]):
        samples: list[np.ndarray] = []
        position = 0
        for sentence, emotion in product(("s1", "s2", "s3"), EMOTIONS):
            signal, rate = _voice(demo, speaker, emotion, sentence)
            samples += [signal, np.zeros(round(PAUSE * rate), np.float32)]
            start, end = position / rate, (position + len(signal)) / rate
            number = next(numbers)
            answers = (
                emotion,
                EMOTIONS[(number + 1) % 4] if number % 5 == 0 else emotion,
                EMOTIONS[number % 3],
            )
            rows += [
                (f"{speaker}.wav", f"{start:.2f}", f"{end:.2f}", speaker, f"r{rater}", answer)
                for rater, answer in enumerate(answers, start=1)
            ]
            position += len(signal) + len(samples[-1])
        soundfile.write(folder / f"{speaker}.wav", np.concatenate(samples), rate)
    path, start_of_last, end_of_last, *rest = rows[-1]
    rows[-1] = (path, end_of_last, start_of_last, *rest)
    _table(folder / "answers.csv", ("path", "start", "end", "speaker", "rater", "emotion"), rows)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)
