"""Sentences → neutral speech by eSpeak NG, through Praat's SpeechSynthesizer.

eSpeak NG keeps the state of its oscillators between utterances, so the samples depend on everything that the
process has synthesised before. Therefore all utterances are synthesised in one order, in a fresh process.
"""

from dataclasses import dataclass

import numpy as np
from loky import ProcessPoolExecutor

from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Voice
from ser_features.praat import call, parselmouth

SAMPLE_RATE = 22_050
"""Sample rate of the utterances, in Hz."""

WORDS_PER_MINUTE = 175
"""Speaking rate of a voice with `rate` 1."""

WORD_GAP = 0.01
"""Gap between words, in s: short, but long enough to cut there without a click."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Neutral speech of one sentence.

    Attributes:
        signal: float64, shape (n,), at `SAMPLE_RATE`; from the first word to the last.
        gaps: times of the gaps between words, in s, in order.
    """

    signal: np.ndarray
    gaps: tuple[float, ...]


Utterances = dict[tuple[str, str], Utterance]
"""Utterances by name of the voice and code of the sentence."""


def utterances() -> Utterances:
    """Synthesise every sentence with every voice, in a fresh process; takes about 1 s.

    Returns:
        The same samples in every call.
    """
    with ProcessPoolExecutor(max_workers=1) as fresh:
        return fresh.submit(synthesise_all).result()


def synthesise_all() -> Utterances:
    """Synthesise every sentence with every voice in this process; reproducible only if it is a fresh one."""
    return {
        (voice.name, sentence.code): _synthesise(voice, sentence.text)
        for voice in VOICES.values()
        for sentence in SENTENCES.values()
    }


def _synthesise(voice: Voice, text: str) -> Utterance:
    synthesizer = call("Create SpeechSynthesizer", voice.accent, voice.variant)
    words_per_minute = round(WORDS_PER_MINUTE * voice.rate)
    call(synthesizer, "Speech output settings", SAMPLE_RATE, WORD_GAP, 1.0, 1.0, words_per_minute, "IPA")
    objects = call(synthesizer, "To Sound", text, "yes")
    sound = next(item for item in objects if isinstance(item, parselmouth.Sound))
    grid = next(item for item in objects if isinstance(item, parselmouth.TextGrid))
    return _cut_at_words(sound.values[0], grid)


def _cut_at_words(signal: np.ndarray, grid: parselmouth.TextGrid) -> Utterance:
    """Remove the silence before the first word and after the last, and find the gaps between words."""
    tier = 3  # sentence, clause, word, phoneme
    count = call(grid, "Get number of intervals", tier)
    words = [i for i in range(1, count + 1) if call(grid, "Get label of interval", tier, i)]
    starts = np.array([call(grid, "Get start time of interval", tier, i) for i in words])
    ends = np.array([call(grid, "Get end time of interval", tier, i) for i in words])
    first, last = (round(time * SAMPLE_RATE) for time in (starts[0], ends[-1]))
    gaps = ((ends[:-1] + starts[1:]) / 2 - starts[0])[starts[1:] > ends[:-1]]
    return Utterance(signal[first:last], tuple(gaps.tolist()))
