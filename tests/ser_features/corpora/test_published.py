"""The corpora of `published/` on the real names of their files, from a benchmark's lists without audio."""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from ser_features import corpora
from ser_features.corpora.grammar import FOLDER
from ser_features.labels import UNKNOWN
from ser_features.manifest import Recording

PUBLISHED = tuple(path.stem for path in sorted(FOLDER.glob("*.toml")))
MOST_LINES = 25

RECORDINGS: Mapping[str, int] = {
    "aesdd": 604, "asvpesd": 13_964, "cafe": 936, "casia": 1200, "emns": 1181, "emovdb": 6887, "emovo": 588,
    "emozionalmente": 6902, "iemocap": 5531, "jlcorpus": 2400, "meld": 13_706, "pavoque": 6, "shemo": 2838,
    "subesco": 7000, "urdu": 400, "cremad": 7442, "emodb": 535, "ravdess": 1440, "savee": 480, "tess": 2800,
    "esd": 35_000, "mead": 7929, "msppodcast": 23_126,
}  # fmt: skip
"""Different paths in each list."""

FOLDS = ("esd", "mead", "msppodcast")
"""Corpora without a list of their own: the paths in published folds."""

PARTIAL = {
    "iemocap": "four classes, with excited: 5,531 of 10,039 turns",
    "meld": "two utterances have a row and no video",
    "mead": "the folds hold a quarter of the corpus",
    "msppodcast": "the folds hold a part of one release",
    "pavoque": "six files hold 7,334 utterances",
    "shemo": "recordings that shemo.json names too: 2,838 of 3,000",
}
"""Lists that are not the whole corpus, and why."""

NO_EMOTION = ("emns", "emozionalmente", "iemocap", "meld", "msppodcast")
"""Corpora whose names state no emotion."""

OTHER_WORDS: Mapping[str, Mapping[str, str]] = {
    "shemo": {"anger": "angry", "fearful": "fear", "surprised": "surprise"},
    "emodb": {"anger": "angry", "boredem": "boredom"},
    "emovdb": {"sleepy": "sleepiness"},
    "mead": {"disgusted": "disgust", "surprised": "surprise"},
    "ravdess": {"fearful": "fear", "surprised": "surprise"},
    "cafe": {
        "c": "angry",
        "d": "disgust",
        "j": "happy",
        "n": "neutral",
        "p": "fear",
        "s": "surprise",
        "t": "sad",
    },
    "pavoque": {},
}
"""Words of the lists for emotions that the corpora themselves write in another way."""

DIFFERENT_LABELS = {"pavoque": 1}
"""Recordings whose label in the list is another one: pavoque-outtakes holds several styles."""


@cache
def paths(folder: Path, name: str) -> dict[str, str]:
    """Emotion by path of a list; skips the test where there is none."""
    if not folder.is_dir():
        pytest.skip(f"no lists of names: {folder} is no folder")
    file = folder / f"{name}.csv.gz"
    if not file.is_file():
        file = folder.parent / "splits" / f"emobox_{name}.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return {row["path"]: row["emotion"] for row in csv.DictReader(lines)}


def parsed(real_data: Path, name: str) -> list[tuple[Recording, str]]:
    corpus = corpora.get(name)
    labels = paths(real_data.parent / "names", name)
    return [(corpus.parse(f"{corpus.folders[0]}/{path}"), label) for path, label in labels.items()]


@pytest.mark.real
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] * (name in FOLDS)) for name in RECORDINGS]
)
def test_every_real_name_parses(name, real_data):
    corpus = corpora.get(name)
    both = parsed(real_data, name)
    recordings = [recording for recording, _ in both]
    assert len(recordings) == len({recording.file_id for recording in recordings}) == RECORDINGS[name]
    assert (len(recordings) == corpus.whole) == (name not in PARTIAL)
    speakers = {recording.speaker for recording in recordings} - {None}
    assert len(speakers) == (corpus.speakers if speakers else 0)
    if name in NO_EMOTION:
        assert {recording.emotion for recording in recordings} == {UNKNOWN}
        return
    counts = Counter(recording.emotion for recording in recordings)
    if name in PUBLISHED and name not in PARTIAL:
        assert counts == corpus.counts
    words = OTHER_WORDS.get(name, {})
    codes = {
        code.lower(): emotion for code, emotion in getattr(corpus, "codes", {}).get("emotion", {}).items()
    }
    if name not in ("cremad", "savee", "tess"):  # `tests/contracts` has their codes
        other = [
            recording.stem
            for recording, label in both
            if recording.emotion != (words.get(label.lower()) or codes.get(label.lower()) or label.lower())
        ]
        assert len(other) == DIFFERENT_LABELS.get(name, 0), other[:5]


@pytest.mark.real
@pytest.mark.parametrize("name", [name for name in NO_EMOTION if name not in ("iemocap", "msppodcast")])
def test_labels_of_the_lists_count_as_published(name, real_data):
    corpus = corpora.get(name)
    codes = corpus.codes["emotion"]
    counts = Counter(codes[label] for label in paths(real_data.parent / "names", name).values())
    missing = {"meld": {"neutral": 2}}.get(name, {})
    assert counts + Counter(missing) == corpus.counts


@pytest.mark.real
def test_four_classes_of_iemocap(real_data):
    both = parsed(real_data, "iemocap")
    assert Counter(label for _, label in both) == {
        "neu": 1708,
        "ang": 1103,
        "sad": 1084,
        "exc": 1041,
        "hap": 595,
    }
    sessions = Counter(recording.session for recording, _ in both)
    assert sessions == {"1": 1085, "2": 1023, "3": 1151, "4": 1031, "5": 1241}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_is_short(name):
    lines = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 110
    declared = [line for line in lines if line.strip()]
    defects = [index for index, line in enumerate(declared) if re.match(r"\[\[defects|defects = ", line)]
    assert len(declared[: defects[0] if defects else None]) <= MOST_LINES


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_two_labels_of_a_corpus_are_merged(name):
    """Codes of one emotion are spellings of one word, or the code in names and the word in label files."""
    meanings: dict[str, list[str]] = {}
    for code, emotion in corpora.get(name).codes["emotion"].items():
        meanings.setdefault(emotion, []).append(code)
    for emotion, codes in meanings.items():
        words = {code.lower()[:3] for code in codes if len(code) > 3}
        assert len(words) <= 1, (emotion, codes)


@pytest.mark.parametrize(
    ("name", "path", "speaker", "gender"),
    [
        ("iemocap", "Ses01F_impro01/Ses01F_impro01_M005.wav", "Ses01M", "male"),
        ("iemocap", "Ses05M_script01_1b/Ses05M_script01_1b_F022.wav", "Ses05F", "female"),
        ("iemocap", "Ses03M_impro05a/Ses03M_impro05a_MXX01.wav", "Ses03M", "male"),
        ("subesco", "F_01_OISHI_S_10_ANGRY_1.wav", "F_01", "female"),
        ("subesco", "M_01_BASHIR_S_10_ANGRY_1.wav", "M_01", "male"),
        ("mead", "W009/audio/neutral/level_1/001.m4a", "W009", "female"),
        ("asvpesd", "Audio/actor_119/03-02-07-01-18-109-02-02-17.wav", "109", "female"),
        ("asvpesd", "Audio/actor_1/03-01-02-01-18-01-106-02-02-19.wav", "01", "female"),
        ("aesdd", "disgust/d03 (01).wav", "1", None),
        ("mesd", "Anger_C_A_abajo.wav", None, None),
        ("mspimprov", "MSP-IMPROV-S08A-M05-S-FM02.wav", "M05", "male"),
        ("emozionalmente", "audio/1612871026347.wav", None, None),
    ],
)
def test_speakers(name, path, speaker, gender):
    corpus = corpora.get(name)
    recording = corpus.parse(f"{corpus.folders[0]}/{path}")
    assert (recording.speaker, recording.gender) == (speaker, gender)


def test_the_text_of_iemocap_is_its_dialogue():
    corpus = corpora.get("iemocap")
    stems = ("Ses01F_script01_1_F000", "Ses05M_script01_1b_M000", "Ses02M_impro05a_F000")
    dialogues = [corpus.parse(f"iemocap/{stem}.wav").statement for stem in stems]
    assert dialogues == ["script01_1", "script01_1", "impro05"]


def test_defects_are_named_in_notes(tmp_path):
    folder = tmp_path / "asvpesd"
    folder.mkdir()
    stems = ("03-02-07-01-18-109-02-02-17", "03-01-17-01-02-200-05-02-01-12", "03-02-07-01-19-108-02-02-17")
    source = "the file list of EmoBox"
    for stem in stems:
        (folder / f"{stem}.wav").touch()
    assert corpora.scan("asvpesd", tmp_path).notes == (
        f"asvpesd: known defect of {stems[0]}: another speaker in the name than in the folder; that of the "
        f"name is stored ({source})",
        f"asvpesd: known defect of {stems[1]}: emotion 17, which no document explains ({source})",
    )
