"""`ser models`: the models that can be trained, what they need, and their hyperparameters.

`MODELS` → class of each model, without the packages it needs → a row per model, or per hyperparameter
network → `architecture` → a row per layer
"""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli import completion
from ser_cli.help import App
from ser_cli.options import AsJson, Classes, InputShapes, OfRecipe
from ser_cli.progress import hint
from ser_cli.streams import ABSENT
from ser_features.errors import InputError

if TYPE_CHECKING:
    from ser_models.models.base import Model

SUMMARY = "List the models that can be trained: what for, training time, accuracy, input, required extra."

LEGEND = (
    "time: CPU time of a training on 1,000 recordings, logistic = 1; UAR: on new speakers of RAVDESS (chance "
    "0.125)"
)

app = App(no_args_is_help=False, invoke_without_command=True)


@app.callback()
def models(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the models that can be trained: what for, training time, accuracy, input, required extra.

    JSON: models (name, use, time: CPU time of a training on 1,000 recordings of RAVDESS as a multiple of that
    of logistic, uar on new speakers of RAVDESS, description, input, needs).

    Example: ser models
    """
    if ctx.invoked_subcommand is not None:
        return
    from ser_cli.tables import print_json, print_left
    from ser_models.models.registry import USES

    described = [_described(name) for name in USES]
    if as_json:
        print_json({"models": described})
        return
    columns = ("name", "time", "uar", "input", "needs", "use")
    rows = [[_cell(model[column]) for column in columns] for model in described]
    print_left(["model", "time", "UAR", *columns[3:]], rows)
    print(f"\n{LEGEND}")
    hint("ser models show best")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a model.", autocompletion=completion.models)],
    layers: Annotated[
        bool,
        typer.Option("--layers", help="Of a network: every layer with its output shape and parameters."),
    ] = False,
    recipe: OfRecipe = None,
    inputs: InputShapes = None,
    classes: Classes = None,
    as_json: AsJson = False,
) -> None:
    """Show one model: description, input, and each hyperparameter with default, valid values and meaning.

    With --layers: the layers of a network. --recipe, --inputs and --classes are for --layers.

    JSON: as of ser models, and hyperparameters (name, default, values, meaning); with --layers: model,
    classes, parameters, trainable and layers (name, kind, settings, shape, parameters, trainable, inputs,
    masks).

    Example: ser models show cnn_lstm --layers
    """
    from ser_cli.tables import print_json, print_left

    if layers:
        _show_layers(name, recipe, inputs or (), classes, as_json=as_json)
        return
    if recipe or inputs or classes:
        raise InputError("--recipe, --inputs and --classes are for --layers: add it, or leave them out")
    described = _described(name)
    hyperparameters = _hyperparameters(name)
    if as_json:
        print_json({**described, "hyperparameters": hyperparameters})
        return
    print(f"{described['name']}: {described['description']}")
    for fact in ("use", "input", "needs", "time", "uar"):
        print(f"{fact.replace('uar', 'UAR')}: {_cell(described[fact])}")
    print(f"({LEGEND})\n")
    columns = ("name", "default", "values", "meaning")
    rows = [[_text(one[column]) for column in columns] for one in hyperparameters]
    print_left(["hyperparameter", *columns[1:]], rows)
    hint(f"ser train --model {described['name']}")


def _show_layers(
    name: str, recipe: str | None, inputs: Sequence[str], classes: int | None, *, as_json: bool
) -> None:
    """Print the layers of a network, and the number of parameters."""
    from ser_cli.tables import print_json, print_table
    from ser_models.experiments.architecture import Request, architecture, read_shapes, written

    summary = architecture(Request(name, recipe, read_shapes(inputs), classes))
    counts = {"parameters": summary.parameters, "trainable": summary.trainable}
    if as_json:
        layers = [asdict(layer) for layer in summary.layers]
        print_json({"model": summary.model, "classes": summary.classes, **counts, "layers": layers})
        return
    rows = [
        [layer.name, layer.kind, layer.settings, written(layer.shape), f"{layer.parameters:,}"]
        for layer in summary.computing
    ]
    print_table(["layer", "kind", "settings", "output", "parameters"], rows, left=range(4))
    print(f"\n{summary.parameters:,} parameters, {summary.trainable:,} of them trainable")
    if summary.masking:
        print(f"not listed: {summary.masking} layers of the mask of padded frames, without parameters")
    hint(f"ser plot model {summary.model}{f' --recipe {recipe}' if recipe else ''}")


def _described(name: str) -> dict[str, Any]:
    """Name, use, training time, accuracy, description, input and required packages of a model.

    Raises:
        InputError: if there is no such model.
    """
    from ser_models.models import create
    from ser_models.models.registry import USES, measurement

    model = create(name, described_only=True)
    measured = measurement(model.name)
    return {
        "name": model.name,
        "use": USES[model.name],
        "time": measured and measured.time,
        "uar": measured and measured.uar,
        "description": (type(model).__doc__ or "").split("\n")[0].rstrip("."),
        "input": _input(model.inputs),
        "needs": _extra(model),
    }


def _extra(model: "Model") -> str:
    """The extra that installs what a model needs beyond the base installation."""
    from ser_features.extras import EXTRAS

    return " ".join(dict.fromkeys(EXTRAS.get(package, package) for package in model.needs)) or ABSENT


def _input(inputs: Any) -> str:
    """What a model reads of a recording, in a few words."""
    if inputs.kind == "joint":
        return ", ".join(dict.fromkeys(_input(part) for part in inputs.parts))
    if inputs.kind == "columns":
        families = inputs.families[1:] or inputs.families  # the core columns of the others are few
        return f"{len(inputs.columns):,} {' '.join(families)} columns"
    return f"{' '.join(inputs.families)} frames"


def _hyperparameters(name: str) -> list[dict[str, Any]]:
    """Name, default, valid values and meaning of every hyperparameter of a model."""
    from ser_models.models import create
    from ser_models.models.hyperparameters import describe

    model = create(name, described_only=True)
    meanings = _attributes(type(model))
    return [
        {"name": key, "default": model.parameters[key], "values": describe(hint), "meaning": meanings[key]}
        for key, hint in model.hints().items()
    ]


def _attributes(cls: type) -> dict[str, str]:
    """Meaning of each hyperparameter: the section "Attributes" of the class and its bases."""
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        section = (base.__doc__ or "").partition("Attributes:\n")[2].partition("\n\n")[0]
        for name, text in re.findall(r"^ {8}(\w+): (.*(?:\n {9,}.*)*)", section, re.MULTILINE):
            meanings[name] = " ".join(text.split()).rstrip(".")
    return meanings


def _cell(value: Any) -> str:
    """A text, or a figure if it was measured."""
    if isinstance(value, float):
        return f"{value:.3f}" if value < 1 else f"{value:g}"
    return ABSENT if value is None else str(value)


def _text(value: Any) -> str:
    """A default as it is written in a recipe."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
