"""What a model reads of a recording: per-file columns, or the frames of one family.

store rows or `Features` of a file → `Inputs` → raw values, the same on both ways.

>>> ColumnInputs(("rms_mean",)).to_json()
{'kind': 'columns', 'columns': ['rms_mean'], 'corpus_level': []}
>>> FrameInputs("mel", length=300).to_json()
{'kind': 'frames', 'family': 'mel', 'length': 300, 'corpus_level': []}
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import pandas as pd

from ser_features.errors import InputError

if TYPE_CHECKING:
    from ser_features.pipeline import Features

Raw = np.ndarray | list[np.ndarray]
"""Unscaled values: (recordings, columns) float32, or one (frames, bands) float32 per recording."""


class FrameSource(Protocol):
    """What gives the frames of stored recordings: a `ser_features.store.Store`."""

    def frames(self, rows: pd.DataFrame, family: str) -> list[np.ndarray]:
        """Return one (frames, bands) float32 per row."""


@dataclass(frozen=True, slots=True)
class ColumnInputs:
    """Per-file values.

    Attributes:
        columns: store columns, in the order the model sees them.
        corpus_level: those of them whose values depend on other recordings (normalised over a corpus,
            say); a leak, so `leakage` names them.
    """

    kind: ClassVar[str] = "columns"
    columns: tuple[str, ...]
    corpus_level: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file."""
        return ("core",)

    def from_store(self, store: FrameSource | None, rows: pd.DataFrame) -> np.ndarray:
        """Read the columns of stored recordings.

        Returns:
            (rows, columns) float32, NaN where a value could not be computed.

        Raises:
            InputError: if the store lacks a column.
        """
        if missing := [name for name in self.columns if name not in rows]:
            raise InputError(
                f"the store has no column {', '.join(missing)}: extract it with the families {self.families}"
            )
        return rows[list(self.columns)].to_numpy(dtype=np.float32, na_value=np.nan)

    def from_features(self, features: "Sequence[Features]") -> np.ndarray:
        """Read the columns of freshly extracted files; shape and dtype as `from_store`."""
        values = [[each.columns[name] for name in self.columns] for each in features]
        return np.array(values, dtype=np.float32).reshape(len(features), len(self.columns))

    def unheard(self, features: "Features") -> str | None:
        """Nothing: the columns describe a whole recording."""
        return None

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


@dataclass(frozen=True, slots=True)
class FrameInputs:
    """Frames of one family, brought to one length: cropped around the centre, or padded at the end.

    Attributes:
        family: frame family of the store, "mel" or "mfcc".
        length: frames that the model sees.
        corpus_level: as in `ColumnInputs`.
    """

    kind: ClassVar[str] = "frames"
    family: str
    length: int
    corpus_level: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file."""
        return (self.family,)

    def from_store(self, store: FrameSource | None, rows: pd.DataFrame) -> list[np.ndarray]:
        """Read the frames of stored recordings.

        Returns:
            One (frames, bands) float32 per row, at full length.

        Raises:
            InputError: if there is no store, or it was extracted without this family.
        """
        if store is None:
            raise InputError(f"{self.family} frames were asked of rows without a store: open the store")
        return store.frames(rows, self.family)

    def from_features(self, features: "Sequence[Features]") -> list[np.ndarray]:
        """Read the frames of freshly extracted files; shapes as `from_store`."""
        return [each.frames[self.family] for each in features]

    def unheard(self, features: "Features") -> str | None:
        """Say what of a recording the model does not hear; None if it hears all."""
        frames = len(features.frames[self.family])
        if frames <= self.length:
            return None
        seconds = features.columns["duration_sec"]
        return f"hears only the middle {seconds * self.length / frames:.1f} s of {seconds:.1f} s"

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


Inputs = ColumnInputs | FrameInputs


def _lists(content: dict[str, Any]) -> dict[str, Any]:
    """Turn tuples into lists, as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in content.items()}
