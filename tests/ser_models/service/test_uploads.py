"""Forms of browsers and programs, and broken ones."""

import pytest

from ser_models.service.uploads import MAX_FIELDS, MAX_HEAD, Upload, files_of
from ser_models.web.body import Rejected

TYPE = "multipart/form-data; boundary=x"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
FIELD = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
END = b"--x--\r\n"


def test_files_of_a_form():
    body = b"preamble\r\n" + FIELD + FILE % (b"a.wav", b"\r\n--\r\n") + FILE % ("ü.wav".encode(), b"") + END
    assert files_of(body, TYPE, 2) == [Upload("a.wav", b"\r\n--\r\n"), Upload("ü.wav", b"")]
    quoted = b"--x\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''%C3%BC.wav\r\n\r\nRIFF\r\n"
    assert files_of(quoted + END, 'multipart/form-data; boundary="x"', 1) == [Upload("ü.wav", b"RIFF")]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"", TYPE, 400, "the form is cut short, or has more than 66 parts: send"),
        (FILE % (b"a.wav", b"RIFF"), TYPE, 400, "the form is cut short"),
        (FIELD * 200 + END, TYPE, 400, "the form is cut short, or has more than 66 parts"),
        (b"\r\n--x" * 100_000, TYPE, 400, "the form is cut short"),
        (FIELD + END, TYPE, 400, "the form has no file: send the bytes"),
        (FILE % (b"a.wav", b"") + END, "multipart/form-data", 400, "the form names no boundary of its parts"),
        (FILE % (b"a" * MAX_HEAD, b"") + END, TYPE, 400, "a part of the form has a header of "),
        (
            FILE % (b"a", b"") * 3 + END,
            TYPE,
            413,
            "the request has 3 recordings, expected at most 2: send several",
        ),
    ],
)
def test_broken_forms(body, content_type, status, message):
    assert MAX_FIELDS == 64
    with pytest.raises(Rejected) as refused:
        files_of(body, content_type, 2)
    assert refused.value.status == status
    assert str(refused.value).startswith(message)
