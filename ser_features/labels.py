"""Emotions: any word is one. Nine come first in every table, matrix and model; some words have synonyms.

words of a corpus with their counts → `resolve` → `Resolved`: label by word, and notes on what was joined
several labels → `in_order`

A word has a spelling (anger is angry) and may have a synonym (joy is proposed as happy). Two words of one
corpus never become one label by a synonym: where joy and happy occur, joy stays joy.

>>> resolve({"Joy": 3, "sad": 2}).labels
{'Joy': 'happy', 'sad': 'sad'}
>>> resolve({"joy": 3, "happy": 2}).labels
{'joy': 'joy', 'happy': 'happy'}
>>> canonical("Fearful"), canonical("Rude")
('fear', 'rude')
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from ser_features.arguments import nearest, plain
from ser_features.errors import InputError, counted

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
"""The emotions that come first, in the order of every table, matrix and model of this project."""

FURTHER_EMOTIONS: tuple[str, ...] = (
    *("amused", "anxious", "apologetic", "assertive", "concerned", "contempt", "disappointed"),
    *("encouraging", "excited", "frustrated", "pain", "pleasure", "sarcastic", "sleepiness"),
)
"""Other emotions of published corpora; they follow `EMOTIONS`."""

UNKNOWN, OTHER, NO_AGREEMENT = "unknown", "other", "no agreement"

NO_EMOTION: dict[str, str] = {
    **dict.fromkeys((UNKNOWN, "unclear", "undefined", "unlabelled", "unlabeled"), UNKNOWN),
    **dict.fromkeys((OTHER, "others", "oth"), OTHER),
    **dict.fromkeys((NO_AGREEMENT, "no majority", "ambiguous", "xxx"), NO_AGREEMENT),
}
"""What corpora write for a recording without an emotion; it is stored, and left out of training."""

SPELLINGS: dict[str, str] = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "joyful": "joy",
    "sadness": "sad",
    "surprised": "surprise",
    "pleasantly surprised": "pleasant surprise",
    "ps": "pleasant surprise",
    "bored": "boredom",
    "anxiety": "anxious",
    "amusement": "amused",
    "apology": "apologetic",
    "concern": "concerned",
    "disappointment": "disappointed",
    "encouragement": "encouraging",
    "excitement": "excited",
    "frustration": "frustrated",
    "sarcasm": "sarcastic",
    "sleepy": "sleepiness",
}
"""Other forms of a word: they are the same label."""

SYNONYMS: dict[str, str] = {
    "joy": "happy",
    "anxious": "fear",
    "scared": "fear",
    "afraid": "fear",
    "pleasant surprise": "surprise",
}
"""Words that are proposed as an emotion: in a corpus without that emotion, they stand for it."""

EMOTION_WORDS: tuple[str, ...] = (*EMOTIONS, *FURTHER_EMOTIONS, *SPELLINGS, *SYNONYMS)
KNOWN_WORDS: tuple[str, ...] = (*EMOTION_WORDS, *NO_EMOTION)

MAX_LENGTH = 64
"""Maximum number of characters of a label."""

MARKUP = frozenset("<>")
"""Characters that a label does not have."""

FEWEST = 3
"""Shorter words are codes rather than emotions."""

MISSPELLED = 0.8
"""Ratio of `difflib` from which on a note says that a word is close to a known one."""

_ORDER = {label: rank for rank, label in enumerate((*EMOTIONS, *FURTHER_EMOTIONS))}
_LAST = tuple(dict.fromkeys(NO_EMOTION.values()))
_SPELLED = {plain(word): word for word in reversed(KNOWN_WORDS)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the words of a corpus stand for.

    Attributes:
        labels: by word, as the corpus writes it.
        problems: why a word cannot be a label, by word.
        notes: one line per word that was replaced, was not, or may be misspelled.
    """

    labels: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def resolve(counts: Mapping[str, int], synonyms: Mapping[str, str] | None = None) -> Resolved:
    """Find the label of each word of one corpus.

    Args:
        counts: number of rows by word, as the corpus writes it; an empty one is unknown.
        synonyms: label by word, instead of `SPELLINGS` and `SYNONYMS`; empty to keep words as they are.
    """
    problems = {word: why for word in counts if (why := problem(word))}
    usable = {word: number for word, number in counts.items() if word not in problems}
    if synonyms is None:
        forms = {word: spelled(word) for word in usable}
        joined = _without_joining(set(forms.values()))
    else:
        forms = {word: written(word) for word in usable}
        chosen = {written(word): written(label) for word, label in synonyms.items()}
        joined = {word: chosen.get(word, word) for word in forms.values()}
    labels = {word: joined[form] for word, form in forms.items()}
    rows: Counter[str] = Counter()
    for word, number in usable.items():
        rows[labels[word]] += number
    kept = _kept(rows) if synonyms is None else []
    return Resolved(
        labels, problems, (*_replaced(usable, labels), *kept, *_without_emotion(rows), *_close(rows))
    )


def written(word: str) -> str:
    """A word as a label: in lower case, with single blanks; the usual spelling of a known one.

    >>> written("  Very_Happy "), written("No-Agreement"), written("")
    ('very_happy', 'no agreement', 'unknown')
    """
    text = re.sub(r"\s+", " ", word.strip()).lower()
    form = _SPELLED.get(plain(text), text)
    return NO_EMOTION.get(form, form) or UNKNOWN


def canonical(word: str) -> str:
    """The label of a single word, whatever other words its corpus has: its spelling, then its synonym.

    >>> canonical("ps"), canonical("Anxiety"), canonical("xxx")
    ('surprise', 'fear', 'no agreement')

    Raises:
        InputError: if the word cannot be a label.
    """
    if why := problem(word):
        raise InputError(why)
    form = spelled(word)
    return SYNONYMS.get(form, form)


def spelled(word: str) -> str:
    """A word as a label, in its usual spelling.

    >>> spelled("Joyful"), spelled("anger")
    ('joy', 'angry')
    """
    form = written(word)
    return SPELLINGS.get(form, form)


def spelled_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Labels that count as others, each in its usual spelling.

    >>> spelled_mapping({"Joyful": "anger"})
    {'joy': 'angry'}
    """
    return {spelled(word): spelled(other) for word, other in mapping.items()}


def problem(word: str) -> str | None:
    """Why a word cannot be a label; None if it can. An empty one stands for unknown."""
    text = word.strip()
    if len(text) > MAX_LENGTH:
        return f"emotion {text[:20]!r}… has {len(text)} characters, expected at most {MAX_LENGTH}"
    if not text.isprintable() or not MARKUP.isdisjoint(text):
        return f"emotion {text!r} has control characters or markup, expected a word"
    if text and not any(map(str.isalpha, text)):
        return f"emotion {text!r} has no letter, expected a word"
    return None


def is_label(text: str) -> bool:
    """Whether a text may name a class: up to `MAX_LENGTH` printable characters without markup."""
    return (
        0 < len(text) <= MAX_LENGTH
        and text.isprintable()
        and MARKUP.isdisjoint(text)
        and text == text.strip()
    )


@cache
def words_for(label: str) -> frozenset[str]:
    """All known words that stand for a label, itself among them.

    >>> sorted(words_for("happy"))
    ['happiness', 'happy', 'joy', 'joyful']
    """
    return frozenset((label, *(word for word in KNOWN_WORDS if canonical(word) == label)))


def is_emotion(label: str) -> bool:
    """Whether a stored label is an emotion, and not unknown, other or no agreement."""
    return label not in _LAST


def in_order(labels: Iterable[str]) -> list[str]:
    """Sort labels: `EMOTIONS`, `FURTHER_EMOTIONS`, others by the alphabet, those that are no emotion.

    >>> in_order({"sad", "rude", "angry", "other", "excited"})
    ['angry', 'sad', 'excited', 'rude', 'other']
    """
    return sorted(labels, key=lambda label: (_ORDER.get(label, len(_ORDER)), not is_emotion(label), label))


def parse_mapping(
    pairs: Iterable[str], option: str = "--emotions", form: str = "CODE=EMOTION, such as W=angry"
) -> dict[str, str]:
    """Parse words or codes that stand for an emotion, as `--emotions` takes them.

    >>> parse_mapping(["fru=angry", "exc=happy,W=anger", "hot,cold=angry"])
    {'fru': 'angry', 'exc': 'happy', 'W': 'anger', 'hot': 'angry', 'cold': 'angry'}

    Args:
        pairs: as typed, such as W=angry, or several with commas between; several codes may stand before one
            emotion.
        option: that takes them, for messages.
        form: of a pair, for messages.

    Raises:
        InputError: if a pair has another form, a code occurs twice, or the emotion is no word.
    """
    emotions: dict[str, str] = {}
    for pair, code, emotion in (one for several in pairs for one in _pairs(several)):
        if not (code and emotion):
            raise InputError(f"{option} {pair}: expected {form}")
        if why := problem(emotion):
            raise InputError(f"{option} {pair}: {why}")
        if len(emotion) < FEWEST and written(emotion) not in KNOWN_WORDS and written(code) in KNOWN_WORDS:
            raise InputError(f"{option} {pair}: expected {form.partition(',')[0]}, such as {emotion}={code}")
        if emotions.setdefault(code, emotion) != emotion:
            raise InputError(f"{option} {pair}: {code} is {emotions[code]} already: leave one of them out")
    return emotions


def _pairs(text: str) -> Iterator[tuple[str, str, str]]:
    """Each pair as text, code and emotion; codes without a sign have the emotion of the next pair."""
    waiting: list[str] = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        code, sign, emotion = (word.strip() for word in part.partition("="))
        if not sign:
            waiting.append(code)
            continue
        yield from ((f"{one}={emotion}", one, emotion) for one in (*waiting, code))
        waiting = []
    yield from ((code, code, "") for code in waiting)


def _without_joining(forms: set[str]) -> dict[str, str]:
    """Synonym of each form, unless two forms would get the same."""
    proposed = {form: SYNONYMS.get(form, form) for form in forms}
    number = Counter(proposed.values())
    return {form: label if number[label] == 1 else form for form, label in proposed.items()}


def _replaced(counts: Mapping[str, int], labels: Mapping[str, str]) -> list[str]:
    """A line for each word that has another label."""
    rows: Counter[tuple[str, str]] = Counter()
    for word, number in counts.items():
        if word.strip() and plain(word) != plain(labels[word]):
            rows[word.strip().lower(), labels[word]] += number
    return [f"{word} → {label}: {counted(number, 'row')}" for (word, label), number in rows.items()]


def _kept(rows: Mapping[str, int]) -> list[str]:
    """A line for each synonym that stays itself."""
    lines = []
    for label in in_order(rows):
        meant = SYNONYMS.get(label)
        rivals = [other for other in in_order(rows) if other != label and SYNONYMS.get(other, other) == meant]
        if rivals:
            lines.append(
                f"{label} ({counted(rows[label], 'row')}) stays a label of its own, as {rivals[0]} occurs "
                f"too; --emotions {label}={meant} joins them"
            )
    return lines


def _without_emotion(rows: Mapping[str, int]) -> list[str]:
    """A line on rows that have no emotion."""
    none = [f"{label} ({counted(rows[label], 'row')})" for label in _LAST if label in rows]
    return [f"{', '.join(none)}: stored, and left out of training"] if none else []


def _close(rows: Mapping[str, int]) -> list[str]:
    """A line for each label that may be a misspelled word."""
    others = {label for label in rows if label not in KNOWN_WORDS}
    meant = {label: nearest(label, KNOWN_WORDS, MISSPELLED) for label in in_order(others)}
    return [
        f"{label} ({counted(rows[label], 'row')}) is close to {word}; --emotions {label}={word} if it is that"
        for label, word in meant.items()
        if word
    ]
