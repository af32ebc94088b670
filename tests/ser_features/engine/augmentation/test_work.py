"""A worker decodes a recording once for all of its copies."""

from dataclasses import replace

import pytest

from ser_features.augment import Variant
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine.augmentation import work
from ser_features.engine.task import Target, VariantTask
from ser_features.manifest import Recording


@pytest.fixture
def task(tess_store, tess) -> VariantTask:
    """Two copies of each of two recordings."""
    recordings = tuple(
        Recording("tess", stem, f"tess/{stem}.wav", "OAF", "angry", "angry")
        for stem in ("OAF_worda_angry", "OAF_wordb_angry")
    )
    hashes = {one.file_id: work.audio.sha256(tess / one.path) for one in recordings}
    return VariantTask(
        target=Target.of(tess_store, DEFAULT_PROFILE, ("mel",)),
        dataset="tess",
        shard="00000",
        data_root=tess,
        compute=recordings,
        variants=(Variant("noisy", "noise"), Variant("masked", "spec_augment")),
        seed=0,
        sources="",
        kept={},
        made={},
        hashes=hashes,
    )


def test_one_decode_for_all_copies(task, monkeypatch):
    decoded = []
    decode = work.audio.decode
    monkeypatch.setattr(
        work.audio, "decode", lambda *args, **options: decoded.append(1) or decode(*args, **options)
    )
    assert work.run_variants(task).stored == 4
    assert len(decoded) == 2


def test_unexpected_error_on_one_copy_is_its_failure(task, monkeypatch):
    def surprised(self, mel_db, parameters):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("ser_features.augment.spectrogram.SpecAugment.apply", surprised)
    summary = work.run_variants(task)
    assert summary.stored == 2
    assert {(one.stage, one.error_class, one.message) for one in summary.failures} == {
        ("augment", "ZeroDivisionError", "unexpected: ZeroDivisionError('surprise')")
    }


def test_probing_stores_nothing(task):
    work.probe_variants(task, task.compute[0])
    assert not task.part.exists()


def test_copies_are_kept_by_their_variant(task):
    kept = replace(task, kept={"noisy": "0"})
    stays = kept.keeps()
    assert stays("tess/a#noisy")
    assert not stays("tess/a#masked")
    assert not stays("tess/a")
