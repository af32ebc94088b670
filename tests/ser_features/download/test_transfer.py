"""Fetching over a line that breaks, from servers that lie: whole and right, or refused with nothing left."""

import hashlib
import shutil
import ssl
from types import SimpleNamespace
from urllib.error import URLError

import pytest

from ser_features.download import Archive, Patience, Watch, connection, transfer
from ser_features.download.transfer import fetch
from ser_features.errors import DownloadError, InputError


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


def test_archive_that_is_there_is_not_asked_for(web, tmp_path):
    fetch(web.archive(), tmp_path)
    fetch(web.archive(), tmp_path)
    assert len(web.requests) == 1


def test_archive_that_was_damaged_since_is_fetched_again(web, tmp_path):
    (tmp_path / "corpus.zip").write_bytes(b"?" * len(web.content))
    assert fetch(web.archive(), tmp_path).read_bytes() == web.content


def test_broken_line_is_taken_up_where_it_broke(web, web_steps, tmp_path, brief):
    web.script = [web_steps.serve(cut=100_000), web_steps.serve(cut=100_000)]
    assert fetch(web.archive(), tmp_path, patience=brief).read_bytes() == web.content
    assert web.ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_what_a_run_fetched_before_it_gave_up_is_kept_for_the_next(web, web_steps, tmp_path):
    web.script = [web_steps.serve(cut=70_000), web_steps.answer(503)]
    with pytest.raises(
        DownloadError,
        match=r"corpus.zip: HTTP 503 Service Unavailable, 2 times in a row: 0\.1 MB are kept, run the same",
    ):
        fetch(web.archive(), tmp_path, patience=Patience(attempts=2, wait=0.001))
    assert names(tmp_path) == ["corpus.zip.part"]
    assert fetch(web.archive(), tmp_path).read_bytes() == web.content
    assert web.ranges == [None, "bytes=70000-", "bytes=70000-"]


def test_server_that_cannot_go_on_is_asked_for_all(web, web_steps, tmp_path, brief):
    web.script = [web_steps.serve(cut=100_000), web_steps.serve(ranges=False)]
    assert fetch(web.archive(), tmp_path, patience=brief).read_bytes() == web.content
    assert web.ranges == [None, "bytes=100000-"]


@pytest.mark.parametrize("false", ["bytes 5-299999/300000", "bytes */300000", "nonsense"])
def test_server_that_goes_on_elsewhere_is_asked_for_all(web, web_steps, tmp_path, brief, false):
    web.script = [web_steps.serve(cut=100_000), web_steps.serve(content_range=false)]
    assert fetch(web.archive(), tmp_path, patience=brief).read_bytes() == web.content
    assert web.ranges == [None, "bytes=100000-", None]


def test_offset_that_the_server_refuses_is_given_up(web, web_steps, tmp_path, brief):
    (tmp_path / "corpus.zip.part").write_bytes(b"x" * 1000)
    web.script = [web_steps.answer(416)]
    assert fetch(web.archive(), tmp_path, patience=brief).read_bytes() == web.content
    assert web.ranges == ["bytes=1000-", None]


def test_wrong_bytes_are_refused_and_removed(web, web_steps, tmp_path):
    web.script = [web_steps.serve(content=b"?" * 300_000)]
    found = hashlib.sha256(b"?" * 300_000).hexdigest()
    archive = web.archive()
    with pytest.raises(DownloadError) as refused:
        fetch(archive, tmp_path)
    assert str(refused.value) == (
        f"{archive.url}: sha256 is {found}, expected {archive.checksum.removeprefix('sha256:')}: "
        "damaged on its way or changed at its source: it was removed, run the command again, and if this "
        "repeats look at https://example.org/corpus"
    )
    assert names(tmp_path) == []


def test_wrong_beginning_of_another_run_is_found_by_the_checksum(web, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(b"x" * 1000)
    with pytest.raises(DownloadError, match="sha256 is "):
        fetch(web.archive(), tmp_path)
    assert names(tmp_path) == []


def test_wrong_size_is_refused_before_any_of_it_is_read(web, web_steps, tmp_path):
    web.script = [web_steps.serve(content=b"<html>sign in, please</html>")]
    seen = []
    with pytest.raises(DownloadError, match=r"corpus.zip: 28 bytes, expected 300,000: damaged on its way or"):
        fetch(web.archive(), tmp_path, watch=Watch(on_bytes=seen.append))
    assert (seen, names(tmp_path)) == ([], [])


def test_part_that_is_too_long_is_refused(web, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(b"x" * 300_001)
    with pytest.raises(DownloadError, match="300,001 bytes, expected 300,000"):
        fetch(web.archive(), tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("size", [300_000, None])
def test_endless_answer_is_cut_off(web, web_steps, tmp_path, size):
    web.script = [web_steps.serve(content=bytes(5_000_000), length=False)]
    archive = web.archive(size=size, unpacked=150_000)
    with pytest.raises(DownloadError, match="more than the 300,000 bytes that were expected"):
        fetch(archive, tmp_path)
    assert names(tmp_path) == []


def test_short_answer_without_a_length_counts_as_a_broken_line(web, web_steps, tmp_path):
    web.script = [web_steps.serve(cut=50_000, length=False)]
    assert fetch(web.archive(), tmp_path, patience=Patience(wait=0.001)).read_bytes() == web.content
    assert web.ranges == [None, "bytes=50000-"]


def test_unknown_size_is_no_obstacle(web, web_steps, tmp_path, brief):
    web.script = [web_steps.serve(cut=100_000)]
    archive = web.archive(size=None)
    assert fetch(archive, tmp_path, patience=brief).read_bytes() == web.content
    (tmp_path / "corpus.zip").rename(tmp_path / "corpus.zip.part")
    fetch(archive, tmp_path)
    assert web.ranges == [None, "bytes=100000-"]


def test_missing_file_is_said_at_once(web, web_steps, tmp_path):
    web.script = [web_steps.answer(404)]
    with pytest.raises(
        DownloadError,
        match=r"/corpus.zip: HTTP 404 Not Found, expected the file: it may have moved: look for",
    ):
        fetch(web.archive(), tmp_path)
    assert len(web.requests) == 1


def test_answer_that_is_no_file_is_refused(web, web_steps, tmp_path):
    web.script = [web_steps.answer(204)]
    with pytest.raises(DownloadError, match="HTTP 204, expected 200"):
        fetch(web.archive(), tmp_path)


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_busy_server_is_asked_again(web, web_steps, tmp_path, brief, code):
    web.script = [web_steps.answer(code), web_steps.answer(code)]
    assert fetch(web.archive(), tmp_path, patience=brief).read_bytes() == web.content
    assert len(web.requests) == 3


def test_waits_grow_and_follow_the_server(web, web_steps, tmp_path, no_sleep):
    asked = web_steps.answer(503, Retry_After="9")
    never = web_steps.answer(503, Retry_After="1000000")
    web.script = [web_steps.answer(500), web_steps.answer(500), web_steps.answer(500), asked, never]
    notes = []
    fetch(web.archive(), tmp_path, watch=Watch(on_note=notes.append))
    assert no_sleep == [1.0, 2.0, 4.0, 9.0, 60.0]
    assert notes[3] == "127.0.0.1: HTTP 503 Service Unavailable; next try in 9 s"


def test_progress_between_failures_renews_the_patience(web, web_steps, tmp_path, no_sleep):
    web.script = [web_steps.serve(cut=70_000), web_steps.answer(500)] * 4
    assert fetch(web.archive(), tmp_path, patience=Patience(attempts=3)).read_bytes() == web.content
    assert no_sleep == [1.0, 2.0] * 4


def test_server_that_babbles_is_given_up(web, web_steps, tmp_path, brief):
    web.script = [web_steps.babble] * 3
    with pytest.raises(
        DownloadError, match=r"220 smtp.example.org ready.*, 3 times in a row: nothing has come"
    ):
        fetch(web.archive(), tmp_path, patience=brief)


def test_server_that_is_not_there(web, tmp_path, brief):
    with pytest.raises(
        DownloadError, match=r"Connection refused, 3 times in a row: nothing has come: look at"
    ):
        fetch(web.archive(url="http://127.0.0.1:9/corpus.zip"), tmp_path, patience=brief)


def test_server_that_falls_silent_is_left_and_asked_again(web, web_steps, tmp_path):
    web.script = [web_steps.serve(cut=100_000, stall=5.0)]
    notes = []
    fetch(
        web.archive(),
        tmp_path,
        watch=Watch(on_note=notes.append),
        patience=Patience(timeout=0.3, wait=0.001),
    )
    assert web.ranges == [None, "bytes=100000-"]
    assert notes == ["127.0.0.1: the server does not answer; next try in 0 s"]


def test_slow_server_is_waited_for(web, web_steps, tmp_path):
    web.script = [web_steps.serve(pause=0.002)]
    fetch(web.archive(), tmp_path, patience=Patience(attempts=1, timeout=0.5))
    assert len(web.requests) == 1


def test_progress_is_told(web, web_steps, tmp_path, brief):
    web.script = [web_steps.serve(cut=100_000)]
    began, seen = [], []
    fetch(
        web.archive(),
        tmp_path,
        watch=Watch(on_begin=lambda *told: began.append(told), on_bytes=seen.append),
        patience=brief,
    )
    assert began == [(0, 300_000), (100_000, 300_000)]
    assert seen == sorted(seen)
    assert seen[-1] == 300_000


@pytest.mark.parametrize("location", ["/else where.zip", "else%20where.zip", "{root}/else where.zip"])
def test_redirects_are_followed_with_the_offset(web, web_steps, tmp_path, location):
    (tmp_path / "corpus.zip.part").write_bytes(web.content[:1000])
    web.script = [web_steps.answer(302, Location=location.format(root=web.root))]
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
def test_redirects_to_anything_but_http_are_refused(web, web_steps, tmp_path, location):
    web.script = [web_steps.answer(301, Location=location)]
    with pytest.raises(DownloadError, match=r"/corpus.zip: sent on to .*, expected an http or https address"):
        fetch(web.archive(), tmp_path)
    assert (len(web.requests), names(tmp_path)) == (1, [])


def test_redirects_from_https_to_http_are_refused():
    with pytest.raises(
        DownloadError, match="sent on to 'http://a/c', expected an https address: not followed"
    ):
        connection._next_address("https://a/b", "http://a/c")
    assert connection._next_address("https://a/b", "c") == "https://a/c"
    assert connection._next_address("http://a/b", "https://a/c") == "https://a/c"


def test_redirects_in_a_circle_end(web, web_steps, tmp_path):
    web.script = [web_steps.answer(302, Location="/corpus.zip")] * 20
    with pytest.raises(DownloadError, match="sent on more than 5 times"):
        fetch(web.archive(), tmp_path)
    assert len(web.requests) == 6


def test_invalid_certificate_is_not_tried_again():
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = connection._failure("https://a/b", URLError(cause))
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
        fetch(web.archive(), tmp_path, watch=Watch(on_bytes=seen.append))
    assert str(refused.value) == (
        f"corpus.zip needs 0.3 MB in {tmp_path}, which has 0.3 MB left: make room there, or pass another --to"
    )
    assert seen == []


@pytest.mark.parametrize(
    "checksum", ["", "md5:", "md5:abc", "sha1:" + "0" * 40, "sha256:" + "G" * 64, "0" * 64]
)
def test_archives_without_a_checksum_do_not_exist(web, checksum):
    with pytest.raises(InputError, match=r"checksum is .*, expected md5: or sha256: and hexadecimal digits"):
        web.archive(checksum=checksum)


@pytest.mark.parametrize("url", ["file:///corpus.zip", "ftp://a/b", "/corpus.zip"])
def test_archives_lie_on_the_web(web, url):
    with pytest.raises(InputError, match="expected http or https"):
        web.archive(url=url)
    assert Archive is type(web.archive())
