r"""Corpora whose names follow a pattern, each described by one file of `published/`.

NAME.toml → `read` → `Grammar` → `GrammarCorpus`: path → `Recording`; label files → `label_files`

`pattern` is a regular expression of the end of a path, without the suffix of the file. Its named groups are
fields of `Recording`, or parts that `fields` puts together: `fields.speaker = "{gender}_{number}"`. `codes`
has the meanings of a field's values: `codes.emotion = { angry = "ANG", happy = ["HAP", "JOY"] }`; emotions
without it stand for themselves. A name with another emotion is refused; other values without a meaning are
null. A long table is written as a list of several. `read_from.speaker = "the number in brackets"` says in
words what states a property that is easily misread. `free_part` names the part that may be any text.

>>> from ser_features.corpora import get
>>> recording = get("subesco").parse("subesco/F_02_MONIKA_S_2_SURPRISE_3].wav")
>>> recording.stem, recording.speaker, recording.emotion, recording.emotion_code
('F_02_MONIKA_S_2_SURPRISE_3', 'F_02', 'surprise', 'SURPRISE')
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from textwrap import fill
from typing import Any

from ser_features.corpora.base import Corpus, lookup, name_of, stem_of
from ser_features.corpora.defects import Defect
from ser_features.corpora.free_part import FreePart
from ser_features.errors import FileNameError
from ser_features.labels import UNKNOWN, in_order, is_emotion
from ser_features.manifest import Recording, Scan

FOLDER = Path(__file__).parent / "published"
FIELDS = frozenset(one.name for one in fields(Recording))
PART = re.compile(r"\{(\w+)\}")
"""A group of the pattern in a text of `Grammar.fields`."""

WIDTH = 100

Codes = Mapping[str, Mapping[str, str]]
"""By field of `Recording`: what each code stands for."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """A file of `published/`; attributes that are not explained here are those of `Corpus`.

    Attributes:
        pattern: of the end of a path, without the suffix.
        names: what the parts of a name mean.
        fields: text of a field of `Recording`, with groups of the pattern in braces.
        codes: meaning of the codes of a field.
        counts: recordings by emotion in the complete corpus; empty if releases differ.
        labels: module of `label_files` that reads what the names do not state; empty if there is none.
        notes: what its users should know.
    """

    title: str
    language: str
    licence: str
    citation: str
    url: str
    layout: str
    folders: tuple[str, ...]
    pattern: re.Pattern[str]
    names: str
    codes: Codes
    obtain: str
    fields: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    whole: int | None = None
    speakers: int | None = None
    labels: str = ""
    notes: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    acted: bool = True
    read_from: Mapping[str, str] = field(default_factory=dict)
    free_part: FreePart | None = None


def read(name: str) -> Grammar:
    """Read the file of a corpus."""
    content: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    counts = _merged(content.get("counts", {}))
    codes = {"emotion": {emotion: emotion for emotion in counts}, **content.get("codes", {})}
    changes = {
        "folders": tuple(content["folders"]),
        "pattern": re.compile(rf"(?s:.*/)?{content['pattern'].replace(chr(10), '')}"),
        "codes": {key: _by_code(_merged(meanings)) for key, meanings in codes.items()},
        "counts": counts,
        "whole": content.get("whole", sum(counts.values()) or None),
        "notes": tuple(content.get("notes", ())),
        "free_part": FreePart(**content["free_part"]) if "free_part" in content else None,
        "defects": tuple(
            Defect(tuple(one["files"]), one["what"], one["source"]) for one in content.get("defects", ())
        ),
    }
    return Grammar(**{**content, **changes})


def _merged(tables: dict[str, Any] | list[dict[str, Any]]) -> dict[str, Any]:
    """A table that may be written as several."""
    parts = [tables] if isinstance(tables, dict) else tables
    return {key: value for table in parts for key, value in table.items()}


def _by_code(meanings: Mapping[str, str | list[str]]) -> dict[str, str]:
    """`{"happy": ["HAP", "JOY"]}` → `{"HAP": "happy", "JOY": "happy"}`."""
    pairs = [(meaning, [codes] if isinstance(codes, str) else codes) for meaning, codes in meanings.items()]
    return {code: meaning for meaning, codes in pairs for code in codes}


def _filled(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


class GrammarCorpus(Corpus):
    """A corpus that a file of `published/` describes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.described = grammar = read(name)
        for attribute in Corpus.__annotations__.keys() - {"name", "emotions", "synthetic"}:
            setattr(self, attribute, getattr(grammar, attribute))
        self._common_language = self.language if len(self.language) == 2 else None  # an ISO 639-1 code
        self._parts = {key: set(PART.findall(template)) for key, template in grammar.fields.items()}
        self.emotions = tuple(in_order(set(filter(is_emotion, self.codes["emotion"].values()))))

    @property
    def codes(self) -> Codes:
        """What the corpus's own codes stand for, by field of `Recording`."""
        return self.described.codes

    @property
    def counts(self) -> Mapping[str, int]:
        """Recordings by emotion in the complete corpus; empty if releases differ."""
        return self.described.counts

    @property
    def easily_misread(self) -> str:
        """By what the name states a property that is easily misread, as text; empty if there is none."""
        return "; ".join(f"{key}: {phrase}" for key, phrase in self.read_from.items())

    @property
    def grammar(self) -> str:
        """What the file names state, the counts and the oddities, as text."""
        own = self.described
        codes = "; ".join(f"{word} {' or '.join(texts)}" for word, texts in self._codes_by_emotion().items())
        counts = ", ".join(f"{count:,} {emotion}" for emotion, count in own.counts.items())
        whole = "they differ between releases" if self.whole is None else f"{self.whole:,}"
        pattern = own.pattern.pattern.removeprefix("(?s:.*/)?")
        paragraphs = [
            f"Grammar: {own.names}. Pattern of the end of a path: {pattern}",
            self.easily_misread and f"Easily misread: {self.easily_misread}.",
            f"Emotions in the names or label files: {codes}.",
            f"Counts: {whole}{' = ' if counts else ''}{counts}.",
            own.notes and f"Oddities: {'; '.join(own.notes)}.",
        ]
        return "\n\n".join(_filled(text) for text in paragraphs if text)

    def parse(self, path: str) -> Recording:
        """Parse a path by the pattern; see `Corpus.parse`."""
        stem = stem_of(path)
        folder = path[: len(path) - len(name_of(path))]
        match = self.described.pattern.fullmatch(folder + stem)
        if match is None:
            raise FileNameError(
                f"{name_of(path)!r}: expected a path such as {self.layout}: {self.described.names}"
            )
        values = self._values({key: text for key, text in match.groupdict().items() if text is not None})
        code = values.pop("emotion", UNKNOWN)
        fields: dict[str, Any] = {"stem": stem, "speaker": None, "language": self._common_language}
        for key, text in values.items():
            fields[key] = self.codes[key].get(text) if key in self.codes else text
        if fields.get("age"):
            fields["age"] = int(fields["age"])
        return Recording(
            dataset=self.name,
            path=path,
            emotion=UNKNOWN if code == UNKNOWN else lookup(self.codes["emotion"], code, "emotion", path),
            emotion_code=code,
            **fields,
        )

    def scan(self, data: Path) -> Scan:
        """Find the recordings, with what the label files say about them; see `Corpus.scan`."""
        scan = super().scan(data)
        if not self.described.labels:
            return scan
        from ser_features.corpora.label_files import labelled

        return labelled(scan, self.described.labels, self.codes)

    def _codes_by_emotion(self) -> dict[str, list[str]]:
        texts: dict[str, list[str]] = {}
        for code, emotion in self.codes["emotion"].items():
            texts.setdefault(emotion, []).append(code)
        return texts

    def _values(self, groups: Mapping[str, str]) -> dict[str, str]:
        """Texts of the fields that a name states."""
        values = {key: text for key, text in groups.items() if key in FIELDS}
        for key, template in self.described.fields.items():
            if self._parts[key] <= groups.keys():
                values[key] = template.format_map(groups)
        return values
