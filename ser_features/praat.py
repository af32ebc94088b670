"""Praat, imported where it can start: its library ends the process if the working folder was deleted.

Raises:
    WorkingFolderError: by the import of this module, in such a folder.
"""

from pathlib import Path

from ser_features.errors import WorkingFolderError

try:
    Path.cwd()
except OSError as error:
    raise WorkingFolderError from error

import parselmouth
from parselmouth.praat import call, run

__all__ = ["call", "parselmouth", "run"]
