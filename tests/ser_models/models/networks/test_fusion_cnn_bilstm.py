"""The fusion network: the counts of the paper's Table V, row by row."""

import numpy as np
import pytest

from ser_features.config import profile
from ser_features.extractors import columns as columns_of
from ser_models.models import create

TABLE_V = [
    ("Conv1D", (350, 16), 96),
    ("Conv1D", (350, 32), 2_592),
    ("Conv1D", (350, 64), 10_304),
    ("BatchNormalization", (350, 64), 256),
    ("Conv1D", (350, 128), 41_088),
    ("MaxPooling1D", (43, 128), 0),
    ("Bidirectional", (512,), 788_480),
    ("Dense", (128,), 65_664),
    ("BatchNormalization", (128,), 512),
    ("Dense", (64,), 8_256),
    ("Dense", (7,), 455),
]


@pytest.fixture(scope="module")
def network():
    return create("fusion_cnn_bilstm").build({"columns": (350,)}, classes=7)


def test_every_layer_is_as_published(network):
    silent = ("InputLayer", "Reshape", "Dropout")
    layers = [layer for layer in network.layers if type(layer).__name__ not in silent]
    assert [(type(each).__name__, each.output.shape[1:], each.count_params()) for each in layers] == TABLE_V
    assert network.count_params() == 917_703


def test_kernels_are_five_wide_everywhere(network):
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv1D"]
    assert [layer.kernel_size for layer in convolutions] == [(5,)] * 4


def test_dropout_follows_the_pooling_the_lstm_and_the_first_dense_layer():
    network = create("fusion_cnn_bilstm", {"dropout": 0.35}).build({"columns": (350,)}, classes=7)
    names = [type(layer).__name__ for layer in network.layers]
    places = [index for index, name in enumerate(names) if name == "Dropout"]
    assert [names[index - 1] for index in places] == ["MaxPooling1D", "Bidirectional", "BatchNormalization"]
    assert [network.layers[index].rate for index in places] == [0.35] * 3


def test_its_columns_are_what_a_profile_with_128_bands_gives():
    inputs = create("fusion_cnn_bilstm").inputs
    columns = inputs.columns
    assert len(set(columns)) == 350
    assert columns[0] == "mel_mean_0"
    assert columns[255:257] == ("mel_std_127", "mfcc_mean_0")
    assert columns[-1] == "rms_range"
    assert set(columns) <= {column.name for column in columns_of(inputs.families, profile("wide16k"))}


def test_the_order_of_the_columns_matters(network):
    columns = np.random.default_rng(0).normal(size=(2, 350)).astype(np.float32)
    answers = [network({"columns": each}) for each in (columns, columns[:, ::-1].copy())]
    assert not np.allclose(*answers)
