"""Tiny encoders with random weights, written as transformers writes pretrained ones."""

from pathlib import Path
from typing import Any

KINDS = ("wav2vec2", "hubert", "wavlm", "whisper", "whisper-encoder", "wav2vec2-ctc")
LAYERS, SIZE = 2, 16

WHY = "the extra ssl is not installed"
"""Why tests that run an encoder are skipped."""


def save_encoder(folder: Path, kind: str = "wav2vec2", seed: int = 0) -> Path:
    """Write an encoder into a folder.

    Args:
        folder: made if it does not exist.
        kind: one of `KINDS`.
        seed: of its weights.
    """
    import torch
    import transformers

    torch.manual_seed(seed)
    model = _whisper(kind) if kind.startswith("whisper") else _convolutional(kind)
    model.save_pretrained(folder)
    listener = (
        transformers.WhisperFeatureExtractor
        if kind.startswith("whisper")
        else transformers.Wav2Vec2FeatureExtractor
    )
    listener().save_pretrained(folder)
    return folder


def _convolutional(kind: str) -> Any:
    import transformers

    classes = {
        "wav2vec2": (transformers.Wav2Vec2Config, transformers.Wav2Vec2Model),
        "wav2vec2-ctc": (transformers.Wav2Vec2Config, transformers.Wav2Vec2ForCTC),
        "hubert": (transformers.HubertConfig, transformers.HubertModel),
        "wavlm": (transformers.WavLMConfig, transformers.WavLMModel),
    }
    config, model = classes[kind]
    return model(
        config(
            hidden_size=SIZE,
            num_hidden_layers=LAYERS,
            num_attention_heads=2,
            intermediate_size=32,
            conv_dim=(8,) * 7,
            num_conv_pos_embeddings=16,
            num_conv_pos_embedding_groups=2,
        )
    )


def _whisper(kind: str) -> Any:
    import transformers

    model = transformers.WhisperModel(
        transformers.WhisperConfig(
            vocab_size=20,
            d_model=SIZE,
            encoder_layers=LAYERS,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
            decoder_start_token_id=3,
        )
    )
    return model.encoder if kind == "whisper-encoder" else model
