"""`ser plot`: the path of the figure on stdout, errors in one line."""

import re

import pytest
from ser_cli.plot import DEFAULT_PROFILE, RESULTS

from ser_features import config
from ser_models.reporting.figures import FIGURES
from ser_models.reporting.figures.artifact import WHY_EMPTY, drawing
from tests.results import make_history, make_result

STORE_FIGURES = {
    "counts.png": ["counts", "--pie"],
    "distribution_pitch_mean.png": ["distribution", "pitch_mean"],
    "speakers_pitch_mean.png": ["speakers", "pitch_mean"],
    "contours.png": ["contours"],
    "gallery.png": ["gallery"],
    "map_emotion.png": ["map"],
}
BEGINS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", STORE_FIGURES)
def test_figures_of_a_store(ser, store_root, here, name):
    answer = ser("plot", *STORE_FIGURES[name], "--store", store_root, "--datasets", "own")
    assert (answer.code, answer.out, answer.err) == (0, f"{name}\n", "")
    assert (here / name).read_bytes().startswith(BEGINS[".png"])


@pytest.mark.parametrize(
    "words",
    [
        ["frames"],
        pytest.param(["augmented", "--transforms", "noise", "spectrogram_shift"], marks=pytest.mark.long),
        ["augmented", "--recipe", "fusion_cnn_bilstm"],
        pytest.param(["bone"], marks=pytest.mark.long),
    ],
)
def test_figures_of_a_recording(ser, recordings, here, words):
    answer = ser("plot", words[0], recordings / "s0_sad_0.wav", *words[1:])
    assert (answer.code, answer.out, answer.err) == (0, f"{words[0]}.png\n", "")
    assert (here / f"{words[0]}.png").read_bytes().startswith(BEGINS[".png"])


def test_a_recording_is_drawn_in_the_profile_of_new_stores():
    assert config.DEFAULT_PROFILE.name == DEFAULT_PROFILE


def test_diagram_of_a_network(ser, here):
    assert ser("plot", "model", "mlp", "--classes", "4").out == "model_mlp.png\n"
    assert (here / "model_mlp.png").read_bytes().startswith(BEGINS[".png"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["frames", "--profile", "speech44k"], "unknown profile 'speech44k': did you mean 'speech16k"),
        (["augmented", "--transforms", "nose"], "variant 'nose': unknown transform 'nose': expected one of "),
        (
            ["augmented", "--recipe", "multi_corpus_mlp"],
            "recipe multi_corpus_mlp has no augmented copies: pass --transforms",
        ),
    ],
)
def test_wrong_options_of_a_recording(ser, recordings, words, text):
    answer = ser("plot", words[0], recordings / "s0_sad_0.wav", *words[1:])
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith(f"error: {text}")


@pytest.mark.parametrize("suffix", BEGINS)
def test_suffix_selects_the_format(ser, store_root, here, suffix):
    out = here / "figures" / f"map{suffix}"
    answer = ser("plot", "map", "--by", "dataset", "--store", store_root, "--out", out)
    assert answer.out == f"{out}\n"
    assert out.read_bytes().startswith(BEGINS[suffix])


def artifact(folder, history=None, **options):
    """Those files of an artifact that figures are drawn from."""
    folder.mkdir()
    (folder / "metrics.json").write_text(make_result(**options).to_json())
    if history is not None:
        history.to_csv(folder / "history.csv", index=False)
    return folder


def test_every_figure_of_a_run_has_a_command():
    assert list(RESULTS) == list(FIGURES)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] * (name not in ("per-class", "training")))
        for name in RESULTS
    ],
)
def test_figures_of_a_result(ser, here, name):
    [path] = ser("plot", name, artifact(here / "art", make_history())).out.splitlines()
    assert (here / path).read_bytes().startswith(BEGINS[".png"])


def test_claims_of_the_recipe_stand_beside_the_result(here):
    values = {"recipe": "bone_conducted_transformer"}
    [f1, *_] = drawing(artifact(here / "art", values=values), "per-class").picture.panels
    assert f1.text.endswith(". The paper claims angry 97\xa0%, neutral 95\xa0%, sad 94\xa0%")


def test_figures_without_content_say_why(ser, here):
    one = artifact(here / "art", tested=("sad",), speakers=1)
    for name, why in WHY_EMPTY.items():
        answer = ser("plot", name, one)
        assert answer.err == f"error: {one}: {why}, so there is no figure {name}: draw another one\n"


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
        (["gallery", "--speakers", "eve"], "no speaker 'eve': expected one such as own/s0, own/s1"),
        (["contours", "--datasets", "tess"], "no 'tess' in "),
    ],
)
def test_errors_are_one_line(ser, store_root, here, words, text):
    answer = ser("plot", *words, "--store", store_root)
    assert answer.code == 2
    assert answer.err.startswith(f"error: {text}")
    assert len(answer.err.splitlines()) == 1
    assert list(here.iterdir()) == []


def test_errors_are_drawn_and_listed(ser, artifact, store_root, here):
    answer = ser("plot", "errors", artifact, "--store", store_root)
    figure, listing, _, summary, header, *_ = answer.out.splitlines()
    assert (figure, listing) == ("errors.png", "errors.csv")
    assert (here / figure).read_bytes().startswith(BEGINS[".png"])
    assert re.fullmatch(r"\d+ test recordings, \d+ of them wrong in logistic", summary)
    assert header.split() == ["recording", "emotion", "logistic"]
    answer = ser("plot", "errors", here, "--store", store_root)
    assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_folder_without_a_result(ser, here):
    answer = ser("plot", "confusion", here)
    assert answer.err == (
        f"error: no result in {here}: expected {here / 'metrics.json'}: make one with ser train\n"
    )
    (here / "metrics.json").write_text('{"model": "mlp"}')
    answer = ser("plot", "confusion", here)
    assert answer.err.startswith(f"error: {here / 'metrics.json'} is not a result of this version of ser: ")
