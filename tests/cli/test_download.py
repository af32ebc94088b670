"""`ser download` from a local server."""

import functools
import hashlib
import http.server
import io
import json
import shutil
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

from ser_features.corpora.savee import Savee
from ser_features.download import SOURCES, Archive, ByHand


class Server(http.server.SimpleHTTPRequestHandler):
    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def requests(tmp_path, monkeypatch, savee):
    """Serve `savee` as SAVEE; TESS is missing, CREMA-D is manual. Yields the requested paths."""
    published = tmp_path / "published"
    file = Path(shutil.make_archive(str(published / "AudioData"), "zip", savee))
    Server.requests = []
    handler = functools.partial(Server, directory=published)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(Savee, "whole", 8)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        root = f"http://127.0.0.1:{server.server_address[1]}"
        archive = Archive(
            url=f"{root}/AudioData.zip",
            file="AudioData.zip",
            checksum=f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}",
            unpacked=200_000,
            size=file.stat().st_size,
            origin="a test",
            page="https://example.org/savee",
            licence="for tests",
        )
        monkeypatch.setitem(SOURCES, "savee", archive)
        steps = ("ask for it", "unpack it into {folder}")
        monkeypatch.setitem(SOURCES, "cremad", ByHand("it is given to those who ask", steps))
        monkeypatch.setitem(
            SOURCES,
            "tess",
            Archive(
                f"{root}/tess.zip", "tess.zip", "md5:" + "0" * 32, 1000, None, "a test", "https://example.org"
            ),
        )
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield Server.requests
        server.shutdown()


def test_download_then_extract(ser, requests, tmp_path):
    to = tmp_path / "raw"
    answer = ser("download", "savee", "--to", to, "--yes")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        f"savee: 8 recordings in {to / 'savee'}",
        f"next: ser extract --datasets savee --for best --data {to}",
    ]
    shown, licence, about, cite, fetching, done = answer.err.splitlines()
    assert shown.startswith("savee: SAVEE, 8 recordings, 0.")
    assert shown.endswith("MB from 127.0.0.1 (a test), about 0 MB unpacked")
    assert licence == "  licence: for tests"
    assert about == "  web page: https://example.org/savee"
    assert cite.startswith("  citation: Haq S, Jackson PJB (2010)")
    assert fetching == "savee: downloading 0.1 MB"
    assert done == "savee: sha256 as published; unpacking"
    words = ["--datasets", "savee", "--data", to, "--store", tmp_path / "s", "--workers", 1]
    assert ser("extract", *words).code == 0
    assert len(pd.read_parquet(tmp_path / "s" / "files")) == 8


def test_second_download_does_nothing(ser, requests, tmp_path, monkeypatch):
    monkeypatch.setenv("SER_DATA", str(tmp_path / "raw"))
    assert ser("download", "savee", "--yes").code == 0
    answer = ser("download", "savee")
    assert answer == (
        0,
        f"savee: already present: 8 recordings in {tmp_path / 'raw'}\n"
        f"next: ser extract --datasets savee --for best --data {tmp_path / 'raw'}\n",
        "",
    )
    assert requests == ["/AudioData.zip"]


def test_licence_must_be_accepted(ser, requests, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    answer = ser("download", "savee", "--to", tmp_path / "raw")
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.splitlines()[-1] == (
        "error: savee: its licence (for tests) must be accepted, and there is no terminal to ask on: "
        "pass --yes if you accept it"
    )
    assert (requests, (tmp_path / "raw").exists()) == ([], False)


def test_licence_prompt_on_a_terminal(ser, requests, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    answer = ser("download", "savee", "--to", tmp_path / "raw")
    assert answer.code == 2
    assert f"Accept the licence and download savee into {tmp_path / 'raw' / 'savee'}? [y/N]" in answer.err
    assert answer.err.endswith("error: savee: the licence was not accepted: nothing was downloaded\n")
    assert requests == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert ser("download", "savee", "--to", tmp_path / "raw").code == 0


def test_failure_is_one_line(ser, requests, tmp_path):
    answer = ser("download", "tess", "--to", tmp_path / "raw", "--yes")
    assert answer.code == 2
    assert answer.out == ""
    error = answer.err.splitlines()[-1]
    assert error.startswith("error: http://127.0.0.1:")
    assert error.endswith(
        "/tess.zip: HTTP 404 File not found, expected the file: it may have moved: "
        "look for it at its publisher"
    )


def test_one_failure_does_not_stop_the_others(ser, requests, tmp_path):
    answer = ser("download", "tess", "savee", "cremad", "savee", "--to", tmp_path / "raw", "--yes")
    assert answer.code == 1
    assert answer.err.count("error: ") == 1
    assert f"savee: 8 recordings in {tmp_path / 'raw' / 'savee'}\n" in answer.out
    assert "cremad: not downloaded: it is given to those who ask; licence: ODbL 1.0" in answer.out
    following = f"next: ser extract --datasets savee --for best --data {tmp_path / 'raw'}"
    assert answer.out.splitlines()[-1] == following
    assert requests == ["/tess.zip", "/AudioData.zip"]


def test_unknown_corpus_stops_before_any_download(ser, requests, tmp_path):
    answer = ser("download", "savee", "semaine", "--to", tmp_path / "raw", "--yes")
    assert (answer.code, requests) == (2, [])
    assert answer.err.startswith("error: unknown corpus 'semaine': expected one of ravdess, tess")


def test_incomplete_corpus_is_reported(ser, requests, tmp_path, monkeypatch):
    monkeypatch.setattr(Savee, "whole", 480)
    answer = ser("download", "savee", "--to", tmp_path / "raw", "--yes")
    assert answer.code == 0
    assert answer.err.endswith(f"savee: 8 recordings, expected 480: check {tmp_path / 'raw' / 'savee'}\n")


def test_manual_corpus_prints_its_steps(ser, tmp_path):
    answer = ser("download", "savee", "--to", tmp_path)
    folder = tmp_path / "savee"
    assert answer == (
        1,
        "savee: not downloaded: it is available after registration only; "
        "licence: free for research, on registration\n"
        "  1. register at http://personal.ee.surrey.ac.uk/Personal/P.Jackson/SAVEE/Register.html\n"
        "  2. download AudioData.zip from the link that you receive\n"
        f"  3. unpack it into {folder}, "
        f"so that {folder}/DC/a01.wav or {folder}/AudioData/DC/a01.wav is there\n"
        "  web page: http://kahlan.eps.surrey.ac.uk/savee/\n"
        f"  then: ser extract --datasets savee --for best --data {tmp_path}\n",
        "",
    )
    assert list(tmp_path.iterdir()) == []


def test_json_has_the_outcome_of_each_corpus(ser, requests, tmp_path):
    to = tmp_path / "raw"
    answer = ser("download", "tess", "savee", "cremad", "--to", to, "--yes", "--json")
    assert answer.code == 1
    content = json.loads(answer.out)
    tess, savee, cremad = content["corpora"]
    assert content["data"] == str(to)
    assert content["next"] == f"ser extract --datasets savee --for best --data {to}"
    assert (tess["state"], tess["recordings"]) == ("failed", 0)
    assert "HTTP 404" in tess["error"]
    assert savee == {
        "corpus": "savee",
        "state": "downloaded",
        "recordings": 8,
        "expected": 8,
        "folder": str(to / "savee"),
        "licence": "for tests",
    }
    assert cremad["state"] == "manual"
    assert cremad["steps"][1].endswith(f" {to / 'cremad'}")


def test_quiet_download_prints_its_result_and_the_licence(ser, requests, tmp_path):
    answer = ser("download", "savee", "--to", tmp_path / "raw", "--yes", "--quiet")
    assert answer.out == f"savee: 8 recordings in {tmp_path / 'raw' / 'savee'}\n"
    assert "  licence: for tests" in answer.err
    assert "downloading" not in answer.err
