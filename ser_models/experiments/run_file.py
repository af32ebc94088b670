"""A training as one file, for `ser train --config` and `ser_models.train`: run.toml of an artifact.

`TrainConfig`, store → `text_of` → run.toml → `read` → `RunFile` → `experiments.train.run_experiment`

The keys are those of `TrainConfig` and the store. Paths are as on the command line: relative to the working
folder where they are below it. A table `result` holds what was measured, and `RunFile.compared` says whether
another training measures the same.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ser_features.arguments import unknown
from ser_features.errors import InputError, shown
from ser_features.store import Store
from ser_models.artifact.metadata import RUN_FILE, ArtifactMetadata
from ser_models.evaluation.result import EvaluationResult
from ser_models.models import model_class
from ser_models.recipes.settings import NONE
from ser_models.training.config import TrainConfig

HEAD = """\
# A training: ser train --config run.toml repeats it. Options on the command line replace these values.
# Paths are relative to the folder in which the command is run.
"""

ALWAYS = ("model", "datasets", "seed")
"""Keys that are written even with their default values."""

PACKAGE = "ser-toolkit"
STORE, RESULT = "store", "result"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the training measured.

    Attributes:
        ser: version of the package.
        recordings: fingerprint of the recordings.
        features: fingerprint of their features.
        uar: of the test; None if it is not measurable.
    """

    ser: str
    recordings: str
    features: str
    uar: float | None = None


@dataclass(frozen=True, slots=True)
class RunFile:
    """Content of a run file.

    Attributes:
        config: of the training.
        store: folder or address of the feature store; None for the usual one.
        result: what was measured; None in a file that a user wrote.
    """

    config: TrainConfig
    store: str | None = None
    result: Expected | None = None

    def replaced(
        self, model: str | None, hyperparameters: Mapping[str, Any], values: Mapping[str, Any]
    ) -> TrainConfig:
        """The settings of a training in which other values replace those of the file.

        Args:
            model: name of another model, which gets none of the file's hyperparameters; None for the
                file's own.
            hyperparameters: that replace or complete those of the file.
            values: of other fields of `TrainConfig`.

        Raises:
            InputError: if there is no such model.
        """
        name = model_class(model or self.config.model).name
        own = self.config.hyperparameters if name == self.config.model else {}
        return replace(self.config, model=name, hyperparameters={**own, **hyperparameters}, **values)

    def compared(self, result: EvaluationResult) -> str:
        """Say in one line whether a training with this file measured the same; empty if nothing is known."""
        held = self.result
        if held is None:
            return ""
        if held.recordings != result.fingerprint:
            return (
                f"other recordings than in the run file ({result.fingerprint}, expected {held.recordings}): "
                "its result cannot be repeated with this store"
            )
        if held.uar == result.uar:
            return "same recordings and same UAR as in the run file"
        here, there = ("none" if uar is None else f"{uar:.4f}" for uar in (result.uar, held.uar))
        return f"same recordings as in the run file, but UAR {here} instead of {there} (ser {held.ser})"


def text_of(store: Store, config: TrainConfig, metadata: ArtifactMetadata, result: EvaluationResult) -> str:
    """Write a training as TOML.

    Args:
        store: that it read.
        config: its settings.
        metadata: of its model.
        result: of its test.
    """
    tested = set(config.test_datasets)
    settled: dict[str, Any] = {"datasets": [name for name in result.datasets if name not in tested]}
    if config.own_features:
        hyperparameters = {name: one for name, one in config.hyperparameters.items() if name != "columns"}
        settled |= {"own_features": _relative(config.own_features), "hyperparameters": hyperparameters}
    values = {field.name: getattr(config, field.name) for field in fields(config)} | settled
    defaults = TrainConfig(config.model)
    written = {
        name: value
        for name, value in values.items()
        if name in ALWAYS or value not in (None, getattr(defaults, name))
    }
    root = _relative(store.root) if isinstance(store.root, Path) else str(store.root)
    expected = Expected(
        metadata.versions.get(PACKAGE, "unknown"), result.fingerprint, metadata.digest, result.uar
    )
    measured = {name: value for name, value in asdict(expected).items() if value is not None}
    return HEAD + "\n".join(_lines({**written, STORE: root, RESULT: measured})) + "\n"


def read(path: Path) -> RunFile:
    """Read a run file, written by `text_of` or by hand.

    Raises:
        InputError: if it cannot be read, is no TOML, or has an unknown key or a value of another type; the
            message names the nearest key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}): expected a run file, such as "
            f"artifacts/best/{RUN_FILE}"
        ) from error
    except ValueError as error:
        raise InputError(f"{path}: no TOML ({error}): correct it") from error
    names = [*(field.name for field in fields(TrainConfig)), STORE, RESULT]
    for name in content:
        if name not in names:
            raise InputError(f"{path}: {unknown(name, names, 'key')}")
    beside = {name: content.pop(name) for name in (STORE, RESULT) if name in content}
    try:
        run = TypeAdapter(RunFile).validate_python({"config": content, **beside})
    except ValidationError as error:
        raise InputError(f"{path}: {_problem(error)}") from error
    hyperparameters = {name: None if one == NONE else one for name, one in run.config.hyperparameters.items()}
    return replace(run, config=replace(run.config, hyperparameters=hyperparameters))


def _problem(error: ValidationError) -> str:
    """The first wrong value in one line, with all that was expected of it."""
    several = error.errors(include_url=False)
    first = several[0]
    name = first["loc"][1] if first["loc"][:1] == ("config",) and len(first["loc"]) > 1 else first["loc"][0]
    if first["type"].startswith("missing"):
        return f"no key {first['loc'][-1]!r}: expected it"
    same = [one for one in several if name in one["loc"][:2]]
    messages = ("a list" if one["type"] == "sequence_str" else one["msg"] for one in same)
    expected = (re.split(",| or an instance", one)[0].removeprefix("Input should be ") for one in messages)
    return f"{name} is {shown(first['input'])}, expected {' or '.join(dict.fromkeys(expected))}"


def _relative(path: Path) -> str:
    """The path as seen from the working folder, if it is below it."""
    absolute, folder = (Path(os.path.abspath(one)) for one in (path, "."))  # noqa: PTH100
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(path)


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    """Keys and values; tables come last, as TOML requires."""
    for name, value in values.items():
        if not isinstance(value, Mapping):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from (
                "",
                f"[{_key(name)}]",
                *(f"{_key(key)} = {_value(one)}" for key, one in value.items()),
            )


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    """A value in TOML; None, which it lacks, is the word that `--set` takes for it."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(value)  # also inf and nan, which TOML has
    return json.dumps(NONE if value is None else value, ensure_ascii=False)
