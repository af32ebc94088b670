"""All attacks."""

from tests.attacks.base import Hostile
from tests.attacks.boosters import BOOSTERS
from tests.attacks.cards import CARDS
from tests.attacks.graphs import GRAPHS
from tests.attacks.networks import NETWORKS
from tests.attacks.scikit import SKOPS

HOSTILE: tuple[Hostile, ...] = (*CARDS, *SKOPS, *NETWORKS, *BOOSTERS, *GRAPHS)
