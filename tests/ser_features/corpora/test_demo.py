"""The demo corpus as a corpus: names, files on disk, what is left alone and what is refused."""

import hashlib
from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np
import parselmouth
import pytest
import soundfile

from ser_features.corpora import get
from ser_features.corpora.demo import Demo
from ser_features.corpora.synthesis import writer
from ser_features.corpora.synthesis.script import EMOTIONS, SENTENCES, VOICES, Clip, clips
from ser_features.errors import FileNameError, InputError
from ser_features.manifest import Scan


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def scan(data: Path) -> Scan:
    return get("demo").scan(data)


@pytest.fixture
def short_script(monkeypatch: pytest.MonkeyPatch) -> tuple[Clip, ...]:
    few = clips()[::60]
    monkeypatch.setattr(writer, "clips", lambda: few)
    return few


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_script_is_balanced():
    assert (len(VOICES), len(EMOTIONS), len(SENTENCES)) == (12, 6, 5)
    assert Counter(voice.gender for voice in VOICES.values()) == {"female": 6, "male": 6}
    cells = Counter((clip.voice.name, clip.emotion, clip.sentence.code) for clip in clips())
    assert len(cells) == len(VOICES) * len(EMOTIONS) * len(SENTENCES)
    assert set(cells.values()) == {1}


@pytest.mark.parametrize("clip", clips()[::37], ids=lambda clip: clip.stem)
def test_every_clip_parses(clip):
    recording = Demo().parse(PurePosixPath("demo", clip.path))
    assert recording.file_id == f"demo/{clip.stem}"
    assert (recording.speaker, recording.gender) == (clip.voice.name, clip.voice.gender)
    assert (recording.emotion, recording.emotion_code) == (clip.emotion, clip.emotion)
    assert (recording.statement, recording.text) == (clip.sentence.code, clip.sentence.text)
    assert (recording.repetition, recording.language, recording.modality) == ("1", "en", "synthetic")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("F1_angry_s1.wav", "'F1_angry_s1.wav': .* expected .*speaker_emotion_sentence_take"),
        ("F9_angry_s1_1.wav", "speaker is 'F9', expected F1, F2"),
        ("F1_calm_s1_1.wav", "emotion is 'calm', expected angry, disgust"),
        ("F1_angry_s9_1.wav", "sentence is 's9', expected s1, s2"),
        ("F1_angry_s1_7.wav", "take is '7', expected 1"),
    ],
)
def test_other_names_are_refused(name, message):
    with pytest.raises(FileNameError, match=message):
        Demo().parse(PurePosixPath("demo/F1", name))


def test_scan_makes_the_whole_corpus(scan, data):
    assert len(scan.recordings) == Demo.whole == 360
    assert not scan.rejected
    assert not scan.duplicates
    assert [path.name for path in data.iterdir()] == ["demo"]


def test_files_are_sound(scan):
    for recording in scan.recordings:
        signal, rate = soundfile.read(scan.root / recording.path)
        assert (rate, signal.ndim) == (16_000, 1)
        assert 0.8 < signal.size / rate < 5, recording.path
        assert np.abs(signal).max() < 0.95, recording.path
        # The room is heard before the first word: no digital silence.
        assert -72 < 20 * np.log10(signal[:1500].std()) < -50, recording.path
        f0 = parselmouth.Sound(signal, rate).to_pitch_ac().selected_array["frequency"]
        assert 0.2 < np.mean(f0 > 0) < 0.85, recording.path


def test_files_say_that_they_are_synthetic(scan):
    with soundfile.SoundFile(scan.root / "demo/M2/M2_fear_s3_1.wav") as file:
        assert file.subtype == "PCM_16"
        assert file.title == "Synthetic speech: There are nine windows on this side."
        assert file.comment == "Synthetic, no person speaks: voice M2, fear, seed 0"
        assert file.software.startswith("ser demo corpus (eSpeak NG and Praat)")


def test_readme_tells_how_it_was_made(scan):
    text = (scan.root / "demo/README.txt").read_text(encoding="utf-8")
    assert text.startswith("Synthetic emotional speech: no person speaks")
    for part in ("Seed: 0", "eSpeak NG", "Praat", "jitter", *EMOTIONS, *VOICES):
        assert part in text


def test_second_scan_touches_nothing(scan):
    before = {path: path.stat().st_mtime_ns for path in scan.root.rglob("*")}
    assert Demo().scan(scan.root) == scan
    assert writer.generate(scan.root / "demo") == 0
    assert {path: path.stat().st_mtime_ns for path in scan.root.rglob("*")} == before


def test_bytes_depend_on_the_seed_alone(scan, short_script, tmp_path):
    assert writer.generate(tmp_path / "again") == len(short_script)
    again = digests(tmp_path / "again")
    whole = digests(scan.root / "demo")
    assert again.items() <= whole.items()
    writer.generate(tmp_path / "other", seed=1, workers=2)
    assert not again.items() & digests(tmp_path / "other").items()


def test_interrupted_generation_leaves_nothing(short_script, tmp_path, monkeypatch):
    def interrupt(clip, utterance, *, seed):
        if clip == short_script[2]:
            raise KeyboardInterrupt
        return np.zeros(16), 16_000

    monkeypatch.setattr(writer, "render", interrupt)
    with pytest.raises(KeyboardInterrupt):
        writer.generate(tmp_path / "data" / "demo")
    assert not list((tmp_path / "data").iterdir())


def test_folder_with_something_else_is_left_alone(tmp_path):
    other = tmp_path / "demo" / "mine.txt"
    other.parent.mkdir()
    other.touch()
    with pytest.raises(InputError, match="holds 0 of 360 clips, of seed unknown: expected all, of seed 0"):
        writer.generate(tmp_path / "demo")
    assert list(other.parent.iterdir()) == [other]


def test_other_seed_is_not_taken_for_this_one(scan):
    with pytest.raises(InputError, match="holds 360 of 360 clips, of seed 0: expected all, of seed 5"):
        writer.generate(scan.root / "demo", seed=5)


def test_unwritable_place_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot make the demo corpus in .+: choose a folder"):
        Demo().scan(tmp_path / "file")
