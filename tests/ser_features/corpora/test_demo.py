"""Generation of the demo corpus: files, seeds, interruption, and folders that hold something else."""

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile

from ser_features.corpora import get
from ser_features.corpora.demo import Demo
from ser_features.corpora.synthesis import writer
from ser_features.corpora.synthesis.script import EMOTIONS, SENTENCES, VOICES, Clip, clips
from ser_features.errors import InputError
from ser_features.manifest import Scan

FEW = tuple(clip for number, clip in enumerate(clips()) if number % 60 == 0 or clip.stem == "M2_fear_s3_1")
"""A clip each of six voices, and one more."""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[Clip, ...]:
    """Generate only `FEW` of the corpus."""
    monkeypatch.setattr(writer, "clips", lambda: FEW)
    return FEW


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Scan of `FEW`, generated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "clips", lambda: FEW)
        return get("demo").scan(tmp_path_factory.mktemp("data"))


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_script_is_balanced():
    assert (len(VOICES), len(EMOTIONS), len(SENTENCES)) == (12, 6, 5)
    assert Counter(voice.gender for voice in VOICES.values()) == {"female": 6, "male": 6}
    cells = Counter((clip.voice.name, clip.emotion, clip.sentence.code) for clip in clips())
    assert len(cells) == len(VOICES) * len(EMOTIONS) * len(SENTENCES)
    assert set(cells.values()) == {1}


def test_a_missing_corpus_is_generated(scan):
    assert {recording.stem for recording in scan.recordings} == {clip.stem for clip in FEW}
    assert [path.name for path in scan.root.iterdir()] == ["demo"]
    check_audio(scan)


def check_audio(scan: Scan) -> None:
    for recording in scan.recordings:
        signal, rate = soundfile.read(scan.root / recording.path)
        assert (rate, signal.ndim) == (16_000, 1)
        assert 0.8 < signal.size / rate < 5, recording.path
        assert np.abs(signal).max() < 0.95, recording.path
        # There is room noise before the first word, no digital silence.
        assert -72 < 20 * np.log10(signal[:1500].std()) < -50, recording.path
        f0 = parselmouth.Sound(signal, rate).to_pitch_ac().selected_array["frequency"]
        assert 0.2 < np.mean(f0 > 0) < 0.85, recording.path


@pytest.mark.long
def test_the_complete_corpus(scan, tmp_path):
    complete = Demo().scan(tmp_path)
    assert len(complete.recordings) == Demo.whole == 360
    assert not complete.rejected
    assert not complete.duplicates
    check_audio(complete)
    few, every = digests(scan.root / "demo"), digests(tmp_path / "demo")
    few.pop("README.txt")  # it counts the recordings
    assert few.items() <= every.items()


def test_files_say_that_they_are_synthetic(scan):
    with soundfile.SoundFile(scan.root / "demo/M2/M2_fear_s3_1.wav") as file:
        assert file.subtype == "PCM_16"
        assert file.title == "Synthetic speech: There are nine windows on this side."
        assert file.comment == "Synthetic, no person speaks: voice M2, fear, seed 0"
        assert file.software.startswith("ser demo corpus (eSpeak NG and Praat)")


def test_readme_describes_the_recipe(scan):
    text = (scan.root / "demo/README.txt").read_text(encoding="utf-8")
    assert text.startswith("Synthetic emotional speech: no person speaks")
    for part in ("Seed: 0", "eSpeak NG", "Praat", "jitter", *EMOTIONS, *VOICES):
        assert part in text


def test_an_existing_corpus_is_not_changed(scan, few):
    before = {path: path.stat().st_mtime_ns for path in scan.root.rglob("*")}
    assert Demo().scan(scan.root) == scan
    assert writer.generate(scan.root / "demo") == 0
    assert {path: path.stat().st_mtime_ns for path in scan.root.rglob("*")} == before


def test_bytes_depend_on_the_seed_alone(scan, few, tmp_path):
    assert writer.generate(tmp_path / "again", workers=2) == len(few)
    again = digests(tmp_path / "again")
    assert again == digests(scan.root / "demo")
    writer.generate(tmp_path / "other", seed=1)
    assert not again.items() & digests(tmp_path / "other").items()


def test_interrupted_generation_leaves_nothing(few, tmp_path, monkeypatch):
    def interrupt(clip, utterance, *, seed):
        if clip == few[2]:
            raise KeyboardInterrupt
        return np.zeros(16), 16_000

    monkeypatch.setattr(writer, "render", interrupt)
    with pytest.raises(KeyboardInterrupt):
        writer.generate(tmp_path / "data" / "demo")
    assert not list((tmp_path / "data").iterdir())


def test_other_content_is_not_overwritten(tmp_path):
    other = tmp_path / "demo" / "mine.txt"
    other.parent.mkdir()
    other.touch()
    with pytest.raises(InputError, match="holds 0 of 360 clips, of seed unknown: expected all, of seed 0"):
        writer.generate(tmp_path / "demo")
    assert list(other.parent.iterdir()) == [other]


def test_a_corpus_of_another_seed_is_not_overwritten(scan, few):
    with pytest.raises(InputError, match="holds 7 of 7 clips, of seed 0: expected all, of seed 5"):
        writer.generate(scan.root / "demo", seed=5)


def test_unwritable_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot write the demo corpus to .+: choose a writable folder"):
        Demo().scan(tmp_path / "file")
