r"""A pattern of file names → the columns that a path states.

"{speaker}/{emotion}{}.wav" → `compiled` → `NamePattern` → `parse(path)` → speaker, emotion

- `{emotion}` is the longest known word or code at its place; without codes, another word of three or more
  letters where none is. A word is not the beginning of a longer one.
- `{speaker}` and other columns of the manifest end at the text that follows them in the pattern; `{}` matches
  any text, also none. `{speaker:2}` is exactly two characters. No field matches a slash.
- A path that can be read in two ways, because fields touch each other, is refused.
- `parse` refuses an emotion that is unknown; `read` returns it as it is written. A pattern for `read` may
  have a field several times: its texts are joined by `_`.
- A pattern without `{emotion}` states the other columns alone.
- Upper and lower case are equal, except in codes that differ by case alone.

>>> pattern = compiled("{speaker}/{emotion}{}.wav", {"s": "sad", "su": "surprise"})
>>> pattern.parse("ben/su1.wav"), pattern.parse("ben/joy1.wav")
({'speaker': 'ben', 'emotion': 'surprise'}, {'speaker': 'ben', 'emotion': 'joy'})
>>> compiled("{speaker:2}{:3}{emotion}{}.wav", {"F": "happy"}).parse("03a01Fa.wav")
{'speaker': '03', 'emotion': 'happy'}
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from unicodedata import normalize

from ser_features.arguments import suggestion
from ser_features.errors import InputError
from ser_features.labels import EMOTION_WORDS, KNOWN_WORDS, written
from ser_features.tables.columns import recognised
from ser_features.tables.names import RATINGS, SPANS, USUAL_NAMES

FIELD = re.compile(r"\{(\w*)(?::([1-9]\d?))?\}")
FIELDS = tuple(name for name in USUAL_NAMES if name not in {"path", *RATINGS, *SPANS})
EMOTION = "emotion"

REPEATED = "__"
"""Before the number of a field that occurs several times, in the name of its group."""

WORD = r"(?:[^\W\d_]{3,}(?![^\W\d_]))"
"""What may be an emotion that is no known word."""

NO_WORD = r"(?:[^\W\d_]+(?![^\W\d_])|[^/]+?)"
"""What stands in the place of an unknown emotion: a run of letters, else as little as possible."""


@dataclass(frozen=True)
class NamePattern:
    """A compiled pattern.

    Attributes:
        text: as it was written.
        fields: columns that it states, in order.
        first: expression in which fields that touch the next one are as short as possible.
        last: as `first`, with such fields as long as possible.
        others: as `first` and `last`, with any word in the place of the emotion; none if there are codes.
        any_text: as `first` and `last`, with any text in the place of the emotion.
        codes: emotion by code in the names.
    """

    text: str
    fields: tuple[str, ...]
    first: re.Pattern[str]
    last: re.Pattern[str]
    others: tuple[re.Pattern[str], ...]
    any_text: tuple[re.Pattern[str], ...]
    codes: Mapping[str, str]

    def parse(self, path: str) -> dict[str, str]:
        """Return the values of the fields of a path; the emotion is what its code stands for, or the word.

        Args:
            path: below the folder, with forward slashes.

        Raises:
            InputError: if the path does not match, in one way only, or its emotion is unknown.
        """
        composed = normalize("NFC", path)
        if match := self._match(composed, ((self.first, self.last), self.others)):
            values = match.groupdict()
            return {**values, EMOTION: self._emotion(values[EMOTION])} if EMOTION in values else values
        if other := self.any_text[0].fullmatch(composed):
            self._emotion(other[EMOTION])  # which explains that it is unknown
        raise InputError(f"it does not match {self.text}")

    def read(self, path: str) -> dict[str, str]:
        """Return the values of the fields of a path; an unknown emotion is as it is written.

        Args:
            path: as for `parse`.

        Raises:
            InputError: if the path does not match, in one way only.
        """
        readings = ((self.first, self.last), self.others, self.any_text)
        match = self._match(normalize("NFC", path), readings)
        if match is None:
            raise InputError(f"it does not match {self.text}")
        values: dict[str, str] = {}
        for group, text in match.groupdict().items():
            field = group.partition(REPEATED)[0]
            values[field] = f"{values[field]}_{text}" if field in values else text
        if EMOTION in values:
            with suppress(InputError):
                values[EMOTION] = self._emotion(values[EMOTION])
        return values

    def _match(self, path: str, readings: Iterable[tuple[re.Pattern[str], ...]]) -> re.Match[str] | None:
        """The match of the first reading whose expressions all match.

        Raises:
            InputError: if they differ in a field.
        """
        for expressions in readings:
            short, *others = [expression.fullmatch(path) for expression in expressions] or [None]
            if short is None or any(other is None for other in others):
                continue
            for long in filter(None, others):
                if short.groupdict() != long.groupdict():
                    raise InputError(
                        f"it can be read in two ways, {_stated(short)} or {_stated(long)}: "
                        "state the width of a field, such as {speaker:2}"
                    )
            return short
        return None

    def _emotion(self, word: str) -> str:
        """Return what a code stands for, or the word.

        Raises:
            InputError: if it is neither a code nor a word.
        """
        if word in self.codes:
            return written(self.codes[word])
        same = {emotion for code, emotion in self.codes.items() if code.lower() == word.lower()}
        if len(same) == 1:
            return written(same.pop())
        if written(word) not in KNOWN_WORDS and (self.codes or not re.fullmatch(WORD, word)):
            meant = suggestion(word, EMOTION_WORDS)
            raise InputError(
                f"unknown emotion {word!r}:{meant and f' {meant}'} map it with --emotions {word}=EMOTION"
            )
        return written(word)


def compiled(pattern: str, codes: Mapping[str, str] | None = None, *, for_read: bool = False) -> NamePattern:
    """Compile a pattern.

    Args:
        pattern: as above.
        codes: emotion by the code in the names.
        for_read: whether only `NamePattern.read` is called, which joins the texts of a field.

    Raises:
        InputError: if there is no field, or codes and no {emotion}, or a field is unknown or occurs twice.
    """
    if "*" in pattern:
        raise InputError(f"pattern {pattern!r} has a *, expected {{}} for any text within a folder's name")
    names = [_column(name, pattern) for name, _ in FIELD.findall(pattern) if name]
    if not names:
        raise InputError(f"pattern {pattern!r} has no field: expected {{speaker}}, {{emotion}} or another")
    if codes and EMOTION not in names:
        code, emotion = next(iter(codes.items()))
        raise InputError(
            f"pattern {pattern!r} has no {{emotion}}, expected it for --emotions {code}={emotion}: add it, "
            "or leave --emotions out"
        )
    if not for_read and max(Counter(names).values()) > 1:
        raise InputError(f"pattern {pattern!r} has a field twice: expected each once, and {{}} for the rest")
    composed = {normalize("NFC", code): emotion for code, emotion in (codes or {}).items()}
    words = _words(composed)
    return NamePattern(
        pattern,
        tuple(dict.fromkeys(names)),
        first=_expression(pattern, words),
        last=_expression(pattern, words, touching=""),
        others=() if codes else (_expression(pattern, WORD), _expression(pattern, WORD, touching="")),
        any_text=(_expression(pattern, NO_WORD), _expression(pattern, NO_WORD, touching="")),
        codes=composed,
    )


def _column(name: str, pattern: str) -> str:
    """Return the column of a field, which may have a usual name of it, such as {label} or {actor}."""
    column = recognised(name)
    if column not in FIELDS:
        raise InputError(
            f"pattern {pattern!r}: {{{name}}} is no column: {suggestion(name, FIELDS)} "
            f"expected some of {', '.join(FIELDS)}"
        )
    return column


def _words(codes: Mapping[str, str]) -> str:
    """Return the expression of an emotion: the longest code or word, of which nothing is given back."""
    expressions = {word: rf"{word.replace(' ', '[ _-]?')}(?-i:(?![a-z]))" for word in KNOWN_WORDS}
    expressions |= {code: re.escape(code) for code in codes}
    return f"(?i:(?>{'|'.join(expressions[word] for word in sorted(expressions, key=len, reverse=True))}))"


def _expression(pattern: str, emotion: str, touching: str = "?") -> re.Pattern[str]:
    """Return the expression of a pattern.

    Args:
        pattern: with fields.
        emotion: expression of the emotion.
        touching: what follows the quantifier of a field that another field follows at once.
    """
    parts = FIELD.split(normalize("NFC", pattern))  # text, name, width, text, name, width, text
    expression = f"(?i:{re.escape(parts[0])})"
    occurred: Counter[str] = Counter()
    for name, width, text, following in zip(
        parts[1::3], parts[2::3], parts[3::3], [*parts[4::3], None], strict=True
    ):
        column = _column(name, pattern) if name else ""
        few = "?" if text or following is None else touching
        free = f"[^/]{{{width}}}" if width else f"[^/]{'+' if name else '*'}{few}"
        content = emotion if column == EMOTION and not width else free
        group = f"{column}{REPEATED}{occurred[column]}" if occurred[column] else column
        occurred[column] += 1
        expression += (f"(?P<{group}>{content})" if column else content) + f"(?i:{re.escape(text)})"
    return re.compile(expression)


def _stated(match: re.Match[str]) -> str:
    return " ".join(f"{name} {value!r}" for name, value in match.groupdict().items())
