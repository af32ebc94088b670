"""Changes to a recipe: by `--set`, by a row of its comparisons, and by switching off a factor."""

import pytest

from ser_features.errors import InputError
from ser_models.recipes import names
from ser_models.recipes.changes import changed, described
from ser_models.recipes.comparisons import ablations, check_comparisons, declared, factors
from ser_models.recipes.read import load
from ser_models.recipes.schema import Comparison
from ser_models.recipes.settings import parsed

MLP, BONE, CONV = "multi_corpus_mlp", "bone_conducted_transformer", "chunked_conv3d"


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["epochs=5", "learning_rate=1e-3"], {"epochs": 5, "learning_rate": 1e-3}),
        (["model.dense = [8, 4]", "model.name=mlp"], {"model": {"dense": [8, 4], "name": "mlp"}}),
        (["profile=wide16k+bone", 'monitor="val_uar"'], {"profile": "wide16k+bone", "monitor": "val_uar"}),
        (["clip_norm=none", "class_weights=false"], {"clip_norm": None, "class_weights": False}),
        (["variants.noise.amplitude=[0.1, 0.2]"], {"variants": {"noise": {"amplitude": [0.1, 0.2]}}}),
        (["source=a\nname=1"], {"source": "a\nname=1"}),
    ],
)
def test_words_become_settings(words, settings):
    assert parsed(words) == settings


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["epochs"], "--set epochs: expected KEY=VALUE: write it like epochs=5"),
        (["=5"], "--set =5: expected KEY=VALUE"),
        (["model..name=a"], "expected KEY=VALUE"),
        (["C=1", "C=2"], "--set C=2: C is given twice: expected it once"),
        (["model=mlp", "model.name=mlp"], "model is given as a value too"),
        (["model.name=mlp", "model=svm"], "model is given twice"),
    ],
)
def test_other_words_are_refused(words, message):
    with pytest.raises(InputError, match=r"^--set ") as error:
        parsed(words)
    assert message in str(error.value)


def test_every_kind_of_key_is_changed():
    words = ["epochs=5", "model.gamma=0", "honest.folds=3", "paper.split=speaker", "profile=wide16k"]
    recipe = changed(
        load(CONV), parsed([*words, "variants.noise.amplitude=0.1", "Label_Map={}", "quick.folds=3"])
    )
    assert (recipe.model["epochs"], recipe.create_model().gamma) == (5, 0.0)
    assert (recipe.honest.folds, recipe.paper.split, recipe.quick.folds) == (3, "speaker", 3)
    assert (recipe.label_map, recipe.name) == ({}, CONV)
    assert recipe.make_variants()[0].ranges["amplitude"] == (0.1, 0.1)
    assert recipe.comparisons == []


def test_copies_are_left_out_of_the_quick_form_too():
    recipe = changed(load("fusion_cnn_bilstm"), {"variants": []})
    assert (recipe.variants, recipe.quick.variants) == ([], [])


def test_a_network_keeps_the_settings_of_the_training_loop():
    own = load(BONE)
    network = changed(own, {"model": {"name": "cnn_lstm", "lstm": 0}}).create_model().parameters
    for name in ("batch_size", "label_smoothing", "patience", "class_weights"):
        assert network[name] == own.create_model().parameters[name]
    assert network["lstm"] == 0
    other = changed(own, {"model": {"name": "random_forest"}})
    assert other.model == {"name": "random_forest"}
    assert other.reduced().model == {"name": "random_forest"}
    assert other.tune == {}


def test_quick_is_the_smaller_of_both():
    assert changed(load(MLP), {"epochs": 5}).reduced().model["epochs"] == 5
    assert changed(load(MLP), {"epochs": 500}).reduced().model["epochs"] == load(MLP).quick.epochs


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("epoch=5", "unknown key 'epoch': did you mean 'epochs'? expected one of epochs, "),
        ("model.epoch=5", "unknown key 'model.epoch': did you mean 'model.epochs'?"),
        ("paper.splits=random", "unknown key 'paper.splits': did you mean 'paper.split'?"),
        ("variants.noice.amplitude=1", "unknown variant 'noice': did you mean 'noise'?"),
        ("variants=['noice']", "unknown variant 'noice': did you mean 'noise'?"),
        ("variants=noise", "variants is 'noise', expected a table"),
        ("paper=random", "paper is 'random', expected a table"),
        ("model=mlp", "model is 'mlp', expected a table: give model.KEY, such as model.name"),
        ("model.name=mlpp", "unknown model 'mlpp': did you mean 'mlp'?"),
        ("epochs=many", "epochs is 'many', expected an integer of at least 1"),
        ("honest.folds=1", "honest.folds is 1: input should be greater than or equal to 2"),
        ("profile=wide8k", "unknown profile 'wide8k'"),
    ],
)
def test_wrong_changes_are_one_line(word, message):
    with pytest.raises(InputError) as error:
        changed(load(CONV), parsed([word]))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_changes_are_described_with_the_recipes_own_values():
    changes = parsed(
        ["batch_size=8", "model.clip_norm=1", "variants=[]", "honest.folds=3", "oversample=false"]
    )
    assert described(load(CONV), changes) == [
        "changed from the recipe: batch_size = 8 instead of 32",
        "changed from the recipe: model.clip_norm = 1 instead of none",
        'changed from the recipe: variants = [] instead of ["noise", "pitch", "stretch", "shift"]',
        "changed from the recipe: honest.folds = 3 instead of 5",
        "changed from the recipe: oversample = false instead of true",
    ]


@pytest.mark.parametrize("name", names())
def test_every_factor_can_be_switched_off(name):
    recipe = load(name)
    for row in ablations(recipe, factors(recipe)):
        off = changed(recipe, row.changes)
        factor = row.name.removeprefix("without_")
        assert off.model_dump() != recipe.model_dump(), factor
        assert factor not in factors(off)


def test_factors_of_a_recipe():
    assert {"augmentation", "pitch_up", "class_weights", "label_smoothing", "dropout", "bone"} <= {
        *factors(load(BONE))
    }
    assert {"augmentation", "oversample", "loss", "schedule"} <= {*factors(load(CONV))}
    with pytest.raises(
        InputError, match=r"^unknown factor 'bones': did you mean 'bone'\? expected one of augmenta"
    ):
        ablations(load(BONE), ["bones"])


def test_rows_of_a_recipe_are_checked_when_it_is_read():
    row = Comparison(name="svm", system="SVM", changes={"model": {"name": "svn"}})
    recipe = load(MLP).model_copy(update={"comparisons": [row]})
    with pytest.raises(
        InputError, match=r"^recipe multi_corpus_mlp: comparisons.svm: unknown model 'svn': did"
    ):
        check_comparisons(recipe)
    with pytest.raises(InputError, match=r"declares no comparisons: .* --ablate with some of .*dropout"):
        declared(recipe.model_copy(update={"comparisons": []}))
