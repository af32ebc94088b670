r"""The recordings of a request, in memory; their names are passed through and open no file.

request → bounded body → one `Upload` (bytes of an audio file) or several (multipart/form-data)

>>> head = b'Content-Disposition: form-data; name="file"; filename="a.wav"'
>>> files_of(b"--x\r\n" + head + b"\r\n\r\nRIFF\r\n--x--\r\n", "multipart/form-data; boundary=x", most=16)
[Upload(name='a.wav', content=b'RIFF')]
"""

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from starlette.requests import Request

from ser_models.service.config import ServiceConfig
from ser_models.web.body import Rejected, read_body
from ser_models.web.limits import MEGABYTE, Limits

FORM = "multipart/form-data"
NOT_AUDIO = ("application/json", "text/plain", "text/html", "application/xml", "text/csv")
"""Types of a body that is certainly no audio file; other types are often wrong, as curl's default is."""

MAX_FIELDS = 64
"""Fields of a form beside its files."""
MAX_HEAD = 2**13
"""Bytes of the header of a part."""
MAX_NAME = 255
"""Characters of a name."""

EXAMPLE = "send the bytes of an audio file (curl --data-binary @call.wav), or a form (curl -F file=@call.wav)"


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was sent.

    Attributes:
        name: as the client names it; empty if it does not.
        content: bytes of an audio file.
    """

    name: str
    content: bytes


async def uploads_of(request: Request, config: ServiceConfig) -> list[Upload]:
    """Return the recordings of a request, at least one.

    Args:
        request: of which nothing was read yet.
        config: limits of the service.

    Raises:
        Rejected: with status 400, 413 or 415 if it has none, too many, too large ones, or no audio.
    """
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind in NOT_AUDIO:
        raise Rejected(415, f"the body is {kind}, expected an audio file: {EXAMPLE}")
    if kind == FORM:
        body = await read_body(request, config.max_request, lambda size: _too_much(size, config))
        uploads = files_of(body, content_type, config.max_files)
        _check_sizes(uploads, config.recording)
        return uploads
    body = await read_body(request, config.recording.max_bytes, config.recording.too_large)
    if not body:
        raise Rejected(400, f"the body is empty, expected a recording: {EXAMPLE}")
    return [Upload(request.query_params.get("name", "")[:MAX_NAME], body)]


def files_of(body: bytes, content_type: str, most: int) -> list[Upload]:
    """Return the files of a form.

    Args:
        body: of type multipart/form-data.
        content_type: of the body, with the boundary of its parts.
        most: files that are accepted.

    Raises:
        Rejected: with status 400 if it is no such form or has no file, 413 if it has too many.
    """
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary("")
    if not boundary:
        raise Rejected(400, f"the form names no boundary of its parts: {EXAMPLE}")
    delimiter = b"\r\n--" + boundary.encode("utf-8", "replace")
    _, *sections = (b"\r\n" + body).split(delimiter, most + MAX_FIELDS + 1)
    if not sections or not sections[-1].startswith(b"--"):
        raise Rejected(400, f"the form is cut short, or has more than {most + MAX_FIELDS} parts: {EXAMPLE}")
    uploads = [upload for section in sections[:-1] if (upload := _file_of(section))]
    if not uploads:
        raise Rejected(400, f"the form has no file: {EXAMPLE}")
    if len(uploads) > most:
        raise Rejected(
            413, f"the request has {len(uploads)} recordings, expected at most {most}: send several requests"
        )
    return uploads


def _file_of(section: bytes) -> Upload | None:
    """Return the file of a part of a form; None for another field."""
    head, _, content = section.partition(b"\r\n\r\n")
    if len(head) > MAX_HEAD:
        raise Rejected(
            400, f"a part of the form has a header of {len(head)} bytes: expected a name: {EXAMPLE}"
        )
    name = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip()).get_filename()
    return None if name is None else Upload(name[:MAX_NAME], content)


def _check_sizes(uploads: list[Upload], limits: Limits) -> None:
    for upload in uploads:
        if len(upload.content) > limits.max_bytes:
            raise Rejected(413, f"{upload.name}: {limits.too_large(len(upload.content))}")


def _too_much(size: int, config: ServiceConfig) -> str:
    limit = config.max_request / MEGABYTE
    return f"the request has {size / MEGABYTE:.1f} MB, expected at most {limit:.0f} MB: send several requests"
