"""Consistency of a recipe: classes and corpora, profile and model, names and ranges."""

from ser_features import corpora, extractors
from ser_features.config import Profile
from ser_features.config import profile as find_profile
from ser_features.errors import InputError
from ser_features.labels import in_order, is_emotion, problem, spelled
from ser_models.data.inputs import ColumnInputs
from ser_models.models.base import Model
from ser_models.recipes.schema import Recipe


def check(recipe: Recipe) -> None:
    """Check that the parts of a recipe are consistent, without reading any audio.

    Raises:
        InputError: naming the recipe, what was found and what was expected.
    """
    try:
        _check_classes(recipe)
        features = find_profile(recipe.profile)
        recipe.make_variants()
        _check_fit(recipe.create_model(), features)
        _check_names(recipe)
    except InputError as error:
        raise InputError(f"recipe {recipe.name}: {error}") from error


def _check_classes(recipe: Recipe) -> None:
    names = [*recipe.classes, *recipe.label_map, *recipe.label_map.values()]
    for name in names:
        if why := problem(name):
            raise InputError(why)
        if name != spelled(name) or not is_emotion(name):
            raise InputError(f"{name!r} is no label of an emotion: expected such as {spelled(name)!r}")
    if recipe.classes != in_order(set(recipe.classes)):
        raise InputError(
            f"classes are {recipe.classes}: expected each once, in the order {in_order(set(recipe.classes))}"
        )
    for name, label in recipe.label_map.items():
        if name in recipe.classes or label not in recipe.classes:
            raise InputError(f"label_map.{name} = {label!r}: expected an emotion that is no class = a class")
    published = [corpora.get(name) for name in recipe.datasets if not name.lower().endswith(".csv")]
    if len(published) < len(recipe.datasets):
        return  # the classes of a user's own manifest are known after its scan
    spoken = {recipe.label(emotion) for corpus in published for emotion in corpus.emotions}
    if missing := [label for label in recipe.classes if label not in spoken]:
        raise InputError(
            f"class {missing[0]!r}: none of {', '.join(recipe.datasets)} has it: expected some of "
            f"{', '.join(in_order({emotion for corpus in published for emotion in corpus.emotions}))}"
        )


def _check_names(recipe: Recipe) -> None:
    """Check references to variants, classes and hyperparameters."""
    names = [table["name"] for table in recipe.variants]
    for variant in recipe.quick.variants or ():
        if variant not in names:
            raise InputError(f"quick.variants: no variant {variant!r}: expected some of {', '.join(names)}")
    for label in recipe.claims.per_class:
        if label not in recipe.classes:
            raise InputError(f"claims.per_class.{label}: expected one of {', '.join(recipe.classes)}")
    parameters = recipe.create_model().parameters
    for name, values in recipe.tune.items():
        if name not in parameters:
            raise InputError(f"tune.{name}: the model has {', '.join(parameters)}")
        if (values.choices is None) == (values.low is None or values.high is None):
            raise InputError(f"tune.{name}: expected low and high, or choices")
        for value in values.choices or ():
            recipe.create_model({name: value})


def check_tuned(recipe: Recipe) -> None:
    """Check that the recipe's own values, the first trial of a search, are among those that are tried.

    Raises:
        InputError: naming the first that is not.
    """
    parameters = recipe.create_model().parameters
    for name, values in recipe.tune.items():
        if not values.contains(parameters[name]):
            raise InputError(
                f"recipe {recipe.name}: tune.{name}: the model has {parameters[name]!r}: expected it among "
                "the choices, or from low to high"
            )


def _check_fit(model: Model, features: Profile) -> None:
    """Check that a profile has the features that a model reads."""
    inputs = model.inputs
    extractors.check_families(inputs.families)
    if isinstance(inputs, ColumnInputs):
        given = {column.name for column in extractors.columns(inputs.families, features)}
        if missing := [name for name in inputs.columns if name not in given]:
            raise InputError(
                f"model {model.name!r} reads {len(inputs.columns)} columns and profile {features.name!r} "
                f"({features.frames.n_mels} mel bands) lacks {len(missing)} of them, such as {missing[0]}: "
                "expected another profile or another model"
            )
