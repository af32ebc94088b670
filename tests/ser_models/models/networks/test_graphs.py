"""The graphs as published: layers, sizes and training of every network."""

import numpy as np
import pytest

from ser_features.config import profile
from ser_features.errors import InputError
from ser_features.extractors import columns as columns_of
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from tests.ser_models.tiny import CLASSES, NETWORKS

FUSION = [
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
"""Layers, output shapes and parameter counts of the fusion paper's Table V."""


def layers_of(network, *kinds):
    return [layer for layer in network.layers if type(layer).__name__ in kinds]


def kinds_of(network):
    return [type(layer).__name__ for layer in network.layers]


def test_mlp():
    network = create("mlp").build({"columns": (30,)}, classes=6)
    assert network.count_params() == 51_014
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) == 50_246
    assert len(create("mlp").inputs.columns) == 30


def test_cnn_lstm():
    network = create("cnn_lstm").build({"frames": (300, 64), "mask": (300,)}, classes=6)
    convolutions = [(layer.filters, layer.kernel_size[0]) for layer in layers_of(network, "Conv1D")]
    assert convolutions == [(64, 5), (128, 5), (256, 3)]
    lstms = [(layer.units, layer.return_sequences) for layer in layers_of(network, "LSTM")]
    assert lstms == [(128, True), (64, False)]
    assert [layer.rate for layer in layers_of(network, "Dropout")] == [0.3, 0.3, 0.4, 0.4, 0.5, 0.3]
    assert [layer.units for layer in layers_of(network, "Dense")] == [128, 64, 6]


def test_bone_conducted_transformer():
    network = create("bone_conducted_transformer").build({"frames": (64, 128), "mask": (64,)}, classes=8)
    kinds = kinds_of(network)
    convolutions = [(layer.filters, layer.kernel_size) for layer in layers_of(network, "Conv1D")]
    assert convolutions == [(128, (5,)), (128, (3,))]
    assert kinds.count("MultiHeadAttention") == 2
    last = len(kinds) - 1 - kinds[::-1].index("Conv1D")
    assert last < kinds.index("MultiHeadAttention") < kinds.index("Softmax")
    assert network.get_layer("attention").output.shape == (None, 16, 1)
    with pytest.raises(InputError) as error:
        create("bone_conducted_transformer", {"width": 100, "heads": 8})
    expected = "model 'bone_conducted_transformer': width is 100, expected a multiple of heads, 8"
    assert str(error.value) == expected


def test_attention_cnn_bilstm():
    network = create("attention_cnn_bilstm").build({"frames": (64, 192), "mask": (64,)}, classes=8)
    kinds = kinds_of(network)
    order = [kinds.index(kind) for kind in ("Add", "Bidirectional", "Softmax", "LayerNormalization")]
    assert order == sorted(order)
    assert kinds.count("Add") == 2
    assert kinds.count("BatchNormalization") == 4
    activations = [layer.activation.__name__ for layer in network.layers if hasattr(layer, "activation")]
    assert activations.count("gelu") == 5
    assert "relu" not in activations
    larger = create("attention_cnn_bilstm", {"filters": [8, 8, 4], "kernels": [3, 5, 7], "batch_norm": False})
    network = larger.build({"frames": (64, 192), "mask": (64,)}, classes=8)
    convolutions = [(layer.filters, *layer.kernel_size) for layer in layers_of(network, "Conv1D")]
    assert sorted(convolutions) == [(4, 1), (4, 7), (4, 7), (8, 1), (8, 1), (8, 3), (8, 3), (8, 5), (8, 5)]
    assert "BatchNormalization" not in kinds_of(network)
    assert network.get_layer("attention").output.shape == (None, 64 // larger.frames_per_step, 1)
    inputs = create("attention_cnn_bilstm", {"length": 80}).inputs
    assert inputs.families == ("mfcc", "chroma", "mel", "contrast", "tonnetz")
    assert inputs.length == 80


def test_fusion_cnn_bilstm():
    network = create("fusion_cnn_bilstm", {"dropout": 0.35}).build({"columns": (350,)}, classes=7)
    other = ("InputLayer", "Reshape", "Dropout")
    layers = [layer for layer in network.layers if type(layer).__name__ not in other]
    described = [(type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in layers]
    assert described == FUSION
    assert network.count_params() == 917_703
    assert [layer.kernel_size for layer in layers_of(network, "Conv1D")] == [(5,)] * 4
    kinds = kinds_of(network)
    before = [kinds[index - 1] for index, kind in enumerate(kinds) if kind == "Dropout"]
    assert before == ["MaxPooling1D", "Bidirectional", "BatchNormalization"]
    assert [layer.rate for layer in layers_of(network, "Dropout")] == [0.35] * 3
    columns = np.random.default_rng(0).normal(size=(2, 350)).astype(np.float32)
    outputs = [network({"columns": given}) for given in (columns, columns[:, ::-1].copy())]
    assert not np.allclose(*outputs), "the order of the columns matters"


def test_the_columns_of_the_fusion_network_are_those_of_a_profile_with_128_bands():
    inputs = create("fusion_cnn_bilstm").inputs
    columns = inputs.columns
    assert len(set(columns)) == 350
    assert columns[0] == "mel_mean_0"
    assert columns[255:257] == ("mel_std_127", "mfcc_mean_0")
    assert columns[-1] == "rms_range"
    assert set(columns) <= {column.name for column in columns_of(inputs.families, profile("wide16k"))}


@pytest.mark.parametrize(
    ("name", "published"),
    [
        (
            "bone_conducted_transformer",
            {"batch_size": 64, "patience": 5, "epochs": 20, "label_smoothing": 0.1, "optimizer": "adam"},
        ),
        ("attention_cnn_bilstm", {"learning_rate": 2e-4, "schedule": "plateau"}),
        (
            "fusion_cnn_bilstm",
            {"batch_size": 32, "learning_rate": 1e-3, "epochs": 150, "schedule": "plateau"},
        ),
        ("chunked_conv3d", {"loss": "focal", "optimizer": "adam", "schedule": "plateau"}),
    ],
)
def test_the_default_training_is_the_published_one(name, published):
    assert create(name).parameters.items() >= ({"class_weights": True} | published).items()


SHAPES = {
    "mlp": {"columns": (30,)},
    "fusion_cnn_bilstm": {"columns": (350,)},
    "chunked_conv3d": {"chunks": (3, 32, 32, 1)},
}
"""Shapes of one recording, for networks that do not read 40 frames of 16 bands."""


@pytest.mark.parametrize(
    "name",
    [name if name == "mlp" else pytest.param(name, marks=pytest.mark.long) for name in NETWORKS],
)
def test_every_network_can_fit_32_recordings(name):
    """Classes differ in a constant spectrum, under noise."""
    rng = np.random.default_rng(0)
    targets = np.arange(32) % CLASSES
    arrays = {}
    for array, shape in SHAPES.get(name, {"frames": (40, 16)}).items():
        constant = {"columns": shape, "frames": (1, 16), "chunks": (1, 32, 1, 1)}[array]
        spectra = rng.normal(size=(CLASSES, *constant))
        arrays[array] = (spectra[targets] + rng.normal(size=(32, *shape))).astype(np.float32)
    if "frames" in arrays:
        arrays["mask"] = (np.arange(40) < rng.integers(20, 41, 32)[:, None]).astype(np.float32)
    data = Labelled(InMemory(arrays), targets, CLASSES)
    settings = {"epochs": 60, "patience": 20, "monitor": "val_uar", "batch_size": 8, "learning_rate": 1e-3}
    model = create(name, settings)
    model.fit(data, data, FitContext(0))
    assert (model.predict_proba(data.arrays).argmax(axis=1) == targets).mean() > 0.9


def test_the_best_epoch_on_validation_is_kept():
    rng = np.random.default_rng(0)
    noise = [rng.normal(size=(count, 30)).astype(np.float32) for count in (64, 32)]
    train, validation = (Labelled(InMemory({"columns": x}), np.arange(len(x)) % 2, 2) for x in noise)
    model = create("mlp", {"epochs": 12, "patience": 3})
    history = model.fit(train, validation, FitContext(0))
    best = model.best_epoch(history)
    true = model.predict_proba(validation.arrays)[np.arange(32), validation.targets]
    assert len(history) < 12
    assert best is not history[-1]
    assert -np.log(true).mean() == pytest.approx(best["val_loss"], abs=1e-4)
