"""Each profile in turn, and an analysis under it."""

from collections.abc import Callable

import numpy as np
import pytest

from ser_features.config import PROFILES, Profile
from ser_features.extractors import Analysis


@pytest.fixture(scope="session", params=PROFILES.values(), ids=PROFILES)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each profile in turn."""
    return request.param


@pytest.fixture(scope="session")
def analyse(profile: Profile) -> Callable[[np.ndarray], Analysis]:
    """Analyse a signal under the profile."""
    return lambda signal: Analysis(np.asarray(signal, np.float32), profile)
