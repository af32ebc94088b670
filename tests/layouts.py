"""A few files of every built-in corpus in its documented layout, with label files as documented.

`LAYOUTS[name]` → `Layout.write(folder)` → data root → `scan`. Spelled out here instead of taken from the
corpora, so that each checks the other. The recordings are WAV files, whatever their names say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

IEMOCAP = """%==== (header)
[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]
C-E2:\tNeutral;\t()
C-E3:\tNeutral; Frustration;\t(bored)
C-E4:\tNeutral;\t()
C-F1:\tAnger;\t(curious)
A-E3:\tval 3; act 2; dom  2;\t()
A-E4:\tval 2; act 3; dom  ;\t(mad)
A-F1:\tval 3; act 2; dom  1;\t()

[10.0100 - 11.3925]\tSes01F_impro01_M000\txxx\t[2.5000, 4.0000, 3.0000]
C-E2:\tNeutral;\t()
C-E3:\tAnger;\t()
A-E3:\tval 3; act 4; dom  3;\t()

"""
TURNS = """Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
Ses01F_impro01_M000 [010.0100-011.3925]: Do you have your forms?
M: [BREATHING]
"""

IMPROV = """UTD-IMPROV-S01A-F01-P-FM01.avi; A; A:2.8; V:2.2; D:3.4 ; N:3.8;
ID1; Angry; Frustrated,Disgusted; A:3.000000; V:2.000000; D:4.000000; N:4.000000;
ID2; Angry; ; A:3.000000; V:NaN; D:3.000000; N:4.000000;
ID2; Neutral; ; A:2.000000; V:2.000000; D:3.000000; N:3.000000;

UTD-IMPROV-S01A-M01-R-FM02.avi; X; A:NaN; V:NaN; D:NaN ; N:NaN;
ID1; Sad; ; A:3.000000; V:2.000000; D:4.000000; N:4.000000;
"""

PODCAST = """FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set
MSP-PODCAST_0001_0008.wav,N,4.0,1.0,7.0,127,Male,Test1
MSP-PODCAST_0002_0001.wav,X,4.2,4.0,4.4,Unknown,Unknown,Development
MSP-PODCAST_0003_0001.wav,U,4.2,4.0,4.4,12,Female,Train
"""
DETAILED = {
    "MSP-PODCAST_0001_0008.wav": {
        "WORKER1": {
            "EmoClass_Major": "Neutral",
            "EmoClass_Second": "Concerned",
            "EmoAct": 4.0,
            "EmoVal": 1.0,
            "EmoDom": 7.0,
        },
        "WORKER2": {
            "EmoClass_Major": "Happy",
            "EmoClass_Second": "",
            "EmoAct": 4.0,
            "EmoVal": 1.0,
            "EmoDom": 7.0,
        },
    }
}

MELD = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n"
)
EMNS = "id|utterance|description|emotion|date_created|status|gender|age|level|audio_recording|user_id\n"

PAVOQUE = """- prompt: a0001
  text: 'Er ist da.'
  style: Angry
  start: 0.0
  end: 0.5
  segments:
  - lab: _
    dur: 0.12
- prompt: a0002
  text: Sie kommt.
  style: Angry
  start: 0.5
  end: 1.0
"""


@dataclass(frozen=True)
class Layout:
    """Files below the folder of a corpus.

    Attributes:
        recordings: emotion by path.
        files: text or bytes of a label file, by path.
        keys: stems of the recordings, where they are not those of the files.
    """

    recordings: Mapping[str, str]
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    keys: tuple[str, ...] = ()

    def write(self, folder: Path, sound: bytes = b"RIFF\0\0\0\0WAVE") -> None:
        """Write the files into the folder of the corpus."""
        for path in self.recordings:
            _write(folder / path, sound)
        for path, content in self.files.items():
            _write(folder / path, content.encode() if isinstance(content, str) else content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


_WAV = "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_"

LAYOUTS: dict[str, Layout] = {
    "ravdess": Layout(
        {
            "Actor_01/03-01-01-01-01-01-01.wav": "neutral",
            "Actor_02/03-01-05-01-01-01-02.wav": "angry",
        }
    ),
    "tess": Layout({"OAF_angry/OAF_back_angry.wav": "angry", "OAF_Sad/OAF_back_sad.wav": "sad"}),
    "cremad": Layout({"AudioWAV/1001_DFA_ANG_XX.wav": "angry", "AudioWAV/1002_DFA_SAD_XX.wav": "sad"}),
    "savee": Layout({"DC/a01.wav": "angry", "JE/sa01.wav": "sad"}, keys=("DC_a01", "JE_sa01")),
    "emodb": Layout({"wav/03a01Fa.wav": "happy", "wav/08a01Na.wav": "neutral"}),
    "demo": Layout({"F1/F1_angry_s1_1.wav": "angry", "M1/M1_sad_s2_1.wav": "sad"}),
    "aesdd": Layout(
        {"anger/a01 (1).wav": "angry", "disgust/d03 (01).wav": "disgust", "fear/f18 (5)b.wav": "fear"}
    ),
    "asvpesd": Layout(
        {
            "Audio/actor_53/03-01-02-02-01-53-02-02-02.wav": "neutral",
            "Bonus/actor_150/03-02-04-01-13-150-0401-00-14-01.wav": "sad",
            "Audio/actor_/03-02-13-01-32-114-02-02-02-13.wav": "other",
        }
    ),
    "cafe": Layout(
        {"CaFE_48k/ColŠre/Faible/01-C-1-1.wav": "angry", "CaFE_48k/Neutre/02-N-1-6.wav": "neutral"}
    ),
    "casia": Layout(
        {"wangzhe/angry/201.wav": "angry", "liuchanhg/sad/201.wav": "sad"},
        keys=("liuchanhg/sad/201", "wangzhe/angry/201"),
    ),
    "emns": Layout(
        {
            "cleaned_webm/recorded_audio_02jmPGL.webm": "sarcastic",
            "cleaned_webm/recorded_audio.webm": "surprise",
        },
        {
            "metadata.csv": f"{EMNS}"
            "1|He sat, down.|x|Sarcastic|x|Complete|Female|20s|7|wavs/recorded_audio_02jmPGL.wav|3\n"
            "2|Oh.|x|Surprised|x|Complete|Female|20s|9|wavs/recorded_audio.wav|3\n"
        },
    ),
    "emovdb": Layout(
        {
            "bea_Amused/amused_1-15_0001.wav": "amused",
            "sam_Amused/amused_1-15_0001.wav": "amused",
            "josh_Sleepy/sleepiness_1_28_0003.wav": "sleepiness",
        },
        keys=(
            "bea/Amused/amused_1-15_0001",
            "josh/Sleepy/sleepiness_1_28_0003",
            "sam/Amused/amused_1-15_0001",
        ),
    ),
    "emovo": Layout({"f1/dis-f1-b1.wav": "disgust", "m3/tri-m3-n5.wav": "sad"}),
    "emozionalmente": Layout(
        {"audio/1612871026347.wav": "neutral", "audio/1612871037341.wav": "happy"},
        {
            "metadata/samples.csv": "file_name,actor,emotion_expressed,sentence\n"
            "1612871026347.wav,ada,neutrality,3\n1612871037341.wav,bo,joy,3\n",
            "metadata/users.csv": "username,gender,age,mother_tongue\nada,f,31,it\nbo,m,,it\n",
            "metadata/evaluations.csv": "file_name,emotion_recognized\n"
            "1612871026347.wav,neutrality\n1612871026347.wav,joy\n",
        },
    ),
    "enterface": Layout(
        {
            "subject 1/anger/sentence 1/s1_an_1.avi": "angry",
            "subject 3/fear/sentence 2/s_3_fe_2.avi": "fear",
            "subject 16/surprise/sentence 3/s16_su_3avi.avi": "surprise",
        },
        keys=("s16_su_3", "s1_an_1", "s3_fe_2"),
    ),
    "esd": Layout(
        {"0001/Angry/0001_000351.wav": "angry", "0011/Sad/test/0011_001071.wav": "sad"},
        {
            "0001/0001.txt": "0001_000351\t打远一看\t生气\n".encode("gb18030"),
            "0011/0011.txt": "0011_001071\tIt’s “late”.\tSad\r\n".encode("utf-16"),
        },
    ),
    "iemocap": Layout(
        {f"{_WAV}F000.wav": "neutral", f"{_WAV}M000.wav": "no agreement"},
        {
            "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt": IEMOCAP,
            "Session1/dialog/EmoEvaluation/._Ses01F_impro01.txt": b"\x00\x05\x16\x07",
            "Session1/dialog/transcriptions/Ses01F_impro01.txt": TURNS,
        },
    ),
    "jlcorpus": Layout(
        {
            f"JL(wav+txt)/{stem}.wav": stem.split("_")[1]
            for stem in ("male2_anxious_2a_2", "female1_angry_10b_1")
        }
    ),
    "mead": Layout(
        {"M003/audio/angry/level_1/001.m4a": "angry", "W009/audio/disgusted/level_3/001.m4a": "disgust"},
        keys=("M003/angry/level_1/001", "W009/disgusted/level_3/001"),
    ),
    "meld": Layout(
        {"train_splits/dia0_utt0.mp4": "neutral", "dev_splits_complete/dia0_utt0.mp4": "happy"},
        {
            "train_sent_emo.csv": f'{MELD}1,"Oh, no.",Ross,neutral,neutral,0,0,8,21,"00:16:16","00:16:21"\n',
            "dev_sent_emo.csv": f'{MELD}1,Yes.,Monica,joy,positive,0,0,4,7,"00:20:57,256","00:21:00,049"\n',
        },
        keys=("dev_splits_complete/dia0_utt0", "train_splits/dia0_utt0"),
    ),
    "mesd": Layout({"Anger_F_A_abajo.wav": "angry", "Sadness_C_B_por favor.wav": "sad"}),
    "mspimprov": Layout(
        {
            "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav": "angry",
            "session1/S01A/R/MSP-IMPROV-S01A-M01-R-FM02.wav": "no agreement",
        },
        {"Evalution.txt": IMPROV},
    ),
    "msppodcast": Layout(
        {
            "Audios/MSP-PODCAST_0001_0008.wav": "neutral",
            "Audios/MSP-PODCAST_0002_0001.wav": "no agreement",
            "Audios/MSP-PODCAST_0003_0001.wav": "surprise",
        },
        {
            "Labels/labels_concensus.csv": PODCAST,
            "Labels/labels_detailed.json": json.dumps(DETAILED),
            "Transcripts/MSP-PODCAST_0001_0008.txt": "Well, I see.\n",
        },
    ),
    "nemo": Layout(
        {"samples/EB0_anger_1.wav": "angry", "samples/KS0_sadness_90.wav": "sad"},
        {
            "data.tsv": "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\n"
            "EB0_anger_1.wav\tanger\tLubię czytać.\tlubię czytać\t        EB0\tfemale\t27\n"
            'KS0_sadness_90.wav\tsadness\tTo jest "tu".\tto jest tu\t        KS0\tmale\t21\n'
        },
    ),
    "pavoque": Layout(
        {"pavoque-angry.wav": "angry"},
        {"pavoque-angry.yaml": PAVOQUE},
        keys=("pavoque-angry@0.000-0.500", "pavoque-angry@0.500-1.000"),
    ),
    "shemo": Layout(
        {"female/F01A01.wav": "angry", "male/M02S03.wav": "sad", "male/M02S04.wav": "sad"},
        {
            "shemo.json": json.dumps(
                {
                    "F01A01": {
                        "speaker_id": "F01",
                        "gender": "female",
                        "emotion": "Angry",
                        "transcript": "سلام",
                    },
                    "M02N03": {
                        "speaker_id": "M02",
                        "gender": "male",
                        "emotion": "neutral",
                        "transcript": "نه",
                    },
                    "M02S04": {
                        "speaker_id": "M02",
                        "gender": "male",
                        "emotion": "neutral",
                        "transcript": "نه",
                    },
                }
            )
        },
    ),
    "subesco": Layout(
        {"F_01_OISHI_S_10_ANGRY_1.wav": "angry", "F_02_MONIKA_S_2_SURPRISE_3].wav": "surprise"},
        keys=("F_01_OISHI_S_10_ANGRY_1", "F_02_MONIKA_S_2_SURPRISE_3"),
    ),
    "thorsten": Layout(
        {
            f"{folder}/0aaf116f8774a140909231e0b610dc98.wav": emotion
            for folder, emotion in (("amused", "amused"), ("sleepy", "sleepiness"))
        },
        keys=tuple(f"{folder}/0aaf116f8774a140909231e0b610dc98" for folder in ("amused", "sleepy")),
    ),
    "urdu": Layout({"Angry/SM1_F10_A010.wav": "angry", "Sad/SF24_F38_S050.wav": "sad"}),
}
"""By name of the corpus, in the order of `corpora.names()`."""
