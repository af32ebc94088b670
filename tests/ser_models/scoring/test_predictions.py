"""Tables of predictions in every form; what is left out is counted."""

import gzip

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.scoring.columns import ReadOptions
from ser_models.scoring.predictions import read_predictions

ROWS = "file,truth,prediction,p_angry,p_sad\na.wav,angry,sad,0.4,0.6\nb.wav,sad,sad,0.1,0.9\n"


def test_every_form_is_read_alike(tmp_path, read):
    expected = read(ROWS)
    table = pd.read_csv(tmp_path / "predictions.csv")
    forms = {
        "rows.tsv": lambda path: table.to_csv(path, sep="\t", index=False),
        "semicolons.csv": lambda path: table.to_csv(path, sep=";", decimal=",", index=False),
        "rows.json": lambda path: table.to_json(path, orient="records"),
        "rows.jsonl": lambda path: table.to_json(path, orient="records", lines=True),
        "rows.parquet": lambda path: table.to_parquet(path, index=False),
        "rows.csv.gz": lambda path: path.write_bytes(gzip.compress(ROWS.encode())),
    }
    for name, write in forms.items():
        write(tmp_path / name)
        predictions = read_predictions(tmp_path / name, ReadOptions())
        pd.testing.assert_frame_equal(predictions.rows, expected.rows)
        np.testing.assert_allclose(predictions.probabilities, [[0.4, 0.6], [0.1, 0.9]])
        assert predictions.labels == ("angry", "sad"), name


def test_classes_are_compared_by_their_spelling(read):
    predictions = read("file,truth,pred\na.wav,Anger,angry\nb.wav,sadness,Sad\nc.wav,1.0,1\n")
    assert (
        predictions.rows["emotion"].tolist()
        == predictions.rows["predicted"].tolist()
        == ["angry", "sad", "1"]
    )
    assert predictions.notes[0] == "column truth: Anger → angry, sadness → sad, 1.0 → 1"


def test_rows_that_are_left_out_are_counted(read):
    text = (
        "file,label,pred,set\na.wav,sad,sad,test\nb.wav,,sad,test\nc.wav,sad,NA,test\nd.wav,sad,sad,train\n"
    )
    predictions = read(text + "a.wav,sad,happy,test\n")
    assert predictions.rows["file_id"].tolist() == ["a.wav", "a.wav"]
    assert predictions.unpredicted == {"sad": 1}
    assert predictions.notes == (
        "4 rows of the test of 5 (column set)",
        "1 row without a true class: left out",
        "1 row of recordings that an earlier row has, such as a.wav: each row counts",
    )
    assert read("truth,pred\nsad,sad\n").notes == ("no column of recordings: each row counts as one",)


def test_parts_of_one_file_are_recordings_of_their_own(read):
    text = "file,start,end,truth,pred\na.wav,0,1,sad,sad\na.wav,1,2,sad,sad\n"
    assert read(text).rows["file_id"].tolist() == ["a.wav#0#1", "a.wav#1#2"]


def test_predictions_of_probabilities(read):
    table = "file,truth,score_sad,score_angry,score_calm\na,sad,0.7,0.2,0.1\nb,angry,0.3,0.3,0.4\n"
    table += "c,sad,nan,NA,\n"
    predictions = read(table)
    assert predictions.labels == ("angry", "calm", "sad")
    assert predictions.rows["predicted"].tolist() == ["sad", "calm"]
    np.testing.assert_allclose(predictions.probabilities, [[0.2, 0.1, 0.7], [0.3, 0.4, 0.3]])
    assert predictions.unpredicted == {"sad": 1}
    plain = read("file,truth,sad,angry,length\na,sad,0.7,0.3,2.5\nb,angry,0.3,0.7,1.5\n")
    np.testing.assert_allclose(plain.probabilities, [[0.3, 0.7], [0.7, 0.3]])


def test_logits_are_refused_unless_their_softmax_is_requested(read):
    logits = "file,truth,logit_angry,logit_sad\na,angry,2,0\nb,sad,-1,1\n"
    with pytest.raises(InputError, match=r"a row has 0 to 2 and 2 in sum, expected 0 to 1.*pass --softmax"):
        read(logits)
    predictions = read(logits, softmax=True)
    np.testing.assert_allclose(predictions.probabilities[0, 0], 1 / (1 + np.exp(-2)))
    with pytest.raises(InputError, match="are probabilities, expected logits: leave out --softmax"):
        read(ROWS, softmax=True)
    with pytest.raises(InputError, match="no columns of logits"):
        read("truth,pred\nsad,sad\n", softmax=True)
    beside = read("file,truth,pred,angry,sad\na,angry,angry,3,0\nb,sad,sad,1,2\n")  # votes of raters
    assert beside.probabilities is None
    assert "are no probabilities" in beside.notes[0]
    lacking = read("truth,pred,p_sad,p_calm\nsad,sad,1,0\nangry,sad,1,0\n")
    assert lacking.probabilities is None
    assert "no probabilities of angry: calibration and log loss are left out" in lacking.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "file,truth\na.wav,sad\n",
            "no column of predictions: found file, truth, expected prediction or pred",
        ),
        ("truth,pred\n,sad\n", "no row has a true and a predicted class"),
        ("file,truth,pred\n", "no row has a true and a predicted class"),
        ("truth,pred\n" + "".join(f"{n}.5,1\n" for n in range(101)), "column truth has 101 different values"),
        ("truth,p_sad,p_Sadness\nsad,1,0\n", "columns p_sad, p_Sadness have two of one class"),
    ],
)
def test_tables_that_are_refused(read, text, message):
    with pytest.raises(InputError, match=message):
        read(text)


def test_speakers_of_names(read):
    text = "file,label,pred\na/03a01Fa.wav,happy,happy\na/08a01Wa.wav,angry,happy\nb/08a02Na.wav,sad,angry\n"
    predictions = read(text)
    assert predictions.rows["speaker"].tolist() == ["03", "08", "08"]
    assert "speakers: names of EmoDB" in predictions.notes
    by_pattern = read("file,label,pred\nx/ada_1.wav,sad,sad\nben_2.wav,sad,sad\n", pattern="{speaker}_{}.wav")
    assert by_pattern.rows["speaker"].tolist() == ["ada", "ben"]
    column = read("file,label,pred,spk\na/03a01Fa.wav,happy,happy,x\n")
    assert column.rows["speaker"].tolist() == ["x"]
    with pytest.raises(InputError, match="no column of recordings, whose names state the speakers"):
        read("label,pred\nsad,sad\n", corpus="emodb")
    unknown = read("file,label,pred\nq1.wav,sad,sad\n")
    assert unknown.rows["speaker"].tolist() == [None]
