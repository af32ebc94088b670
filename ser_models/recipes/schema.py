"""The tables of a recipe's TOML file, and what follows from them without reading any audio."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ser_features.augment import Variant
from ser_features.errors import InputError
from ser_models.evaluation.claims import Claims
from ser_models.models import create
from ser_models.models.base import Model

PROTOCOLS = ("paper", "honest")
"""As published, leaks included; and on speakers that nothing was fitted on."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Protocol(_Table):
    """Training and test side.

    Attributes:
        split: "speaker" (disjoint) or "random".
        stratify: strata of a random split: "none", by "emotion", or by emotion within each "dataset".
        folds: K folds in which everything is tested once; None for one split.
        shares: share of train, validation and test of one split; a validation share of 0 means that the
            epoch is chosen on the test side, as some papers do.
        augment: recordings with augmented copies: those on the training side, or all before the split.
        description: the protocol and what leaks in it, in plain words.
    """

    split: Literal["speaker", "random"]
    stratify: Literal["none", "emotion", "dataset"] = "emotion"
    folds: Annotated[int, Field(ge=2)] | None = None
    shares: Annotated[list[float], Field(min_length=3, max_length=3)] | None = None
    augment: Literal["training", "all"] = "training"
    description: str


class Choice(_Table):
    """What a paper leaves open, or says twice, and how it is settled here (*our choice*).

    Attributes:
        covers: the parameters that it settles, such as "model.dropout".
        sentence: what was chosen and why, with the values in the order of `covers`.
    """

    covers: list[str] = []
    sentence: str


class Quick(_Table):
    """What `--quick` reduces.

    Attributes:
        epochs: most epochs (or boosting rounds).
        folds: K of the protocols that have folds.
        variants: names of the augmented copies that are made.
    """

    epochs: Annotated[int, Field(ge=1)] | None = None
    folds: Annotated[int, Field(ge=2)] | None = None
    variants: list[str] | None = None


class Range(_Table):
    """Search range of one hyperparameter for `ser tune`: between two numbers, or among choices."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: list[Any] | None = None

    def contains(self, value: Any) -> bool:
        """Whether a value is one of the choices, or in the range."""
        if self.choices is not None:
            return value in self.choices
        return self.low is not None and self.high is not None and self.low <= value <= self.high


class Comparison(_Table):
    """One row of a comparison: the recipe with some of it changed, beside what the paper prints.

    Attributes:
        name: of the row and of its folder.
        system: what is compared, in the words of the paper.
        source: table or section of the paper; empty if it is not in the paper.
        note: how the row differs from what the paper names.
        changes: what differs from the recipe, as `ser_models.recipes.changes` reads it.
        unavailable: why the row cannot be run; None if it can.
        claims: what the paper reports for it.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    system: str
    source: str = ""
    note: str = ""
    changes: dict[str, Any] = {}
    unavailable: str | None = None
    claims: Claims = Claims()


def _as_choice(value: Any) -> Any:
    return {"sentence": value} if isinstance(value, str) else value


class Recipe(_Table):
    """A published system.

    Attributes:
        name: of the recipe.
        title: of the system.
        source: the publication.
        choices: what the paper leaves open; a sentence alone covers no parameter.
        datasets: its corpora.
        classes: its classes, canonical emotions in canonical order.
        label_map: canonical emotions that count as another class; those in neither are dropped.
        profile: feature profile.
        model: `name` in the registry of models, and hyperparameters that differ from its defaults.
        augment_rate: at which copies are altered before they are resampled, in Hz; None: altered afterwards.
        oversample: whether smaller classes are repeated within the training side.
        variants: the augmented copies: name, transform, parameter ranges.
        paper: the protocol as published.
        honest: the protocol on unseen speakers.
        quick: what `--quick` reduces.
        tune: search ranges of `ser tune`.
        claims: what the paper reports.
        comparisons: the other rows of the paper's tables.
    """

    name: str
    title: str
    source: str
    choices: list[Annotated[Choice, BeforeValidator(_as_choice)]]
    datasets: Annotated[list[str], Field(min_length=1)]
    classes: Annotated[list[str], Field(min_length=2)]
    label_map: dict[str, str] = {}
    profile: str
    model: dict[str, Any]
    augment_rate: int | None = None
    oversample: bool = False
    variants: list[dict[str, Any]] = []
    paper: Protocol
    honest: Protocol
    quick: Quick = Quick()
    tune: dict[str, Range] = {}
    claims: Claims = Claims()
    comparisons: list[Comparison] = []

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Hyperparameters of the model that differ from its defaults."""
        return {key: value for key, value in self.model.items() if key != "name"}

    def protocol(self, name: str) -> Protocol:
        """Return the protocol called `name`.

        Raises:
            InputError: if there is none.
        """
        if name not in PROTOCOLS:
            raise InputError(f"unknown protocol {name!r}: expected one of {', '.join(PROTOCOLS)}")
        return self.paper if name == "paper" else self.honest

    def create_model(self, hyperparameters: Mapping[str, Any] | None = None) -> Model:
        """Return the unfitted model, with `hyperparameters` over the recipe's own."""
        return create(self.model["name"], {**self.hyperparameters, **(hyperparameters or {})})

    def make_variants(self) -> tuple[Variant, ...]:
        """Return the augmented copies to make of a recording."""
        return tuple(
            Variant(
                table["name"],
                table["transform"],
                {key: _pair(value) for key, value in table.items() if key not in ("name", "transform")},
                self.augment_rate,
            )
            for table in self.variants
        )

    def label(self, emotion: str) -> str | None:
        """Return the class that a canonical emotion counts as; None if it is dropped."""
        label = self.label_map.get(emotion, emotion)
        return label if label in self.classes else None

    def count(self, emotions: Sequence[str]) -> dict[str, int]:
        """Count recordings by class, given the canonical emotion of each."""
        counts = Counter(self.label(emotion) for emotion in emotions)
        return {label: counts[label] for label in self.classes}

    def reduced(self) -> Self:
        """Return the recipe as `--quick` runs it."""
        quick = self.quick
        variants = self.variants
        if quick.variants is not None:
            variants = [table for table in variants if table["name"] in quick.variants]
        model = dict(self.model)
        if quick.epochs is not None:
            parameters = self.create_model().parameters
            limited = [name for name in ("epochs", "n_estimators") if name in parameters]
            model |= {name: min(quick.epochs, parameters[name]) for name in limited}
        protocols = {
            name: protocol.model_copy(update={"folds": min(quick.folds, protocol.folds)})
            if protocol.folds and quick.folds
            else protocol
            for name, protocol in (("paper", self.paper), ("honest", self.honest))
        }
        return self.model_copy(update={"model": model, "variants": variants, **protocols})

    def quick_note(self) -> str:
        """What `--quick` reduces; stated with every such result."""
        quick, parts = self.quick, []
        if quick.epochs is not None:
            parts.append(f"at most {quick.epochs} epochs")
        if quick.folds is not None:
            parts.append(f"{quick.folds} folds")
        if quick.variants is not None:
            parts.append(f"{len(quick.variants)} of {len(self.variants)} augmented copies")
        return f"quick run: {', '.join(parts)}"


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
