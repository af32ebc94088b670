"""Recipes: a published system as one TOML file each, checked whole before any audio is read.

<name>.toml, or a user's own file → `read.load` → `schema.Recipe` → `reproduce`, `tune`

>>> names()[:2]
['attention_cnn_bilstm', 'bone_conducted_transformer']
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of the recipes that come with ser."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))
