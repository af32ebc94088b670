"""model.onnx → ONNX Runtime → probabilities, on one thread and with bounded memory.

A second thread would not speed up networks for a few seconds of speech. The memory bound protects against
hostile graphs, whose intermediate sizes are known only when they run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime

from ser_features.errors import ArtifactError
from ser_models.data.batches import Arrays
from ser_models.data.frames import uncropped
from ser_models.data.inputs import Raw, arranged, array_shapes
from ser_models.models.base import Model
from ser_models.models.networks.attention import AttentiveNetwork, spread
from ser_models.onnx_format.check import check
from ser_models.onnx_format.names import ATTENTION, PROBABILITIES
from ser_models.safe_io.strict import quoted

BATCH_SIZE = 8
"""Batch size; larger ones are hardly faster on one thread."""

MAX_MEMORY = 2**30
"""Maximum memory of all graphs of a process in bytes, including weights."""

NO_FOLDING = ["ConstantFolding"]
"""Disabled optimisation: it computes during loading, without a bound; our graphs have nothing to fold."""


@dataclass(frozen=True)
class OnnxBackend:
    """See `ser_models.artifact.backend`.

    Attributes:
        path: of the graph.
        model: the unfitted model that the graph was exported from.
        session: the loaded graph.
    """

    path: Path
    model: Model
    session: onnxruntime.InferenceSession

    @classmethod
    def load(cls, path: Path, model: Model) -> Self:
        """Validate and load a graph.

        Args:
            path: of model.onnx.
            model: unfitted, with the hyperparameters of the exported one.

        Raises:
            ArtifactError: if `export` would not write it for such a model.
        """
        content = path.read_bytes()
        check(content, array_shapes(model.inputs))
        try:
            return cls(path, model, _session(content))
        except Exception as error:  # ONNX Runtime has no error of its own to catch
            raise ArtifactError(f"{path} cannot be loaded safely ({quoted(error)}): train again") from error

    def probabilities(self, raw: Raw) -> np.ndarray:
        """Return class probabilities, (recordings, classes).

        Raises:
            ArtifactError: if the graph does not fit the inputs, or needs more than `MAX_MEMORY`.
        """
        batches = [self._run(PROBABILITIES, arrays) for _, arrays in self._batches(raw)]
        probabilities = np.concatenate(batches)
        return probabilities.astype(np.float64) / probabilities.sum(axis=1, dtype=np.float64, keepdims=True)

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return the attention weight of each frame, per recording; None if the model has no attention."""
        if not isinstance(self.model, AttentiveNetwork):
            return None
        weights: list[np.ndarray] = []
        for recordings, arrays in self._batches(raw):
            steps = self._run(ATTENTION, arrays)
            by_frame = spread(steps, arrays["mask"], self.model.frames_per_step)
            weights += [uncropped(row, len(frames)) for row, frames in zip(by_frame, recordings, strict=True)]
        return weights

    def _batches(self, raw: Raw) -> Iterator[tuple[Raw, Arrays]]:
        for start in range(0, len(raw), BATCH_SIZE):
            recordings = raw[start : start + BATCH_SIZE]
            yield recordings, arranged(self.model.inputs, recordings)

    def _run(self, output: str, arrays: Arrays) -> np.ndarray:
        try:
            values: np.ndarray = self.session.run([output], dict(arrays))[0]
        except Exception as error:  # ONNX Runtime has no error of its own to catch
            raise ArtifactError(
                f"{self.path} does not accept the inputs of {self.model.name} ({quoted(error)}): train again"
            ) from error
        return values


def _session(content: bytes) -> onnxruntime.InferenceSession:
    _bound_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised; log lines would interrupt the output
    options.add_session_config_entry("session.use_env_allocators", "1")
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=NO_FOLDING
    )


@cache
def _bound_memory() -> None:
    """Register one allocator for all graphs of this process, limited to `MAX_MEMORY`."""
    kind = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    settings = onnxruntime.OrtArenaCfg({"max_mem": MAX_MEMORY, "arena_extend_strategy": 1})
    onnxruntime.create_and_register_allocator(kind, settings)
