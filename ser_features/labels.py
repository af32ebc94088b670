"""Canonical emotions: a corpus's word for an emotion → one of nine labels, in one fixed order.

>>> canonical("Fearful"), canonical("ps"), canonical("joy")
('fear', 'surprise', 'happy')
"""

from collections.abc import Iterable

from ser_features.arguments import plain, suggestion
from ser_features.errors import InputError

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

NO_AGREEMENT = "no agreement"
"""Stored as the emotion of a recording whose raters disagree."""

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
        word: an emotion, canonical or a synonym; case, hyphens, blanks and underscores do not count.

    Returns:
        One of `EMOTIONS`.

    Raises:
        InputError: if the word is unknown.
    """
    key = word.strip().lower()
    emotion = SYNONYMS.get(key, key)
    if emotion not in EMOTIONS:
        words = (*EMOTIONS, *SYNONYMS)
        if (spelled := {plain(one): one for one in words}.get(plain(word))) is not None:
            return canonical(spelled)
        meant = suggestion(word, words)
        raise InputError(
            f"unknown emotion {word!r}:{meant and f' {meant}'} expected one of {', '.join(EMOTIONS)}"
        )
    return emotion


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Parse words or codes that stand for an emotion, as `--emotions` takes them.

    >>> parse_mapping(["fru=angry", "exc=happy,W=anger"])
    {'fru': 'angry', 'exc': 'happy', 'W': 'anger'}

    Args:
        pairs: as typed, such as W=angry, or several with commas between.

    Raises:
        InputError: if a pair has another form, a code occurs twice, or the emotion is unknown.
    """
    emotions: dict[str, str] = {}
    for pair in (part.strip() for several in pairs for part in several.split(",") if part.strip()):
        code, _, emotion = (part.strip() for part in pair.partition("="))
        if not (code and emotion):
            raise InputError(f"--emotions {pair}: expected CODE=EMOTION, such as W=angry")
        try:
            canonical(emotion)
        except InputError as error:
            raise InputError(f"--emotions {pair}: {error}") from error
        if emotions.setdefault(code, emotion) != emotion:
            raise InputError(f"--emotions {pair}: {code} is {emotions[code]} already: leave one of them out")
    return emotions


def in_order(emotions: set[str]) -> list[str]:
    """Sort emotions into the canonical order.

    >>> in_order({"sad", "angry"})
    ['angry', 'sad']
    """
    return [emotion for emotion in EMOTIONS if emotion in emotions]
