"""The layers of a network, as a model of the registry has them by default or as a recipe sets them.

`Request` (model, recipe, shapes, classes) → `architecture` → `Summary`

>>> read_shapes(["frames=128x64", "mask=128"])
{'frames': (128, 64), 'mask': (128,)}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ser_features.config import DEFAULT_PROFILE
from ser_features.config import profile as find_profile
from ser_features.errors import InputError
from ser_models.models import create, model_class
from ser_models.models.networks.network import Network
from ser_models.models.networks.summary import Summary, shapes_of, summarise
from ser_models.recipes.read import load

CLASSES = 6
"""Width of the softmax without a recipe: the six basic emotions."""


@dataclass(frozen=True, slots=True)
class Request:
    """Which network to describe.

    Attributes:
        model: its name in the registry.
        recipe: name or path of a recipe with its hyperparameters, profile and classes; None for defaults.
        shapes: shape of one recording by input array; empty for those of the profile.
        classes: width of the softmax; None for that of the recipe, or `CLASSES`.
    """

    model: str
    recipe: str | None = None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    classes: int | None = None


def architecture(request: Request) -> Summary:
    """Build a network and describe its layers.

    Raises:
        InputError: if the model is no network or not that of the recipe, or the shapes do not fit it.
        MissingExtraError: if a package that it needs is not installed.
    """
    name = model_class(request.model, described_only=True).name
    recipe = load(request.recipe) if request.recipe else None
    if recipe and recipe.model["name"] != name:
        raise InputError(
            f"recipe {recipe.name} has the model {recipe.model['name']}, found {name}: expected a recipe of "
            f"{name}: pass another --recipe"
        )
    network = recipe.create_model() if recipe else create(name)
    if not isinstance(network, Network):
        raise InputError(f"model {name!r} has no layers: expected a network, such as cnn_lstm")
    shapes = shapes_of(network, find_profile(recipe.profile) if recipe else DEFAULT_PROFILE)
    classes = request.classes or (len(recipe.classes) if recipe else CLASSES)
    shapes = _changed(shapes, request.shapes)
    try:
        return summarise(network, shapes, classes)
    except ValueError as error:
        raise InputError(
            f"{name} cannot read {_listed(shapes)} ({str(error).splitlines()[0]}): expected inputs of "
            "the same number of frames, of at least as many as it pools: pass other --inputs"
        ) from error


def _changed(
    shapes: dict[str, tuple[int, ...]], given: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """The shapes with those that were given instead.

    Raises:
        InputError: if one is of no input, or has another number of axes.
    """
    for name, shape in given.items():
        if name not in shapes or len(shape) != len(shapes[name]):
            raise InputError(f"input {name}={written(shape)}: expected inputs such as {_listed(shapes)}")
    return shapes | dict(given)


def _listed(shapes: Mapping[str, Sequence[int]]) -> str:
    return " ".join(f"{name}={written(shape)}" for name, shape in shapes.items())


def written(shape: Sequence[int | None]) -> str:
    """Write a shape as `read_shapes` reads it: 300x64; a question mark for a size that varies."""
    return "x".join("?" if size is None else str(size) for size in shape)


def read_shapes(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Read shapes of inputs.

    Args:
        words: such as frames=300x64.

    Raises:
        InputError: if one is written otherwise.
    """
    shapes = {}
    for word in words:
        name, equals, sizes = word.partition("=")
        numbers = sizes.split("x")
        if not equals or not all(size.isdecimal() and int(size) for size in numbers):
            raise InputError(f"input {word!r}: expected a name and its sizes, such as frames=300x64")
        shapes[name] = tuple(map(int, numbers))
    return shapes
