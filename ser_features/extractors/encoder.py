"""A pretrained speech encoder from a local folder: its configuration, and its hidden states of a signal.

folder (config.json, preprocessor_config.json, *.safetensors) → `configure` → `EncoderConfig`
signal → pieces of at most 30 s → `Encoder` → `HiddenStates` of one layer

torch and transformers are imported when an encoder is first run. Nothing is downloaded, weights are read from
safetensors only, and no code in the folder is run.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ser_features.config import EncoderConfig, Profile
from ser_features.errors import InputError, MissingExtraError
from ser_features.extras import require

SAMPLE_RATE = 16_000
"""Sample rate that all supported encoders expect, in Hz."""

MAX_PIECE = 30 * SAMPLE_RATE
"""Most samples per forward pass: the length of Whisper's input, and a limit on the memory of attention."""

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
ARCHITECTURES = {
    "wav2vec2": "Wav2Vec2Model",
    "hubert": "HubertModel",
    "wavlm": "WavLMModel",
    "whisper": "WhisperModel",
}
"""Class in transformers by `model_type`."""

OPTIONAL_WEIGHTS = ("masked_spec_embed", "decoder.")
"""Prefixes of weights that may be missing, as only training or the decoder uses them."""


@dataclass(frozen=True, slots=True)
class HiddenStates:
    """Hidden states of one layer of an encoder.

    Attributes:
        states: float32, shape (encoder frames, size).
        centres: sample at the centre of each state's receptive field, shape (encoder frames,).
    """

    states: np.ndarray
    centres: np.ndarray

    def nearest(self, samples: np.ndarray) -> np.ndarray:
        """The state nearest to each sample position, shape (samples, size).

        >>> hidden = HiddenStates(np.array([[1.0], [2.0]]), np.array([200, 520]))
        >>> hidden.nearest(np.array([0, 160, 480, 640])).T
        array([[1., 1., 2., 2.]])
        """
        borders = (self.centres[1:] + self.centres[:-1]) / 2
        return self.states[np.searchsorted(borders, samples)]


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder in memory.

    Attributes:
        model: the transformers model.
        feature_extractor: turns a signal into the model's input.
        is_whisper: whether that input is always 30 s of log-mel frames.
        hop: distance of two hidden states, in samples.
        receptive_field: of one hidden state, in samples.
    """

    model: Any
    feature_extractor: Any
    is_whisper: bool
    hop: int
    receptive_field: int

    def states(self, piece: np.ndarray, layer: int) -> np.ndarray:
        """Hidden states of one layer, float32, shape (encoder frames, size).

        Args:
            piece: at most `MAX_PIECE` samples; padded with zeros to `receptive_field`.
            layer: 0 (the input of the first layer) to the number of layers.
        """
        import torch

        padded = np.pad(piece, (0, max(0, self.receptive_field - piece.size)))
        inputs = self.feature_extractor(padded, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode(), _one_thread():
            output = self.model(
                inputs[self.feature_extractor.model_input_names[0]], output_hidden_states=True
            )
        states: np.ndarray = output.hidden_states[layer][0].numpy()
        return states[: -(-padded.size // self.hop)] if self.is_whisper else states


def configure(folder: Path, layer: int = -1, pooling: Literal["mean", "mean_std"] = "mean") -> EncoderConfig:
    """Read the configuration of an encoder; its weights are hashed, not loaded.

    Args:
        folder: with config.json, preprocessor_config.json and *.safetensors, as written by `save_pretrained`.
        layer: index of the hidden states; negative ones count from the last.
        pooling: of hidden states over time, mean or mean and standard deviation.

    Raises:
        InputError: if the folder is incomplete, or the encoder has no such layer.
        MissingExtraError: if torch or transformers is not installed.
    """
    require("the feature family ssl", "torch", "transformers")
    content = _content(folder)
    layers = _number(folder, content, "encoder_layers" if _is_whisper(content) else "num_hidden_layers")
    size = _number(folder, content, "d_model" if _is_whisper(content) else "hidden_size")
    if not -layers - 1 <= layer <= layers:
        raise InputError(
            f"no layer {layer} in {folder}: expected 0 (the input of the first layer) to {layers}, "
            "or -1 for the last"
        )
    return EncoderConfig(str(folder.resolve()), fingerprint(folder), layer % (layers + 1), size, pooling)


def encoder_of(profile: Profile) -> EncoderConfig:
    """The encoder of a profile.

    Raises:
        InputError: if the profile has none, or another sample rate than `SAMPLE_RATE`.
    """
    if profile.encoder is None:
        raise InputError(
            "the features ssl and ssl_pooled need a pretrained encoder: pass --encoder with its folder"
        )
    if profile.audio.sample_rate != SAMPLE_RATE:
        raise InputError(
            f"profile {profile.name} has {profile.audio.sample_rate} Hz, expected {SAMPLE_RATE} Hz for the "
            "feature family ssl: pass another --profile, such as speech16k"
        )
    return profile.encoder


def fingerprint(folder: Path) -> str:
    """SHA-256 of the configurations and weights, sorted by file name."""
    names = (CONFIG, PREPROCESSOR, "*.safetensors", "*.safetensors.index.json")
    digest = hashlib.sha256()
    for path in sorted(path for name in names for path in folder.glob(name)):
        with path.open("rb") as file:
            digest.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def encode(signal: np.ndarray, config: EncoderConfig) -> HiddenStates:
    """Compute the hidden states of a signal, in pieces of equal length if it is longer than 30 s.

    Args:
        signal: float32 mono, shape (n,), at `SAMPLE_RATE`.
        config: the encoder.

    Raises:
        InputError: if the folder has changed since it was configured, or cannot be loaded.
    """
    encoder = _load(Path(config.folder), config.sha256)
    start, states, centres = 0, [], []
    for piece in np.array_split(signal, max(1, -(-signal.size // MAX_PIECE))):
        states.append(encoder.states(piece, config.layer))
        centres.append(start + (encoder.receptive_field - 1) / 2 + encoder.hop * np.arange(len(states[-1])))
        start += piece.size
    return HiddenStates(np.concatenate(states), np.concatenate(centres))


def check(config: EncoderConfig) -> None:
    """Load an encoder and release it again, so that errors are raised before any extraction begins.

    Raises:
        InputError: if the folder has changed since it was configured, or cannot be loaded.
    """
    _load(Path(config.folder), config.sha256)
    _load.cache_clear()


def _content(folder: Path) -> dict[str, Any]:
    """Content of config.json, after checking that the folder is complete."""
    expected = f"expected {CONFIG}, {PREPROCESSOR} and *.safetensors of an encoder"
    if not folder.is_dir():
        raise InputError(
            f"no folder {folder}: {expected}: put them there, or pass --encoder with the folder; "
            "nothing is downloaded"
        )
    for name in (CONFIG, PREPROCESSOR):
        if not (folder / name).is_file():
            raise InputError(f"no {name} in {folder}: {expected}: save it there with save_pretrained")
    if not list(folder.glob("*.safetensors")):
        raise InputError(
            f"no *.safetensors in {folder}, the only format that holds no code: {expected}: "
            "load the weights in an environment that you trust, and save them with save_pretrained"
        )
    if (folder / "adapter_config.json").exists():
        raise InputError(
            f"{folder} holds an adapter, {expected}: merge it into its model, and save the model"
        )
    content = _json(folder / CONFIG)
    kind, rate = content.get("model_type"), _json(folder / PREPROCESSOR).get("sampling_rate", SAMPLE_RATE)
    if kind not in ARCHITECTURES:
        raise InputError(
            f"{folder / CONFIG} is of model_type {kind!r}, expected one of {', '.join(ARCHITECTURES)}: "
            "pass another --encoder"
        )
    if rate != SAMPLE_RATE:
        raise InputError(
            f"{folder} expects a sample rate of {rate} Hz, expected {SAMPLE_RATE} Hz: pass another --encoder"
        )
    return content


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(f"{path} is no JSON ({error}): restore it") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} is a {type(content).__name__}, expected a JSON object: restore it")
    return content


def _number(folder: Path, content: dict[str, Any], key: str) -> int:
    value = content.get(key)
    if type(value) is not int or value < 1:
        raise InputError(f"{folder / CONFIG}: {key} is {value!r}, expected a number above 0: restore it")
    return value


def _is_whisper(content: dict[str, Any]) -> bool:
    return content["model_type"] == "whisper"


@lru_cache(maxsize=1)
def _load(folder: Path, sha256: str) -> Encoder:
    content = _content(folder)
    if (current := fingerprint(folder)) != sha256:
        raise InputError(
            f"{folder} holds other weights ({current[:16]}) than when it was first used ({sha256[:16]}): "
            "restore them, or extract into a new store"
        )
    model, feature_extractor = _from_folder(folder, content)
    if _is_whisper(content):
        return Encoder(model, feature_extractor, True, 2 * feature_extractor.hop_length, 1)
    receptive_field, hop = 1, 1
    for kernel, stride in zip(model.config.conv_kernel, model.config.conv_stride, strict=True):
        receptive_field, hop = receptive_field + (kernel - 1) * hop, hop * stride
    return Encoder(model, feature_extractor, False, hop, receptive_field)


def _from_folder(folder: Path, content: dict[str, Any]) -> tuple[Any, Any]:
    """Model and feature extractor of a folder."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported
    try:
        import torch
        import transformers
        from transformers.models.whisper.modeling_whisper import WhisperEncoder
    except ImportError as error:
        raise MissingExtraError(
            f"the feature family ssl cannot run ({error}): pip install 'ser-toolkit[ssl]'"
        ) from error
    encoder_only = content.get("architectures") == ["WhisperEncoder"]
    model_class: Any = (
        WhisperEncoder if encoder_only else getattr(transformers, ARCHITECTURES[content["model_type"]])
    )
    extractor_class = (
        transformers.WhisperFeatureExtractor
        if _is_whisper(content)
        else transformers.Wav2Vec2FeatureExtractor
    )
    try:
        with _quiet():
            feature_extractor = extractor_class.from_pretrained(folder, local_files_only=True)
            model, info = model_class.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                attn_implementation="eager",  # supported by all architectures
                output_loading_info=True,
            )
    except Exception as error:  # any library may find the folder damaged
        raise InputError(
            f"{folder} cannot be loaded ({error}): restore it, or pass another --encoder"
        ) from error
    if missing := sorted(name for name in info["missing_keys"] if not name.startswith(OPTIONAL_WEIGHTS)):
        raise InputError(
            f"{folder} lacks {missing[0]} and {len(missing) - 1} more weights of a {model_class.__name__}: "
            "save the complete model, or pass another --encoder"
        )
    is_encoder = encoder_only or not _is_whisper(content)
    return (model if is_encoder else model.encoder).eval(), feature_extractor


@contextmanager
def _quiet() -> Iterator[None]:
    """Switch off progress bars and the table of unused weights."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one thread, as in workers: sums over several threads differ in their last digits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
