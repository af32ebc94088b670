"""PAVOQUE: a list of utterances beside each recording of a style.

pavoque-angry.yaml:
- prompt: a0001
  text: Er ist da.
  style: angry
  start: 0.0
  end: 2.34
  segments:
  - lab: _
    dur: 0.12

Only these lines of the first level are read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ser_features.corpora.label_files.labels import LISTED, Labels, Row
from ser_features.corpora.label_files.reading import below, structure, text_of
from ser_features.errors import counted, listed
from ser_features.manifest import Scan, part_key

LINE = re.compile(r"(?:  )?(prompt|text|style|start|end): *(.*?) *")


class Utterance(NamedTuple):
    """A part of a recording, in seconds."""

    start: float
    end: float
    style: str
    prompt: str
    text: str


def read(scan: Scan) -> Labels:
    """The utterances of each recording, as parts of it.

    Raises:
        InputError: if a start or an end is no number.
    """
    parts, notes = {}, []
    for path in below(scan, "pavoque-*.yaml"):
        rows: dict[str, Utterance] = {}
        styles: defaultdict[str, set[str]] = defaultdict(set)
        with structure(path, "the start and the end of each part in seconds"):
            for one in _utterances(text_of(path)):
                key = path.stem + part_key(one.start, one.end, None)
                rows[key] = one
                styles[key].add(one.style)
        several = [stem for stem, given in styles.items() if len(given) > 1]
        parts[path.stem] = [(stem, _row(one, is_known=len(styles[stem]) == 1)) for stem, one in rows.items()]
        if several:
            notes.append(
                f"{path.name}: {counted(len(several), 'part')} under several styles, emotion unknown: "
                f"{listed(several, LISTED)}"
            )
    return Labels("pavoque-STYLE.yaml", parts=parts, notes=tuple(notes))


def _row(utterance: Utterance, *, is_known: bool) -> Row:
    fields = {
        "start": utterance.start,
        "end": utterance.end,
        "statement": utterance.prompt or None,
        "text": utterance.text or None,
    }
    return Row(utterance.style if is_known else None, fields)


def _utterances(text: str) -> Iterator[Utterance]:
    """The utterances that have a start, an end and a style."""
    for block in re.split(r"^- ", text, flags=re.MULTILINE):
        lines = (LINE.fullmatch(line) for line in block.splitlines())
        values = {match[1]: match[2].strip("'\"") for match in lines if match}
        if {"start", "end", "style"} <= values.keys():
            yield Utterance(
                float(values["start"]),
                float(values["end"]),
                values["style"].lower(),
                values.get("prompt", ""),
                values.get("text", ""),
            )
