"""Every hostile artifact."""

from tests.attacks.arrays import ARRAYS
from tests.attacks.base import Hostile
from tests.attacks.graphs import GRAPHS
from tests.attacks.metadata import METADATA

HOSTILE: tuple[Hostile, ...] = (*METADATA, *ARRAYS, *GRAPHS)
