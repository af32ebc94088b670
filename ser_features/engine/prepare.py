"""What all workers of a run need, loaded once before they are forked.

profile, families → `prepare` → extractors, compiled kernels, Arrow without pandas
"""

from collections.abc import Sequence

from ser_features import extractors
from ser_features.caches import keep_arrow_from_pandas
from ser_features.config import Profile
from ser_features.extractors import f0_contour


def prepare(profile: Profile, families: Sequence[str]) -> None:
    """Import the extractors of families, and load the compiled kernels if the profile needs them.

    Raises:
        WorkingFolderError: if Praat is needed and cannot start.
    """
    extractors.versions(families)
    f0_contour.prepare(profile.pitch)
    keep_arrow_from_pandas()
