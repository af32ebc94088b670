"""Canonical emotions: a corpus's word for an emotion → one of nine labels, in one fixed order.

>>> canonical("Fearful"), canonical("ps"), canonical("joy")
('fear', 'surprise', 'happy')
"""

from collections.abc import Iterable

from ser_features.errors import InputError
from ser_features.words import suggestion

EMOTIONS: tuple[str, ...] = (
    "angry",
    "disgust",
    "fear",
    "happy",
    "neutral",
    "calm",
    "sad",
    "surprise",
    "boredom",
)
"""The canonical emotions, in the order of every table, matrix and model of this project."""

SYNONYMS: dict[str, str] = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "scared": "fear",
    "afraid": "fear",
    "anxiety": "fear",
    "anxious": "fear",
    "happiness": "happy",
    "joy": "happy",
    "joyful": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "pleasant surprise": "surprise",
    "pleasant_surprise": "surprise",
    "ps": "surprise",
    "bored": "boredom",
}
"""Synonyms in papers, corpora and users' manifests."""


def canonical(word: str) -> str:
    """Return the canonical emotion of a word.

    Args:
        word: an emotion in any case, canonical or a synonym.

    Returns:
        One of `EMOTIONS`.

    Raises:
        InputError: if the word is unknown.
    """
    key = word.strip().lower()
    emotion = SYNONYMS.get(key, key)
    if emotion not in EMOTIONS:
        meant = suggestion(word, (*EMOTIONS, *SYNONYMS))
        raise InputError(
            f"unknown emotion {word!r}:{meant and f' {meant}'} expected one of {', '.join(EMOTIONS)}"
        )
    return emotion


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Parse words that stand for an emotion, as `--emotions` takes them.

    >>> parse_mapping(["fru=angry", "exc=happy"])
    {'fru': 'angry', 'exc': 'happy'}

    Args:
        pairs: each is WORD=EMOTION.

    Raises:
        InputError: if a pair has another form, a word occurs twice, or the emotion is unknown.
    """
    emotions: dict[str, str] = {}
    for pair in pairs:
        word, _, emotion = (part.strip() for part in pair.partition("="))
        if not word or not emotion:
            raise InputError(f"--emotions {pair}: expected WORD=EMOTION, such as fru=angry")
        if emotions.setdefault(word, emotion) != emotion:
            raise InputError(f"--emotions {word} is {emotions[word]} and {emotion}, expected one emotion")
        canonical(emotion)
    return emotions


def in_order(emotions: set[str]) -> list[str]:
    """Sort emotions into the canonical order.

    >>> in_order({"sad", "angry"})
    ['angry', 'sad']
    """
    return [emotion for emotion in EMOTIONS if emotion in emotions]
