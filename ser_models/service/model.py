"""A description of the model and the limits, for programs.

`Predictor`, `ServiceConfig` → `described` → JSON values
"""

from typing import Any

from ser_models.evaluation.result import read_result
from ser_models.inference.predictor import Predictor
from ser_models.service.config import ServiceConfig


def described(predictor: Predictor, config: ServiceConfig) -> dict[str, Any]:
    """Return what the model is, how it was evaluated, and what the service accepts, as JSON values.

    Raises:
        ArtifactError: if the evaluation is missing or damaged.
    """
    metadata = predictor.artifact.metadata
    evaluation = read_result(predictor.artifact.folder)
    return {
        "model": metadata.model,
        "target": metadata.target,
        "labels": metadata.labels,
        "datasets": metadata.datasets,
        "profile": metadata.profile,
        "synthetic": metadata.synthetic,
        "speaker_norm": metadata.speaker_norm > 0,
        "protocol": evaluation.protocol,
        "uar": evaluation.uar,
        "uar_ci95": evaluation.uar_ci95,
        "limits": {
            "max_bytes": config.recording.max_bytes,
            "max_seconds": min(config.recording.max_seconds, predictor.profile.audio.max_seconds),
            "max_files": config.max_files,
            "max_request_bytes": config.max_request,
            "timeout": config.timeout,
            "max_stream_seconds": config.max_stream_seconds,
        },
    }
