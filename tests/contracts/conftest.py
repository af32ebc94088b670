"""Fixtures of the feature tests that the contracts need too."""

from tests.ser_features.augment.conftest import speech, voice, vowel
from tests.ser_features.conftest import real

__all__ = ["real", "speech", "voice", "vowel"]
