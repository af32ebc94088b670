"""Who and what each row of a split is: traps of corpora, columns, patterns, copies."""

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.auditing.identity import identify
from ser_models.auditing.split_table import KEYS, IdentifiedSplit, SplitTable


def identified(paths: list[str], corpus: str | None = None, pattern: str | None = None, **columns):
    speaker = columns.pop("by", None)
    rows = pd.DataFrame({"path": paths, "fold": "1", "side": "train", **columns})
    return identify(SplitTable(rows), corpus=corpus, pattern=pattern, speaker=speaker)


def values(split: IdentifiedSplit, column: str) -> list[object]:
    return [None if pd.isna(value) else value for value in split.rows[column]]


IEMOCAP = [f"Ses0{session}F_impro01_{sex}00{turn}.wav" for session in "12" for sex in "FM" for turn in "01"]


@pytest.mark.parametrize(
    ("corpus", "paths", "column", "right", "phrase"),
    [
        # The prefix, Ses01F, names who wears the markers: one "speaker" for the woman and the man.
        (
            "IEMOCAP",
            ["Ses01F_impro01/Ses01F_impro01_F000.wav", "Ses01F_impro01/Ses01F_impro01_M000.wav"],
            "speaker",
            ["Ses01F", "Ses01M"],
            "the letter before the turn (names of IEMOCAP)",
        ),
        # The number alone is that of a woman and of a man.
        (
            "SUBESCO",
            ["F_01_OISHI_S_10_ANGRY_1.wav", "M_01_BASHIR_S_10_ANGRY_1.wav"],
            "speaker",
            ["F_01", "M_01"],
            "sex and number, as women and men have the same numbers (names of SUBESCO)",
        ),
        # The number alone is another sentence in another emotion.
        (
            "MEAD",
            ["M003/audio/angry/level_1/001.m4a", "M003/audio/happy/level_1/001.m4a"],
            "statement",
            ["angry 001", "happy 001"],
            "emotion and clip, as a number is another sentence in another emotion (names of MEAD)",
        ),
        # F, M and C are kinds of voices: several people each.
        (
            "MESD",
            ["Anger_F_A_abajo.wav", "Anger_C_B_hola.wav"],
            "speaker",
            [None, None],
            "unknown, as F, M and C are kinds of voices (MESD)",
        ),
        # The names of the files are those of all speakers.
        (
            "EmoV-DB",
            ["bea_Amused/amused_1-15_0001.wav", "sam_Amused/amused_1-15_0001.wav"],
            "speaker",
            ["bea", "sam"],
            "the folder, as 1,793 names of files occur with several speakers (names of EmoV-DB)",
        ),
        # The published parts hold the same speakers.
        (
            "ESD",
            ["0011/Angry/train/0011_000351.wav", "0011/Angry/test/0011_000352.wav"],
            "speaker",
            ["0011", "0011"],
            "the number before the utterance, whatever the published part (names of ESD)",
        ),
        # (01) and (1) are one speaker; the letter and number before are the sentence.
        (
            "AESDD",
            ["anger/a01 (01).wav", "fear/f02 (1).wav"],
            "speaker",
            ["1", "1"],
            "the number in brackets",
        ),
        # The folder is another speaker's in 16 recordings.
        (
            "ASVP-ESD",
            [
                "Audio/actor_119/03-02-07-01-18-109-02-02-17.wav",
                "Audio/actor_9/03-01-07-01-18-09-02-02-17.wav",
            ],
            "speaker",
            ["109", "09"],
            "the sixth number of the name, not the folder",
        ),
        (
            "SAVEE",
            ["DC/a01.wav", "DC/sa01.wav"],
            "statement",
            ["a 01", "sa 01"],
            "emotion and number, as a number is another sentence in another emotion (names of SAVEE)",
        ),
        ("EMNS", ["recorded_audio_02jmPGL.webm"], "speaker", ["EMNS"], "EMNS has one speaker"),
        (
            "MELD",
            ["train_splits/dia0_utt0.mp4"],
            "speaker",
            [None],
            "unknown: names of MELD do not state it",
        ),
    ],
)
def test_easily_misread_names(corpus, paths, column, right, phrase):
    split = identified(paths)
    assert split.notes == (f"names of {corpus} recognised",)
    assert values(split, column) == right
    assert split.read_from[column].startswith(phrase)
    assert not split.unparsed


def test_speakers_of_a_dialogue_by_a_pattern():
    """The number of a dialogue is that of two speakers, and their letter occurs in other dialogues."""
    names = [
        f"{dialogue}_joy_anger_{letter}_12{turn}" for dialogue in "34" for letter in "ja" for turn in "01"
    ]
    paths = [f"{name}.wav" for name in names]
    split = identified(paths, pattern="{speaker}_{}_{}_{speaker}_{}.wav")
    assert split.rows["speaker"].tolist() == ["3_j", "3_j", "3_a", "3_a", "4_j", "4_j", "4_a", "4_a"]
    assert split.read_from["speaker"] == "pattern {speaker}_{}_{}_{speaker}_{}.wav"


def test_a_column_with_misread_speakers_counts_only_if_it_is_demanded():
    prefixes = [path[:6] for path in IEMOCAP]
    split = identified(IEMOCAP, spk=prefixes)
    assert set(split.rows["speaker"]) == {"Ses01F", "Ses01M", "Ses02F", "Ses02M"}
    assert split.read_from["speaker"] == "the letter before the turn (names of IEMOCAP)"
    assert split.notes[-1] == (
        "2 of 2 speakers of column spk are not one speaker of the names (Ses01F is Ses01F, Ses01M): "
        "the names count; --speaker spk for the column"
    )
    demanded = identified(IEMOCAP, spk=prefixes, by="SPK")
    assert set(demanded.rows["speaker"]) == {"Ses01F", "Ses02F"}
    assert demanded.read_from["speaker"] == "column spk"
    assert demanded.notes[-1].endswith("the column counts")
    dialogues = identified(IEMOCAP, spk=[str(number) for number in range(len(IEMOCAP))])
    assert "8 of 8 speakers" in dialogues.notes[-1]
    assert "(Ses01F in the names is 0, 1)" in dialogues.notes[-1]
    assert len(identified(IEMOCAP, spk=[path[:5] + path[-8] for path in IEMOCAP]).notes) == 1


def test_a_column_counts_where_names_do_not_state_the_speaker():
    paths = ["MSP-PODCAST_0001_0008.wav", "MSP-PODCAST_0001_0009.wav", "MSP-PODCAST_0002_0009.wav"]
    split = identified(paths, spkrid=["127", "Unknown", "127"])
    assert values(split, "speaker") == ["127", None, "127"]
    assert split.read_from["speaker"] == "column spkrid"
    assert split.read_from["session"] == "names of MSP-Podcast"


def test_rows_of_no_known_corpus():
    split = identified(["x/1.wav", "x/2.wav"], label=["joy", ""])
    assert {one.problem for one in split.unparsed} == {
        "its name is that of no known corpus: pass --corpus, --pattern or --speaker"
    }
    assert split.rows[[key for key in KEYS if key != "emotion"]].isna().all(axis=None)
    assert values(split, "emotion") == ["joy", None]
    assert split.rows["dataset"].tolist() == ["own", "own"]
    assert split.read_from == {
        "speaker": "unknown: neither the names nor a column state it",
        "emotion": "column label",
    }
    assert not identified(["x/1.wav"], subject=["ada"]).unparsed


def test_properties_of_columns():
    split = identified(
        ["call.wav", "call.wav"],
        start=["0", "2.5"],
        duration_ms=["2500", ""],
        channel=["left", "2"],
        sex=["F", "1"],
        age=["36", "30-39"],
        transcript=["Oh no.", "Yes."],
        dataset=["calls", "calls"],
        **{"Speaker ID": ["ada", "ben"]},
    )
    assert split.rows["file_id"].tolist() == ["call.wav@0.000-2.500@1", "call.wav@2.500-end@2"]
    assert split.rows["audio_sha256"].tolist() == ["call.wav", "call.wav"]
    assert split.rows["gender"].tolist() == ["female", "1"]
    assert split.rows["age"].tolist() == [36, "30-39"]
    assert split.rows["dataset"].tolist() == ["calls", "calls"]
    assert split.read_from["text"] == "column transcript"


def test_one_recording_under_two_paths():
    split = identified(["wav/03a01Fa.wav", "other/03a01Fa.flac", "wav/08b10Wb.wav"])
    assert split.rows["file_id"].tolist() == ["emodb/03a01Fa", "emodb/03a01Fa", "emodb/08b10Wb"]


def test_copies_have_what_the_name_of_their_source_states():
    paths = ["wav/03a01Fa.wav", "wav/08b10Wb.wav", "wav/03a01Fa_noise.wav", "wav/08b10Wb_noise.wav"]
    split = identified(paths)
    assert split.rows["speaker"].tolist() == ["03", "08", "03", "08"]
    assert values(split, "source_file_id") == [None, None, "emodb/03a01Fa", "emodb/08b10Wb"]
    assert split.rows["file_id"].tolist() == ["emodb/03a01Fa", "emodb/08b10Wb", *paths[2:]]
    assert not split.unparsed
    own = identified(["ada_1.wav", "ada_2.wav", "aug/ada_1.wav", "aug/ada_2.wav"], pattern="{speaker}_{}.wav")
    assert set(own.rows["speaker"]) == {"ada"}
    assert values(own, "source_file_id") == [None, None, "ada_1.wav", "ada_2.wav"]
    without_source = identified(
        ["ada_1_noise.wav", "ada_1_pitch.wav", "ada_2_noise.wav", "ada_2_pitch.wav"],
        pattern="{speaker}_{}.wav",
    )
    assert values(without_source, "source_file_id") == ["ada_1", "ada_1", "ada_2", "ada_2"]
    assert set(without_source.rows["speaker"]) == {"ada"}


def test_classes_of_the_table_count_and_differences_are_noted():
    paths = ["03a01Fa.wav", "08b10Wb.wav", "09a02Ta.wav", "10a02Na.wav"]
    split = identified(paths, emotion=["sad", "W", "sadness", "zzz"])
    assert split.rows["emotion"].tolist() == ["sad", "W", "sadness", "zzz"]
    assert split.notes[-1] == (
        "1 row has another class in column emotion than in its name, such as sad for happy: the column counts"
    )


def test_spellings_of_speakers():
    """Pandas writes 7 as 7.0 in the one of two lists in which cells are missing."""
    split = identified(["a.wav", "b.wav", "c.wav", "d.wav"], spk=["7", "7.0", "", "07"])
    assert values(split, "speaker") == ["7", "7", None, "07"]
    assert split.notes == (
        "speakers of column spk that differ in case, blanks or zeros only count as several: 07 and 7",
    )


def test_cells_that_cannot_be_read():
    split = identified(["a.wav", "b.wav"], speaker=["ada", "ben"], start=["soon", "1"], end=["2", "3"])
    assert split.notes == ("column start is not read as start: 'soon', expected seconds or h:mm:ss",)
    assert not len(identified([]).rows)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "speeker", "speaker": ["ada"]}, "unknown column 'speeker': did you mean 'speaker'?"),
        ({"by": "speaker"}, "no column 'speaker': the split has none but its paths"),
        ({"subject": ["1"], "actor": ["2"]}, "columns subject and actor may be the speaker, expected one"),
        ({"corpus": "emodb", "pattern": "{speaker}"}, "corpus emodb and pattern {speaker}, expected one"),
        ({"corpus": "emodbb"}, "unknown corpus 'emodbb': did you mean 'emodb'?"),
        ({"pattern": "{}.wav"}, "pattern '{}.wav' has no field: expected {speaker}, {emotion} or another"),
        ({"pattern": "{intensity}.wav"}, "states intensity, expected one of speaker, session, statement"),
    ],
)
def test_errors(options, message):
    with pytest.raises(InputError) as caught:
        identified(["a.wav"], **options)
    assert message in str(caught.value)
