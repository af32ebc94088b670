"""model.onnx → ONNX Runtime → probabilities, on one thread and with bounded memory.

One thread, as networks for three seconds of speech are small: a second one saves nothing and costs the
neighbours. The bound makes an untrusted graph harmless: sizes inside of a graph are known only when
it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime

from ser_features.errors import ArtifactError
from ser_models.data.batches import Arrays, arranged, array_shapes, uncropped
from ser_models.data.inputs import Raw
from ser_models.models.base import Model
from ser_models.models.networks.attention import AttentiveNetwork, spread
from ser_models.onnx_format.check import check
from ser_models.onnx_format.names import ATTENTION, PROBABILITIES
from ser_models.safe_io.strict import quoted

RECORDINGS_AT_ONCE = 8
"""More are hardly faster on one thread, and take memory."""

MAX_MEMORY = 2**30
"""Bytes that all graphs of a process may hold, weights among them."""

NO_FOLDING = ["ConstantFolding"]
"""Optimisation that computes while it loads, which nothing bounds; the graphs here have nothing to fold."""


@dataclass(frozen=True)
class OnnxBackend:
    """A recogniser; see `ser_models.artifact.backend`.

    Attributes:
        path: of the graph.
        model: what it was made of, not fitted.
        session: the graph, loaded.
    """

    path: Path
    model: Model
    session: onnxruntime.InferenceSession

    @classmethod
    def load(cls, path: Path, model: Model) -> Self:
        """Read a graph whose hash is checked.

        Args:
            path: of model.onnx.
            model: with the hyperparameters that it was made with.

        Raises:
            ArtifactError: if it is not what `export` writes of such a model.
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
            ArtifactError: if the graph does not fit what it is given, or needs more than `MAX_MEMORY`.
        """
        probabilities = np.concatenate([self._run(PROBABILITIES, arrays) for _, arrays in self._batches(raw)])
        return probabilities.astype(np.float64) / probabilities.sum(axis=1, dtype=np.float64, keepdims=True)

    def attention(self, raw: Raw) -> list[np.ndarray] | None:
        """Return how much each frame weighs, per recording; None if the model has no attention."""
        if not isinstance(self.model, AttentiveNetwork):
            return None
        weights: list[np.ndarray] = []
        for recordings, arrays in self._batches(raw):
            steps = self._run(ATTENTION, arrays)
            by_frame = spread(steps, arrays["mask"], self.model.frames_per_step)
            weights += [uncropped(weight, len(own)) for weight, own in zip(by_frame, recordings, strict=True)]
        return weights

    def _batches(self, raw: Raw) -> Iterator[tuple[Raw, Arrays]]:
        for start in range(0, len(raw), RECORDINGS_AT_ONCE):
            recordings = raw[start : start + RECORDINGS_AT_ONCE]
            yield recordings, arranged(self.model.inputs, recordings)

    def _run(self, output: str, arrays: Arrays) -> np.ndarray:
        try:
            result: np.ndarray = self.session.run([output], dict(arrays))[0]
        except Exception as error:  # ONNX Runtime has no error of its own to catch
            raise ArtifactError(
                f"{self.path} does not run on what {self.model.name} reads ({quoted(error)}): train again"
            ) from error
        return result


def _session(content: bytes) -> onnxruntime.InferenceSession:
    _bound_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised; the rest would stand in the middle of a table
    options.add_session_config_entry("session.use_env_allocators", "1")
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=NO_FOLDING
    )


@cache
def _bound_memory() -> None:
    """Give all graphs of this process one allocator, which refuses more than `MAX_MEMORY`; once."""
    kind = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    settings = onnxruntime.OrtArenaCfg({"max_mem": MAX_MEMORY, "arena_extend_strategy": 1})
    onnxruntime.create_and_register_allocator(kind, settings)
