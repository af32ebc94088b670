"""File names of the built-in corpora: attributes, round trips, and names that are rejected."""

from pathlib import PurePosixPath
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.corpora import cremad, emodb, get, ravdess, savee, tess
from ser_features.corpora.synthesis.script import clips
from ser_features.errors import FileNameError
from ser_features.manifest import Recording
from tests.whole_corpora import WHOLE

EXACT = (
    Recording(
        path="ravdess/Actor_12/03-02-06-02-01-02-12.wav",
        dataset="ravdess",
        stem="03-02-06-02-01-02-12",
        speaker="12",
        gender="female",
        language="en",
        emotion="fear",
        emotion_code="06",
        intensity="strong",
        statement="01",
        repetition="02",
        text="Kids are talking by the door",
        modality="audio-only",
        vocal_channel="song",
    ),
    Recording(
        path="tess/OAF_Pleasant_surprise/OAF_back_ps.wav",
        dataset="tess",
        stem="OAF_back_ps",
        speaker="OAF",
        gender="female",
        age=64,
        language="en",
        emotion="surprise",
        emotion_code="ps",
        statement="back",
        text="Say the word back",
    ),
    Recording(
        path="cremad/AudioWAV/1002_IEO_FEA_MD.wav",
        dataset="cremad",
        stem="1002_IEO_FEA_MD",
        speaker="1002",
        language="en",
        emotion="fear",
        emotion_code="FEA",
        intensity="medium",
        statement="IEO",
        text="It's eleven o'clock",
    ),
    Recording(
        path="savee/AudioData/KL/su15.wav",
        dataset="savee",
        stem="KL_su15",
        speaker="KL",
        gender="male",
        language="en",
        emotion="surprise",
        emotion_code="su",
        statement="su 15",
    ),
    Recording(
        path="emodb/wav/16b03Lc.wav",
        dataset="emodb",
        stem="16b03Lc",
        speaker="16",
        gender="female",
        age=31,
        language="de",
        emotion="boredom",
        emotion_code="L",
        statement="b03",
        repetition="c",
        text="An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    ),
    Recording(
        path="demo/M2/M2_fear_s3_1.wav",
        dataset="demo",
        stem="M2_fear_s3_1",
        speaker="M2",
        gender="male",
        language="en",
        emotion="fear",
        emotion_code="fear",
        statement="s3",
        repetition="1",
        text="There are nine windows on this side.",
        modality="synthetic",
    ),
)
"""One name per corpus, with all attributes; those left out are null, and the vocal channel is speech."""

REJECTED = {
    "ravdess": (
        ("03-01-06-01-02-01", "6 of 7 fields, expected modality-channel-emotion-intensity-statement-"),
        ("04-01-06-01-02-01-12", "modality is '04', expected 01, 02, 03"),
        ("03-03-06-01-02-01-12", "vocal channel is '03', expected 01, 02"),
        ("03-01-09-01-02-01-12", "emotion is '09', expected 01, 02, 03, 04, 05, 06, 07, 08"),
        ("03-01-06-03-02-01-12", "intensity is '03', expected 01, 02"),
        ("03-01-06-01-00-01-12", "statement is '00', expected 01, 02"),
        ("03-01-06-01-02-3-12", "repetition is '3', expected 01, 02"),
        ("03-01-06-01-02-01-25", "actor is '25', expected 01–24"),
        ("03-01-06-01-02-01-12-1", "actor is '12-1', expected 01–24"),
        ("03-01-06-01-02-01-12 (1)", "actor is '12 (1)', expected 01–24"),
        ("03-01-01-02-02-01-12", "strong intensity of neutral, expected intensity 01"),
        ("03-02-07-01-02-01-12", "emotion '07' in a song, expected 01–06"),
        ("03-02-08-01-02-01-12", "emotion '08' in a song, expected 01–06"),
    ),
    "tess": (
        ("OAF_back", "2 of 3 fields, expected speaker_word_emotion"),
        ("XAF_back_sad", "speaker is 'XAF', expected OAF, YAF, OA"),
        ("OAF__sad", "word is '', expected letters a–z"),
        ("OAF_b4ck_sad", "word is 'b4ck', expected letters a–z"),
        ("OAF_back_calm", "emotion is 'calm', expected angry, disgust, fear, happy, neutral, ps, sad"),
    ),
    "cremad": (
        ("1001_DFA_ANG", "3 of 4 fields, expected actor_sentence_emotion_level"),
        ("1000_DFA_ANG_XX", "actor is '1000', expected 1001–1091"),
        ("1092_DFA_ANG_XX", "actor is '1092', expected 1001–1091"),
        ("1001_ABC_ANG_XX", "sentence is 'ABC', expected IEO, TIE, IOM, IWW, TAI, MTI, IWL, ITH, DFA, ITS, "),
        ("1001_DFA_SUR_XX", "emotion is 'SUR', expected ANG, DIS, FEA, HAP, NEU, SAD"),
        ("1001_DFA_ANG_xx", "level is 'xx', expected LO, MD, HI, XX, X"),
    ),
    "savee": (
        ("DC/holiday", "'holiday', expected an emotion and a number of two digits as in a01"),
        ("DC_a1", "'a1', expected an emotion and a number of two digits as in a01"),
        ("DC_a00", "sentence is '00', expected 01–15 of 'a'"),
        ("DC_sa16", "sentence is '16', expected 01–15 of 'sa'"),
        ("DC_n31", "sentence is '31', expected 01–30 of 'n'"),
        ("DC_s01", "emotion is 's', expected a, d, f, h, n, sa, su"),
        ("XX_a01", "speaker is 'XX', expected DC, JE, JK, KL"),
        ("a01", "speaker is 'savee', expected DC, JE, JK, KL"),
    ),
    "emodb": (
        ("03a01F", "expected speaker, text, emotion and a take from a to z as in 03a01Fa"),
        ("03a01F1", "expected speaker, text, emotion and a take from a to z as in 03a01Fa"),
        ("04a01Fa", "speaker is '04', expected 03, 08, 09, 10, 11, 12, 13, 14, 15, 16"),
        ("03a03Fa", "text is 'a03', expected a01, a02, a04, a05, a07, b01, b02, b03, b09, b10"),
        ("03a01fa", "emotion is 'f', expected W, L, E, A, F, T, N"),
    ),
    "demo": (
        ("F1_angry_s1", "3 of 4 fields, expected speaker_emotion_sentence_take"),
        ("F9_angry_s1_1", "speaker is 'F9', expected F1, F2"),
        ("F1_calm_s1_1", "emotion is 'calm', expected angry, disgust"),
        ("F1_angry_s9_1", "sentence is 's9', expected s1, s2"),
        ("F1_angry_s1_7", "take is '7', expected 1"),
    ),
}


def parse(corpus: str, path: str) -> Recording:
    return get(corpus).parse(path)


@pytest.mark.parametrize("expected", EXACT, ids=lambda recording: recording.dataset)
def test_every_attribute_of_one_name(expected):
    assert parse(expected.dataset, expected.path) == expected


@pytest.mark.parametrize("corpus", REJECTED)
def test_names_that_are_rejected(corpus):
    for path, reason in REJECTED[corpus]:
        with pytest.raises(FileNameError) as error:
            parse(corpus, f"{corpus}/{path}.wav")
        assert str(error.value).startswith(f"'{path.split('/')[-1]}.wav': {reason}")


@given(
    st.sampled_from(sorted(ravdess.MODALITIES)),
    st.sampled_from(list(WHOLE["ravdess"]())),
    st.sampled_from(["wav", "flac"]),
)
def test_ravdess_round_trip(modality, path, suffix):
    stem = PurePosixPath(path).stem
    _, channel, emotion, intensity, statement, repetition, actor = stem.split("-")
    recording = parse("ravdess", f"any/{modality}{stem[2:]}.{suffix}")
    assert recording.modality == ravdess.MODALITIES[modality]
    assert recording.vocal_channel == ravdess.CHANNELS[channel]
    assert recording.emotion == ravdess.EMOTIONS[emotion]
    assert recording.intensity == ravdess.INTENSITIES[intensity]
    assert recording.text == ravdess.TEXTS[statement]
    assert (recording.statement, recording.repetition, recording.speaker) == (statement, repetition, actor)
    assert recording.gender == ("male" if int(actor) % 2 else "female")


@given(
    st.sampled_from(["OAF", "YAF"]),
    st.text(ascii_lowercase, min_size=1),
    st.sampled_from(sorted(tess.EMOTIONS)),
    st.sampled_from([str.lower, str.upper, str.capitalize]),
)
def test_tess_round_trip(speaker, word, emotion, case):
    recording = parse("tess", f"tess/{speaker}_{word}_{case(emotion)}.wav")
    assert (recording.speaker, recording.statement) == (speaker, word)
    assert recording.emotion == tess.EMOTIONS[emotion]
    assert recording.emotion_code == case(emotion)
    assert recording.age == {"OAF": 64, "YAF": 26}[speaker]


@given(
    st.sampled_from(cremad.ACTORS),
    st.sampled_from(sorted(cremad.TEXTS)),
    st.sampled_from(sorted(cremad.EMOTIONS)),
    st.sampled_from(sorted(cremad.LEVELS)),
)
def test_cremad_round_trip(actor, sentence, emotion, level):
    recording = parse("cremad", f"cremad/{actor}_{sentence}_{emotion}_{level}.wav")
    assert (recording.speaker, recording.statement, recording.emotion_code) == (actor, sentence, emotion)
    assert recording.emotion == cremad.EMOTIONS[emotion]
    assert recording.intensity == cremad.LEVELS[level]
    assert recording.text == cremad.TEXTS[sentence]


@given(
    st.sampled_from(sorted(emodb.SPEAKERS)),
    st.sampled_from(sorted(emodb.TEXTS)),
    st.sampled_from(sorted(emodb.EMOTIONS)),
    st.sampled_from(ascii_lowercase),
)
def test_emodb_round_trip(speaker, text, emotion, take):
    recording = parse("emodb", f"emodb/wav/{speaker}{text}{emotion}{take}.wav")
    assert (recording.speaker, recording.statement) == (speaker, text)
    assert (recording.emotion_code, recording.repetition) == (emotion, take)
    assert recording.emotion == emodb.EMOTIONS[emotion]
    assert (recording.gender, recording.age) == emodb.SPEAKERS[speaker]
    assert recording.text == emodb.TEXTS[text]


@given(st.sampled_from(list(WHOLE["savee"]())), st.booleans())
def test_savee_round_trip_in_both_layouts(path, in_folders):
    stem = PurePosixPath(path).stem
    speaker, rest = stem.split("_")
    path = f"savee/{speaker}/{rest}.wav" if in_folders else f"savee/ALL/{stem}.wav"
    recording = parse("savee", path)
    assert (recording.stem, recording.path, recording.speaker) == (stem, path, speaker)
    assert recording.statement == f"{rest[:-2]} {rest[-2:]}"
    assert recording.emotion == savee.EMOTIONS[recording.emotion_code]


@pytest.mark.parametrize("clip", clips()[::37], ids=lambda clip: clip.stem)
def test_every_demo_clip_parses(clip):
    recording = parse("demo", f"demo/{clip.path}")
    assert recording.file_id == f"demo/{clip.stem}"
    assert (recording.speaker, recording.gender) == (clip.voice.name, clip.voice.gender)
    assert (recording.emotion, recording.emotion_code) == (clip.emotion, clip.emotion)
    assert (recording.statement, recording.text) == (clip.sentence.code, clip.sentence.text)
    assert (recording.repetition, recording.language, recording.modality) == ("1", "en", "synthetic")


def test_the_misnamed_tess_file_belongs_to_the_older_speaker_and_keeps_its_stem():
    recording = parse("tess", "tess/OAF_neutral/OA_bite_neutral.wav")
    assert (recording.speaker, recording.age, recording.file_id) == ("OAF", 64, "tess/OA_bite_neutral")


def test_emodb_has_five_women_and_five_men():
    genders = [gender for gender, _ in emodb.SPEAKERS.values()]
    assert (genders.count("female"), genders.count("male")) == (5, 5)
