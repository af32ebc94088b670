"""The bundled recipes, and one-line errors for a wrong recipe, before any audio is read."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_features.labels import EMOTIONS
from ser_models import recipes
from ser_models.data.examples import Examples
from ser_models.data.split import make_split
from ser_models.recipes import FOLDER
from ser_models.recipes.read import load

PUBLISHED = {
    "bone_conducted_transformer": 1440,
    "fusion_cnn_bilstm": 11_970,
    "fusion_spectrogram_cnn_bilstm": 11_970,
    "attention_cnn_bilstm": 1440,
    "multi_corpus_cnn_lstm": 10_898,
    "multi_corpus_mlp": 10_898,
    "multi_corpus_boosting": 10_898,
    "chunked_conv3d": 5174,
}
"""Recordings of each system, as its paper or its own tables give them."""


@pytest.fixture(params=PUBLISHED)
def recipe(request):
    return load(request.param)


def test_all_systems_are_there():
    assert recipes.names() == sorted(PUBLISHED)


def test_whole_corpora_give_the_published_counts(recipe, whole_corpora):
    emotions = [file.emotion for name in recipe.datasets for file in whole_corpora[name]]
    assert sum(recipe.count(emotions).values()) == PUBLISHED[recipe.name]


def test_bone_conducted_counts(whole_corpora):
    recipe = load("bone_conducted_transformer")
    counts = recipe.count([file.emotion for file in whole_corpora["ravdess"]])
    assert counts == {label: 96 if label == "neutral" else 192 for label in recipe.classes}
    clips = 1 + len(recipe.make_variants())
    assert clips == 15
    assert clips * sum(counts.values()) == 21_600
    assert clips * counts["happy"] == 2880
    assert clips * counts["neutral"] == 1440


def test_fusion_counts(whole_corpora):
    recipe = load("fusion_cnn_bilstm")
    counts = recipe.count([file.emotion for name in recipe.datasets for file in whole_corpora[name]])
    assert counts == {
        **dict.fromkeys(("angry", "disgust", "fear", "happy", "sad"), 1923),
        "neutral": 1703,
        "surprise": 652,
    }


def test_multi_corpus_counts(whole_corpora):
    recipe = load("multi_corpus_cnn_lstm")
    counts = {
        name: sum(recipe.count([file.emotion for file in whole_corpora[name]]).values())
        for name in recipe.datasets
    }
    assert counts == {"tess": 2400, "cremad": 7442, "ravdess": 1056}


def test_chunked_counts(whole_corpora):
    recipe = load("chunked_conv3d")
    by_corpus = {
        name: recipe.count([file.emotion for file in whole_corpora[name]]) for name in recipe.datasets
    }
    assert {name: sum(counts.values()) for name, counts in by_corpus.items()} == {
        "ravdess": 1440, "tess": 2800, "savee": 480, "emodb": 454,
    }  # fmt: skip
    total = {label: sum(counts[label] for counts in by_corpus.values()) for label in recipe.classes}
    assert round(0.15 * total["angry"]) == 117
    assert round(0.15 * total["neutral"]) == 133


def clips_of(recipe, whole_corpora):
    """Examples of all recordings of a recipe's corpora, and of the copies that protocol paper splits too."""
    names = [None, *(variant.name for variant in recipe.make_variants())]
    rows = [
        {
            "file_id": f"{file.file_id}#{name}",
            "dataset": file.dataset,
            "emotion": label,
            "speaker": file.speaker,
        }
        for dataset in recipe.datasets
        for file in whole_corpora[dataset]
        if (label := recipe.label(file.emotion))
        for name in (names if recipe.paper.augment == "all" else names[:1])
    ]
    return Examples(pd.DataFrame(rows), tuple(recipe.classes))


@pytest.mark.parametrize(
    ("name", "clips", "tested"),
    [
        ("bone_conducted_transformer", 21_600, 4320),
        ("fusion_cnn_bilstm", 35_910, 2873),
        ("chunked_conv3d", 5174, 777),
    ],
)
def test_tested_clips_of_the_paper_s_protocol(name, clips, tested, whole_corpora):
    """The supports of a stratified draw are the printed ones, to within the rounding of two draws."""
    recipe = load(name)
    examples, paper = clips_of(recipe, whole_corpora), recipe.paper
    split = make_split(examples, kind=paper.split, shares=paper.shares, stratify=paper.stratify)
    assert len(examples) == clips
    assert len(split.side(0, "test")) == tested
    supports = examples.take(split.side(0, "test")).rows["emotion"].value_counts()
    if paper.stratify == "none":
        assert supports.drop("neutral").max() - supports.drop("neutral").min() > 20
    else:
        printed = {label: row.support for label, row in recipe.claims.per_class.items()}
        assert {label: abs(supports[label] - count) for label, count in printed.items() if count} == {
            label: pytest.approx(0, abs=2) for label in printed
        }


def test_the_printed_test_set_of_the_multi_corpus_study_is_15_of_80_per_cent(whole_corpora):
    examples = clips_of(load("multi_corpus_cnn_lstm"), whole_corpora)
    first = make_split(examples, kind="random", shares=[0.8, 0.0, 0.2])
    rest = examples.take(first.side(0, "train"))
    assert len(make_split(rest, kind="random", shares=[0.85, 0.0, 0.15]).side(0, "test")) == 1308


def test_a_recipe_is_complete(recipe):
    assert recipe.title
    assert recipe.source
    assert recipe.choices
    assert recipe.tune
    assert recipe.paper.split == "random"
    assert recipe.honest.split == "speaker"
    assert recipe.honest.folds == 5
    assert recipe.honest.augment == "training"
    published = recipe.claims.per_class
    assert not published or list(published) == recipe.classes


def test_quick_is_smaller_and_noted(recipe):
    quick = recipe.reduced()
    assert quick.honest.folds < recipe.honest.folds
    assert recipe.quick_note().startswith("quick run: at most ")
    assert str(recipe.quick.epochs) in recipe.quick_note()
    assert len(quick.variants) <= len(recipe.variants)
    assert quick.quick == recipe.quick


@pytest.fixture
def edited(tmp_path):
    """Return a maker of recipes: one of ours with a piece of its text replaced."""

    def edit(old: str, new: str, name: str = "chunked_conv3d") -> Path:
        text = (FOLDER / f"{name}.toml").read_text()
        assert old in text
        (tmp_path / "mine.toml").write_text(text.replace(old, new, 1))
        return tmp_path / "mine.toml"

    return edit


BAD = {
    "unknown key": (
        ("oversample = true", "oversampling = true"),
        "recipe mine: unknown key 'oversampling': expected one of title, source, ",
    ),
    "unknown claim": (
        ("[claims.per_class]", "[claims.f1]"),
        "recipe mine: unknown key 'claims.f1': expected one of n, accuracy, ",
    ),
    "unknown claim of a class": (
        ("support = 117, correct", "support = 117, corect"),
        "recipe mine: unknown key 'claims.per_class.angry.corect': expected one of precision, recall, f1, ",
    ),
    "claim of another class": (
        ("sad = { precision", "bored = { precision"),
        "recipe mine: claims.per_class.bored: expected one of angry, disgust, fear, ",
    ),
    "claim out of range": (
        ("accuracy = 0.86", "accuracy = 86"),
        "recipe mine: claims.accuracy is 86: input should be less than or equal to 1",
    ),
    "unknown key in a table": (
        ("folds = 5", "fold = 5"),
        "recipe mine: unknown key 'honest.fold': expected one of split, stratify, folds, shares",
    ),
    "wrong type": (
        ("folds = 5", 'folds = "five"'),
        "recipe mine: honest.folds is 'five': input should be a valid integer",
    ),
    "missing key": (("profile = ", "# profile = "), "recipe mine: no key 'profile': expected it"),
    "no TOML": (("[model]", "[model"), "no TOML"),
    "synonym as a class": (
        ('classes = ["angry"', 'classes = ["anger"'),
        "recipe mine: 'anger' is no label of an emotion: expected such as 'angry'",
    ),
    "order of classes": (
        ('"angry", "disgust"', '"disgust", "angry"'),
        "expected each once, in the order ['angry', 'disgust'",
    ),
    "label mapped to no class": (
        ('calm = "neutral"', 'calm = "boredom"'),
        "recipe mine: label_map.calm = 'boredom': expected an emotion that is no class = a class",
    ),
    "unknown corpus": (
        ('"savee"', '"semaine"'),
        "recipe mine: unknown corpus 'semaine': expected one of ravdess",
    ),
    "unknown profile": (
        ('profile = "wide16k-raw', 'profile = "wide8k'),
        "recipe mine: unknown profile 'wide8k+peak': expected one of speech16k",
    ),
    "unknown model": (
        ('name = "chunked_conv3d"', 'name = "conv4d"'),
        "recipe mine: unknown model 'conv4d': expected one of mlp",
    ),
    "unknown hyperparameter": (
        ("gamma = 2.0", "gama = 2.0"),
        "recipe mine: model 'chunked_conv3d' has no parameter gama: did you mean 'gamma'? expected ",
    ),
    "unknown transform": (
        ('transform = "noise"', 'transform = "hiss"'),
        "recipe mine: ",
    ),
    "tuning of no hyperparameter": (
        ("depth = { choices", "deepness = { choices"),
        "recipe mine: tune.deepness: the model has ",
    ),
    "tuning without a range": (
        ("depth = { choices = [2, 3, 4] }", "depth = { low = 2.0 }"),
        "recipe mine: tune.depth: expected low and high, or choices",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_errors_are_one_line(case, edited):
    (old, new), message = BAD[case]
    with pytest.raises(InputError) as error:
        load(str(edited(old, new)))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_class_that_the_corpora_lack(edited):
    path = edited('datasets = ["ravdess", "tess", "savee", "emodb"]', 'datasets = ["emodb"]')
    with pytest.raises(InputError) as error:
        load(str(path))
    assert str(error.value) == (
        "recipe mine: class 'surprise': none of emodb has it: expected some of "
        "angry, disgust, fear, happy, neutral, sad, boredom"
    )


def test_a_model_that_does_not_fit_its_input(edited):
    path = edited('profile = "wide16k-raw', 'profile = "speech16k', "fusion_cnn_bilstm")
    with pytest.raises(InputError) as error:
        load(str(path))
    assert str(error.value).startswith(
        "recipe mine: model 'fusion_cnn_bilstm' reads 350 columns and profile 'speech16k+preemphasis' (64 "
    )


def test_a_bad_recipe_loads_no_network_library(edited):
    path = edited("gamma = 2.0", "gama = 2.0")
    code = (
        "import sys\n"
        "from ser_features.errors import InputError\n"
        "from ser_models.recipes.read import load\n"
        f"try: load({str(path)!r})\n"
        "except InputError: print(sorted({'keras', 'tensorflow', 'xgboost', 'librosa'} & {*sys.modules}))\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"


def test_an_unknown_recipe_lists_the_names():
    with pytest.raises(
        InputError, match=r"^unknown recipe 'transformer': did you mean 'bone_conducted_transformer'"
    ):
        load("transformer")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"no recipe .*mine\.toml \(No such file or directory\): expected "):
        load(str(tmp_path / "mine.toml"))


def test_labels_are_canonical_emotions(recipe):
    assert {recipe.label(emotion) for emotion in EMOTIONS} - {None} == set(recipe.classes)
