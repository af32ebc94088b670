"""Progress on stderr: bars on a terminal, plain lines elsewhere, nothing with --quiet; colours."""

import io
import re
import sys

import pytest
from ser_cli import progress

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3|4|9|10)[0-9]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """Time that the test advances."""
    now = [0.0]
    monkeypatch.setattr("ser_cli.progress.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def terminal(monkeypatch):
    """Return a function that makes stderr a terminal and returns what is written to it."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def begin() -> Terminal:  # in the test itself: between fixtures and tests pytest puts its own stderr back
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return begin


@pytest.fixture
def quiet():
    progress.be_quiet(True)
    yield
    progress.be_quiet(False)


def test_plain_lines_every_ten_seconds(clock, capsys):
    with progress.progress("reading", 200) as advance:
        for _ in range(120):
            clock[0] += 0.25
            advance()
    assert capsys.readouterr().err.splitlines() == [
        "reading: 40/200 files, 4.0 files/s, 0:00:40 left",
        "reading: 80/200 files, 4.0 files/s, 0:00:30 left",
        "reading: 120/200 files, 4.0 files/s, 0:00:20 left",
    ]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([(1, 1), (4, 90)], "90/1000 files"),  # too soon
        ([(1, 1), (20, 19)], "19/1000 files"),  # too little
        ([(1, 1), (20, 20)], "20/1000 files, 1.0 files/s, 0:16:20 left"),
        ([(1, 1), (30, 2)], "2/1000 files, 0.0 files/s, 8:02:22 left"),  # little in a long time
    ],
)
def test_first_estimates_are_held_back(clock, steps, words):
    meter = progress.Meter("reading")
    meter.begin(1000)
    for clock[0], done in steps:
        meter.reach(done)
    assert meter._words() == words


def test_unknown_total(clock, capsys):
    with progress.progress("compacting", unit="tables") as advance:
        for clock[0] in (2.0, 22.0):
            advance(50)
    assert capsys.readouterr().err == "compacting: 100 tables, 2.5 tables/s\n"


def test_extraction_reports_failures(clock, capsys):
    with progress.extraction_progress() as observer:
        observer.on_plan(10, 5)
        clock[0] = 2.0
        observer.on_progress(1, 0)
        clock[0] = 12.0
        observer.on_progress(6, 2)
        observer.on_copies(9, 4)
    assert capsys.readouterr().err.splitlines() == [
        "10 recordings to compute, 5 unchanged",
        "extracting: 6/10 files, 0.5 files/s, 0:00:08 left, 2 failed",
        "augmented copies of 9 recordings to compute, of 4 unchanged",
    ]


def test_download_reports_bytes_and_resumes(clock, capsys):
    with progress.download_progress("ravdess") as watch:
        watch.on_begin(8_000_000, 208_000_000)
        clock[0] = 5.0
        watch.on_bytes(9_000_000)
        clock[0] = 20.0
        watch.on_bytes(48_000_000)
        watch.on_begin(48_000_000, None)
    assert capsys.readouterr().err.splitlines() == [
        "ravdess: downloading 208.0 MB, resuming after 8.0 MB",
        "ravdess: 48.0/208.0 MB, 2.6 MB/s, 0:01:02 left",
        "ravdess: downloading unknown size, resuming after 48.0 MB",
    ]


def test_bar_and_notes_on_a_terminal(terminal):
    screen = terminal()
    with progress.download_progress("ravdess") as watch:
        watch.on_begin(0, 2_000_000)
        watch.on_bytes(1_000_000)
        watch.on_note("zenodo.org: [Errno 104]; next try in 1 s")
    shown = screen.getvalue()
    assert "━" in shown
    assert "1.0/2.0 MB" in shown
    assert "zenodo.org: [Errno 104]; next try in 1 s" in shown
    assert COLOUR.search(shown)


def test_bar_fits_into_80_columns(terminal):
    screen = terminal()
    with progress.extraction_progress() as observer:
        observer.on_plan(10_000, 0)
        observer.on_progress(1234, 56)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    last = re.split(r"[\r\n]+", plain.strip())[-1]
    assert last.startswith("extracting")
    assert last.endswith("56 failed")
    assert len(last) <= 80


def test_no_color_removes_colours(terminal, monkeypatch):
    screen = terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    with progress.progress("reading", 2) as advance:
        advance()
    assert "1/2 files" in screen.getvalue()
    assert not COLOUR.search(screen.getvalue())


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_plain_lines_on_a_dumb_terminal(terminal, monkeypatch, kind, clock):
    screen = terminal()
    monkeypatch.setenv("TERM", kind)
    with progress.progress("reading", 2) as advance:
        clock[0] = 20.0
        advance()
    assert screen.getvalue() == "reading: 1/2 files\n"


def test_results_stay_on_stdout_beside_a_bar(terminal, capsys):
    screen = terminal()
    with progress.progress("reading", 2) as advance:
        sys.stdout.write("a result\n")
        advance()
    assert capsys.readouterr().out == "a result\n"
    assert "a result" not in screen.getvalue()


def test_quiet_prints_nothing(terminal, quiet, monkeypatch, capsys):
    screen = terminal()
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)
    with progress.progress("reading", 2) as advance:
        advance()
    with progress.extraction_progress() as observer:
        observer.on_plan(10, 5)
        observer.on_progress(6, 2)
    progress.say("a note")
    progress.hint("ser demo")
    progress.throttled(progress.say)("a note")
    assert (screen.getvalue(), capsys.readouterr().out) == ("", "")
    assert not progress.on_screen()


def test_hint_is_a_line_of_the_result(capsys):
    progress.hint("ser demo")
    assert capsys.readouterr().out == "next: ser demo\n"
