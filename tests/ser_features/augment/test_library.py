"""The transforms that use audiomentations, with and without the package."""

import sys

import audiomentations
import numpy as np
import pytest

from ser_features.augment import TRANSFORMS, SignalTransform, library
from ser_features.errors import MissingExtraError

BY_LIBRARY = ["time_stretch", "time_shift", "time_mask", "pitch_shift", "gain", "clip", "polarity"]


def test_which_transforms_need_audiomentations():
    assert [name for name, transform in TRANSFORMS.items() if transform.by_library] == BY_LIBRARY


@pytest.mark.parametrize("name", TRANSFORMS)
def test_without_audiomentations(monkeypatch, vowel, name):
    monkeypatch.setitem(sys.modules, "audiomentations", None)
    transform = TRANSFORMS[name]
    parameters = transform.draw(np.random.default_rng(0), {})
    of_signal = isinstance(transform, SignalTransform)
    given = (vowel, 16_000, parameters) if of_signal else (vowel[:640].reshape(10, 64), parameters)
    if name not in BY_LIBRARY:
        assert np.isfinite(transform.apply(*given)).all()
        return
    with pytest.raises(
        MissingExtraError,
        match=r"needs audiomentations, which is not installed: pip install 'ser-toolkit\[augment\]'$",
    ):
        transform.apply(*given)


def test_run_equals_audiomentations(vowel):
    theirs = audiomentations.Gain(min_gain_db=6.0, max_gain_db=6.0, p=1.0)(vowel, 16_000)
    ours = library.run("Gain", vowel, 16_000, parameters={"amplitude_ratio": 10 ** (6 / 20)})
    assert ours == pytest.approx(theirs, rel=1e-6)
