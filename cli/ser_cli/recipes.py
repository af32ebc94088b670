"""`ser recipes`: the recipes that come with ser, and the text of one to edit.

<name>.toml → `load` → a row per recipe; or the file as it is
"""

import tomllib
from typing import TYPE_CHECKING, Any

from ser_cli.help import App
from ser_cli.options import AsJson, Recipe
from ser_cli.progress import hint
from ser_cli.streams import ABSENT

if TYPE_CHECKING:
    from ser_models.recipes.schema import Recipe as LoadedRecipe

SUMMARY = "List the recipes that come with ser, or print one to edit."

app = App(help=SUMMARY)


@app.command("list")
def list_recipes(as_json: AsJson = False) -> None:
    """List the recipes: published system, corpora, model, accuracy in the paper, rows of its comparison.

    JSON: recipes (name, title, source, datasets, classes, model, accuracy, comparisons).

    Example: ser recipes list
    """
    from ser_cli.tables import print_json, print_left
    from ser_models.recipes import names
    from ser_models.recipes.read import load

    described = [_described(load(name)) for name in names()]
    if as_json:
        print_json({"recipes": described})
        return
    rows = [
        [
            one["name"],
            " ".join(one["datasets"]),
            one["model"],
            ABSENT if one["accuracy"] is None else f"{one['accuracy']:.3f}",
            str(len(one["comparisons"])),
            one["title"],
        ]
        for one in described
    ]
    print_left(["recipe", "corpora", "model", "accuracy in the paper", "comparisons", "system"], rows)
    hint(f"ser recipes show {described[0]['name']}")


@app.command()
def show(recipe: Recipe, as_json: AsJson = False) -> None:
    """Print a recipe as TOML, to edit: ser recipes show NAME > mine.toml.

    JSON: the tables of the file, with the keys that docs/recipes.md describes.

    Example: ser recipes show fusion_cnn_bilstm
    """
    from ser_cli.tables import print_json
    from ser_models.recipes.read import load, text_of

    load(recipe)
    text = text_of(recipe)
    if as_json:
        print_json(tomllib.loads(text))
    else:
        print(text, end="")


def _described(recipe: "LoadedRecipe") -> dict[str, Any]:
    return {
        "name": recipe.name,
        "title": recipe.title,
        "source": recipe.source,
        "datasets": recipe.datasets,
        "classes": recipe.classes,
        "model": recipe.model["name"],
        "accuracy": recipe.claims.accuracy,
        "comparisons": [row.name for row in recipe.comparisons],
    }
