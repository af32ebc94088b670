"""What all workers of a run need, loaded once before they are forked.

profile, families → `prepare` → extractors, compiled kernels, Arrow without pandas
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

import pyarrow as pa

from ser_features import extractors
from ser_features.config import Profile
from ser_features.extractors import f0_contour


def prepare(profile: Profile, families: Sequence[str]) -> None:
    """Import the extractors of families, and load the compiled kernels if the profile needs them.

    Raises:
        WorkingFolderError: if Praat is needed and cannot start.
    """
    extractors.versions(families)
    f0_contour.prepare(profile.pitch)
    _keep_arrow_from_pandas()


def _keep_arrow_from_pandas() -> None:
    """Make the first value of Arrow, which imports pandas if it can, in a third of a second.

    Arrow tries once; a call that returns a pandas table tries again.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)
        pa.scalar(0)
        sys.meta_path.remove(_NoPandas)


class _NoPandas(MetaPathFinder):
    """Finder of modules as where pandas is not installed."""

    @classmethod
    def find_spec(cls, name: str, *_: object) -> None:
        """Refuse pandas, and leave all others to other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)
