"""Augmented copies of every recording: each computed once, from that recording alone."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features import audio, pipeline
from ser_features.augment import SignalTransform, Variant, rooms
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine import Observer, augment_store, extract_corpora
from ser_features.errors import InputError, MissingExtraError
from ser_features.extractors import Analysis
from ser_features.preprocess import levelled, prepare
from ser_features.store import describe, layout, open_store
from ser_features.store.origins import Origin, write_origin
from tests.faults.serial import Serial
from tests.ser_features.conftest import TONES
from tests.ser_features.engine.conftest import POISON

HIGHER = Variant("higher", "pitch_shift", {"semitones": 2})
LOUDER = Variant("louder", "gain")
NOISY = Variant("noisy", "noise")
MASKED = Variant("masked", "spec_augment")
TOO_LONG = Variant("far", "echo", {"delay": 0.5})
"""An echo that is longer than the recordings."""

BONE_COPIES = (
    Variant("stretch", "time_stretch"),
    Variant("speed", "speed"),
    Variant("shift_right", "time_shift", {"fraction": 0.2}),
    Variant("shift_left", "time_shift", {"fraction": -0.2}),
    Variant("mask", "time_mask"),
    HIGHER,
    Variant("lower", "pitch_shift", {"semitones": -2}),
    LOUDER,
    NOISY,
    Variant("clip", "clip"),
    Variant("polarity", "polarity"),
    Variant("echo", "echo", {"delay": 0.05}),
    Variant("compression", "compression"),
    Variant("vocal_tract", "vocal_tract"),
)

AUGMENT = """
import sys
from pathlib import Path
from ser_features.augment import Variant, rooms
from ser_features.engine import augment_store, plan

if __name__ == "__main__":
    variants = [Variant("higher", "pitch_shift"), *rooms(1)]
    options = {"datasets": ["tess"], "features": ["mel"], "workers": 2}
    augment_store(Path(sys.argv[2]), Path(sys.argv[1]), variants, **options)
"""


@pytest.fixture
def store(tess, store_of, tmp_path) -> Path:
    """A store of six tones, in two shards of three."""
    root = Path(shutil.copytree(store_of(6), tmp_path / "store"))
    write_origin(root, "tess", Origin(str(tess)))
    return root


@pytest.fixture(scope="module")
def augmented(tess_source, store_of, tmp_path_factory) -> Path:
    """A store of six tones with every copy of `BONE_COPIES`, to be read only."""
    root = Path(shutil.copytree(store_of(6), tmp_path_factory.mktemp("augmented") / "store"))
    report = augment_store(
        root, tess_source, BONE_COPIES, datasets=["tess"], features=["mel", "core"], runner=Serial()
    )
    assert (report.stored, report.unchanged, report.failures) == (14 * 6, 0, [])
    return root


def contents(tree: dict[str, tuple[str, int]]) -> dict[str, str]:
    return {name: content for name, (content, _) in tree.items()}


def test_every_recording_has_every_copy_with_source_and_parameters(augmented):
    rows = open_store(augmented).variants()
    assert len(rows) == 14 * 6
    assert rows["file_id"].is_unique
    assert set(rows.groupby("variant").size()) == {6}
    assert set(rows["variant"]) == {variant.name for variant in BONE_COPIES}
    sources = open_store(augmented).files().set_index("file_id")
    same = ["dataset", "speaker", "emotion", "gender", "statement", "channels", "source_sample_rate"]
    for _, row in rows[rows["variant"] == "louder"].iterrows():
        source = sources.loc[row["source_file_id"]]
        assert row["file_id"] == f"{row['source_file_id']}#louder"
        assert json.loads(row["parameters"]) == LOUDER.draw(0, row["source_file_id"])
        assert pd.isna(row["audio_sha256"])
        assert row[same].tolist() == source[same].tolist()


@pytest.mark.parametrize("variant", BONE_COPIES, ids=lambda variant: variant.name)
def test_features_are_those_of_the_transformed_signal(augmented, tess_source, variant):
    stored = open_store(augmented)
    rows = stored.variants()
    rows = rows[rows["variant"] == variant.name].iloc[[2]]
    row = rows.iloc[0]
    path = stored.files().set_index("file_id").loc[row["source_file_id"], "path"]
    decoded = audio.decode(tess_source / path, min_seconds=0.1, max_seconds=600)
    assert isinstance(variant.kind, SignalTransform)
    parameters = json.loads(row["parameters"])
    prepared = prepare(decoded, DEFAULT_PROFILE.audio)
    signal, gain_db = levelled(variant.kind.apply(prepared.signal, 16_000, parameters), DEFAULT_PROFILE.audio)
    analysis = Analysis(signal, DEFAULT_PROFILE, prepared.gain_db + gain_db)
    for name, value in pipeline.columns_of(analysis, ["core"]).items():
        assert row[name] == pytest.approx(value, rel=1e-4, nan_ok=True), name
    np.testing.assert_allclose(stored.frames(rows, "mel")[0], analysis.mel_db, rtol=1e-5, atol=1e-4)


def test_a_copy_of_the_spectrogram_keeps_the_columns_of_the_signal(store, augment_tess):
    augment_tess((MASKED,), features=["core", "mel", "mfcc"])
    stored = open_store(store)
    copies = stored.variants().set_index("source_file_id")
    sources = stored.files().set_index("file_id").loc[copies.index]
    for name in ("duration_sec", "rms_mean", "zcr_mean", "pitch_mean", "spectral_centroid_mean"):
        assert copies[name].to_numpy() == pytest.approx(sources[name].to_numpy(), rel=1e-6, nan_ok=True)
    assert (copies["mfcc_mean_0"] != sources["mfcc_mean_0"]).all()
    for family in ("mel", "mfcc"):
        pairs = zip(
            stored.frames(stored.variants(), family),
            stored.frames(sources.reset_index(), family),
            strict=True,
        )
        assert all(copy.shape == source.shape and (copy != source).any() for copy, source in pairs)


def test_only_the_requested_families_are_computed(store, augment_tess):
    augment_tess((NOISY,), features=["mel"])
    assert "rms_mean" not in open_store(store).variants()
    assert {path.name.split(".")[1] for path in (store / "frames").rglob("variants-*.npy")} == {"mel"}


def test_a_second_run_reads_no_recording_and_changes_no_byte(store, tess, augment_tess, tree):
    before, sources, rows = tree(store), tree(tess), pd.read_parquet(store / "files")
    augment_tess()
    after = tree(store)
    assert {name: after[name] for name in before} == before
    pd.testing.assert_frame_equal(pd.read_parquet(store / "files"), rows)
    assert tree(tess) == sources
    shutil.rmtree(tess)
    plans = []
    report = augment_tess(
        observer=Observer(on_copies=lambda todo, unchanged: plans.append((todo, unchanged)))
    )
    assert plans == [(0, 6)]
    assert (report.stored, report.unchanged) == (0, 18)
    assert augment_tess((NOISY,)).unchanged == 6  # a subset needs nothing either
    assert tree(store) == after


@pytest.mark.parametrize(
    "variants", [(NOISY, HIGHER, *rooms(1)), pytest.param(BONE_COPIES, marks=pytest.mark.long)]
)
def test_two_workers_give_the_same_bytes_as_none(store, augment_tess, tree, tmp_path, variants):
    for name, workers in (("one", {}), ("two", {"workers": 2})):
        shutil.copytree(store, tmp_path / name)
        augment_tess(variants, store=tmp_path / name, **workers)
    assert contents(tree(tmp_path / "one")) == contents(tree(tmp_path / "two"))


def test_another_variant_leaves_the_others_as_they_are(store, augment_tess):
    augment_tess((HIGHER, NOISY))
    stored = open_store(store)
    before = stored.variants().set_index("file_id")
    frames = [np.array(one) for one in stored.frames(stored.variants(), "mel")]
    report = augment_tess((NOISY, LOUDER))
    assert (report.stored, report.unchanged) == (6, 6)
    rows = stored.variants()
    assert len(rows) == 18
    kept = rows[rows["variant"] != "louder"]
    same = [name for name in before if not name.startswith("frame_")]
    pd.testing.assert_frame_equal(kept.set_index("file_id")[same], before[same])
    assert all(np.array_equal(*pair) for pair in zip(frames, stored.frames(kept, "mel"), strict=True))


@pytest.mark.parametrize(
    "changes", [{"seed": 1}, {"variants": (HIGHER, Variant("noisy", "noise", {"amplitude": 0.01}))}]
)
def test_another_seed_or_setting_computes_the_copies_again(store, augment_tess, changes):
    augment_tess((HIGHER, NOISY))
    before = open_store(store).variants().set_index("file_id")["parameters"]
    report = augment_tess(**{"variants": (HIGHER, NOISY), **changes})
    assert report.stored == (12 if "seed" in changes else 6)
    after = open_store(store).variants().set_index("file_id")["parameters"]
    assert (before != after).sum() == 6


def test_other_families_compute_all_copies_again(store, augment_tess):
    augment_tess((LOUDER, NOISY), features=["mel"])
    assert augment_tess((NOISY,), features=["mel", "mfcc"]).stored == 6
    stored = open_store(store)
    assert set(stored.variants()["variant"]) == {"noisy"}
    assert stored.frames(stored.variants(), "mfcc")[0].shape[1] == 39


def test_copies_follow_a_recording_that_changed(store, tess, extract_tess, augment_tess):
    augment_tess((NOISY,))
    changed = open_store(store).files().iloc[0]
    soundfile.write(tess / changed["path"], [0.5, -0.5] * 4000, 16_000)
    stale = augment_tess((NOISY, LOUDER))  # before the extraction
    assert stale.stored == 5
    assert {(one.file_id, one.error_class, one.message) for one in stale.failures} == {
        (
            f"{changed['file_id']}#louder",
            "StoreError",
            f"{changed['path']} is not the file that {changed['file_id']} was extracted from: "
            "run ser extract again",
        )
    }
    extract_tess(limit=6)
    assert augment_tess((NOISY,)).stored > 0
    rows = open_store(store).variants().query("variant == 'noisy'").set_index("source_file_id")
    assert len(rows) == 6
    assert rows.loc[changed["file_id"], "frame_count"] == 51


def test_a_copy_with_a_rate_of_its_own_is_altered_before_resampling(store, augment_tess, tess):
    early = Variant("early", "noise", sample_rate=24_414)
    augment_tess((early, NOISY))
    stored = open_store(store)
    rows = stored.variants().query("variant == 'early'").iloc[[0]]
    path = stored.files().set_index("file_id").loc[rows.iloc[0]["source_file_id"], "path"]
    decoded = audio.decode(tess / path, min_seconds=0.1, max_seconds=600)
    parameters = json.loads(rows.iloc[0]["parameters"])
    analysis = pipeline.augment_decoded(decoded, DEFAULT_PROFILE, early.kind, parameters, 24_414)
    np.testing.assert_allclose(stored.frames(rows, "mel")[0], analysis.mel_db, rtol=1e-5, atol=1e-4)
    assert augment_tess((early, NOISY)).stored == 0
    assert augment_tess((Variant("early", "noise"),)).stored == 6


def test_copies_in_other_rooms_depend_on_the_audio_alone(tmp_path):
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.sin(np.arange(8000) / 20), 16_000)
    (tmp_path / "mine.csv").write_text("path,emotion,speaker\na.wav,angry,anna\nb.wav,sad,anna\n")
    extract_corpora([str(tmp_path / "mine.csv")], data=tmp_path, store=tmp_path / "s", runner=Serial())
    options = {"datasets": ["mine"], "features": ["core", "mel"], "runner": Serial()}
    made = [augment_store(tmp_path / "s", tmp_path, rooms(count), **options).stored for count in (2, 1, 3)]
    assert made == [4, 0, 2]
    rows = open_store(tmp_path / "s").variants().set_index("file_id")
    for room in ("room1", "room2", "room3"):
        one, other = (rows.loc[f"mine/{name}#{room}"] for name in "ab")
        assert (one["parameters"], one["zcr_mean"]) == (other["parameters"], other["zcr_mean"])
    assert rows["parameters"].nunique() == rows["zcr_mean"].nunique() == 3


def test_copies_follow_a_corrected_label(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(8000) / 20), 16_000)
    table = tmp_path / "mine.csv"
    for emotion, room in (("joy", "kitchen"), ("anger", "hall")):
        table.write_text(f"path,emotion,speaker,room\na.wav,{emotion},anna,{room}\n")
        extract_corpora([str(table)], data=tmp_path, store=tmp_path / "s", runner=Serial())
        options = {"datasets": ["mine"], "features": ["mel"], "runner": Serial()}
        report = augment_store(tmp_path / "s", tmp_path, [NOISY], **options)
        row = open_store(tmp_path / "s").variants().iloc[0]
        assert (report.stored, row["emotion_code"], row["room"]) == (1, emotion, room)
    assert row["emotion"] == "angry"


def test_copies_of_a_removed_shard_are_removed(augment_tess, extract_tess, tess, tmp_path):
    """The second shard has one recording; once that is refused, nothing is left of the shard."""
    store = tmp_path / "store"
    extract_tess(limit=2)
    augment_tess((NOISY, TOO_LONG))
    last = open_store(store).files().iloc[-1]
    (tess / last["path"]).write_bytes(b"")
    extract_tess(limit=2)
    assert augment_tess((NOISY,)).unchanged == 1
    stored = open_store(store)
    assert len(stored.variants()) == 1
    assert not set(stored.variants()["source_file_id"]) & {last["file_id"]}
    assert f"{last['file_id']}#far" not in stored.failures().to_pandas()["file_id"].tolist()


def test_an_extraction_keeps_the_frames_of_copies_and_sweeps_others(store, extract_tess, augment_tess):
    augment_tess((NOISY,))
    orphan = layout.frame_path(store, "tess", "variants-00000-0123456789ab", "mel")
    orphan.write_bytes(b"no row refers to this")
    for path in (store / "frames").rglob("*.npy"):
        os.utime(path, (0, 0))
    extract_tess(limit=6)
    stored = open_store(store)
    assert all(len(frames) for frames in stored.frames(stored.variants(), "mel"))
    assert not orphan.exists()


def test_missing_frames_and_damaged_tables_of_copies_are_computed_again(store, augment_tess, tree):
    augment_tess((NOISY,))
    before = contents(tree(store))
    next((store / "frames").rglob("variants-*.mel.npy")).unlink()
    assert augment_tess((NOISY,)).stored > 0
    assert contents(tree(store)) == before
    part = next((store / "variants").rglob("*.parquet"))
    part.write_bytes(b"PAR1 nothing")
    assert augment_tess((NOISY,)).stored > 0
    (store / "damaged" / part.relative_to(store)).unlink()
    assert contents(tree(store)) == before


def test_a_copy_that_cannot_be_computed_is_a_failure_and_stops_no_other(
    store, augment_tess, extract_tess, tree
):
    report = augment_tess((TOO_LONG, NOISY))
    assert (report.stored, len(report.failures)) == (6, 6)
    failure = report.failures[0]
    assert failure.file_id.endswith("#far")
    assert (failure.stage, failure.error_class) == ("augment", "TooShortError")
    assert failure.message.endswith("expected more than the echo's delay of 0.5 s: pass a shorter delay")
    before = tree(store)
    again = augment_tess((TOO_LONG, NOISY))
    assert (again.stored, again.unchanged, again.failures) == (0, 6, report.failures)
    assert augment_tess((NOISY,)).failures == []
    extracted = extract_tess(limit=6)
    assert (extracted.stored, extracted.unchanged, extracted.failures) == (0, 6, [])
    assert tree(store) == before
    assert [one.failures for one in describe(open_store(store))] == [0]


def test_a_variant_that_always_fails_is_not_tried_again(store, augment_tess, tree):
    assert len(augment_tess((TOO_LONG,)).failures) == 6
    before = tree(store)
    assert len(augment_tess((TOO_LONG,)).failures) == 6
    assert tree(store) == before
    assert len(open_store(store).variants()) == 0


@pytest.mark.long
def test_a_recording_that_kills_its_worker_is_quarantined_and_all_others_are_augmented(
    mark, deadly, extract_tess, augment_tess, tmp_path
):
    poison = mark(POISON, "SIGKILL")
    extract_tess()
    deadly()
    report = augment_tess((LOUDER, NOISY), workers=2)
    assert report.stored == 2 * (TONES - 1)
    assert [(one.file_id, one.stage, one.error_class) for one in report.failures] == [
        (f"{poison}#louder", "augment", "WorkerDiedError"),
        (f"{poison}#noisy", "augment", "WorkerDiedError"),
    ]
    assert len(open_store(tmp_path / "store").variants()) == 2 * (TONES - 1)
    again = augment_tess((LOUDER, NOISY), workers=2)
    assert (again.stored, again.unchanged, len(again.failures)) == (0, 2 * (TONES - 1), 2)


@pytest.mark.long
def test_a_killed_run_leaves_whole_shards_and_the_next_one_completes(
    tess_store, augment_tess, tess, tmp_path, wait_for_unfinished
):
    (tmp_path / "run.py").write_text(AUGMENT)
    run = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), str(tess), str(tess_store)], start_new_session=True
    )
    wait_for_unfinished(tess_store, ".variants-*.npy.*")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert open_store(tess_store).variants()["file_id"].is_unique
    augment_tess((Variant("higher", "pitch_shift"), *rooms(1)), features=["mel"])
    stored = open_store(tess_store)
    rows = stored.variants()
    assert len(rows) == 2 * TONES
    assert [len(frames) for frames in stored.frames(rows, "mel")] == list(rows["frame_count"])
    assert [path for path in tess_store.rglob(".*") if path.is_file()] == []


def test_progress_counts_recordings_and_those_of_which_a_copy_failed(store, augment_tess):
    plans, progress = [], []
    observer = Observer(
        on_copies=lambda *plan: plans.append(plan), on_progress=lambda *state: progress.append(state)
    )
    augment_tess((NOISY, TOO_LONG), observer=observer, workers=1)
    assert plans == [(6, 0)]
    assert progress[-1] == (6, 6)


def test_a_corpus_folder_is_a_data_root_as_in_an_extraction(store, tess, augment_tess):
    assert augment_tess((NOISY,), data=tess / "tess").stored == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"data": Path("nowhere")},
            "tess: no recording of the store is in nowhere: expected nowhere/tess/OAF_worda_angry.wav: pass "
            "the --data that the store was extracted from",
        ),
        ({"datasets": ["ravdess"]}, "no 'ravdess' in .*: it holds tess: run ser extract"),
        ({"features": ["mel", "chroma"]}, "no 'chroma' in .*: it holds core, mel, mfcc, pitch: extract into"),
        ({"variants": (NOISY, Variant("noisy", "gain"))}, "two variants are called 'noisy'"),
        ({"store": Path("nowhere")}, "no store at nowhere"),
    ],
)
def test_invalid_requests_are_refused_before_anything_is_written(store, augment_tess, changes, message):
    with pytest.raises(InputError, match=message):
        augment_tess(**changes)
    assert not (store / "variants").exists()
    assert not Path("nowhere").exists()


def test_a_missing_package_is_named_before_anything_is_written(store, augment_tess, monkeypatch):
    monkeypatch.setitem(sys.modules, "audiomentations", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ser-toolkit\[augment\]'"):
        augment_tess()
    assert not (store / "variants").exists()
