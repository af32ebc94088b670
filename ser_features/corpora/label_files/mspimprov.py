"""MSP-IMPROV: Evaluation.txt (Evalution.txt in some releases), one block of lines per recording.

UTD-IMPROV-S01A-F01-P-FM01.avi; A; A:2.8; V:2.2; D:3.4 ; N:3.8;             consensus
rater1; Angry; Frustrated,Disgusted; A:2.0; V:2.0; D:4.0; N:3.0;            one rater, until a blank line

A is arousal here, V valence, D dominance, each from 1 to 5; N is how natural it sounds.
"""

import re
from collections.abc import Mapping

from ser_features.corpora.label_files.labels import EMOTION, SECONDARY, Answer, Labels, Row
from ser_features.corpora.label_files.reading import below, text_of
from ser_features.manifest import Scan
from ser_features.ratings import dimensions

EXPECTED = "Evaluation.txt"
SCALE = "1-5"
RECORDING = re.compile(r"UTD-IMPROV-([\w-]+)\.avi\s*;\s*(\w+)\s*;(.*)")
RATER = re.compile(r"([\w-]+)\s*;\s*([\w ]+?)\s*;([^;]*);(.*)")
RATING = re.compile(r"([AVDN])\s*:\s*(\d+(?:\.\d+)?)")
ATTRIBUTES = {"A": "arousal", "V": "valence", "D": "dominance", "N": "naturalness"}


def read(scan: Scan) -> Labels:
    """Consensus and votes by recording."""
    texts = [text_of(path) for path in below(scan, EXPECTED, "Evalution.txt")]
    blocks = [block.strip().splitlines() for text in texts for block in re.split(r"\n\s*\n", text)]
    return Labels(EXPECTED, dict(parsed for block in blocks if block and (parsed := _parse(block))))


def _parse(block: list[str]) -> tuple[str, Row] | None:
    """Key and row of a recording; None for other text."""
    head = RECORDING.match(block[0])
    if head is None:
        return None
    raters = [match for line in block[1:] if (match := RATER.match(line))]
    answers = tuple(answer for match in raters for answer in _answers(match))
    row = Row(head[2], dimensions(SCALE, **_consensus(head[3])), answers)
    return f"MSP-IMPROV-{head[1]}", row


def _consensus(text: str) -> Mapping[str, float]:
    return {ATTRIBUTES[key]: float(value) for key, value in RATING.findall(text) if key != "N"}


def _answers(rater: re.Match[str]) -> list[Answer]:
    """The answers of one rater; further emotions are no answer to what the emotion is."""
    return [
        Answer(rater[1], EMOTION, rater[2]),
        *(Answer(rater[1], SECONDARY, word.strip()) for word in rater[3].split(",") if word.strip()),
        *(Answer(rater[1], ATTRIBUTES[key], value) for key, value in RATING.findall(rater[4])),
    ]
