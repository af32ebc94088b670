"""A corpus appears complete in the data root, or not at all; existing files are never changed."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import asdict

import pytest

from ser_features.corpora.savee import Savee
from ser_features.download import SOURCES, RetryPolicy, TransferObserver, install, plan
from ser_features.errors import DownloadError, InputError, UnsafeArchiveError
from tests.ser_features.download.conftest import answer, serve, zipped

HIDDEN = ".download-savee"


@pytest.fixture
def savee(web, savee_zip, monkeypatch):
    """SAVEE, as if it were published on the test's server, with 8 recordings."""
    web.content = savee_zip
    monkeypatch.setattr(Savee, "whole", 8)

    def publish(**changes):
        monkeypatch.setitem(SOURCES, "savee", web.archive(file="AudioData.zip", **changes))

    publish()
    return publish


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_recordings_appear_and_nothing_else_stays(savee, savee_files, tmp_path):
    to = tmp_path / "data" / "raw"
    notes = []
    planned = plan("savee", to)
    assert (planned.present, planned.complete, planned.folder) == (0, False, to / "savee")
    assert install(planned, observer=TransferObserver(on_note=notes.append)) == 8
    assert names(to) == ["savee"]
    for path, content in savee_files.items():
        assert (to / "savee" / path).read_bytes() == content
    assert notes == ["savee: sha256 as published; unpacking"]
    assert len(Savee().scan(to).recordings) == 8


def test_a_second_run_downloads_nothing(savee, web, tmp_path):
    install(plan("savee", tmp_path))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = plan("savee", tmp_path)
    assert (again.present, again.complete) == (8, True)
    assert len(web.requests) == 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_recordings_in_a_folder_of_another_name_count(savee, tmp_path):
    install(plan("savee", tmp_path))
    (tmp_path / "savee").rename(tmp_path / "surrey-audiovisual-expressed-emotion-savee")
    assert plan("savee", tmp_path).complete


def test_part_of_a_corpus_is_not_overwritten(savee, web, tmp_path):
    (tmp_path / "savee" / "DC").mkdir(parents=True)
    mine = tmp_path / "savee" / "DC" / "a01.wav"
    mine.write_bytes(b"mine")
    with pytest.raises(InputError) as refused:
        plan("savee", tmp_path)
    assert str(refused.value) == (
        f"savee: found 1 of 8 recordings in {tmp_path}, expected none, as nothing is overwritten: move that "
        "away, or pass another --to"
    )
    assert (mine.read_bytes(), web.requests) == (b"mine", [])


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_anything_else_of_that_name_is_not_overwritten(savee, web, tmp_path, kind):
    there = tmp_path / "savee"
    if kind == "file":
        there.touch()
    elif kind == "link":
        there.symlink_to(tmp_path / "nowhere")
    else:
        there.mkdir()
        (there / "thesis.txt").touch()
    with pytest.raises(
        InputError, match=r"savee: found .*/savee, which holds no recording of it, expected none"
    ):
        plan("savee", tmp_path)
    assert web.requests == []


def test_empty_folder_is_used(savee, tmp_path):
    (tmp_path / "savee").mkdir()
    assert install(plan("savee", tmp_path)) == 8


def test_folder_that_appears_meanwhile_is_not_overwritten(savee, tmp_path):
    planned = plan("savee", tmp_path)
    (tmp_path / "savee").mkdir()
    (tmp_path / "savee" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="which holds no recording of it"):
        install(planned)
    assert (tmp_path / "savee" / "thesis.txt").read_text() == "years of work"
    assert names(tmp_path / HIDDEN) == ["AudioData.zip"]


def test_a_run_that_gave_up_is_resumed(savee, web, tmp_path):
    web.script = [serve(cut=3000), answer(503)]
    with pytest.raises(DownloadError, match=r"are kept, run the same command later to resume$"):
        install(plan("savee", tmp_path), retries=RetryPolicy(attempts=2, wait=0.001))
    assert names(tmp_path / HIDDEN) == ["AudioData.zip.part"]
    assert install(plan("savee", tmp_path)) == 8
    assert web.ranges == [None, "bytes=3000-", "bytes=3000-"]
    assert names(tmp_path) == ["savee"]


@pytest.mark.parametrize(("step", "error"), [(answer(404), "HTTP 404"), (serve(content=b"?"), "1 bytes")])
def test_failed_downloads_leave_nothing(savee, web, tmp_path, step, error):
    web.script = [step]
    with pytest.raises(DownloadError, match=error):
        install(plan("savee", tmp_path / "data"))
    assert names(tmp_path / "data") == []


def test_hostile_archive_of_the_right_checksum_leaves_nothing(savee, web, tmp_path):
    web.content = zipped({"DC/a01.wav": b"x", "../../../../evil.wav": b"x"})
    savee()
    to = tmp_path / "a" / "b" / "c"
    with pytest.raises(UnsafeArchiveError) as refused:
        install(plan("savee", to))
    assert str(refused.value) == (
        "savee: AudioData.zip: member '../../../../evil.wav' leaves the folder: the archive is not unpacked; "
        "it was removed"
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_archive_of_another_corpus_is_refused(savee, web, tmp_path):
    web.content = zipped({"holiday.wav": b"x"})
    savee()
    with pytest.raises(
        UnsafeArchiveError, match="it holds no recording of SAVEE, expected names as in savee/DC/a"
    ):
        install(plan("savee", tmp_path))
    assert names(tmp_path) == []


def test_a_full_disk_is_detected_first(savee, web, tmp_path):
    savee(unpacked=1 << 60)
    with pytest.raises(
        DownloadError, match=r"^savee needs 1,152,921,504,606\.\d MB in .* which has .* MB left"
    ):
        install(plan("savee", tmp_path))
    assert (web.requests, names(tmp_path)) == ([], [])


def test_folder_that_cannot_be_made_is_one_line(savee, tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(DownloadError) as refused:
        install(plan("savee", tmp_path / "data" / "raw"))
    assert str(refused.value) == (
        f"savee: {tmp_path}/data/raw/{HIDDEN}: Not a directory: expected a writable folder with free "
        "space: correct that, or pass another --to"
    )


def test_disk_that_fills_up_keeps_the_archive(savee, tmp_path, monkeypatch):
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 3:  # the archive is whole, and two recordings are written
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(
            DownloadError, match="No space left on device: expected a writable folder with free space"
        ):
            install(plan("savee", tmp_path))
    assert names(tmp_path) == [HIDDEN]
    assert names(tmp_path / HIDDEN) == ["AudioData.zip"]
    assert install(plan("savee", tmp_path)) == 8
    assert names(tmp_path) == ["savee"]


def test_unfinished_files_of_a_killed_run_are_removed(savee, tmp_path):
    litter = tmp_path / HIDDEN / "unpacked" / "savee" / "DC"
    litter.mkdir(parents=True)
    (litter / "a01.wav").write_bytes(b"half")
    assert install(plan("savee", tmp_path)) == 8
    assert names(tmp_path) == ["savee"]


def test_a_second_run_at_the_same_time_is_an_error(savee, web, tmp_path):
    planned = plan("savee", tmp_path)
    errors = []

    def meanwhile(*_):
        with pytest.raises(DownloadError) as refused:
            install(planned)
        errors.append(str(refused.value))

    assert install(planned, observer=TransferObserver(on_begin=meanwhile)) == 8
    assert errors == [f"{tmp_path}/{HIDDEN}: another ser download is running there: wait until it ends"]


def test_folders_can_be_read_by_others(savee, tmp_path):
    install(plan("savee", tmp_path))
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "savee").stat().st_mode) == 0o777 & ~mask


def test_corpus_by_hand_is_not_installed(tmp_path):
    with pytest.raises(
        InputError, match="savee cannot be downloaded: it is available after registration only"
    ):
        install(plan("savee", tmp_path))


PROGRAM = """
import json, sys
from pathlib import Path
from ser_features.download import SOURCES, Archive, install, plan
SOURCES["savee"] = Archive(**json.loads(sys.argv[1]))
print(install(plan("savee", Path(sys.argv[2]))))
"""


def test_a_killed_run_is_resumed(savee, web, tmp_path):
    web.script = [serve(pause=0.05)]
    words = [sys.executable, "-c", PROGRAM, json.dumps(asdict(SOURCES["savee"])), str(tmp_path)]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    part = tmp_path / HIDDEN / "AudioData.zip.part"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (part.exists() and part.stat().st_size):
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    received = part.stat().st_size
    assert 0 < received < len(web.content)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "8\n"
    assert web.ranges == [None, f"bytes={received}-"]
    assert names(tmp_path) == ["savee"]
