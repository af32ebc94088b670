"""All attacks."""

from tests.hostile.base import Hostile
from tests.hostile.boosters import BOOSTERS
from tests.hostile.cards import CARDS
from tests.hostile.graphs import GRAPHS
from tests.hostile.networks import NETWORKS
from tests.hostile.scikit import SKOPS

HOSTILE: tuple[Hostile, ...] = (*CARDS, *SKOPS, *NETWORKS, *BOOSTERS, *GRAPHS)
