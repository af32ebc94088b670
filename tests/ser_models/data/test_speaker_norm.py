"""Speaker normalisation: statistics of a speaker, shrunk towards the mean speaker; transductive results."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.errors import ArtifactError
from ser_models import inference
from ser_models.artifact.metadata import METADATA_FILE, read_metadata, write_metadata
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.frames import NormalizedFrames
from ser_models.data.inputs import ColumnInputs, JointInputs
from ser_models.data.speaker_norm import (
    COUNT,
    FILE,
    RECORDINGS,
    RELEVANCE,
    SpeakerPrior,
    accumulate,
    normalize,
)
from ser_models.data.split import TRANSDUCTIVE, make_split
from ser_models.evaluation.result import read_result
from ser_models.training.config import TrainConfig
from ser_models.training.train import train_fold

COLUMNS = ColumnInputs(("rms_mean", "zcr_mean"))
FRAMES = FrameInputs(("mel",), length=5)


def columns_of(speakers=4, takes=30, seed=0):
    """Values with the mean and deviation of each speaker, (recordings, 2), and the speakers."""
    rng = np.random.default_rng(seed)
    names = np.repeat([f"s{number}" for number in range(speakers)], takes)
    number = np.repeat(np.arange(speakers), takes)[:, None]
    raw = 2 * number + (1 + number) * rng.standard_normal((speakers * takes, 2))
    return raw.astype(np.float32), list(names)


def test_a_speaker_with_many_recordings_has_zero_mean_and_unit_variance():
    raw, names = columns_of(takes=500)
    prior = SpeakerPrior.fit(COLUMNS, raw, names)
    stats = prior.estimate_all(raw, names)
    normalized = normalize(COLUMNS, raw, [stats[name] for name in names])
    assert normalized.dtype == np.float32
    for name in stats:
        own = normalized[np.array(names) == name]
        np.testing.assert_allclose(own.mean(axis=0), 0, atol=0.1)
        np.testing.assert_allclose(own.std(axis=0), 1, atol=0.15)
    np.testing.assert_allclose(prior.mean, raw.reshape(4, 500, 2).mean(axis=1).mean(axis=0), rtol=1e-5)


def test_few_recordings_are_shrunk_towards_the_mean_speaker():
    raw, names = columns_of()
    prior = SpeakerPrior.fit(COLUMNS, raw, names)
    last = accumulate(COLUMNS, raw[-30:])
    distances = [np.abs(prior.estimate(last[:n]).mean - prior.mean).mean() for n in (1, 5, 30)]
    assert distances[0] < distances[1] < distances[2]
    one = prior.estimate(last[:1])
    share = 1 / (1 + RELEVANCE)
    np.testing.assert_allclose(one.mean, share * raw[-30] + (1 - share) * prior.mean, rtol=1e-5)
    assert (one.deviation > 0).all()
    assert one.recordings == 1


def test_missing_values_stay_missing_and_are_not_counted():
    raw = np.array([[1.0, np.nan], [3.0, np.nan], [5.0, 7.0]], dtype=np.float32)
    sums = accumulate(COLUMNS, raw)
    assert sums[:, COUNT].sum(axis=0).tolist() == sums[:, RECORDINGS].sum(axis=0).tolist() == [3, 1]
    prior = SpeakerPrior.fit(COLUMNS, raw, ["a", "a", "b"])
    stats = prior.estimate(sums[:2])
    assert stats.mean[1] == prior.mean[1] == 7
    assert np.isnan(normalize(COLUMNS, raw[:2], [stats] * 2)[:, 1]).all()
    never = SpeakerPrior.fit(COLUMNS, raw[:2], ["a", "a"])
    assert (never.mean[1], never.variance[1]) == (0, 1)


def test_a_constant_value_is_not_divided_by_zero():
    raw = np.full((6, 2), 0.1, dtype=np.float32)
    prior = SpeakerPrior.fit(COLUMNS, raw, list("aabbcc"))
    constant = prior.estimate(accumulate(COLUMNS, raw[:2]))
    np.testing.assert_allclose(normalize(COLUMNS, raw, [constant] * 6), 0, atol=1e-6)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=12), st.integers(0, 5))
def test_sums_do_not_depend_on_the_order(values, seed):
    raw = np.array(values, dtype=np.float32)[:, None]
    inputs = ColumnInputs(("rms_mean",))
    order = np.random.default_rng(seed).permutation(len(values))
    prior = SpeakerPrior(inputs, np.zeros(1), np.ones(1))
    one, other = (prior.estimate(accumulate(inputs, raw[places])) for places in (slice(None), order))
    np.testing.assert_allclose(one.mean, other.mean, rtol=1e-9, atol=1e-9)
    assert np.isfinite(one.deviation).all()
    assert (one.deviation > 0).all()


def test_frames_are_normalised_by_band_on_access():
    rng = np.random.default_rng(1)
    raw = [rng.normal([-40, -60], [5, 2], (frames, 2)).astype(np.float32) for frames in (30, 50, 80)]
    prior = SpeakerPrior.fit(FRAMES, raw, ["a", "a", "b"])
    stats = prior.estimate(accumulate(FRAMES, raw[:2]))
    normalized = normalize(FRAMES, raw[:2], [stats] * 2)
    assert all(isinstance(frames, NormalizedFrames) for frames in normalized)
    np.testing.assert_allclose(
        np.asarray(normalized[0]), (raw[0] - stats.mean) / stats.deviation, rtol=1e-4, atol=1e-4
    )
    assert normalized[1][3:5].shape == (2, 2)


def test_parts_of_joint_inputs_are_normalised_separately():
    rng = np.random.default_rng(2)
    inputs = JointInputs((COLUMNS, ChunkInputs("mel", chunks=2, frames=3), FRAMES))
    rows, mel = rng.normal(size=(4, 2)).astype(np.float32), [rng.normal(size=(9, 3)) for _ in range(4)]
    prior = SpeakerPrior.fit(inputs, list(zip(rows, mel, mel, strict=True)), list("aabb"))
    assert len(prior.mean) == 2 + 3 + 3
    joined = list(zip(rows, mel, mel, strict=True))
    stats = prior.estimate(accumulate(inputs, joined))
    alone = SpeakerPrior(COLUMNS, prior.mean[:2], prior.variance[:2]).estimate(accumulate(COLUMNS, rows))
    normalized = normalize(inputs, joined, [stats] * len(joined))
    np.testing.assert_allclose(
        np.stack([parts[0] for parts in normalized]), normalize(COLUMNS, rows, [alone] * len(rows)), rtol=1e-5
    )
    np.testing.assert_allclose(np.asarray(normalized[1][1]), np.asarray(normalized[1][2]))


def test_copies_count_as_speakers_of_their_own(make_examples):
    examples = make_examples(speakers=2, takes=1)
    assert set(examples.speaker_variants) == {"d0/s0@", "d0/s1@"}
    rows = examples.rows.assign(variant=[None, "slower", "faster", None, "slower", "faster"])
    assert set(replace(examples, rows=rows).speaker_variants) == {
        f"d0/{name}@{variant}" for name in ("s0", "s1") for variant in ("", "slower", "faster")
    }


@pytest.fixture(scope="module")
def artifact(artifact_of):
    out = artifact_of("logistic", speaker_norm=True)
    return out, read_result(out)


def test_every_figure_is_marked_transductive(artifact):
    out, metrics = artifact
    assert metrics.transductive is True
    assert metrics.protocol == f"speaker-disjoint, one split, {TRANSDUCTIVE}" or (
        metrics.protocol.endswith(TRANSDUCTIVE)
    )
    for name in ("report.html", "README.md"):
        assert "ransductive" in (out / name).read_text(encoding="utf-8")


def test_files_predicted_together_equal_their_test_predictions(artifact, recordings):
    out, _ = artifact
    tested = pd.read_parquet(out / "predictions.parquet").query("split == 'test'")
    predictor = inference.load(out)
    files = [recordings / path for path in tested["path"]]
    predictions = predictor.predict(files, speakers=list(tested["speaker"]))
    for row, prediction in zip(tested.itertuples(), predictions, strict=True):
        for label, probability in prediction.probabilities.items():
            assert probability == pytest.approx(getattr(row, f"p_{label}"), abs=1e-4)
    assert predictor.artifact.metadata.speaker_norm == len(tested) / tested["speaker"].nunique()


def test_a_prediction_depends_on_the_other_files_and_one_alone_has_a_warning(artifact, recordings):
    out, _ = artifact
    predictor = inference.load(out)
    file = recordings / "s0_sad_0.wav"
    alone = predictor.predict(file)
    assert "speaker statistics are estimated from this recording only, from 12 in the" in alone.warning
    others = [file, *(recordings / f"s0_angry_{take}.wav" for take in range(4))]
    together = predictor.predict(others)[0]
    assert together.probabilities != alone.probabilities
    assert "speaker statistics" not in (together.warning or "")
    apart = predictor.predict(others, speakers=["a", "b", "b", "b", "b"])[0]
    assert apart.probabilities == pytest.approx(alone.probabilities, rel=1e-12)  # sums in another order


def test_refused_files_do_not_count(artifact, recordings, tmp_path):
    out, _ = artifact
    (tmp_path / "diary.wav").write_text("Dear diary")
    predictor = inference.load(out)
    good = [recordings / f"s0_sad_{take}.wav" for take in range(3)]
    alone = predictor.predict(good)
    mixed = predictor.predict([*good, tmp_path / "diary.wav"])
    assert [answer.probabilities for answer in mixed[:3]] == [answer.probabilities for answer in alone]
    assert mixed[3].error


def test_a_stored_evaluation_is_normalised_too(artifact, store_root):
    from ser_models.experiments.evaluate import evaluate

    out, metrics = artifact
    result = evaluate(out, store_root)
    assert result.transductive
    assert result.unseen.uar == pytest.approx(metrics.uar, abs=0.02)


def test_the_scaler_is_fitted_on_training_speakers_only(store):
    from ser_models.data.examples import load_examples

    examples = load_examples(store)
    split = make_split(examples, seed=0)
    config = TrainConfig("logistic", speaker_norm=True)
    fold = train_fold(examples, split, 0, config)
    other = examples.rows["file_id"].isin(split.side(0, "test"))
    changed = replace(examples, rows=examples.rows.assign(rms_mean=examples.rows["rms_mean"] + 9.0 * other))
    again = train_fold(changed, split, 0, config)
    for name, values in fold.scaler.statistics.items():
        np.testing.assert_array_equal(values, again.scaler.statistics[name])


def test_contradicting_metadata_are_refused(artifact, tmp_path):
    import shutil

    out, _ = artifact
    other = tmp_path / "other"
    shutil.copytree(out, other)
    metadata = read_metadata(other)
    (other / METADATA_FILE).unlink()
    write_metadata(other, replace(metadata, speaker_norm=0))
    with pytest.raises(ArtifactError, match=f"speaker_norm is 0 with {FILE}: restore it, or train again"):
        inference.load(other)
    (other / FILE).unlink()
    (other / METADATA_FILE).unlink()
    write_metadata(other, replace(metadata, speaker_norm=12))
    with pytest.raises(ArtifactError, match=f"speaker_norm is 12 without {FILE}"):
        inference.load(other)


def test_a_prior_of_another_width_is_refused(artifact, tmp_path):
    import shutil

    out, _ = artifact
    other = tmp_path / "other"
    shutil.copytree(out, other)
    metadata = read_metadata(other)
    SpeakerPrior(COLUMNS, np.zeros(2), np.ones(2)).save(other)
    (other / METADATA_FILE).unlink()
    write_metadata(other, metadata)
    with pytest.raises(ArtifactError, match="cannot recognise a tone"):
        inference.load(other)
