"""Layers of networks: those of the published table, on a way without a circle, independent of the process."""

import pytest

from ser_features.errors import InputError
from ser_models.experiments.architecture import Request, architecture, read_shapes
from ser_models.models import MODELS, create, model_class
from ser_models.models.networks.network import Network
from ser_models.reporting.figures.architecture import boxes_of, drawing
from ser_models.reporting.figures.picture import captioned

pytest.importorskip("keras", reason="no Keras, so no network is built")

PUBLISHED = {  # Table V of the data fusion paper: output shape and parameters
    "conv1d_1": ((350, 16), 96),
    "conv1d_2": ((350, 32), 2592),
    "conv1d_3": ((350, 64), 10304),
    "batch_normalization_1": ((350, 64), 256),
    "conv1d_4": ((350, 128), 41088),
    "max_pooling1d": ((43, 128), 0),
    "bidirectional": ((512,), 788480),
    "dense_1": ((128,), 65664),
    "batch_normalization_2": ((128,), 512),
    "dense_2": ((64,), 8256),
    "dense_3": ((7,), 455),
}
NETWORKS = [name for name in MODELS if issubclass(model_class(name, described_only=True), Network)]


def test_layers_are_those_of_the_published_table():
    summary = architecture(Request("fusion_cnn_bilstm", "fusion_cnn_bilstm"))
    layers = {layer.name: (layer.shape, layer.parameters) for layer in summary.layers}
    assert {name: layers[name] for name in PUBLISHED} == PUBLISHED
    assert set(layers) - set(PUBLISHED) == {"columns", "reshape", "dropout_1", "dropout_2", "dropout_3"}
    assert summary.parameters - summary.trainable == (256 + 512) / 2  # moving mean and variance


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.long] * (one != "mlp")) for one in NETWORKS]
)
def test_summary_and_diagram_of_every_network(name):
    summary = architecture(Request(name, classes=5))
    assert architecture(Request(name, classes=5)) == summary
    built = create(name).build({layer.name: layer.shape for layer in summary.layers if not layer.inputs}, 5)
    assert (summary.parameters, summary.layers[-1].shape) == (built.count_params(), (5,))
    before: set[str] = set()
    for layer in summary.computing:
        assert before.issuperset(layer.inputs)
        before.add(layer.name)
    boxes = boxes_of(summary.computing)
    assert sum(layer.parameters for box in boxes for layer in box.layers) == summary.parameters
    assert [box.depth for box in boxes if not box.inputs] == [0]
    drawn = drawing(summary)
    assert f"{summary.parameters:,} parameters" in drawn.caption[0]
    assert len(captioned(drawn.picture, drawn.caption).axes[0].patches) == len(boxes) + sum(
        len(box.inputs) for box in boxes
    )


def test_masks_are_no_part_of_the_diagram():
    summary = architecture(Request("cnn_lstm", shapes=read_shapes(["frames=64x40", "mask=64"])))
    assert summary.masking > 0
    assert not any(layer.parameters for layer in summary.layers if layer.masks)
    assert [box.lines() for box in boxes_of(summary.computing)][:2] == [
        ("frames", "", "output 64 × 40"),
        ("Conv1D 64, kernel 5, relu", "max pool 2, batch norm", "output 32 × 64; 13,120 parameters"),
    ]


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        (Request("svm"), "model 'svm' has no layers: expected a network, such as cnn_lstm"),
        (
            Request("mlp", "fusion_cnn_bilstm"),
            "recipe fusion_cnn_bilstm has the model fusion_cnn_bilstm, found mlp: expected a recipe of mlp: ",
        ),
        (
            Request("mlp", shapes={"frames": (3,)}),
            "input frames=3: expected inputs such as columns=30",
        ),
        (
            Request("cnn_lstm", shapes={"frames": (64, 40)}),
            r"cnn_lstm cannot read frames=64x40 mask=300 \(.+\): expected inputs of the same",
        ),
    ],
)
def test_what_does_not_fit_is_refused(network, problem):
    with pytest.raises(InputError, match=f"^{problem}"):
        architecture(network)


@pytest.mark.parametrize("word", ["frames", "frames=", "frames=3x", "frames=0", "frames=-1x2"])
def test_shapes_are_names_and_sizes(word):
    with pytest.raises(
        InputError, match=f"^input '{word}': expected a name and its sizes, such as frames=300x64"
    ):
        read_shapes([word])
