"""A store that was exported and extracted again has the same rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.engine import extract_corpora
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS
from ser_features.store import open_store
from ser_features.store.export import export
from tests.faults.serial import Serial

HEADER = (
    "path,emotion,speaker,gender,age,language,text,session,partition,arousal,valence,dominance,scale,agreement,"
    "raters,start,end,room,code"
)
ROWS = (
    "a.wav,angry,ada,female,36,en,hello,one,train,4,2,3.5,1-5,0.75,4,0.1,0.45,hall,007",
    "a.wav,sad,ada,female,36,en,,one,train,1,5,,1-5,1,4,0.5,,hall,008",
    'b.wav,happy,ben,male,,de,"ja, ja",two,dev,,,,,,,0,0.5,car,009',
    "b.wav,neutral,,,,,,,,,,,,,,,,,",
)
ALONE = (
    "b.wav,happy,ben,male,,de,,two,test,2,3,4,1-7,,,,,car,1",
    "c.wav,sad,ada,female,36,en,,one,train,1,1,1,1-7,,,,,hall,2",
)


@pytest.mark.parametrize("rows", [ROWS, ALONE], ids=["parts", "files"])
@pytest.mark.parametrize("name", ["csv", "audformat"])
def test_rows_come_back(tmp_path, name, rows):
    pytest.importorskip("audformat" if name == "audformat" else "csv")
    wavs = tmp_path / "wavs"
    wavs.mkdir()
    for number, file in enumerate(("a.wav", "b.wav", "c.wav")):
        signal = 0.2 * np.random.default_rng(number).standard_normal(16_000)
        soundfile.write(wavs / file, np.clip(signal, -1, 1), 16_000)
    (wavs / "own.csv").write_text("\n".join((HEADER, *rows)) + "\n")
    before = stored(tmp_path, wavs / "own.csv", wavs)
    out = tmp_path / ("own.csv" if name == "csv" else "own")
    export(open_store(tmp_path / "store-wavs"), name, out)
    after = stored(tmp_path, out, wavs)
    pd.testing.assert_frame_equal(after[before.columns], before)
    assert set(after) == set(before)


def stored(folder: Path, table: Path, root: Path) -> pd.DataFrame:
    """Rows of a table in a store of its own, without what depends on the run or on the clock."""
    store = folder / f"store-{table.parent.name if table.parent == root else 'again'}"
    report = extract_corpora(
        [str(table)], data=folder / "data", store=store, features=["core"], root=root, runner=Serial()
    )
    assert not report.failures
    rows = open_store(store).files().sort_values("file_id", ignore_index=True)
    assert {column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS)} <= set(rows)
    return rows.drop(columns=["frame_shard", "frame_row", "source_mtime"], errors="ignore")
