"""`ser plot`: the path of the figure on stdout, errors in one line."""

import json

import pandas as pd
import pytest

from ser_models.evaluation.score import score

STORE_FIGURES = {
    "distribution_pitch_mean.png": ["distribution", "pitch_mean"],
    "speakers_pitch_mean.png": ["speakers", "pitch_mean"],
    "contours.png": ["contours"],
    "gallery.png": ["gallery"],
    "map_emotion.png": ["map"],
}
RESULT_FIGURES = {"confusion": "confusion_matrix", "reliability": "reliability", "per-speaker": "per_speaker"}
BEGINS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def metrics() -> dict:
    """The content of a metrics.json: four recordings of two speakers, three predicted correctly."""
    sure = [0.9, 0.8, 0.3, 0.4]
    tested = pd.DataFrame(
        {
            "file_id": ["d/a1", "d/b1", "d/a2", "d/b2"],
            "dataset": "d",
            "speaker": ["a", "b", "a", "b"],
            "emotion": ["angry", "angry", "sad", "angry"],
            "fold": 0,
            "p_angry": sure,
            "p_sad": [1 - share for share in sure],
        }
    )
    told = {"model": "mlp", "datasets": ["d"], "synthetic": False, "protocol": "random, one split"}
    return told | score(tested, ("angry", "sad"), seed=0)


@pytest.mark.parametrize("name", STORE_FIGURES)
def test_figures_of_a_store(ser, store_root, here, name):
    answer = ser("plot", *STORE_FIGURES[name], "--store", store_root, "--datasets", "own")
    assert (answer.code, answer.out, answer.err) == (0, f"{name}\n", "")
    assert (here / name).read_bytes().startswith(BEGINS[".png"])


@pytest.mark.parametrize("suffix", BEGINS)
def test_suffix_selects_the_format(ser, store_root, here, suffix):
    out = here / "figures" / f"map{suffix}"
    answer = ser("plot", "map", "--by", "dataset", "--store", store_root, "--out", out)
    assert answer.out == f"{out}\n"
    assert out.read_bytes().startswith(BEGINS[suffix])


@pytest.mark.parametrize("name", RESULT_FIGURES)
def test_figures_of_a_result(ser, here, metrics, name):
    (here / "art").mkdir()
    (here / "art" / "metrics.json").write_text(json.dumps(metrics))
    answer = ser("plot", name, here / "art")
    assert answer.out == f"{RESULT_FIGURES[name]}.png\n"
    assert (here / f"{RESULT_FIGURES[name]}.png").read_bytes().startswith(BEGINS[".png"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ["distribution", "pich_mean"],
            "no feature 'pich_mean': expected a column of numbers, such as pitch_",
        ),
        (
            ["distribution", "emotion"],
            "no feature 'emotion': expected a column of numbers, such as pitch_mean",
        ),
        (["speakers", "frame_count_"], "no feature 'frame_count_': expected a column of numbers"),
        (["map", "--by", "moon"], "Invalid value for '--by'"),
        (
            ["map", "--out", "map.gif"],
            "map.gif is no name for a figure: expected one that ends in .png, .svg",
        ),
        (["gallery", "--speakers", "nobody"], "no speaker 'nobody': expected one such as own/s0, own/s1"),
        (["contours", "--datasets", "tess"], "no 'tess' in "),
    ],
)
def test_errors_are_one_line(ser, store_root, here, words, text):
    answer = ser("plot", *words, "--store", store_root)
    assert answer.code == 2
    assert answer.err.startswith(f"error: {text}")
    assert len(answer.err.splitlines()) == 1
    assert list(here.iterdir()) == []


def test_folder_without_a_result(ser, here):
    answer = ser("plot", "confusion", here)
    assert answer.err == (
        f"error: no result in {here}: expected {here / 'metrics.json'}: make one with ser train\n"
    )
    (here / "metrics.json").write_text('{"model": "mlp"}')
    answer = ser("plot", "confusion", here)
    assert answer.err.startswith(f"error: {here / 'metrics.json'} is no result of this version of ser")
