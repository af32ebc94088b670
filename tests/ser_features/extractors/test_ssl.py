"""The families ssl and ssl_pooled, from the encoder to the store and back."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features import extractors, pipeline
from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.config import PAPER48K, PROFILES, SPEECH16K, WIDE16K, EncoderConfig
from ser_features.engine import extract_corpora
from ser_features.engine.augmentation.run import augment_store
from ser_features.engine.open_store import describe
from ser_features.errors import InputError
from ser_features.extractors import Analysis, columns, encoder, wide_columns
from ser_features.extractors.encoder import configure, encode
from ser_features.store import open_store
from ser_features.store.verify import verify
from tests.encoders import SIZE, WHY, save_encoder

ENCODER = EncoderConfig("/somewhere", "ab" * 32, layer=2, size=3)


@pytest.fixture
def folder(tmp_path):
    pytest.importorskip("torch", reason=WHY)
    pytest.importorskip("transformers", reason=WHY)
    encoder._load.cache_clear()
    return save_encoder(tmp_path / "encoder")


def speech(seconds=0.5, seed=0):
    samples = round(seconds * 16_000)
    noise = np.random.default_rng(seed).normal(scale=0.1, size=samples)
    return (noise * np.sin(np.arange(samples) / 900)).astype(np.float32)


def corpus(root, count=3):
    lines = ["path,emotion,speaker"]
    for take in range(count):
        soundfile.write(root / f"r{take}.wav", speech(seed=take), 16_000)
        lines.append(f"r{take}.wav,{'sad' if take % 2 else 'angry'},s{take}")
    (root / "own.csv").write_text("\n".join(lines) + "\n")


def extracted(root, **changes):
    options = {"data": root, "store": root / "store", "workers": 1, **changes}
    return extract_corpora([str(root / "own.csv")], **options)


# Without an encoder


def test_names_are_systematic_and_described():
    few = columns(["ssl_pooled", "ssl"], replace(SPEECH16K, encoder=ENCODER))
    assert [column.name for column in few] == ["ssl__0000__mean", "ssl__0001__mean", "ssl__0002__mean"]
    more = columns(["ssl_pooled"], replace(SPEECH16K, encoder=replace(ENCODER, pooling="mean_std")))
    assert [column.name for column in more[:4]] == [*(column.name for column in few), "ssl__0000__std"]
    assert len(more) == 6
    assert (more[4].unit, more[4].description) == ("1", "Standard deviation of dimension 1.")


@pytest.mark.parametrize("family", ["ssl_pooled", "ssl"])
def test_digest_includes_the_encoder_if_a_family_needs_it(family):
    changes = {"sha256": "cd" * 32, "layer": 1, "size": 4, "pooling": "mean_std"}
    others = [ENCODER, *(replace(ENCODER, **{name: value}) for name, value in changes.items())]
    digests = {extractors.digest(replace(SPEECH16K, encoder=item), [family]) for item in others}
    assert len(digests) == len(others)
    moved = replace(SPEECH16K, encoder=replace(ENCODER, folder="/elsewhere"))
    assert extractors.digest(moved, [family]) == extractors.digest(
        replace(SPEECH16K, encoder=ENCODER), [family]
    )
    assert extractors.digest(moved, ["core", "mel"]) == extractors.digest(SPEECH16K, ["core", "mel"])


@pytest.mark.parametrize("profile", [replace(item, encoder=ENCODER) for item in (SPEECH16K, WIDE16K)])
def test_store_json_describes_the_encoder(tmp_path, profile):
    described = describe(profile, ["ssl"])
    assert described.families == ("core", "ssl_pooled", "ssl")
    assert described.wide == wide_columns(["ssl_pooled"], profile)
    described.write(tmp_path / "store")
    assert open_store(tmp_path / "store").description == described


def test_store_json_without_an_encoder(tmp_path):
    describe(SPEECH16K, ["mel"]).write(tmp_path / "store")
    assert "encoder" not in json.loads((tmp_path / "store" / "store.json").read_text())["profile"]


def test_the_family_needs_an_encoder():
    with pytest.raises(InputError) as caught:
        describe(SPEECH16K, ["ssl"])
    message = "the features ssl and ssl_pooled need a pretrained encoder: pass --encoder with its folder"
    assert str(caught.value) == message


def test_the_encoder_needs_the_family():
    with pytest.raises(InputError) as caught:
        describe(replace(SPEECH16K, encoder=ENCODER), ["core", "mel"])
    assert str(caught.value) == (
        "--encoder with the families core mel, expected ssl among them: add --features core mel ssl, "
        "or leave --encoder out"
    )


def test_the_encoder_needs_16_khz():
    with pytest.raises(InputError) as caught:
        describe(replace(PAPER48K, encoder=ENCODER), ["ssl"])
    assert str(caught.value) == (
        "profile paper48k has 48000 Hz, expected 16000 Hz for the feature family ssl: "
        "pass another --profile, such as speech16k"
    )


# With one


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "paper48k"])
def test_frames_are_the_nearest_states(folder, name):
    profile = replace(PROFILES[name], encoder=configure(folder))
    analysis = Analysis(speech(1.1), profile)
    values = pipeline.frames_of(analysis, ["mel", "ssl"])
    states = encode(analysis.signal, profile.encoder)
    assert values["ssl"].shape == (len(values["mel"]), SIZE)
    assert values["ssl"].dtype == np.float32
    for frame, row in enumerate(values["ssl"]):
        distances = np.abs(states.centres - frame * profile.frames.hop_length)
        index = np.flatnonzero((states.states == row).all(axis=1))
        assert distances[index].min() == distances.min()


@pytest.mark.parametrize("samples", [1, 100, 1600])
def test_very_short_signals(folder, samples):
    analysis = Analysis(speech()[:samples], replace(SPEECH16K, encoder=configure(folder)))
    frames, pooled = pipeline.frames_of(analysis, ["ssl"])["ssl"], pipeline.wide_of(analysis, ["ssl_pooled"])
    assert frames.shape == (1 + samples // 160, SIZE)
    assert np.isfinite(frames).all()
    assert np.isfinite(pooled["ssl_pooled"]).all()


@pytest.mark.parametrize("pooling", ["mean", "mean_std"])
def test_pooling_is_over_the_encoder_s_own_frames(folder, pooling):
    profile = replace(SPEECH16K, encoder=configure(folder, 1, pooling))
    analysis = Analysis(speech(), profile)
    values = pipeline.wide_of(analysis, ["ssl_pooled"])["ssl_pooled"]
    states = encode(analysis.signal, profile.encoder).states
    expected = [states.mean(axis=0), states.std(axis=0)][: 1 + (pooling == "mean_std")]
    assert values.shape == (len(columns(["ssl_pooled"], profile)),)
    np.testing.assert_allclose(values, np.concatenate(expected), rtol=1e-5, atol=1e-6)


def test_the_encoder_runs_once_for_both_families(folder, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "ser_features.extractors.base.encode", lambda *given: calls.append(1) or encode(*given)
    )
    analysis = Analysis(speech(), replace(SPEECH16K, encoder=configure(folder)))
    pipeline.features_of(pipeline.audio.Audio(speech(), 16_000, 1), analysis, ["ssl_pooled", "ssl"])
    assert calls == [1]


def test_from_files_to_the_store_and_back(folder, tmp_path):
    corpus(tmp_path)
    chosen = configure(folder, 1, "mean_std")
    assert extracted(tmp_path, features=["core", "mel", "ssl"], encoder=chosen).stored == 3
    store = open_store(tmp_path / "store")
    names = [column.name for column in columns(["ssl_pooled"], store.profile)]
    assert (store.profile.encoder, store.families) == (chosen, ("core", "ssl_pooled", "mel", "ssl"))
    rows = store.files().iloc[::-1]
    pooled, frames = store.wide(rows, "ssl_pooled", names), store.frames(rows, "ssl")
    for row, values, states in zip(rows.itertuples(), pooled, frames, strict=True):
        own = pipeline.extract(tmp_path / row.path, store.profile, store.families)
        np.testing.assert_array_equal(values, own.wide["ssl_pooled"])
        np.testing.assert_array_equal(states, own.frames["ssl"])
        assert len(states) == row.frame_count == len(own.frames["mel"])
    table = pd.read_parquet(tmp_path / "store" / "ssl_pooled").sort_values("file_id", ignore_index=True)
    assert list(table.columns) == ["file_id", *names, "dataset"]
    np.testing.assert_array_equal(table[names].to_numpy(), pooled[::-1])
    assert not verify(tmp_path / "store").problems
    assert extracted(tmp_path).stored == 0  # the store knows the encoder


def test_copies_are_encoded_too(folder, tmp_path):
    corpus(tmp_path)
    extracted(tmp_path, features=["ssl_pooled"], encoder=configure(folder))
    root = tmp_path / "store"
    augment_store(root, tmp_path, SPEED_PERTURBATIONS, datasets=["own"], features=["ssl_pooled"], workers=1)
    store = open_store(root)
    assert np.isfinite(store.wide(store.variants(), "ssl_pooled", ["ssl__0000__mean"])).all()
    assert len(store.variants()) == 6


def test_an_encoder_may_be_moved_but_not_changed(folder, tmp_path):
    corpus(tmp_path)
    extracted(tmp_path, features=["ssl"], encoder=configure(folder))
    shutil.move(folder, tmp_path / "moved")
    corpus(tmp_path, count=4)
    with pytest.raises(InputError, match=r"^no folder \S+encoder: expected .*or pass --encoder with the"):
        extracted(tmp_path)
    assert len(open_store(tmp_path / "store").files()) == 3
    assert extracted(tmp_path, encoder=configure(tmp_path / "moved")).stored == 1
    for other in (configure(tmp_path / "moved", 0), configure(save_encoder(tmp_path / "other", seed=1))):
        with pytest.raises(InputError, match=r"has profile (\S+) \(\w{16}\), asked for \1 \("):
            extracted(tmp_path, encoder=other)


def test_an_invalid_encoder_creates_no_store(folder, tmp_path):
    corpus(tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be loaded"):
        extracted(tmp_path, features=["ssl"], encoder=configure(folder))
    assert not (tmp_path / "store").exists()


def test_a_lost_store_json_is_restored(folder, tmp_path):
    corpus(tmp_path)
    extracted(tmp_path, features=["ssl"], encoder=configure(folder))
    before = (tmp_path / "store" / "store.json").read_bytes()
    (tmp_path / "store" / "store.json").unlink()
    with pytest.raises(InputError, match="need a pretrained encoder: pass --encoder with its folder"):
        extracted(tmp_path)
    assert extracted(tmp_path, encoder=configure(folder)).stored == 0
    assert (tmp_path / "store" / "store.json").read_bytes() == before
