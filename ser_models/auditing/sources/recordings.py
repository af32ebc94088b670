"""A folder of recordings → a row each, with the side and the fold that the names of its folders state.

fold1/train/ada/a.wav → path as it is, side train, fold 1

Folders below that of a side state no fold: those of speakers are often called by numbers.
"""

import os
from pathlib import Path, PurePosixPath

import pandas as pd

from ser_features.corpora.walk import audio_files
from ser_models.auditing.sources.file_names import fold_in, side_in
from ser_models.auditing.sources.listing import Listed


def read(folder: Path, base: Path, side: str | None) -> Listed:
    """List the recordings of a folder, at any depth.

    Args:
        folder: that they are in.
        base: folder that their paths are relative to.
        side: of all of them; None if the names of their folders state it.
    """
    files = sorted(one.path.removeprefix("./") for one in audio_files(folder.absolute(), "."))
    above = PurePosixPath(os.path.relpath(folder, base))
    cells = pd.DataFrame({"path": [(above / file).as_posix() for file in files]}, dtype=object)
    if side is not None:
        return Listed(str(folder), cells, side)
    parents = cells["path"].str.rpartition("/")[0]
    stated = {parent: _stated(parent) for parent in parents.unique()}
    for position, column in enumerate(("side", "fold")):
        values = parents.map({parent: one[position] for parent, one in stated.items()})
        if values.notna().any():
            cells[column] = values
    return Listed(str(folder), cells)


def _stated(parent: str) -> tuple[str | None, str | None]:
    """Side and fold of a folder."""
    parts = parent.split("/")
    sides = [side_in(part) for part in parts]
    first = next((position for position, side in enumerate(sides) if side), None)
    if first is not None:
        return sides[first], fold_in("/".join(parts[: first + 1]))
    return None, next((fold for part in parts if not part.isdecimal() and (fold := fold_in(part))), None)
