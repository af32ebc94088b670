"""`ser train --preset`: the extraction before the training, and what it settles of the training."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from ser_cli.options import DEFAULT_STORE
from ser_cli.progress import say


@dataclass(frozen=True, slots=True)
class Prepared:
    """The store of a preset and the options of its training.

    Attributes:
        model: name of the model.
        folds: number of folds, as text.
        out: folder of the artifact.
        store: folder of the store.
        datasets: corpora in it to train on.
        classes: emotions that all of them have.
    """

    model: str
    folds: str
    out: Path
    store: Path
    datasets: list[str]
    classes: list[str]

    @classmethod
    def of(
        cls, name: str, *, model: str | None, data: Path, store: Path, datasets: list[str] | None
    ) -> "Prepared":
        """Extract the corpora of a preset, with the features of the model and with copies.

        Args:
            name: of the preset.
            model: name of a model instead of that of the preset.
            data: data root.
            store: folder of the store; the usual one stands for that of the preset.
            datasets: corpora instead of those of the preset.

        Raises:
            InputError: if the preset is unknown, or no corpus or fewer than two shared emotions are left.
        """
        from ser_cli.extract import extract
        from ser_features.store import open_store
        from ser_models.experiments.presets import classes_of, features_of, find

        preset = find(name)
        model = model or preset.model
        names = datasets or list(preset.corpora_of(data))
        folder = preset.store if store == DEFAULT_STORE else store
        say(f"extracting {' '.join(names)} into {folder}")
        with redirect_stdout(sys.stderr):  # stdout is for the result of the training
            extract(
                datasets=names,
                data=data,
                store=folder,
                features=features_of(model),
                speed_perturb=True,
                rooms=preset.rooms,
            )
        opened = open_store(folder)
        held = tuple(opened.check(names))
        classes = [one for one in classes_of(opened, held) if one in preset.classes or not preset.classes]
        return cls(model, str(preset.folds), preset.out, folder, list(held), classes)
