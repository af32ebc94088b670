"""Words of `--set` → values by key.

"epochs=5", "paper.split=speaker" → `parsed` → {"epochs": 5, "paper": {"split": "speaker"}}

Values are written as in TOML; another word is a string, and "none" is no value, which TOML cannot express.

>>> parsed(["epochs=5", "model.families=['mel', 'mfcc']", "profile=wide16k+bone", "clip_norm=none"])
{'epochs': 5, 'model': {'families': ['mel', 'mfcc']}, 'profile': 'wide16k+bone', 'clip_norm': None}
"""

import tomllib
from collections.abc import Iterable
from typing import Any

from ser_features.errors import InputError

NONE = "none"


def parsed(words: Iterable[str]) -> dict[str, Any]:
    """Read settings as they are typed on the command line.

    Args:
        words: KEY=VALUE each; a key with dots is the path of a value in tables.

    Returns:
        Values by key; those of one table in a dictionary.

    Raises:
        InputError: if a word is no setting, or its key stands for a value and for a table.
    """
    settings: dict[str, Any] = {}
    for word in words:
        key, equals, text = (part.strip() for part in word.partition("="))
        if not (equals and text and all(key.split("."))):
            raise InputError(f"--set {word}: expected KEY=VALUE: write it like epochs=5")
        *tables, last = key.split(".")
        table = settings
        for name in tables:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise InputError(f"--set {word}: {name} is given as a value too: expected one of both")
        if last in table:
            raise InputError(f"--set {word}: {key} is given twice: expected it once")
        table[last] = _value(text)
    return settings


def _value(text: str) -> Any:
    """A value in TOML, or the text itself."""
    try:
        content = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return None if text == NONE else text
    return content["value"] if len(content) == 1 else text
