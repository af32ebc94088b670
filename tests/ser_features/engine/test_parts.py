"""Parts of files in a store: features, resumption, changes, refusals and copies."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import soundfile

from ser_features.augment import Variant
from ser_features.engine import augment_store, extract_corpora
from ser_features.engine.plan import cells
from ser_features.manifest import Recording
from ser_features.store import open_store
from ser_features.store.export import export
from ser_features.store.part import read_table
from ser_features.store.query import query
from ser_features.store.verify import verify
from ser_features.store.write import commit_rows
from tests.cases.sounds import save, table, voice
from tests.faults.serial import Serial

TIMES = ((0.0, 0.7), (0.7, 1.5), (1.25, 2.25), (640.0, 640.5))
RATE = 8000
HEADER = "path,start,end,emotion,speaker"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A table of parts of a call of eleven minutes."""
    speech = np.concatenate([voice(take=take, seconds=1.1, rate=RATE) for take in range(10)])
    save(tmp_path / "call.wav", np.resize(speech, 660 * RATE), RATE, subtype="ULAW")
    return rows(tmp_path, TIMES)


def rows(folder, times, emotion="sad"):
    lines = [f"call.wav,{start},{end},{emotion},ada" for start, end in times]
    return table(folder / "calls.csv", lines, HEADER)


def extract(calls, **options):
    return extract_corpora(
        [str(calls)], data=calls.parent, store=calls.parent / "store", runner=Serial(), **options
    )


def test_features_are_those_of_files_cut_there(calls):
    assert extract(calls).stored == 4
    folder, cut = calls.parent, []
    signal, rate = soundfile.read(folder / "call.wav", dtype="int16")
    for number, (start, end) in enumerate(TIMES):
        cut_signal = signal[round(start * rate) : round(end * rate)]
        soundfile.write(folder / f"{number}.wav", cut_signal, rate, subtype="ULAW")
        cut.append(f"{number}.wav,sad,ada")
    extract_corpora(
        [str(table(folder / "cut.csv", cut))], data=folder, store=folder / "store", runner=Serial()
    )
    store = open_store(folder / "store")
    parts, files = store.files(["calls"]).sort_values("start"), store.files(["cut"])
    features = [column.name for column in store.description.features]
    np.testing.assert_array_equal(parts[features].to_numpy(float), files[features].to_numpy(float))
    for family in ("mel", "mfcc"):
        for part, file in zip(store.frames(parts, family), store.frames(files, family), strict=True):
            np.testing.assert_array_equal(part, file)
    assert parts["file_id"].tolist()[:2] == ["calls/call@0.000-0.700", "calls/call@0.700-1.500"]
    assert parts[["start", "end"]].itertuples(index=False, name=None).__next__() == (0.0, 0.7)


def test_a_moved_boundary_is_computed_alone(calls):
    extract(calls)
    report = extract(rows(calls.parent, [(0.0, 0.8), *TIMES[1:]]))
    assert (report.stored, report.unchanged, report.removed) == (1, 3, ["calls/call@0.000-0.700"])
    report = extract(rows(calls.parent, TIMES[1:], emotion="angry"))
    assert (report.stored, report.relabelled, len(report.removed)) == (0, 3, 1)
    (calls.parent / "call.wav").touch()
    assert extract(calls).unchanged == 3


def test_a_part_that_the_file_lacks_is_refused_alone(calls):
    bad = rows(calls.parent, [*TIMES, (659.5, 661.0)])
    report = extract(bad)
    assert (report.stored, [failure.file_id for failure in report.failures]) == (
        4,
        ["calls/call@659.500-661.000"],
    )
    assert report.failures[0].message.startswith(
        "the part is from 659.5 to 661 s, the file is 660 s long: expected"
    )
    again = extract(bad)
    assert (again.stored, again.unchanged, len(again.failures)) == (0, 4, 1)
    assert again.identical == []


def test_wrong_rows_about_one_file_are_reported_as_long_as_they_are_wrong(calls):
    both = extract(rows(calls.parent, [TIMES[0], (2.0, 1.0), (5.0, 4.0)])).failures
    assert ["begins at 2 s" in both[0].message, "begins at 5 s" in both[1].message] == [True, True]
    [last] = extract(rows(calls.parent, [TIMES[0], (0.7, 1.5), (5.0, 4.0)])).failures
    assert "begins at 5 s" in last.message


def test_copies_of_parts(calls):
    extract(calls)
    variants = [Variant("noisy", "noise")]
    made = augment_store(
        calls.parent / "store", calls.parent, variants, datasets=["calls"], features=["core"], runner=Serial()
    )
    assert (made.stored, made.failures) == (4, [])
    copies = open_store(calls.parent / "store").variants(["calls"])
    assert copies["file_id"].tolist()[0] == "calls/call@0.000-0.700#noisy"
    assert copies["duration_sec"].tolist() == pytest.approx([0.7, 0.8, 1.0, 0.5])


def test_channels_of_a_table(tmp_path):
    signal = voice(seconds=0.6)
    save(tmp_path / "mono.wav", signal)
    save(tmp_path / "left.wav", np.stack([signal, 0 * signal], axis=1))
    lines = ["mono.wav,", "left.wav,", "left.wav,mix", "left.wav,left", "left.wav,2"]
    calls = table(tmp_path / "calls.csv", [f"{line},sad" for line in lines], "path,channel,emotion")
    report = extract(calls)
    assert [(one.file_id, one.error_class) for one in report.failures] == [
        ("calls/left@2", "SilentAudioError")
    ]
    stored = open_store(tmp_path / "store").files()
    assert stored["file_id"].tolist() == ["calls/left", "calls/left@1", "calls/left@mix", "calls/mono"]
    assert stored["rms_mean"].nunique() == 1
    assert stored["audio_channel"].tolist() == pytest.approx([np.nan, 1, 0, np.nan], nan_ok=True)
    by_channel = extract(calls, channel="each")
    assert (by_channel.stored, len(by_channel.removed)) == (1, 2)


def test_parts_of_a_compressed_file_share_a_shard():
    def part(name, number):
        return Recording(
            "calls", f"{name}@{number:03d}", name, None, "sad", "sad", start=float(number), end=number + 1
        )

    parts = [part("call.mp3", number) for number in range(150)]
    assert [len(cell) for cell in cells(parts)] == [150]
    assert [len(cell) for cell in cells([part("call.wav", number) for number in range(150)])] == [
        38,
        38,
        38,
        36,
    ]
    several = [part(f"call{name}.ogg", number) for name in range(10) for number in range(30)]
    assert {len(cell) % 30 for cell in cells(several)} == {0}


def test_a_store_of_an_earlier_version_goes_on_unchanged(calls):
    """It had no columns of parts, and a user's own column of that name."""
    folder = calls.parent
    save(folder / "u.wav")
    whole = table(folder / "calls.csv", ["u.wav,sad,ada"])
    extract(whole)
    store = open_store(folder / "store")
    [part] = store.parts("calls")
    stored = read_table(part)
    old = stored.table.drop_columns(["start", "end", "audio_channel"])
    commit_rows(part, old.append_column("start", pa.array(["0 days"])), stored.metadata)
    assert open_store(folder / "store").files()["start"].isna().all()
    with query(store, "select start from files") as result:
        assert [*result.batches()] == [[("0 days",)]]
    assert extract(whole).relabelled == 1
    commit_rows(part, old, stored.metadata)
    assert extract(whole).unchanged == 1
    report = extract(rows(folder, TIMES))
    assert (report.stored, report.removed) == (4, ["calls/u"])


def test_parts_for_audformat(calls, tmp_path):
    audformat = pytest.importorskip("audformat", reason="audformat is not installed")
    extract(calls)
    store = open_store(calls.parent / "store")
    index = store.files(audformat=True).index
    assert audformat.is_segmented_index(index)
    export(store, "audformat", tmp_path / "db")
    exported = audformat.Database.load(str(tmp_path / "db"))["emotion"].index
    assert exported.sort_values().equals(index.sort_values())
    assert index[1] == ("call.wav", pd.Timedelta(seconds=0.7), pd.Timedelta(seconds=1.5))
    assert verify(calls.parent / "store").problems == []
