"""In memory, streamed and oversampled recordings are the same recordings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.data.batches import Joined, Oversampled, Scaler, Streaming, memory_size, read_all
from ser_models.data.examples import load_examples
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.inputs import ColumnInputs, JointInputs

INPUTS = [
    ColumnInputs(("rms_mean", "pitch_mean")),
    FrameInputs(("mel",), 40),
    FrameInputs(("mel", "mfcc"), 70),
    ChunkInputs("mel", chunks=2, frames=30),
]


@pytest.fixture(params=INPUTS, ids=lambda inputs: f"{inputs.kind}-{len(inputs.families)}")
def streamed(request, store):
    examples = load_examples(store)
    return Scaler.fit(request.param, examples).source(examples.read(request.param))


def test_streaming_equals_memory(streamed, monkeypatch):
    monkeypatch.setattr("ser_models.data.batches.BLOCK", 7)
    in_memory = read_all(streamed)
    assert in_memory.shapes == streamed.shapes
    assert len(in_memory) == len(streamed) == 72
    for indices in (np.array([5, 0, 71, 5]), np.arange(72)):
        one, other = in_memory.batch(indices), streamed.batch(indices)
        assert one.keys() == other.keys()
        for name, array in one.items():
            assert array.dtype == other[name].dtype == np.float32
            np.testing.assert_array_equal(array, other[name])


def test_memory_size_is_that_of_the_arrays(streamed):
    assert memory_size(streamed) == sum(array.nbytes for array in read_all(streamed).arrays.values())


def test_equal_parts_share_their_arrays_and_either_side_may_be_absent(store):
    examples = load_examples(store)
    columns, frames = INPUTS[:2]
    inputs = JointInputs((columns, frames, columns, frames))
    source = Scaler.fit(inputs, examples).source(examples.read(inputs))
    arrays = read_all(source).arrays
    assert arrays["0/columns"] is arrays["2/columns"]
    assert arrays["1/frames"] is arrays["3/frames"]
    assert memory_size(source) == sum(arrays[name].nbytes for name in ("0/columns", "1/frames", "1/mask"))
    both = Joined(source, source)
    for indices in (np.array([0, 5]), np.array([73, 2]), np.array([72, 77])):
        for name, array in both.batch(indices).items():
            np.testing.assert_array_equal(array, arrays[name][indices % 72])


def test_frames_stay_on_disk(store):
    examples = load_examples(store)
    inputs = FrameInputs(("mel",), 40)
    raw = Scaler.fit(inputs, examples).source(examples.read(inputs)).raw
    assert all(isinstance(frames, np.memmap) for frames in raw)


@given(st.lists(st.integers(0, 9), min_size=1), st.data())
def test_a_repeated_recording_is_read_from_its_source(positions, data):
    source = Streaming(np.arange(10.0)[:, None], lambda raw: {"columns": raw.astype(np.float32)})
    repeated = Oversampled(source, np.array(positions))
    indices = data.draw(st.lists(st.integers(0, len(positions) - 1)))
    values = repeated.batch(np.array(indices, dtype=int))["columns"].ravel().tolist()
    assert values == [positions[index] for index in indices]
    assert len(repeated) == len(positions)
    assert repeated.shapes == {"columns": (1,)}
