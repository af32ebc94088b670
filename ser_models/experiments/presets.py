"""Presets: a model together with the features and copies that it is trained on, for `ser train --preset`.

name, data root → `find` → `Preset` → `corpora_of`, extraction by its settings → `classes_of` → training

>>> PRESETS["everything"].model, PRESETS["builtin"].datasets
('ridge', ('emodb',))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ser_features import corpora
from ser_features.arguments import chosen
from ser_features.errors import InputError
from ser_features.labels import in_order, is_emotion
from ser_features.store import Store
from ser_models.models.registry import families_read

ALWAYS = ("core", "mel")
"""Families that every preset stores: of any store, and for out-of-distribution scores."""


BASIC = ("angry", "disgust", "fear", "happy", "neutral", "sad")
"""Emotions that most corpora have. A class of one corpus alone would attract the recordings of others: with
boredom, `builtin` predicts it for nine tenths of TESS, which has none."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What is extracted and trained in one command.

    Attributes:
        name: on the command line, and of store and artifact.
        datasets: corpora to train on; empty for all built-in corpora that the data root has.
        model: name of the model.
        folds: number of cross-validation folds over speakers.
        rooms: number of copies in other rooms, beside those of other speeds.
        classes: emotions to recognise, of those that all corpora have; empty for all of these.
    """

    name: str
    datasets: tuple[str, ...] = ()
    model: str = "ridge"
    folds: int = 5
    rooms: int = 2
    classes: tuple[str, ...] = ()

    @property
    def store(self) -> Path:
        """Folder of its store by default."""
        return Path("data") / self.name

    @property
    def out(self) -> Path:
        """Folder of its artifact by default."""
        return Path("artifacts") / self.name

    def corpora_of(self, data: Path) -> tuple[str, ...]:
        """Names of the corpora to extract: its own, or those with recordings below a data root.

        Raises:
            InputError: if there are none.
        """
        if self.datasets:
            return self.datasets
        recorded = (name for name in corpora.names() if not corpora.get(name).synthetic)
        if names := tuple(name for name in recorded if corpora.get(name).count(data)):
            return names
        raise InputError(
            f"--preset {self.name}: no recording of a built-in corpus is below {data}: expected some: "
            "download one with ser download, or pass another --data"
        )


PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (Preset("everything"), Preset("builtin", ("emodb",), classes=BASIC))
}
"""By name. `builtin` makes the artifact that comes with the package."""


def find(name: str) -> Preset:
    """Find a preset by its name.

    Raises:
        InputError: if there is none of that name.
    """
    return PRESETS[chosen(name, tuple(PRESETS), "preset")]


def features_of(model: str) -> list[str]:
    """Families to extract: `ALWAYS`, and what the model reads."""
    return list(dict.fromkeys((*ALWAYS, *families_read(model))))


def classes_of(store: Store, datasets: tuple[str, ...]) -> tuple[str, ...]:
    """Emotions that every corpus has: a class of one corpus alone would be recognised by its rooms.

    Raises:
        InputError: if fewer than two are left.
    """
    rows = store.table(datasets, ["dataset", "emotion"]).to_pandas()
    rows = rows[rows["emotion"].map(is_emotion)]
    shared = set.intersection(*rows.groupby("dataset", observed=True)["emotion"].agg(set))
    if len(shared) < 2:
        raise InputError(
            f"{', '.join(datasets)} share {len(shared)} emotions, expected two at least: "
            "name the corpora to train on with --datasets"
        )
    return tuple(in_order(shared))
