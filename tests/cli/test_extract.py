"""`ser extract`, and `ser store info` of its result."""

import inspect
import json
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from ser_cli import next_step
from ser_cli.extract import _of_model
from ser_cli.extract import extract as command

from ser_features import extract
from ser_features.engine.runner import Local
from ser_features.errors import InputError
from ser_features.extractors import DEFAULT_FAMILIES
from ser_features.store import open_store
from ser_models.models.registry import families_read
from tests.encoders import WHY, save_encoder


def test_extract_prints_counts_by_corpus_and_emotion_and_the_next_command(ser, savee, tmp_path, monkeypatch):
    monkeypatch.setattr("ser_features.api.Local", Local)  # with a worker process
    answer = ser("extract", "--datasets", "savee", "--data", savee, "--store", tmp_path / "s", "--workers", 1)
    assert answer.code == 0
    header, row, summary, following = answer.out.splitlines()
    assert header.split() == ["corpus", "angry", "happy", "neutral", "sad", "all"]
    assert row.split() == ["savee", "2", "2", "2", "2", "8"]
    assert summary == f"8 stored, 0 unchanged, 0 failed: {tmp_path / 's'}"
    assert following == f"next: ser train --model logistic --store {tmp_path / 's'}"
    assert "identical audio with other labels" in answer.err
    assert "savee/DC_a01 (angry, DC) = savee/JE_a01 (angry, JE)" in answer.err
    assert len(pd.read_parquet(tmp_path / "s" / "files")) == 8


def test_extract_imports_no_pandas(savee, tmp_path):
    program = (
        "import sys\n"
        "from ser_cli.main import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"
        "    print('pandas' in sys.modules, file=sys.stderr)"
    )
    words = ["extract", "--datasets", "savee", "--data", str(savee), "--store", str(tmp_path / "s")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "False"


def test_refused_files_are_named_and_counted_against_the_limit(ser, savee, tmp_path):
    (savee / "savee" / "KL_a01.wav").write_bytes(b"")
    (savee / "savee" / "notes.wav").write_bytes(b"")
    words = ["extract", "--datasets", "savee", "--data", savee, "--store", tmp_path / "s", "--workers", 1]
    answer = ser(*words, "--max-failures", 1)
    assert answer.code == 1
    assert "failed 'savee/KL_a01.wav': EmptyFileError: the file has 0 bytes" in answer.err
    assert "failed 'savee/notes.wav': FileNameError: 'notes.wav'" in answer.err
    assert "8 stored, 0 unchanged, 2 failed" in answer.out
    assert ser(*words, "--max-failures", 2).code == 0
    assert ser(*words).code == 0


def test_more_than_half_refused_is_an_error_with_its_reasons(ser, recordings, tmp_path):
    rows = (recordings / "own.csv").read_text().splitlines()
    missing = [f"sub/gone_{number}.wav,sad,ada,female" for number in range(4)]
    (tmp_path / "mine.csv").write_text("\n".join((*rows[:4], *missing)) + "\n")
    words = ["extract", "--datasets", tmp_path / "mine.csv", "--store", tmp_path / "s", "--data", recordings]
    answer = ser(*words, "--workers", 1)
    assert answer.code == 1
    assert "next: " not in answer.out
    assert answer.err.splitlines()[1:3] == [
        "more than half refused, 4 of 7; --max-failures 4 accepts it:",
        "failed 4 files such as 'sub/gone_0.wav': FileNameError: row 5: no file 'sub/gone_0.wav' beside the "
        f"table or in {recordings}: --root FOLDER is where the paths of a table begin",
    ]
    assert ser(*words, "--workers", 1, "--max-failures", 4).code == 0


def test_recordings_without_labels_are_stored_and_not_trained_on(ser, recordings, tmp_path):
    table, store = tmp_path / "unlabelled.csv", tmp_path / "store"
    rows = [line.split(",")[0] for line in (recordings / "own.csv").read_text().splitlines()]
    table.write_text("\n".join(rows[:4]) + "\n")
    words = ["extract", "--datasets", table, "--root", recordings, "--store", store, "--features", "core"]
    assert "no column emotion" in ser(*words).err
    answer = ser(*words, "--labels", "none")
    assert answer.code == 0
    assert answer.out.endswith(
        f"next: ser store export --format parquet --out features.parquet --store {store}\n"
    )
    answer = ser("train", "--model", "logistic", "--store", store, "--out", tmp_path / "model")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert f"no recording of {store} has a label" in answer.err


def test_a_store_for_a_model_has_what_it_reads():
    assert set(families_read(next_step.BEST)) == {"core", *next_step.READ_BY_BEST}
    families, has_copies = _of_model(next_step.BEST, None)
    assert (families, has_copies) == ([*DEFAULT_FAMILIES, "functionals", "loudness", "intonation"], True)
    assert _of_model(next_step.BASELINE, None) == ([*DEFAULT_FAMILIES], False)
    with pytest.raises(InputError, match="--for best with --features: expected one of them"):
        _of_model("best", ["mel"])


def test_python_offers_all_that_the_command_does():
    options = set(inspect.signature(command).parameters) - {"max_failures", "as_json", "for_model"}
    assert set(inspect.signature(extract).parameters) - {"observer"} == options


def test_json_counts_duplicates_and_speed_perturbed_copies_apart(ser, savee, tmp_path):
    (savee / "savee" / "again").mkdir()
    shutil.copy(savee / "savee" / "DC_a01.wav", savee / "savee" / "again")
    words = ["--datasets", "savee", "--data", savee, "--store", tmp_path / "s", "--workers", 1, "--json"]
    answer = json.loads(ser("extract", *words, "--limit", 2).out)
    assert (answer["duplicates"], answer["copies"]) == ({"savee": 1}, None)
    answer = json.loads(ser("extract", *words, "--limit", 2, "--speed-perturb").out)
    assert (answer["unchanged"], answer["duplicates"]) == (2, {"savee": 1})
    assert answer["copies"] == {"stored": 4, "unchanged": 0, "failures": []}


def test_nothing_but_failures_is_no_success(ser, tmp_path):
    (tmp_path / "savee").mkdir()
    (tmp_path / "savee" / "KL_a01.wav").write_bytes(b"")
    answer = ser("extract", "--datasets", "savee", "--data", tmp_path, "--store", tmp_path / "s")
    assert answer.code == 1


def test_data_root_may_come_from_the_environment(ser, savee, tmp_path, monkeypatch):
    monkeypatch.setenv("SER_DATA", str(savee))
    assert ser("extract", "--datasets", "savee", "--store", tmp_path / "s", "--limit", 2).code == 0


def test_an_encoder_is_chosen_by_three_flags(ser, savee, tmp_path):
    pytest.importorskip("torch", reason=WHY)
    pytest.importorskip("transformers", reason=WHY)
    folder, store = save_encoder(tmp_path / "encoder"), tmp_path / "s"
    words = ("--datasets", "savee", "--data", savee, "--store", store, "--limit", 2)
    chosen = ("--encoder", folder, "--encoder-layer", 1, "--encoder-pooling", "mean_std")
    answer = ser("extract", *words, "--features", "core", "ssl", *chosen)
    assert (answer.code, "2 stored" in answer.out) == (0, True)
    encoder = open_store(store).profile.encoder
    assert (encoder.folder, encoder.layer, encoder.pooling) == (str(folder), 1, "mean_std")
    assert "2 unchanged" in ser("extract", *words).out
    assert "2 unchanged" in ser("extract", *words, *chosen).out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--encoder-layer", 3), "--encoder-pooling describe an encoder: add --encoder FOLDER"),
        (("--encoder-pooling", "mean"), "--encoder-pooling describe an encoder: add --encoder FOLDER"),
        (("--features", "core", "ssl"), "need a pretrained encoder: pass --encoder with its folder"),
    ],
)
def test_an_encoder_that_is_not_described(ser, savee, tmp_path, flags, message):
    answer = ser("extract", "--datasets", "savee", "--data", savee, "--store", tmp_path / "s", *flags)
    assert (answer.code, answer.out, len(answer.err.splitlines())) == (2, "", 1)
    assert message in answer.err
    assert not (tmp_path / "s").exists()


def test_store_info_lists_the_columns_of_the_families_it_holds(ser, savee, tmp_path):
    words = ["--data", savee, "--store", tmp_path / "s", "--workers", 1, "--limit", 2]
    ser("extract", "--datasets", "savee", *words, "--features", "statistics", "mel")
    answer = ser("store", "info", "--store", tmp_path / "s", "--columns")
    assert "profile speech16k-compiled" in answer.out
    assert "savee      2         2         1" in answer.out
    assert "pitch_mean [Hz]: Mean F0 over voiced frames; null if nothing is voiced." in answer.out
    assert "features core statistics mel" in answer.out
    assert "mel_mean_63 [dB]: Mean over frames of mel band 63." in answer.out
    assert "mfcc_delta2_std_12 [1]: Standard deviation over frames of the ΔΔ of MFCC 12." in answer.out
    assert "zcr_range [1]: Largest minus smallest zero-crossing rate of a frame, 0–1." in answer.out
    assert len(answer.out.splitlines()) == 3 + 28 + 1 + 6 + 47 + 192 + 3


def test_scheduler_is_refused_where_it_has_no_meaning(ser):
    words = ["extract", "--datasets", "savee", "--scheduler", "tcp://head:8786"]
    answer = ser(*words)
    assert answer.code == 2
    assert "--scheduler is Dask's, and the executor is local: add --executor dask" in answer.err
    answer = ser(*words, "--executor", "dask", "--workers", 2)
    assert answer.code == 2
    assert "a running cluster has the workers that it has: leave one of them out" in answer.err
