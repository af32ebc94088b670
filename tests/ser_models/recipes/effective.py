"""Every parameter that decides a result of a recipe under protocol paper, by a path such as "model.dropout".

A parameter that another one switches off, such as γ of a cross-entropy, decides nothing and is left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ser_features.config import profile
from ser_models.recipes.schema import Recipe

INACTIVE: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "gamma": lambda model: model["loss"] != "focal",
    "columns": lambda model: model.get("reads") == "frames" or not model["columns"],
    "decay": lambda model: model["schedule"] not in ("plateau", "step"),
    "period": lambda model: model["schedule"] not in ("step", "restarts"),
    "families": lambda model: model.get("reads") == "columns",
    "length": lambda model: model.get("reads") == "columns",
}
"""When a hyperparameter decides nothing, given all of the model's."""

READ_BY = {
    "frames.n_mfcc": "mfcc",
    "frames.delta_width": "mfcc_delta|^mfcc ",
    "frames.rolloff": "rolloff",
    "pitch": "pitch|jitter|shimmer|voiced",
    "tempo": "tempo",
}
"""Columns or frame families that a parameter of the profile matters for; all of them for the others."""


def parameters(recipe: Recipe) -> dict[str, Any]:
    """Return the value of every parameter by its path."""
    model = recipe.create_model()
    held = profile(recipe.profile)
    protocol = recipe.paper.model_dump(exclude={"description"})
    values = {
        **{name: getattr(recipe, name) for name in ("datasets", "classes", "oversample")},
        **{f"label_map.{name}": label for name, label in recipe.label_map.items()},
        **{f"audio.{name}": value for name, value in asdict(held.audio).items()},
        "model.name": recipe.model["name"],
        **{f"model.{name}": value for name, value in model.parameters.items() if not _inactive(name, model)},
        **{f"paper.{name}": value for name, value in protocol.items()},
    }
    if not (model.parameters.get("class_weights") and recipe.oversample):
        values.pop("model.alpha", None)
    names = " ".join(getattr(model.inputs, "columns", model.inputs.families))
    for section in ("frames", "pitch", "tempo"):
        values |= {
            path: value
            for name, value in asdict(getattr(held, section)).items()
            if re.search(READ_BY.get(path := f"{section}.{name}", READ_BY.get(section, "")), names)
        }
    if recipe.variants:
        values["augment_rate"] = recipe.augment_rate
    else:
        del values["paper.augment"]
    for variant in recipe.make_variants():
        values[f"variants.{variant.name}"] = variant.transform
        for parameter in variant.kind.parameters:
            low, high = variant.ranges.get(parameter.name, parameter.default)
            values[f"variants.{variant.name}.{parameter.name}"] = low if low == high else [low, high]
    return values


def _inactive(name: str, model: Any) -> bool:
    return name in INACTIVE and INACTIVE[name](model.parameters)
