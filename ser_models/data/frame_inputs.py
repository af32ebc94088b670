"""Inputs of frames: whole at one length, or cut into chunks.

store rows, or `Features` of a file → `FrameInputs`, `ChunkInputs` → frames of each recording, equal of both

>>> FrameInputs(("mel",), length=300).to_json()
{'kind': 'frames', 'families': ['mel'], 'length': 300, 'corpus_level': []}
>>> ChunkInputs("mel", chunks=3, frames=60).length
180
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ser_features.errors import InputError
from ser_models.data.frames import Frames, JoinedFrames

if TYPE_CHECKING:
    import pandas as pd

    from ser_features.pipeline import Features


class FrameSource(Protocol):
    """Source of stored frames and wide columns: a `ser_features.store.Store`."""

    def frames(self, rows: "pd.DataFrame", family: str) -> list[np.ndarray]:
        """Return one (frames, bands) float32 per row."""

    def wide(self, rows: "pd.DataFrame", family: str, names: Sequence[str]) -> np.ndarray:
        """Return columns of a wide family, (rows, names) float32."""


WITH_GAPS = frozenset({"pitch"})
"""Frame families that are NaN where there is nothing to measure, which no network could learn from."""


@dataclass(frozen=True, slots=True)
class FrameInputs:
    """Frames brought to one length: cropped around the centre, or padded at the end.

    Attributes:
        families: frame families of the store, their bands side by side in this order.
        length: number of frames.
        corpus_level: as in `ColumnInputs`.
    """

    kind: ClassVar[str] = "frames"
    families: tuple[str, ...]
    length: int
    corpus_level: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if gappy := sorted(WITH_GAPS.intersection(self.families)):
            raise InputError(
                f"{gappy[0]} frames are NaN where nothing is voiced, expected families without gaps: "
                "leave it out"
            )

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> list[Frames]:
        """Read the frames of stored recordings.

        Returns:
            One (frames, bands) float32 per row, at full length, memory-mapped.

        Raises:
            InputError: if there is no store, or it was extracted without a family.
        """
        return _stored_frames(store, rows, self.families)

    def from_features(self, features: "Sequence[Features]") -> list[Frames]:
        """Read the frames of freshly extracted files; shapes as `from_store`."""
        return [_joined([file.frames[family] for family in self.families]) for file in features]

    def unused(self, features: "Features") -> str | None:
        """Warn of the part of a recording that the model does not use; None if it uses all."""
        return _unused(features, self.families[0], self.length)

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


@dataclass(frozen=True, slots=True)
class ChunkInputs:
    """Frames of one family, scaled to 0–1 by the recording's own range and cut into chunks.

    Attributes:
        family: frame family of the store.
        chunks: number of consecutive chunks.
        frames: frames per chunk.
        corpus_level: as in `ColumnInputs`.
    """

    kind: ClassVar[str] = "chunks"
    family: str
    chunks: int
    frames: int
    corpus_level: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Feature families to extract from a new file."""
        return (self.family,)

    @property
    def length(self) -> int:
        """Number of frames in all chunks."""
        return self.chunks * self.frames

    def from_store(self, store: FrameSource | None, rows: "pd.DataFrame") -> list[Frames]:
        """Read the frames of stored recordings, as `FrameInputs.from_store`."""
        return _stored_frames(store, rows, self.families)

    def from_features(self, features: "Sequence[Features]") -> list[Frames]:
        """Read the frames of freshly extracted files; shapes as `from_store`."""
        return [file.frames[self.family] for file in features]

    def unused(self, features: "Features") -> str | None:
        """Warn of the part of a recording that the model does not use; None if it uses all."""
        return _unused(features, self.family, self.length)

    def to_json(self) -> dict[str, Any]:
        """Describe the inputs as JSON values."""
        return {"kind": self.kind, **_lists(asdict(self))}


def _stored_frames(store: FrameSource | None, rows: "pd.DataFrame", families: Sequence[str]) -> list[Frames]:
    if store is None:
        names = " and ".join(families)
        raise InputError(f"{names} frames need a store, found rows without one: open the store")
    by_family = [store.frames(rows, family) for family in families]
    return [_joined(parts) for parts in zip(*by_family, strict=True)]


def _joined(parts: Sequence[np.ndarray]) -> Frames:
    return parts[0] if len(parts) == 1 else JoinedFrames(tuple(parts))


def _unused(features: "Features", family: str, length: int) -> str | None:
    frames = len(features.frames[family])
    if frames <= length:
        return None
    seconds = features.seconds
    return f"uses only the middle {seconds * length / frames:.1f} s of {seconds:.1f} s"


def _lists(content: dict[str, Any]) -> dict[str, Any]:
    """Turn tuples into lists, as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in content.items()}
