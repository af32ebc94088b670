"""Out-of-distribution scores and percentiles; tests/attacks has hostile files."""

import io

import numpy as np
import pytest
import soundfile

from benchmarks.robustness.sounds import NOT_SPEECH, RATE
from ser_features.engine import extract_corpora
from ser_features.pipeline import extract_bytes
from ser_features.store import open_store
from ser_models import ood
from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.ood.distribution import build
from tests.faults.serial import Serial

pytestmark = pytest.mark.long  # extracts hundreds of recordings


@pytest.fixture(scope="module")
def speech(real_data, tmp_path_factory):
    """A store of real recordings."""
    root = tmp_path_factory.mktemp("speech") / "store"
    extract_corpora(["ravdess"], data=real_data, store=root, limit=400, workers=2)
    return open_store(root)


@pytest.fixture(scope="module")
def sides(speech):
    examples = load_examples(speech)
    split = make_split(examples, seed=0)
    names = ("train", "validation", "test")
    return {name: examples.take(split.side(split.final_fold, name)).rows for name in names}


@pytest.fixture(scope="module")
def distribution(speech, sides):
    return build(speech, sides["train"], sides["validation"])


def far(distribution, store, rows):
    return distribution.ood_score(store.frames(rows, "mel"))


@pytest.mark.parametrize("sound", NOT_SPEECH)
def test_noise_music_and_silence_are_far(sound, distribution, speech):
    file = io.BytesIO()
    soundfile.write(file, NOT_SPEECH[sound](np.random.default_rng(0)), RATE, format="WAV")
    frames = extract_bytes(file.getvalue(), speech.profile, ["mel"]).frames["mel"]
    assert distribution.ood_score([frames])[0] > 1


def test_training_recordings_are_at_no_distance(distribution, speech, sides):
    assert far(distribution, speech, sides["train"]).max() < 0.01


def test_a_hundredth_of_the_validation_recordings_is_beyond_1(distribution, speech, sides):
    distances = far(distribution, speech, sides["validation"])
    assert 0 < (distances > 1).mean() <= max(0.01, 1.5 / len(distances))


def test_few_recordings_of_new_speakers_are_far(distribution, speech, sides):
    assert (far(distribution, speech, sides["test"]) > 1).mean() < 0.15


def test_percentiles_are_those_of_the_training_recordings(distribution, sides):
    pitch = sides["train"]["pitch_mean"]
    for share in (0.1, 0.5, 0.83):
        value = float(pitch.quantile(share))
        assert distribution.percentiles({"pitch_mean": value})["pitch_mean"] == pytest.approx(
            100 * share, abs=1
        )
    percentiles = distribution.percentiles(
        {"pitch_mean": 1e6, "jitter": float("nan"), "mine": 1.0, "zcr_mean": -1.0}
    )
    assert percentiles == {"pitch_mean": 100, "zcr_mean": 0}


def test_a_store_without_mel_frames_has_no_reference(recordings, tmp_path):
    own = str(recordings / "own.csv")
    extract_corpora([own], data=recordings, store=tmp_path / "s", features=["core"], runner=Serial(), limit=4)
    store = open_store(tmp_path / "s")
    assert build(store, store.files(), store.files()) is None


def test_what_is_written_is_read(distribution, speech, sides, tmp_path):
    ood.write(tmp_path, distribution)
    again = ood.read(tmp_path, bands=64)
    np.testing.assert_array_equal(far(again, speech, sides["test"]), far(distribution, speech, sides["test"]))
    columns = {"pitch_mean": 200.0, "rms_mean": 0.01}
    assert again.percentiles(columns) == distribution.percentiles(columns)
