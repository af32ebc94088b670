"""Rows of a split and the audio below a folder → columns of takes, and notes on what was not compared."""

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.auditing.sound import AUDIO_COLUMNS, with_audio
from ser_models.auditing.split_table import IdentifiedSplit
from tests.cases.sounds import save, voice


def split_of(*rows: tuple[str, str, float | None, float | None]) -> IdentifiedSplit:
    """A split of rows of file_id, path, start and end, in two folds."""
    table = pd.DataFrame(rows, columns=["file_id", "path", "start", "end"])
    folds = pd.concat([table.assign(fold="1", side="train"), table.assign(fold="2", side="test")])
    return IdentifiedSplit(folds.reset_index(drop=True), {}, notes=("2 folds",))


def test_takes_of_a_split(tmp_path):
    one, other = voice(take=0, seconds=1.2), voice(take=1, seconds=1.2)
    save(tmp_path / "own" / "a.flac", one, format="FLAC")
    save(tmp_path / "own" / "b.wav", one[1_680:] / 2)
    save(tmp_path / "own" / "call.wav", np.concatenate([other, one]))
    save(tmp_path / "own" / "c.wav", np.concatenate([other, one])[:19_200])
    save(tmp_path / "own" / "zero.wav", np.zeros(8_000))
    for folder in ("x", "y"):
        save(tmp_path / folder / "twice.wav", other)
    split = split_of(
        ("a", "wav/a.wav", None, None),
        ("b", "wav/b.wav", None, None),
        ("c", "wav/c.wav", None, None),
        ("call@0", "wav/call.wav", 0.0, 1.2),
        ("call@1", "wav/call.wav", 1.2, 2.4),
        ("zero", "wav/zero.wav", None, None),
        ("none", "wav/none.wav", None, None),
        ("twice", "twice.wav", None, None),
        ("wrong", "wav/c.wav", 2.0, 1.0),
    )
    result = with_audio(split, tmp_path, workers=1)
    assert len(result.rows) == len(split.rows)
    assert list(result.rows.columns) == [*split.rows.columns, *AUDIO_COLUMNS]
    columns = result.rows[result.rows["fold"] == "2"].set_index("file_id")[list(AUDIO_COLUMNS)]
    assert columns["identical_audio"].dropna().to_dict() == {
        "a": "a", "b": "b", "c": "c", "call@0": "c", "call@1": "call@1"
    }  # fmt: skip
    assert columns["same_take"].dropna().to_dict() == {
        "a": "a", "b": "a", "c": "c", "call@0": "c", "call@1": "a"
    }  # fmt: skip
    assert columns.loc["c", "similarity"] == 1
    assert 0.9 < columns.loc["b", "similarity"] <= 1
    assert columns.loc[["zero", "none", "twice", "wrong"]].isna().all(axis=None)
    assert [note.replace(str(tmp_path), "DIR") for note in result.notes] == [
        "2 folds",
        "audio of 5 recordings below DIR compared",
        "audio of 2 recordings refused, such as wrong: the part is from 2 to 1 s, expected an end behind "
        "a start of 0 s or more",
        "1 recording without audio below DIR, such as wav/none.wav",
        "1 recording not compared, as several files match, such as twice.wav",
    ]


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        with_audio(split_of(("a", "a.wav", None, None)), tmp_path / "none")
