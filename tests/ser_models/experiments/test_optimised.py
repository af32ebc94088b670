"""Whom a training optimises for: by the number of corpora, by choice, and what `best` consists of then."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from ser_features.errors import InputError
from ser_models.experiments.train import check_families, optimised
from ser_models.models.best import Best
from ser_models.training.config import TrainConfig

CORPORA = ["emodb", "nemo", "ravdess", "tess"]


@pytest.mark.parametrize(
    ("count", "chosen", "goal"),
    [(1, None, "own"), (2, None, "own"), (3, None, "other"), (2, "other", "other"), (4, "own", "own")],
)
def test_three_corpora_are_for_other_corpora_unless_chosen(count, chosen, goal):
    config = optimised(TrainConfig("best", optimise_for=chosen), CORPORA[:count])
    assert config.optimise_for == goal
    members = config.hyperparameters.get("members", Best().members)
    for_others = ("loudness_ridge", "loudness_kernel_ridge")
    assert members == (for_others if goal == "other" else Best().members)


def test_what_is_named_stays():
    named = TrainConfig("best", {"members": ("ridge",)}, speed_perturb=True)
    assert optimised(named, CORPORA).hyperparameters == {"members": ("ridge",)}
    assert optimised(TrainConfig("ridge"), CORPORA).hyperparameters == {}
    assert optimised(TrainConfig("best", speed_perturb=True), CORPORA).speed_perturb
    assert optimised(TrainConfig("best"), CORPORA).speed_perturb is False


def test_one_corpus_cannot_be_for_others():
    with pytest.raises(InputError, match="one training corpus, tess, expected two or more: name more in"):
        optimised(TrainConfig("ridge", optimise_for="other"), ["tess"])


def test_a_store_without_what_is_read_for_other_corpora_names_the_extraction():
    store = SimpleNamespace(root=Path("s"), families=("core", "functionals", "mfcc", "intonation"))
    check_families(store, optimised(TrainConfig("best"), CORPORA[:1]))
    message = (
        "^best for other corpora reads loudness, which s lacks: .* new store with ser extract --for best"
    )
    with pytest.raises(InputError, match=message):
        check_families(store, optimised(TrainConfig("best"), CORPORA))
