"""The names of all files of the five published corpora, generated from their grammars.

`names(corpus)` → paths below a data root → the corpus's own `parse` → `Recording`s, without any audio.

Spelled out here once more instead of taken from the corpora's modules, so that each checks the other. The
words of TESS and the texts and takes of EmoDB are invented: only their numbers are those of the corpora.
"""

from collections.abc import Callable, Iterator
from itertools import islice, product
from string import ascii_lowercase

SPEAKERS_OF_EMODB = ("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")
TEXTS_OF_EMODB = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
COUNTS_OF_EMODB = {"W": 127, "L": 81, "E": 46, "A": 69, "F": 71, "T": 62, "N": 79}

SENTENCES_OF_CREMAD = ("IEO", "TIE", "IOM", "IWW", "TAI", "MTI", "IWL", "ITH", "DFA", "ITS", "TSI", "WSI")
NEVER_PUBLISHED_OF_CREMAD = {
    *("1002_TIE_NEU_XX", "1076_ITS_NEU_XX"),
    *(f"1008_WSI_{emotion}_XX" for emotion in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")),
    *(f"1009_MTI_{emotion}_XX" for emotion in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")),
    *(f"1019_ITH_{emotion}_XX" for emotion in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")),
}
"""The 20 combinations of actor and sentence that its table of names lacks."""


def ravdess() -> Iterator[str]:
    """24 actors × 2 statements × 2 repetitions × (7 emotions × 2 intensities + neutral)."""
    for actor, emotion in product(range(1, 25), range(1, 9)):
        intensities = (1,) if emotion == 1 else (1, 2)
        for intensity, statement, repetition in product(intensities, (1, 2), (1, 2)):
            codes = (3, 1, emotion, intensity, statement, repetition, actor)
            yield f"ravdess/Actor_{actor:02}/{'-'.join(f'{code:02}' for code in codes)}.wav"


def tess() -> Iterator[str]:
    """2 speakers × 7 emotions × 200 words, one of them misnamed as in the published set."""
    words = ["bite", *islice(map("".join, product(ascii_lowercase, repeat=3)), 199)]
    emotions = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")
    for speaker, emotion, word in product(("OAF", "YAF"), emotions, words):
        stem = f"{speaker}_{word}_{emotion}".replace("OAF_bite_neutral", "OA_bite_neutral")
        yield f"tess/{speaker}_{emotion}/{stem}.wav"


def cremad() -> Iterator[str]:
    """91 actors × 12 sentences × 6 emotions; the first sentence at three levels, but for neutral."""
    emotions = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
    for actor, sentence, emotion in product(range(1001, 1092), SENTENCES_OF_CREMAD, emotions):
        for level in ("LO", "MD", "HI") if sentence == "IEO" and emotion != "NEU" else ("XX",):
            stem = f"{actor}_{sentence}_{emotion}_{level}"
            if stem not in NEVER_PUBLISHED_OF_CREMAD:
                yield f"cremad/AudioWAV/{stem}.wav"


def savee() -> Iterator[str]:
    """4 speakers × (15 sentences of 6 emotions + 30 neutral)."""
    for speaker, emotion in product(("DC", "JE", "JK", "KL"), ("a", "d", "f", "h", "n", "sa", "su")):
        for number in range(1, 31 if emotion == "n" else 16):
            yield f"savee/{speaker}_{emotion}{number:02}.wav"


def emodb() -> Iterator[str]:
    """As many takes of each emotion as listeners recognised, spread over the speakers."""
    for emotion, count in COUNTS_OF_EMODB.items():
        takes = product("ab", TEXTS_OF_EMODB, SPEAKERS_OF_EMODB)
        for take, text, speaker in islice(takes, count):
            yield f"emodb/wav/{speaker}{text}{emotion}{take}.wav"


WHOLE: dict[str, Callable[[], Iterator[str]]] = {
    make.__name__: make for make in (ravdess, tess, cremad, savee, emodb)
}
"""Every file name of each corpus."""
