"""Downloads over unreliable connections: complete and verified, or an error that leaves nothing."""

import hashlib
import shutil
import ssl
from types import SimpleNamespace
from urllib.error import URLError

import pytest

from ser_features.download import Archive, RetryPolicy, TransferObserver, connection, transfer
from ser_features.download.transfer import fetch
from ser_features.errors import DownloadError, InputError
from tests.ser_features.download.conftest import answer, babble, serve


@pytest.fixture
def no_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr(transfer, "time", SimpleNamespace(sleep=slept.append))
    return slept


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_archive_arrives_whole(web, tmp_path, kind):
    checksum = f"{kind}:{hashlib.new(kind, web.content).hexdigest()}"
    file = fetch(web.archive(checksum=checksum), tmp_path)
    assert file.read_bytes() == web.content
    assert names(tmp_path) == ["corpus.zip"]
    assert web.ranges == [None]


def test_a_verified_archive_is_not_requested_again(web, tmp_path):
    fetch(web.archive(), tmp_path)
    fetch(web.archive(), tmp_path)
    assert len(web.requests) == 1


def test_a_damaged_archive_is_downloaded_again(web, tmp_path):
    (tmp_path / "corpus.zip").write_bytes(b"?" * len(web.content))
    assert fetch(web.archive(), tmp_path).read_bytes() == web.content


@pytest.mark.parametrize(
    ("present", "script", "ranges"),
    [
        (0, [serve(cut=100_000), serve(cut=100_000)], [None, "bytes=100000-", "bytes=200000-"]),
        (0, [serve(cut=100_000), serve(ranges=False)], [None, "bytes=100000-"]),
        (
            0,
            [serve(cut=100_000), serve(content_range="bytes 5-299999/300000")],
            [None, "bytes=100000-", None],
        ),
        (0, [serve(cut=100_000), serve(content_range="bytes */300000")], [None, "bytes=100000-", None]),
        (0, [serve(cut=100_000), serve(content_range="nonsense")], [None, "bytes=100000-", None]),
        (0, [serve(cut=50_000, length=False)], [None, "bytes=50000-"]),
        (1000, [answer(416)], ["bytes=1000-", None]),
    ],
    ids=[
        "broken",
        "no ranges",
        "wrong start",
        "no start",
        "no range",
        "short without length",
        "refused offset",
    ],
)
def test_interrupted_downloads_are_resumed_or_start_again(
    web, tmp_path, quick_retries, present, script, ranges
):
    if present:
        (tmp_path / "corpus.zip.part").write_bytes(b"x" * present)
    web.script = script
    assert fetch(web.archive(), tmp_path, retries=quick_retries).read_bytes() == web.content
    assert web.ranges == ranges


def test_received_bytes_are_kept_for_the_next_run(web, tmp_path):
    web.script = [serve(cut=70_000), answer(503)]
    with pytest.raises(
        DownloadError,
        match=r"corpus.zip: HTTP 503 Service Unavailable, 2 times in a row: 0\.1 MB are kept, run the same",
    ):
        fetch(web.archive(), tmp_path, retries=RetryPolicy(attempts=2, wait=0.001))
    assert names(tmp_path) == ["corpus.zip.part"]
    assert fetch(web.archive(), tmp_path).read_bytes() == web.content
    assert web.ranges == [None, "bytes=70000-", "bytes=70000-"]


def test_wrong_bytes_are_refused_and_removed(web, tmp_path):
    web.script = [serve(content=b"?" * 300_000)]
    digest = hashlib.sha256(b"?" * 300_000).hexdigest()
    archive = web.archive()
    with pytest.raises(DownloadError) as refused:
        fetch(archive, tmp_path)
    assert str(refused.value) == (
        f"{archive.url}: sha256 is {digest}, expected {archive.checksum.removeprefix('sha256:')}: "
        "damaged in transfer or changed at its source: it was removed, run the command again, and if this "
        "repeats look at https://example.org/corpus"
    )
    assert names(tmp_path) == []


def test_wrong_bytes_of_another_run_fail_the_checksum(web, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(b"x" * 1000)
    with pytest.raises(DownloadError, match="sha256 is "):
        fetch(web.archive(), tmp_path)
    assert names(tmp_path) == []


def test_wrong_size_is_refused_before_any_of_it_is_read(web, tmp_path):
    web.script = [serve(content=b"<html>sign in, please</html>")]
    seen = []
    with pytest.raises(DownloadError, match=r"corpus.zip: 28 bytes, expected 300,000: damaged in transfer"):
        fetch(web.archive(), tmp_path, observer=TransferObserver(on_bytes=seen.append))
    assert (seen, names(tmp_path)) == ([], [])


def test_part_that_is_too_long_is_refused(web, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(b"x" * 300_001)
    with pytest.raises(DownloadError, match="300,001 bytes, expected 300,000"):
        fetch(web.archive(), tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("size", [300_000, None])
def test_endless_responses_are_aborted(web, tmp_path, size):
    web.script = [serve(content=bytes(5_000_000), length=False)]
    archive = web.archive(size=size, unpacked=150_000)
    with pytest.raises(DownloadError, match="more than the 300,000 bytes that were expected"):
        fetch(archive, tmp_path)
    assert names(tmp_path) == []


def test_the_size_may_be_unknown(web, tmp_path, quick_retries):
    web.script = [serve(cut=100_000)]
    archive = web.archive(size=None)
    assert fetch(archive, tmp_path, retries=quick_retries).read_bytes() == web.content
    (tmp_path / "corpus.zip").rename(tmp_path / "corpus.zip.part")
    fetch(archive, tmp_path)
    assert web.ranges == [None, "bytes=100000-"]


def test_a_missing_file_is_not_retried(web, tmp_path):
    web.script = [answer(404)]
    with pytest.raises(
        DownloadError,
        match=r"/corpus.zip: HTTP 404 Not Found, expected the file: it may have moved: look for",
    ):
        fetch(web.archive(), tmp_path)
    assert len(web.requests) == 1


def test_other_success_codes_are_refused(web, tmp_path):
    web.script = [answer(204)]
    with pytest.raises(DownloadError, match="HTTP 204, expected 200"):
        fetch(web.archive(), tmp_path)


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_busy_servers_are_retried(web, tmp_path, quick_retries, code):
    web.script = [answer(code), answer(code)]
    assert fetch(web.archive(), tmp_path, retries=quick_retries).read_bytes() == web.content
    assert len(web.requests) == 3


def test_waits_double_and_follow_retry_after(web, tmp_path, no_sleep):
    later = answer(503, Retry_After="9")
    never = answer(503, Retry_After="1000000")
    web.script = [answer(500), answer(500), answer(500), later, never]
    notes = []
    fetch(web.archive(), tmp_path, observer=TransferObserver(on_note=notes.append))
    assert no_sleep == [1.0, 2.0, 4.0, 9.0, 60.0]
    assert notes[3] == "127.0.0.1: HTTP 503 Service Unavailable; next try in 9 s"


def test_progress_resets_the_count_of_failures(web, tmp_path, no_sleep):
    web.script = [serve(cut=70_000), answer(500)] * 4
    assert fetch(web.archive(), tmp_path, retries=RetryPolicy(attempts=3)).read_bytes() == web.content
    assert no_sleep == [1.0, 2.0] * 4


def test_other_protocols_are_given_up(web, tmp_path, quick_retries):
    web.script = [babble] * 3
    with pytest.raises(
        DownloadError, match=r"220 smtp.example.org ready.*, 3 times in a row: nothing was received"
    ):
        fetch(web.archive(), tmp_path, retries=quick_retries)


def test_a_refused_connection_is_given_up(web, tmp_path, quick_retries):
    with pytest.raises(
        DownloadError, match=r"Connection refused, 3 times in a row: nothing was received: check"
    ):
        fetch(web.archive(url="http://127.0.0.1:9/corpus.zip"), tmp_path, retries=quick_retries)


def test_silent_servers_time_out_and_are_retried(web, tmp_path):
    web.script = [serve(cut=100_000, stall=5.0)]
    notes = []
    fetch(
        web.archive(),
        tmp_path,
        observer=TransferObserver(on_note=notes.append),
        retries=RetryPolicy(timeout=0.3, wait=0.001),
    )
    assert web.ranges == [None, "bytes=100000-"]
    assert notes == ["127.0.0.1: the server does not answer; next try in 0 s"]


def test_slow_servers_do_not_time_out(web, tmp_path):
    web.script = [serve(pause=0.002)]
    fetch(web.archive(), tmp_path, retries=RetryPolicy(attempts=1, timeout=0.5))
    assert len(web.requests) == 1


def test_progress_is_reported(web, tmp_path, quick_retries):
    web.script = [serve(cut=100_000)]
    began, seen = [], []
    fetch(
        web.archive(),
        tmp_path,
        observer=TransferObserver(on_begin=lambda *values: began.append(values), on_bytes=seen.append),
        retries=quick_retries,
    )
    assert began == [(0, 300_000), (100_000, 300_000)]
    assert seen == sorted(seen)
    assert seen[-1] == 300_000


@pytest.mark.parametrize("location", ["/else where.zip", "else%20where.zip", "{root}/else where.zip"])
def test_redirects_are_followed_with_the_offset(web, tmp_path, location):
    (tmp_path / "corpus.zip.part").write_bytes(web.content[:1000])
    web.script = [answer(302, Location=location.format(root=web.root))]
    assert fetch(web.archive(), tmp_path).read_bytes() == web.content
    assert web.requests == [("/corpus.zip", "bytes=1000-"), ("/else%20where.zip", "bytes=1000-")]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/corpus.zip",
        "data:,zip",
        "javascript:alert(1)",
        "",
        "http://[::1",
    ],
)
def test_redirects_to_anything_but_http_are_refused(web, tmp_path, location):
    web.script = [answer(301, Location=location)]
    with pytest.raises(DownloadError, match=r"/corpus.zip: redirected to .*, expected an http or https"):
        fetch(web.archive(), tmp_path)
    assert (len(web.requests), names(tmp_path)) == (1, [])


def test_redirects_from_https_to_http_are_refused():
    with pytest.raises(
        DownloadError, match="redirected to 'http://a/c', expected an https address: not followed"
    ):
        connection._redirect("https://a/b", "http://a/c")
    assert connection._redirect("https://a/b", "c") == "https://a/c"
    assert connection._redirect("http://a/b", "https://a/c") == "https://a/c"


def test_redirects_in_a_circle_end(web, tmp_path):
    web.script = [answer(302, Location="/corpus.zip")] * 20
    with pytest.raises(DownloadError, match="redirected more than 5 times"):
        fetch(web.archive(), tmp_path)
    assert len(web.requests) == 6


def test_an_invalid_certificate_is_not_retried():
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = connection._connection_error("https://a/b", URLError(cause))
    assert str(error) == "https://a/b: its certificate is not valid (self-signed certificate): not trusted"
    assert isinstance(error, DownloadError)


def test_proxy_of_the_environment_is_used(web, tmp_path, monkeypatch):
    monkeypatch.delenv("no_proxy")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", web.root)
    fetch(web.archive(url="http://corpora.example.org/corpus.zip"), tmp_path)
    assert web.requests == [("http://corpora.example.org/corpus.zip", None)]


def test_full_disk_is_found_before_the_transfer(web, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=299_999)
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: usage)
    seen = []
    with pytest.raises(DownloadError) as refused:
        fetch(web.archive(), tmp_path, observer=TransferObserver(on_bytes=seen.append))
    assert str(refused.value) == (
        f"corpus.zip needs 0.3 MB in {tmp_path}, which has 0.3 MB left: make room there, or pass another --to"
    )
    assert seen == []


@pytest.mark.parametrize(
    "checksum", ["", "md5:", "md5:abc", "sha1:" + "0" * 40, "sha256:" + "G" * 64, "0" * 64]
)
def test_archives_need_a_valid_checksum(web, checksum):
    with pytest.raises(InputError, match=r"checksum is .*, expected md5: or sha256: and hexadecimal digits"):
        web.archive(checksum=checksum)


@pytest.mark.parametrize("url", ["file:///corpus.zip", "ftp://a/b", "/corpus.zip"])
def test_archives_need_an_http_url(web, url):
    with pytest.raises(InputError, match="expected http or https"):
        web.archive(url=url)
    assert Archive is type(web.archive())
