"""A pretrained encoder of speech from a local folder: what it is, and what it hears in a signal.

folder (config.json, preprocessor_config.json, *.safetensors) → `configure` → `EncoderConfig`
signal → pieces of at most 30 s → `Encoder` → `Hidden`: states of one layer, and where each is centred

torch and transformers are imported when an encoder is first run. Nothing is ever downloaded, weights are
read from safetensors alone, and no code that comes with them is run.
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
"""Of the speech that every such encoder was trained on, in Hz."""

PIECE = 30 * SAMPLE_RATE
"""Samples that are encoded at once: what Whisper takes, and what attention has the memory for."""

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
CLASSES = {
    "wav2vec2": "Wav2Vec2Model",
    "hubert": "HubertModel",
    "wavlm": "WavLMModel",
    "whisper": "WhisperModel",
}
"""The architectures, and their classes in transformers."""

UNUSED = ("masked_spec_embed", "decoder.")
"""Beginnings of the names of weights that may be missing, as only training or a decoder reads them."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What an encoder makes of a recording.

    Attributes:
        states: float32, shape (encoder frames, size).
        centres: sample of the signal that each is centred on, shape (encoder frames,).
    """

    states: np.ndarray
    centres: np.ndarray

    def nearest(self, samples: np.ndarray) -> np.ndarray:
        """The states nearest to these samples, shape (samples, size).

        >>> Hidden(np.array([[1.0], [2.0]]), np.array([200, 520])).nearest(np.array([0, 160, 480, 640])).T
        array([[1., 1., 2., 2.]])
        """
        borders = (self.centres[1:] + self.centres[:-1]) / 2
        return self.states[np.searchsorted(borders, samples)]


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder in memory.

    Attributes:
        model: of transformers, which gives hidden states.
        prepare: turns a signal into what the model reads.
        is_whisper: whether that is 30 s of log-mel frames, whatever the length of the signal.
        hop: distance of two hidden states, in samples.
        reach: samples that the first state is made of.
    """

    model: Any
    prepare: Any
    is_whisper: bool
    hop: int
    reach: int

    def states(self, piece: np.ndarray, layer: int) -> np.ndarray:
        """Hidden states of one layer, float32, shape (encoder frames, size).

        Args:
            piece: of a signal, at most `PIECE` samples; zeros are added to what is shorter than `reach`.
            layer: 0 to the number of layers.
        """
        import torch

        padded = np.pad(piece, (0, max(0, self.reach - piece.size)))
        heard = self.prepare(padded, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode(), _one_thread():
            found = self.model(heard[self.prepare.model_input_names[0]], output_hidden_states=True)
        states: np.ndarray = found.hidden_states[layer][0].numpy()
        return states[: -(-padded.size // self.hop)] if self.is_whisper else states


def configure(folder: Path, layer: int = -1, pooling: Literal["mean", "mean_std"] = "mean") -> EncoderConfig:
    """Look into an encoder's folder; its weights are hashed, not loaded.

    Args:
        folder: with config.json, preprocessor_config.json and *.safetensors, as `save_pretrained` writes.
        layer: whose hidden states are taken; negative ones count from the last.
        pooling: what is told of the hidden states of a recording.

    Raises:
        InputError: if that is no such folder, or the encoder has no such layer.
        MissingExtraError: if a package that runs it is not installed.
    """
    require("the family ssl", "torch", "transformers")
    content = _content(folder)
    layers = _number(folder, content, "encoder_layers" if _is_whisper(content) else "num_hidden_layers")
    size = _number(folder, content, "d_model" if _is_whisper(content) else "hidden_size")
    if not -layers - 1 <= layer <= layers:
        raise InputError(
            f"no layer {layer} in {folder}: expected 0 (what the first layer reads) to {layers}, "
            "or -1 for the last"
        )
    return EncoderConfig(str(folder.resolve()), fingerprint(folder), layer % (layers + 1), size, pooling)


def encoder_of(profile: Profile) -> EncoderConfig:
    """The encoder of a profile that can have one.

    Raises:
        InputError: if the profile has none, or another sample rate than encoders have.
    """
    if profile.encoder is None:
        raise InputError(
            "the families ssl and ssl_pooled need a pretrained encoder: pass --encoder with its folder"
        )
    if profile.audio.sample_rate != SAMPLE_RATE:
        raise InputError(
            f"profile {profile.name} has {profile.audio.sample_rate} Hz, expected {SAMPLE_RATE} Hz for the "
            "family ssl: pass another --profile, such as speech16k"
        )
    return profile.encoder


def fingerprint(folder: Path) -> str:
    """SHA-256 of everything that the hidden states hang on: configurations and weights, by name."""
    names = (CONFIG, PREPROCESSOR, "*.safetensors", "*.safetensors.index.json")
    whole = hashlib.sha256()
    for path in sorted(path for name in names for path in folder.glob(name)):
        with path.open("rb") as file:
            whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def hidden(signal: np.ndarray, config: EncoderConfig) -> Hidden:
    """Encode a signal, in pieces of equal length where it is longer than 30 s.

    Args:
        signal: float32 mono, shape (n,), at `SAMPLE_RATE`.
        config: the encoder.

    Raises:
        InputError: if its folder is not what it was when it was configured, or cannot be loaded.
    """
    encoder = _load(Path(config.folder), config.sha256)
    start, states, centres = 0, [], []
    for piece in np.array_split(signal, max(1, -(-signal.size // PIECE))):
        states.append(encoder.states(piece, config.layer))
        centres.append(start + (encoder.reach - 1) / 2 + encoder.hop * np.arange(len(states[-1])))
        start += piece.size
    return Hidden(np.concatenate(states), np.concatenate(centres))


def check(config: EncoderConfig) -> None:
    """Load an encoder once, and let go of it: what is wrong with it is said before any work is done.

    Raises:
        InputError: if its folder is not what it was when it was configured, or cannot be loaded.
    """
    _load(Path(config.folder), config.sha256)
    _load.cache_clear()


def _content(folder: Path) -> dict[str, Any]:
    """config.json of a folder that has everything else too."""
    wanted = f"expected {CONFIG}, {PREPROCESSOR} and *.safetensors of an encoder"
    if not folder.is_dir():
        raise InputError(
            f"no folder {folder}: {wanted}: put them there, or say with --encoder where they are; "
            "nothing is downloaded"
        )
    for name in (CONFIG, PREPROCESSOR):
        if not (folder / name).is_file():
            raise InputError(f"no {name} in {folder}: {wanted}: save it there with save_pretrained")
    if not list(folder.glob("*.safetensors")):
        raise InputError(
            f"no *.safetensors in {folder}, which hold no code: {wanted}: "
            "load the weights where you trust them, and save them with save_pretrained"
        )
    if (folder / "adapter_config.json").exists():
        raise InputError(f"{folder} holds an adapter, {wanted}: merge it into its model, and save that")
    content = _json(folder / CONFIG)
    kind, rate = content.get("model_type"), _json(folder / PREPROCESSOR).get("sampling_rate", SAMPLE_RATE)
    if kind not in CLASSES:
        raise InputError(
            f"{folder / CONFIG} is of model_type {kind!r}, expected one of {', '.join(CLASSES)}: "
            "pass another --encoder"
        )
    if rate != SAMPLE_RATE:
        raise InputError(f"{folder} hears {rate} Hz, expected {SAMPLE_RATE} Hz: pass another --encoder")
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
    if (found := fingerprint(folder)) != sha256:
        raise InputError(
            f"{folder} holds other weights ({found[:16]}) than when it was first used ({sha256[:16]}): "
            "restore them, or extract into a new store"
        )
    model, prepare = _from_folder(folder, content)
    if _is_whisper(content):
        return Encoder(model, prepare, True, 2 * prepare.hop_length, 1)
    reach, hop = 1, 1
    for kernel, stride in zip(model.config.conv_kernel, model.config.conv_stride, strict=True):
        reach, hop = reach + (kernel - 1) * hop, hop * stride
    return Encoder(model, prepare, False, hop, reach)


def _from_folder(folder: Path, content: dict[str, Any]) -> tuple[Any, Any]:
    """Model and feature extractor, of a folder whose content is known."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported
    try:
        import torch
        import transformers
        from transformers.models.whisper.modeling_whisper import WhisperEncoder
    except ImportError as error:
        raise MissingExtraError(
            f"the family ssl cannot run ({error}): pip install 'ser-toolkit[ssl]'"
        ) from error
    alone = content.get("architectures") == ["WhisperEncoder"]
    kind: Any = WhisperEncoder if alone else getattr(transformers, CLASSES[content["model_type"]])
    listener = (
        transformers.WhisperFeatureExtractor
        if _is_whisper(content)
        else transformers.Wav2Vec2FeatureExtractor
    )
    try:
        with _quiet():
            prepare = listener.from_pretrained(folder, local_files_only=True)
            model, said = kind.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                attn_implementation="eager",  # the one that all of them have
                output_loading_info=True,
            )
    except Exception as error:  # of whatever library finds the folder damaged
        raise InputError(
            f"{folder} cannot be loaded ({error}): restore it, or pass another --encoder"
        ) from error
    if missing := sorted(name for name in said["missing_keys"] if not name.startswith(UNUSED)):
        raise InputError(
            f"{folder} lacks {missing[0]} and {len(missing) - 1} more weights of a {kind.__name__}: "
            "save all of it, or pass another --encoder"
        )
    return (model.eval() if alone or not _is_whisper(content) else model.encoder.eval()), prepare


@contextmanager
def _quiet() -> Iterator[None]:
    """No bar and no table of weights that are not used."""
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
    """One thread, as workers have: the sums of several differ in their last digits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
