"""Pretrained encoders from a folder: parity with transformers, invalid folders, no network access."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_features.extractors import encoder
from ser_features.extractors.encoder import MAX_PIECE, SAMPLE_RATE, check, configure, encode
from tests.encoders import KINDS, LAYERS, SIZE, WHY, save_encoder

torch = pytest.importorskip("torch", reason=WHY)
transformers = pytest.importorskip("transformers", reason=WHY)


@pytest.fixture(autouse=True)
def _forget():
    """Release the encoder after each test."""
    encoder._load.cache_clear()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    return {kind: save_encoder(root / kind, kind) for kind in KINDS}


@pytest.fixture
def folder(tmp_path):
    return save_encoder(tmp_path / "encoder")


def speech(seconds=1.0, seed=0):
    samples = round(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(seed).normal(scale=0.1, size=samples)
    return (noise * np.sin(np.arange(samples) / 900)).astype(np.float32)


def with_transformers_alone(folder, kind, signal, layer):
    """Hidden states by transformers alone."""
    if kind.startswith("whisper"):
        prepare = transformers.WhisperFeatureExtractor.from_pretrained(folder)
        inputs = prepare(signal, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_features
        if kind == "whisper":
            model = transformers.WhisperModel.from_pretrained(folder).encoder
        else:
            from transformers.models.whisper.modeling_whisper import WhisperEncoder

            model = WhisperEncoder.from_pretrained(folder)
    else:
        prepare = transformers.AutoFeatureExtractor.from_pretrained(folder)
        inputs = prepare(signal, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_values
        model = transformers.AutoModel.from_pretrained(folder)
    with torch.no_grad():
        return model.eval()(inputs, output_hidden_states=True).hidden_states[layer][0].numpy()


@pytest.mark.parametrize("layer", [0, 1, LAYERS])
@pytest.mark.parametrize("kind", KINDS)
def test_hidden_states_are_those_of_transformers(folders, kind, layer):
    signal = speech(1.23)
    values = encode(signal, configure(folders[kind], layer))
    expected = with_transformers_alone(folders[kind], kind, signal, layer)
    count = -(-signal.size // 320) if kind.startswith("whisper") else len(expected)
    assert values.states.dtype == np.float32
    assert values.states.shape == (count, SIZE)
    np.testing.assert_allclose(values.states, expected[:count], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_centres_of_receptive_fields(folders, kind):
    """wav2vec2's first state is made of 400 samples; each one lies 320 after the one before."""
    values = encode(speech(), configure(folders[kind]))
    assert values.centres[0] == (0 if kind.startswith("whisper") else 199.5)
    assert set(np.diff(values.centres)) == {320}


def test_a_click_changes_the_states_around_it(folders):
    """A click moves the outputs of the convolutions that are centred near it, and no others."""
    config = configure(folders["wav2vec2"], 0)
    quiet = speech(2)
    clicked = quiet.copy()
    clicked[16_000] += 0.02
    moved = np.abs(encode(clicked, config).states - encode(quiet, config).states).max(axis=1)
    assert abs(encode(quiet, config).centres[moved.argmax()] - 16_000) < 2_000


def test_states_are_independent_of_the_number_of_threads(folders):
    config, signal = configure(folders["wavlm"]), speech(2)
    before = torch.get_num_threads()
    once = encode(signal, config).states.tobytes()
    try:
        torch.set_num_threads(2 if before == 1 else 1)
        torch.manual_seed(99)
        encoder._load.cache_clear()
        assert encode(signal, config).states.tobytes() == once
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("kind", ["wav2vec2", "whisper"])
def test_long_recordings_are_encoded_in_pieces(folders, kind):
    config, signal = configure(folders[kind]), speech(47)
    values = encode(signal, config)
    half = signal.size // 2
    assert half < MAX_PIECE < signal.size
    second = encode(signal[half:], config)
    np.testing.assert_array_equal(values.states[-len(second.states) :], second.states)
    np.testing.assert_array_equal(values.centres[-len(second.centres) :], half + second.centres)
    assert len(values.states) == pytest.approx(signal.size / 320, abs=3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("samples", [1, 160, 399, 400, 1600])
def test_very_short_signals_have_a_state(folders, kind, samples):
    values = encode(speech()[:samples], configure(folders[kind]))
    assert len(values.states) >= 1
    assert np.isfinite(values.states).all()


def test_layers_count_from_either_end(folder):
    assert configure(folder) == configure(folder, LAYERS)
    assert configure(folder, -LAYERS - 1) == configure(folder, 0)
    signal = speech()
    states = [encode(signal, configure(folder, layer)).states for layer in range(LAYERS + 1)]
    assert not any(np.array_equal(states[i], states[j]) for i in range(3) for j in range(i))
    for layer in (-LAYERS - 2, LAYERS + 1):
        with pytest.raises(
            InputError, match=rf"^no layer {layer} in .*: expected 0 \(the input .*\) to 2, or -1"
        ):
            configure(folder, layer)


def test_the_fingerprint_is_of_weights_and_configurations(folder, tmp_path):
    same = save_encoder(tmp_path / "elsewhere")
    assert configure(same).sha256 == configure(folder).sha256
    assert configure(save_encoder(tmp_path / "other", seed=1)).sha256 != configure(folder).sha256
    for name in ("config.json", "preprocessor_config.json"):
        path = same / name
        path.write_text(path.read_text() + " ")
        assert configure(same).sha256 != configure(folder).sha256
        path.write_text(path.read_text()[:-1])
    (same / "README.md").write_text("Read me.")
    assert configure(same).sha256 == configure(folder).sha256


def test_changed_weights_are_rejected(folder):
    config = configure(folder)
    check(config)
    save_encoder(folder, seed=1)
    with pytest.raises(InputError, match=r"holds other weights \(\w{16}\) than when it was first used"):
        encode(speech(), config)


def test_no_folder(tmp_path):
    with pytest.raises(InputError) as caught:
        configure(tmp_path / "facebook/wav2vec2-base")
    assert str(caught.value) == (
        f"no folder {tmp_path}/facebook/wav2vec2-base: expected config.json, preprocessor_config.json and "
        "*.safetensors of an encoder: put them there, or pass --encoder with the folder; "
        "nothing is downloaded"
    )


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_a_file_is_missing(folder, name):
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"^no {name} in .*: expected config\.json, .*: save it there with"):
        configure(folder)


def test_pickled_weights_are_not_read(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(
        InputError, match=r"^no \*\.safetensors in .*, the only format that holds no code: expected .* load"
    ):
        configure(folder)


def test_an_adapter_without_its_model(folder):
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "user/model"}')
    with pytest.raises(InputError, match=r"holds an adapter, expected .*: merge it into its model"):
        configure(folder)


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        (
            "config.json",
            {"model_type": "bert"},
            "is of model_type 'bert', expected one of wav2vec2, hubert, wavlm, whisper: pass another",
        ),
        ("config.json", {"hidden_size": "16"}, "hidden_size is '16', expected a number above 0: restore it"),
        ("config.json", {"num_hidden_layers": None}, "num_hidden_layers is None, expected a number above 0"),
        (
            "preprocessor_config.json",
            {"sampling_rate": 8000},
            "expects a sample rate of 8000 Hz, expected 16000 Hz",
        ),
    ],
)
def test_unsupported_configurations(folder, name, changes, message):
    edit(folder / name, **changes)
    with pytest.raises(InputError) as caught:
        configure(folder)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [("{", "is no JSON"), ("[]", "is a list, expected a JSON obj")])
def test_a_damaged_configuration(folder, text, message):
    (folder / "config.json").write_text(text)
    with pytest.raises(InputError, match=message):
        configure(folder)


def test_missing_weights_are_not_initialised_at_random(folder):
    """Transformers initialises them at random and only logs it."""
    edit(folder / "config.json", num_hidden_layers=3)
    with pytest.raises(
        InputError, match=r"lacks encoder\.layers\.2\.\S+ and 15 more weights of a Wav2Vec2Mod"
    ):
        check(configure(folder))


def test_damaged_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match=r"^\S+ cannot be loaded \(.*\): restore it, or pass another --enc"):
        check(configure(folder))


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_missing_packages(tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        configure(tmp_path)
    message = (
        f"the feature family ssl needs {package}, which is not installed: pip install 'ser-toolkit[ssl]'"
    )
    assert str(caught.value) == message


def test_no_network_access(folder, monkeypatch):
    def refuse(*arguments, **_):
        raise AssertionError(f"the network was asked for {arguments}")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    encode(speech(), configure(folder))
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_no_output_and_no_heavy_imports(folders):
    """A CTC head is left over: transformers would print a table about it, and a bar."""
    code = (
        "import sys; from pathlib import Path; import numpy as np; "
        "from ser_features import pipeline; from ser_features.extractors.encoder import configure, encode; "
        f"config = configure(Path({str(folders['wav2vec2-ctc'])!r})); "
        "print([name for name in ('torch', 'transformers') if name in sys.modules]); "
        "encode(np.ones(1600, np.float32), config)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
