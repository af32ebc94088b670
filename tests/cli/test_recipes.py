"""`ser recipes`: the recipes that come with ser, and the text of one to edit."""

import json

from ser_models.recipes import FOLDER, names
from ser_models.recipes.read import load


def test_recipes_are_listed(ser):
    listed = {one["name"]: one for one in json.loads(ser("recipes", "list", "--json").out)["recipes"]}
    assert list(listed) == names()
    assert listed["multi_corpus_mlp"]["accuracy"] == 0.6514
    assert "svm" in listed["multi_corpus_mlp"]["comparisons"]
    header, *rows = ser("recipes", "list").out.splitlines()
    assert header.split()[:3] == ["recipe", "corpora", "model"]
    assert [row.split()[0] for row in rows[:-1]] == names()
    assert rows[-1] == f"next: ser recipes show {names()[0]}"


def test_a_printed_recipe_is_the_recipe(ser, tmp_path):
    answer = ser("recipes", "show", "chunked_conv3d")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (FOLDER / "chunked_conv3d.toml").read_text()
    (tmp_path / "mine.toml").write_text(answer.out)
    assert load(str(tmp_path / "mine.toml")).model == load("chunked_conv3d").model
    content = json.loads(ser("recipes", "show", "chunked-conv3d", "--json").out)
    assert content["model"]["name"] == "chunked_conv3d"


def test_an_unknown_recipe_is_refused(ser):
    answer = ser("recipes", "show", "transformer")
    assert answer.code == 2
    assert answer.err.startswith("error: unknown recipe 'transformer': did you mean ")
