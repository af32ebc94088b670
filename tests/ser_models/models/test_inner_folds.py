"""Within the training speakers nobody judges what was fitted on the same voice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ser_models.models.inner_folds import PARTS, group_folds

VOICES = st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=40).filter(
    lambda found: len(set(found)) > 1
)

COPIES = st.sampled_from([("",), ("", "#slower"), ("", "#slower", "#faster")])


def held_once(found, count):
    return sorted(np.concatenate([turn.held_out for turn in found]).tolist()) == list(range(count))


@given(VOICES, st.integers(0, 5))
def test_every_recording_is_held_once_by_others_than_its_speaker(speakers, seed):
    found = group_folds(speakers, [f"x/{place}" for place in range(len(speakers))], seed=seed)
    assert held_once(found, len(speakers))
    assert len(found) == min(PARTS, len(set(speakers)))
    for turn in found:
        voices = [{speakers[place] for place in side} for side in (turn.train, turn.held_out)]
        assert not voices[0] & voices[1]


@given(st.integers(2, 12), st.integers(0, 5))
def test_of_a_single_speaker_no_copy_is_judged_by_its_sister_nor_by_its_own_speed(count, seed):
    ids = [f"x/{place}{kind}" for place in range(count) for kind in ("", "#slower", "#faster")]
    found = group_folds(["x/a"] * len(ids), ids, seed=seed)
    assert held_once(found, len(ids))
    for turn in found:
        fitted, held = ([ids[place].partition("#") for place in side] for side in (turn.train, turn.held_out))
        assert not {name for name, _, _ in fitted} & {name for name, _, _ in held}
        assert not {kind for _, _, kind in fitted} & {kind for _, _, kind in held}


def test_a_single_speaker_without_copies_has_its_recordings_dealt():
    found = group_folds(["x/a"] * 10, [f"x/{place}" for place in range(10)], seed=0)
    assert held_once(found, 10)
    assert len(found) == PARTS


@given(
    st.lists(st.sampled_from([("",), ("", "#slower"), ("", "#slower", "#faster")]), min_size=2, max_size=12)
)
def test_of_a_single_speaker_every_recording_is_held_however_few_have_copies(kinds):
    ids = [f"x/{place}{kind}" for place, own in enumerate(kinds) for kind in own]
    found = group_folds(["x/a"] * len(ids), ids, seed=0)
    assert held_once(found, len(ids))
    for turn in found:
        names = [{ids[place].partition("#")[0] for place in side} for side in (turn.train, turn.held_out)]
        assert not names[0] & names[1]


def test_the_same_seed_deals_alike():
    speakers, ids = list("abcdefgh"), [f"x/{place}" for place in range(8)]
    one, two, other = (
        [turn.held_out.tolist() for turn in group_folds(speakers, ids, seed=seed)] for seed in (1, 1, 2)
    )
    assert one == two != other
