"""A client of `ser serve`, with nothing but the standard library underneath.

URL, token → `Client`; recording → HTTP → `Prediction`, or a `ServiceError` of one line

    client = Client("http://127.0.0.1:8000", token="…")
    client.predict("call.wav").emotion
    client.predict(["a.wav", "b.wav"])                      # a list, in order
    client.timeline((signal, 16_000)).windows
"""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, overload
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ser_features.errors import InputError, SerError, shown
from ser_features.sources import AudioSource, Part, is_one, source_of, sources_of
from ser_models.inference.prediction import Prediction

MAX_ANSWER = 2**25
"""Bytes of an answer."""


class ServiceError(SerError):
    """The service refused a request, or cannot be reached.

    Attributes:
        status: HTTP status code; None if there was no answer.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect, as another server would receive the token."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return nothing, so that the redirect is an error."""


class Client:
    """Sends recordings to a service.

    Args:
        url: address of the service, as `ser serve` prints it.
        token: of the service; None if it has none.
        timeout: longest wait for an answer, in s.

    Raises:
        InputError: if the address is none of HTTP.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", token: str | None = None, timeout: float = 60.0):
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            raise InputError(f"the address is {shown(url)}, expected that of ser serve: http://HOST:PORT")
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._opener = build_opener(_NoRedirects)

    @overload
    def predict(self, recordings: AudioSource) -> Prediction: ...  # type: ignore[overload-overlap]

    @overload
    def predict(self, recordings: Iterable[AudioSource]) -> list[Prediction]: ...

    def predict(self, recordings: AudioSource | Iterable[AudioSource]) -> Prediction | list[Prediction]:
        """Predict the emotion of one recording, or of each of several in one request.

        Args:
            recordings: paths, bytes, open binary files, or (signal, rate).

        Returns:
            One prediction; for several a list in their order, of which refused ones have an `error`.

        Raises:
            InputError: if one is no recording, or a part of a file.
            ServiceError: if the service refuses the request or the only recording, or is not reached.
        """
        return self._recognise("/predict", recordings)

    @overload
    def timeline(self, recordings: AudioSource) -> Prediction: ...  # type: ignore[overload-overlap]

    @overload
    def timeline(self, recordings: Iterable[AudioSource]) -> list[Prediction]: ...

    def timeline(self, recordings: AudioSource | Iterable[AudioSource]) -> Prediction | list[Prediction]:
        """As `predict`, with `windows` for recordings longer than 4 s."""
        return self._recognise("/timeline", recordings)

    def health(self) -> dict[str, Any]:
        """Return the state of the service."""
        return self._json(Request(f"{self.url}/health"))

    def model(self) -> dict[str, Any]:
        """Return what the model is, its evaluation, and the limits of the service."""
        return self._json(Request(f"{self.url}/model"))

    def _recognise(self, route: str, recordings: Any) -> Prediction | list[Prediction]:
        sources = [source_of(recordings)] if is_one(recordings) else sources_of(recordings)
        files = [(source.name, _content(source.audio)) for source in sources]
        if not files:
            return []
        if len(files) == 1:
            [(name, content)] = files
            request = Request(f"{self.url}{route}?name={quote(name)}", content)
            request.add_header("Content-Type", "application/octet-stream")
            prediction = Prediction.from_json(self._json(request))
            return prediction if is_one(recordings) else [prediction]
        boundary = secrets.token_hex(16)
        request = Request(f"{self.url}{route}", _form(files, boundary))
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return [Prediction.from_json(values) for values in self._json(request)["predictions"]]

    def _json(self, request: Request) -> dict[str, Any]:
        for name, value in self._headers.items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                return _values(response.read(MAX_ANSWER), self.url)
        except HTTPError as error:
            with error:
                values = _values(error.read(MAX_ANSWER), self.url)
            raise ServiceError(str(values.get("error", error.reason)), error.code) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise ServiceError(
                f"no answer from {self.url} ({reason}), expected a running ser serve: check the address"
            ) from error


def _content(audio: Path | bytes | Part) -> bytes:
    if isinstance(audio, Part):
        raise InputError(f"{audio.path}: a part of a file cannot be sent, expected a whole file: cut it")
    if isinstance(audio, bytes):
        return audio
    try:
        return audio.read_bytes()
    except OSError as error:
        raise InputError(f"{audio} cannot be read ({error.strerror}): check the path") from error


def _form(files: list[tuple[str, bytes]], boundary: str) -> bytes:
    """Return files as a form of HTTP."""
    parts = []
    for name, content in files:
        safe = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", " ")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n\r\n'
        parts += [head.encode("utf-8", "replace"), content, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _values(content: bytes, url: str) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ServiceError(f"{url} answers with no JSON object, expected ser serve: check the address")
    return values
