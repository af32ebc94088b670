"""A table with everything that is odd → one line for each; a clean one → durations only."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.checks import AUDIO_CHECKS, CHECKS, check, check_store
from ser_features.checks.groups import emotion_levels, emotions_of_a_room
from ser_features.checks.measure import Measured
from ser_features.checks.stored import before_training
from ser_features.engine import extract_corpora
from ser_features.errors import InputError
from ser_features.manifest import Recording
from ser_features.store import open_store
from tests.faults.serial import Serial

RATE = 16_000
CLEAN = "durations: 0.50 to 0.50 s, median 0.50 s"


def noise_of(seed: int, seconds: float, rate: int = RATE) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * rate))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    """Write a noise of a seed, level, duration in s and sample rate."""

    def noise(name: str, seed: int, level: float = 0.1, seconds: float = 0.5, rate: int = RATE) -> None:
        soundfile.write(tmp_path / name, np.clip(level * noise_of(seed, seconds, rate), -1, 1), rate)

    return noise


def lines(tmp_path: Path, *rows: str, header: str = "path,emotion,speaker", **options: object) -> list[str]:
    (tmp_path / "mine.csv").write_text("\n".join((header, *rows)) + "\n")
    return [str(one) for one in check(str(tmp_path / "mine.csv"), workers=1, **options).findings]


def test_a_clean_table(tmp_path, write):
    for number in range(4):
        write(f"{number}.wav", number)
    rows = [
        f"{number}.wav,{'sad' if number % 2 else 'angry'},{'ada' if number < 2 else 'ben'}"
        for number in range(4)
    ]
    assert lines(tmp_path, *rows) == [CLEAN]


def test_rows(tmp_path, write):
    for number in range(3):
        write(f"{number}.wav", number)
    rows = [
        "0.wav,sad,Ada,,",
        "1.wav,angry,ada,0,0.3",
        "1.wav,sad,ada,0.2,0.4",
        "2.wav,sad,,,",
        "9.wav,sad,ada,,",
    ]
    assert lines(tmp_path, *rows, header="path,emotion,speaker,start,end")[:-1] == [
        "files: 1 recording cannot be used, the first because of row 6: no file '9.wav' beside the table: "
        "correct or remove them (9.wav)",
        "speaker names: 'Ada' and 'ada' differ in case, blanks or zeros only: give one person one name",
        "speaker names: unknown in 1 of 4 recordings: add a column speaker (2.wav)",
        "emotions per speaker: 1 of 2 speakers lack some of 2: Ada lacks angry: "
        "record them, or leave out the emotions",
        "parts: 1 pair of parts overlap, so that the same sound counts twice: correct their times "
        "(1@0.000-0.300 and 1@0.200-0.400)",
    ]


def test_audio(tmp_path, write):
    write("loud.wav", 1, level=3.0)
    write("quiet.wav", 2, level=1e-4)
    write("short.wav", 3, seconds=0.05)
    for name in ("one.wav", "two.wav"):
        write(name, 4)
    (tmp_path / "text.wav").write_text("no audio")
    soundfile.write(tmp_path / "zero.wav", np.zeros(RATE), RATE)
    names = ("loud", "quiet", "short", "one", "two", "text", "zero")
    soundfile.write(tmp_path / "padded.wav", np.concatenate([np.zeros(RATE), 0.1 * noise_of(5, 0.5)]), RATE)
    names = (*names, "padded")
    printed = lines(tmp_path, *(f"{name}.wav,sad,ada" for name in names))
    kinds = [line.partition(":")[0] for line in printed]
    assert kinds == ["audio", "audio", "identical audio", *2 * ["durations"], *2 * ["silence"], "clipping"]
    assert printed[2] == "identical audio: 2 recordings have the same bytes: keep one (mine/one, mine/two)"
    assert printed[4:] == [
        "durations: 1 recording shorter than 0.1 s are refused: remove them (mine/short)",
        "silence: 1 recording almost silent, below -60 dB: listen to them (mine/quiet)",
        "silence: 1 recording of which half or more is silence before and after speech: extract with a "
        "profile that leaves it out, as the default does (mine/padded)",
        "clipping: 1 recording clipped: lower the gain, or leave them out (mine/loud)",
    ]


SPEAKERS = ("ada", "ben", "cleo", "dan")


@pytest.fixture
def quiet_man(tmp_path, write) -> Path:
    """A table of four speakers; ben's recordings are 23 dB quieter, and of another sample rate."""
    rows = []
    for number in range(24):
        speaker, emotion = SPEAKERS[number % 4], ("sad", "angry")[number // 4 % 2]
        is_ben = speaker == "ben"
        write(
            f"{number}.wav", number, 0.1 * 10 ** (-23 / 20) if is_ben else 0.1, rate=8_000 if is_ben else RATE
        )
        rows.append(f"{number}.wav,{emotion},{speaker},{'hall' if emotion == 'sad' else 'office'}")
    table = tmp_path / "mine.csv"
    table.write_text("\n".join(("path,emotion,speaker,room", *rows)) + "\n")
    return table


def test_a_speaker_who_stands_apart_and_an_emotion_of_a_room(quiet_man):
    *_, level, chain, room = check(str(quiet_man), workers=1).findings
    assert level.line == (
        "levels: speaker ben is 23 dB quieter than the other speakers: correct the gain of these recordings, "
        "or extract with a profile that conditions the signal"
    )
    assert level.recordings == tuple(f"mine/{number}" for number in ("1", "13", "17", "21", "5", "9"))
    assert chain.line == (
        "recording chain: speaker ben alone has the sample rate 8000 Hz: a model can know the speaker by it: "
        "convert all from one form"
    )
    assert room.line == (
        "recording chain: room goes with the emotion: hall is sad in 12 of 12, office is angry in 12 of 12: "
        "a model can learn it instead of the voice: record or convert all emotions alike"
    )


def test_a_store_has_the_findings_of_its_table(quiet_man, tmp_path):
    root = tmp_path / "store"
    extract_corpora([str(quiet_man)], data=tmp_path, store=root, runner=Serial())
    (stored,) = check_store(root)
    of_table = check(str(quiet_man), workers=1)
    assert [one.kind for one in stored.findings] == [one.kind for one in of_table.findings]
    *_, level, chain, room = stored.findings
    assert "23 dB quieter than the other speakers: the profile brings speech to one level" in level.message
    assert (chain, room) == of_table.findings[-2:]
    store = open_store(root)
    assert before_training(store, store.files()) == (level.line, chain.line, room.line)
    lacking = store.files().query("speaker != 'dan' or emotion == 'sad'")
    assert before_training(store, lacking)[1:] == (chain.line, f"and 2 more: ser check {root}")


def measured(number: int, emotion: str, session: str, level: float = -26.0) -> Measured:
    recording = Recording("own", str(number), f"{number}.wav", None, emotion, emotion, session=session)
    return Measured(recording, level=level)


@pytest.mark.parametrize(("pure", "named"), [(89, []), (91, ["session goes with the emotion: s1"])])
def test_nearly_all_recordings_of_a_session_have_one_emotion(pure, named):
    emotions = ["sad"] * pure + ["angry"] * (100 - pure) + ["sad", "angry"] * 50
    recordings = [measured(n, emotion, "s1" if n < 100 else "s2") for n, emotion in enumerate(emotions)]
    assert [one.message.partition(" is ")[0] for one in emotions_of_a_room(recordings)] == named


def test_of_two_emotions_the_quieter_one_is_named():
    recordings = [measured(n, *(("sad", "s1", -50.0) if n % 2 else ("angry", "s1"))) for n in range(10)]
    (finding,) = emotion_levels(recordings)
    assert finding.message == (
        "emotion sad is 24 dB quieter than the other emotions: check that the voice is, and not the gain"
    )


def test_a_folder_and_a_sample(tmp_path, write):
    for number in range(20):
        write(f"{number:02}.wav", number)
    calls = []
    result = check(str(tmp_path), sample=18, workers=2, on_recording=lambda *counts: calls.append(counts))
    assert (result.recordings, result.decoded, result.usable) == (20, 18, 18)
    assert calls[-1] == (18, 18)
    assert CLEAN in map(str, result.findings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no audio file below"):
        check(str(tmp_path / "empty"))


def test_every_check_finds_nothing_in_nothing(tmp_path, write):
    assert len({one.__name__ for one in (*CHECKS, *AUDIO_CHECKS)}) == len(CHECKS) + len(AUDIO_CHECKS)
    assert not [finding for one in AUDIO_CHECKS for finding in one([])]
