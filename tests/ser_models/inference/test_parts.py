"""Predictions for parts of files: by a table or in Python, resumed, and as if each part were a file."""

import csv
import io
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_features.errors import InputError
from ser_features.sources import Part
from ser_models.inference import prediction_cache
from ser_models.inference.collect import find_audio
from ser_models.inference.output import frame
from ser_models.inference.parallel import Job, _chunks, predict_files
from ser_models.inference.prediction import PredictOptions
from ser_models.inference.prediction_cache import predict_into_file

TIMES = ((0.0, 0.6), (0.4, 1.1), (1.1, None))


@pytest.fixture
def call(recordings: Path, tmp_path: Path) -> Path:
    """A call of two channels, and the files that it is cut into."""
    names = ("s0_sad_0.wav", "s1_angry_0.wav", "s2_sad_1.wav")
    signals = [soundfile.read(recordings / name, dtype="int16") for name in names]
    rate, whole = signals[0][1], np.concatenate([signal for signal, _ in signals])
    both = np.stack([whole, whole[::-1]], axis=1)
    soundfile.write(tmp_path / "call.wav", both, rate)
    for number, (start, end) in enumerate(TIMES):
        cut = both[round(start * rate) : None if end is None else round(end * rate)]
        soundfile.write(tmp_path / f"{number}.wav", cut, rate)
    settled = time.time_ns() - 10**10
    os.utime(tmp_path / "call.wav", ns=(settled, settled))
    return tmp_path / "call.wav"


def table_of(call, *rows):
    path = call.with_name("calls.csv")
    path.write_text("\n".join(["path,start,end,channel,speaker", *rows]) + "\n")
    return path


def test_a_part_is_recognised_as_a_file_that_was_cut_there(predictor, call):
    parts = predictor.predict([Part(call, start, end) for start, end in TIMES])
    files = predictor.predict([call.with_name(f"{number}.wav") for number in range(3)])
    assert [one.probabilities for one in parts] == [one.probabilities for one in files]
    assert [one.seconds for one in parts] == [one.seconds for one in files]
    assert [(one.start, one.end) for one in parts[:2]] == list(TIMES[:2])
    assert parts[2].end == pytest.approx(1.1 + parts[2].seconds, abs=1e-3)
    second = predictor.predict(Part(call, *TIMES[0], channel=2))
    assert (second.channel, second.probabilities) != (None, parts[0].probabilities)
    windows = predictor.predict(Part(call, 0.4), windows=True, win_dur=0.3, hop_dur=0.2).windows
    assert (windows[0].start, windows[1].end) == (0.4, 0.9)


def test_a_table_names_parts(predictor, call):
    table = table_of(
        call, "call.wav,0,0.6,,ada", "call.wav,1.1,,2,ben", "call.wav,0,0.6,,ada", "call.wav,,,,ben"
    )
    predictions = predictor.predict(str(table))
    assert [(one.start, one.channel) for one in predictions] == [(0.0, None), (1.1, 2), (None, None)]
    assert predictions[0].to_json()["start"] == 0.0
    assert "start" not in predictions[2].to_json()
    rows = predictor.table(table)
    assert list(rows.columns[:4]) == ["file", "channel", "start", "end"]
    index = frame(predictions, predictor.labels, audformat=True).index
    assert index.get_level_values("start")[1] == pd.Timedelta(seconds=1.1)
    assert [file.speaker for file in find_audio([table])] == ["ada", "ben", "ben"]
    with pytest.raises(InputError, match=r"calls.csv: row 2: the part begins at 2 s and ends at 1 s"):
        predictor.predict(table_of(call, "call.wav,2,1,,"))


def test_wrong_rows_are_refused_alone_and_a_killed_run_is_resumed(predictor, call, monkeypatch, tmp_path):
    table = table_of(
        call, "call.wav,0,0.6,,", "call.wav,0.4,1.1,,", "call.wav,1.1,99,,", "call.wav,3,1,,", "no.wav,,,,"
    )
    files, out = find_audio([table]), tmp_path / "out.csv"

    def killed(predictor, files, options, **run):
        yield next(predict_files(predictor, files, options))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prediction_cache, "predict_files", killed)
        with pytest.raises(KeyboardInterrupt):
            predict_into_file(out, predictor, files, PredictOptions(), form="csv")
    summary = predict_into_file(out, predictor, files, PredictOptions(), form="csv")
    assert (summary.count, summary.cached, len(summary.refused)) == (5, 1, 3)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["end"] for row in rows[:3]] == ["0.6", "1.1", "99.0"]
    errors = [row["error"] for row in rows]
    assert errors[:2] == ["", ""]
    assert errors[2].startswith("the part is from 1.1 to 99 s, the file is ")
    assert errors[3].startswith("row 5: the part begins at 3 s and ends at 1 s")
    assert errors[4].startswith("row 6: no file 'no.wav'")


def test_parts_of_a_compressed_file_are_one_chunk():
    jobs = [Job(Part("call.mp3", start, start + 1)) for start in range(40)]
    assert [len(chunk) for chunk in _chunks([*jobs, Job(Path("other.wav"))])] == [40, 1]
    assert [len(chunk) for chunk in _chunks([Job(Part("call.wav", start)) for start in range(40)])] == [
        16,
        16,
        8,
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.wav", 2.0, 1.0), "the part is from 2 to 1 s, expected an end behind a start"),
        (("a.wav", -1.0), "the part is from -1 to the end, expected an end behind a start"),
        (("a.wav", "1"), "start is '1' \\(str\\), expected seconds"),
        (("a.wav", 0.0, float("nan")), "end is nan \\(float\\), expected seconds"),
        ((b"RIFF",), "path is b'RIFF' \\(bytes\\), expected that of an audio file"),
    ],
)
def test_parts_that_are_none(arguments, message):
    with pytest.raises(InputError, match=message):
        Part(*arguments)
