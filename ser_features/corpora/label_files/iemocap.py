r"""IEMOCAP: two text files per dialogue in the folder dialog of each session.

EmoEvaluation/Ses01F_impro01.txt, one block of lines per turn; valence, activation, dominance from 1 to 5:
[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]
C-E2:\tNeutral; Anger;\t(calm)          what a rater answered, perhaps several emotions
C-F1:\tNeutral;\t()                     what the actors said of themselves: no vote
A-E3:\tval 3; act 2; dom  2;\t()

transcriptions/Ses01F_impro01.txt:
Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
"""

import re
from collections.abc import Iterable, Iterator

from ser_features.corpora.label_files.labels import EMOTION, Answer, Labels, Row
from ser_features.corpora.label_files.reading import below, structure, text_of
from ser_features.manifest import Scan
from ser_features.ratings import dimensions

EXPECTED = "dialog/EmoEvaluation/*.txt"
SCALE = "1-5"
TURN = re.compile(r"\[[\d. -]+\]\s+(\S+)\s+(\S+)\s+\[([\d.]+), ([\d.]+), ([\d.]+)\]")
EMOTIONS = re.compile(r"C-(E\d+):\s*([^(]*)")
RATINGS = re.compile(r"A-(E\d+):\s*([^(]*)")
RATING = re.compile(r"(val|act|dom)\s+(\d)")
SPOKEN = re.compile(r"(Ses0\d[FM]_\S+)\s+\[[\d. -]+\]:\s*(.*)")
ATTRIBUTES = {"val": "valence", "act": "arousal", "dom": "dominance"}


def read(scan: Scan) -> Labels:
    """Emotion, dimensions, text and votes by turn.

    Raises:
        InputError: if a dimension is no number.
    """
    spoken = {
        match[1]: match[2].strip()
        for path in below(scan, "dialog/transcriptions/*.txt")
        for line in text_of(path).splitlines()
        if (match := SPOKEN.match(line))
    }
    rows: dict[str, Row] = {}
    for path in below(scan, EXPECTED):
        with structure(path, "valence, activation and dominance of each turn"):
            rows |= {head[1]: _row(head, lines, spoken.get(head[1])) for head, lines in _turns(text_of(path))}
    return Labels(EXPECTED, rows)


def _row(head: re.Match[str], lines: Iterable[str], text: str | None) -> Row:
    valence, arousal, dominance = map(float, head.group(3, 4, 5))
    rated = dimensions(SCALE, arousal=arousal, valence=valence, dominance=dominance)
    answers = tuple(answer for line in lines for answer in _answers(line))
    return Row(head[2], {**rated, "text": text}, answers)


def _turns(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    """The first line of each turn, and the lines below it."""
    head: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.splitlines():
        if match := TURN.match(line):
            if head is not None:
                yield head, lines
            head, lines = match, []
        else:
            lines.append(line)
    if head is not None:
        yield head, lines


def _answers(line: str) -> Iterator[Answer]:
    if match := EMOTIONS.match(line):
        yield from (Answer(match[1], EMOTION, word.strip()) for word in match[2].split(";") if word.strip())
    elif match := RATINGS.match(line):
        yield from (Answer(match[1], ATTRIBUTES[key], value) for key, value in RATING.findall(match[2]))
