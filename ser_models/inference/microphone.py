"""The default microphone → blocks of samples, by sounddevice (PortAudio).

device → callback → queue → `blocks` → float32 mono, (n,), all that has arrived since the last block
"""

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from ser_features.errors import InputError
from ser_features.extras import MICROPHONE, require

BLOCK_SECONDS = 0.1
"""Duration of the sound that the device delivers at a time."""

REASON = "no microphone can be opened ({reason}), expected an input device: connect one, or name a file"


def default_rate() -> int:
    """Return the sample rate of the default microphone, in Hz.

    Raises:
        MissingExtraError: if the extra mic is not installed.
        InputError: if there is no microphone.
    """
    device = _sounddevice()
    try:
        return int(device.query_devices(kind="input")["default_samplerate"])
    except (device.PortAudioError, ValueError) as error:
        raise InputError(REASON.format(reason=str(error).splitlines()[0])) from error


def blocks(rate: int) -> Iterator[np.ndarray]:
    """Yield sound of the microphone until the generator is closed.

    Args:
        rate: sample rate, in Hz.

    Raises:
        InputError: if the microphone cannot be opened.
    """
    device = _sounddevice()
    queue: SimpleQueue[np.ndarray] = SimpleQueue()
    size = round(BLOCK_SECONDS * rate)
    options = {"samplerate": rate, "channels": 1, "dtype": "float32", "blocksize": size}
    try:
        stream = device.InputStream(callback=lambda samples, *_: queue.put(samples[:, 0].copy()), **options)
    except (device.PortAudioError, ValueError) as error:
        raise InputError(REASON.format(reason=str(error).splitlines()[0])) from error
    with stream:
        while True:
            yield np.concatenate([queue.get(), *_waiting(queue)])


def _waiting(queue: "SimpleQueue[np.ndarray]") -> Iterator[np.ndarray]:
    """Yield what else has arrived: while a window was recognised, the sound went on."""
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


def _sounddevice() -> Any:
    require("--mic", MICROPHONE)
    try:
        import sounddevice
    except OSError as error:  # the library that the package calls is not installed
        raise InputError(f"{error}, expected PortAudio: install it (on Debian: libportaudio2)") from error
    return sounddevice
