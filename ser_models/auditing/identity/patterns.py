"""Names of recordings by a pattern of the user, such as "{speaker}_{emotion}_{}.wav" → `NamesRead`.

A pattern is that of the end of a path: one without a slash is matched to the name of the file. A field that
occurs several times is joined: the speaker of a dialogue is often its number and a letter.

>>> names = by_pattern(["x/ada_1.wav", "notes.txt"], "{speaker}_{}.wav")
>>> names.values["speaker"].tolist(), names.problems
(['ada', None], {'notes.txt': 'it does not match {speaker}_{}.wav'})
>>> by_pattern(["32_joy_anger_j_120.wav"], "{speaker}_{}_{}_{speaker}_{}.wav").values["speaker"].tolist()
['32_j']
"""

from collections.abc import Iterable, Mapping

from ser_features.corpora.name_pattern import compiled
from ser_features.errors import InputError
from ser_models.auditing.identity.names_read import NamesRead, values_of
from ser_models.auditing.split_table import KEYS


def by_pattern(paths: Iterable[str], pattern: str) -> NamesRead:
    """Read names by a pattern.

    Args:
        paths: with forward slashes, each once.
        pattern: of their ends, with some fields of `name_pattern.FIELDS`; {emotion} is optional.

    Raises:
        InputError: if the pattern is invalid, or states none of `KEYS`.
    """
    form = compiled(pattern, for_read=True)
    stated = [key for key in KEYS if key in form.fields]
    if not stated:
        raise InputError(
            f"pattern {pattern!r} states {', '.join(form.fields)}, expected one of {', '.join(KEYS)}"
        )
    depth = pattern.count("/") + 1
    read: dict[str, Mapping[str, object]] = {}
    problems: dict[str, str] = {}
    for path in paths:
        read[path] = {}
        try:
            values = form.read("/".join(path.split("/")[-depth:]))
        except InputError as error:
            problems[path] = str(error)
        else:
            read[path] = {key: values[key] for key in stated}
    return NamesRead(values_of(read), problems, dict.fromkeys(stated, f"pattern {pattern}"))
