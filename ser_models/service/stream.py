"""A WebSocket: PCM of someone who is speaking → a running timeline, a line of JSON per half second.

query or first message → `StreamFormat`; messages → samples → `StreamWindows` → the newest window
→ `Workers` (features) → `Batcher` (model) → {"start", "end", "emotion", "confidence", "probabilities", …}

Sound is received while a window is recognised. A window that ended more than a hop ago is left out, so that
the answers follow the sound on a busy computer too.
"""

import asyncio
import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from ser_features.audio import Audio
from ser_features.errors import AudioError
from ser_models.inference.prediction import Prediction
from ser_models.inference.recording import SILENCE_DB, RecordingAnalysis
from ser_models.inference.speaker_norm import StreamSpeaker
from ser_models.inference.stream import HOP_DUR, WIN_DUR, StreamWindow, StreamWindows
from ser_models.service.security import check_origin, check_token
from ser_models.service.service import Item, Service
from ser_models.web.body import Rejected

MIN_RATE, MAX_RATE = 8_000, 96_000
"""Accepted sample rates, in Hz."""
MAX_MESSAGE = 2**20
"""Bytes of a message."""
END = "end"
"""Text message that ends a stream; the last window is then recognised."""

BAD_DATA, BAD_REQUEST, TRY_LATER = 1003, 1008, 1013
"""Codes that a WebSocket is closed with: no sound, no token or outside the limits, too busy."""

Encoding = Literal["int16", "float32"]
TYPES: dict[str, np.dtype[Any]] = {"int16": np.dtype("<i2"), "float32": np.dtype("<f4")}
SCALE = {"int16": 2.0**15, "float32": 1.0}


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """How the samples of a stream are encoded: little-endian, one channel.

    Attributes:
        rate: sample rate, in Hz.
        encoding: of a sample; float32 has its full scale at ±1.
    """

    rate: int
    encoding: Encoding = "int16"

    @classmethod
    def of(cls, rate: Any, encoding: Any) -> "StreamFormat":
        """Check the values of a query or a first message.

        Raises:
            Rejected: if one is not supported.

        >>> StreamFormat.of("16000", "int16")
        StreamFormat(rate=16000, encoding='int16')
        """
        number = int(rate) if str(rate).isascii() and str(rate).isdigit() else 0
        if not MIN_RATE <= number <= MAX_RATE:
            raise Rejected(
                422, f"rate is {str(rate)[:40]}, expected a sample rate of {MIN_RATE} to {MAX_RATE} Hz"
            )
        if encoding not in get_args(Encoding):
            raise Rejected(
                422, f"encoding is {str(encoding)[:40]}, expected {' or '.join(get_args(Encoding))}"
            )
        return cls(number, encoding)

    @classmethod
    def of_message(cls, text: str) -> "StreamFormat":
        """Read the first message of a stream whose query has no rate.

        Raises:
            Rejected: if it is none.
        """
        try:
            header = json.loads(text)
        except (ValueError, RecursionError):
            header = None
        if not isinstance(header, dict):
            raise Rejected(422, 'the first message is no header, expected {"rate": 16000}')
        return cls.of(header.get("rate"), header.get("encoding", "int16"))

    def samples(self, message: bytes) -> np.ndarray:
        """Decode a message, float32 mono, (n,).

        Raises:
            Rejected: if it has no whole number of samples, or values that are no numbers.
        """
        dtype = TYPES[self.encoding]
        if len(message) % dtype.itemsize:
            raise Rejected(
                422, f"a message has {len(message)} bytes, expected samples of {dtype.itemsize} bytes each"
            )
        samples = (np.frombuffer(message, dtype) / SCALE[self.encoding]).astype(np.float32)
        if not np.isfinite(samples).all():
            raise Rejected(422, "a message has samples that are no numbers, expected float32 of -1 to 1")
        return samples


@dataclass(slots=True)
class LiveStream:
    """One open WebSocket.

    Attributes:
        service: recognises its windows.
        socket: accepted.
        format: of its samples.
        windows: the last seconds of its sound.
        count: windows answered so far.
        loudest: level of the loudest window so far, in dB re full scale.
        speaker: of the stream.
    """

    service: Service
    socket: WebSocket
    format: StreamFormat
    windows: StreamWindows
    count: int = 0
    loudest: float = -math.inf
    speaker: StreamSpeaker = field(init=False)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.speaker = StreamSpeaker(self.service.predictor.normalizer)

    async def run(self) -> None:
        """Answer until the client ends the stream.

        Raises:
            Rejected: if the stream exceeds a limit, or a message is no sound.
            WebSocketDisconnect: if the connection is closed.
        """
        receiving = asyncio.create_task(self._receive())
        receiving.add_done_callback(lambda _: self._arrived.set())
        try:
            while not receiving.done() or receiving.exception() is None:
                window = self.windows.next_window()
                if window is not None:
                    await self._answer(window)
                elif receiving.done():
                    break
                else:
                    await self._arrived.wait()
                    self._arrived.clear()
            receiving.result()
            if (window := self.windows.last_window()) is not None:
                await self._answer(window)
            await self.socket.send_json({"end": True, "seconds": self.windows.seconds, "windows": self.count})
        finally:
            receiving.cancel()

    async def _receive(self) -> None:
        """Add messages to the windows until the client says `END`."""
        longest = self.service.config.max_stream_seconds
        while (message := await next_message(self.socket, self.service.config.timeout)) != END:
            if not isinstance(message, bytes):
                raise Rejected(422, f"a message is the text {message[:40]!r}, expected samples or {END!r}")
            self.windows.push(self.format.samples(message))
            self._arrived.set()
            if self.windows.seconds > longest:
                raise Rejected(413, f"the stream is longer than {longest:g} s: open another one")

    async def _answer(self, window: StreamWindow) -> None:
        prediction = await self._recognise(window)
        self.count += 1
        await self.socket.send_json(
            {
                "start": window.start,
                "end": window.end,
                "emotion": prediction.emotion,
                "confidence": prediction.confidence,
                "probabilities": prediction.probabilities,
                "ood_score": prediction.ood_score,
                "verdict": prediction.verdict,
                "warning": prediction.warning,
                "behind": round(self.windows.seconds - window.end, 3),
            }
        )

    async def _recognise(self, window: StreamWindow) -> Prediction:
        """Recognise a window; one that is silent beside the loudest so far has no emotion."""
        audio = Audio(window.signal, self.format.rate, channels=1)
        read = await self.service.workers.run(self.service.reader.window, audio, self.loudest - SILENCE_DB)
        self.loudest = max(self.loudest, read.level)
        if read.features is None:
            return Prediction("")
        analysis = RecordingAnalysis(
            window.end - window.start, window.signal, self.format.rate, window.start, read.features
        )
        [prediction] = await self.service.batcher([Item(analysis, "", self.speaker.stats(read.features))])
        return prediction


async def next_message(socket: WebSocket, seconds: float) -> str | bytes:
    """Return the next message, text or bytes.

    Raises:
        Rejected: with status 504 if none arrives in time.
        WebSocketDisconnect: if the connection is closed.
    """
    try:
        async with asyncio.timeout(seconds):
            message = await socket.receive()
    except TimeoutError as error:
        raise Rejected(504, f"no sound for {seconds:g} s, expected some: connect again") from error
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"], message.get("reason"))
    content = message.get("bytes")
    return content if content is not None else str(message.get("text"))


async def serve_stream(service: Service, socket: WebSocket) -> None:
    """Answer a WebSocket until it ends; what is wrong with it is its last message, {"error"}.

    Args:
        service: recognises the windows.
        socket: not accepted yet.
    """
    await socket.accept()
    try:
        check_origin(socket.headers)
        check_token(socket.headers, service.config.token)
        with service.admission.stream():
            await _open(service, socket)
    except WebSocketDisconnect:
        return
    except (Rejected, AudioError) as error:
        status = error.status if isinstance(error, Rejected) else 422
        await socket.send_json({"error": str(error)})
        await socket.close({422: BAD_DATA, 429: TRY_LATER}.get(status, BAD_REQUEST))
    else:
        await socket.close()


async def _open(service: Service, socket: WebSocket) -> None:
    query = socket.query_params
    if "rate" in query:
        form = StreamFormat.of(query["rate"], query.get("encoding", "int16"))
    else:
        header = await next_message(socket, service.config.timeout)
        form = StreamFormat.of_message(header if isinstance(header, str) else "")
    await LiveStream(service, socket, form, StreamWindows(form.rate, WIN_DUR, HOP_DUR)).run()
