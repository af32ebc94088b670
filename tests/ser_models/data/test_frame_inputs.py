"""Inputs of frames are refused in one line where a store has none of them, or only with gaps."""

import pytest

from ser_features.errors import InputError
from ser_models.data.examples import load_examples
from ser_models.data.frame_inputs import FrameInputs


def test_missing_frames_are_named(store):
    with pytest.raises(InputError, match="no 'chroma' frames in"):
        load_examples(store).read(FrameInputs(("mel", "chroma"), 40))


def test_frames_of_rows_without_a_store_are_refused(make_examples):
    with pytest.raises(InputError, match="mel and chroma frames need a store, found rows without one"):
        make_examples().read(FrameInputs(("mel", "chroma"), 40))


def test_frames_with_gaps_are_refused():
    with pytest.raises(InputError, match="pitch frames are NaN where nothing is voiced, expected families"):
        FrameInputs(("mel", "pitch"), 40)
