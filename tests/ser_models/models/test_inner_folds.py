"""Folds within the training speakers: no recording is predicted by a model of its own speaker."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ser_models.data.batches import InMemory
from ser_models.models.base import FitContext, Labelled
from ser_models.models.inner_folds import FOLDS, group_folds, inner_folds

SPEAKERS = st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=40).filter(
    lambda names: len(set(names)) > 1
)
KINDS = st.sampled_from([("",), ("", "#slower"), ("", "#slower", "#faster")])


def sides(fold, names):
    return ({names[index] for index in side} for side in (fold.train, fold.held_out))


def check_all_held_out_once(folds, count):
    assert sorted(np.concatenate([fold.held_out for fold in folds]).tolist()) == list(range(count))


@given(SPEAKERS, st.integers(0, 5))
def test_every_recording_is_held_out_once_without_its_speaker(speakers, seed):
    folds = group_folds(speakers, [f"x/{index}" for index in range(len(speakers))], seed=seed)
    check_all_held_out_once(folds, len(speakers))
    assert len(folds) == min(FOLDS, len(set(speakers)))
    assert all(set.isdisjoint(*sides(fold, speakers)) for fold in folds)


@given(st.integers(2, 12), st.integers(0, 5))
def test_with_one_speaker_augmentations_are_predicted_from_other_kinds_of_other_recordings(count, seed):
    ids = [f"x/{index}{kind}" for index in range(count) for kind in ("", "#slower", "#faster")]
    folds = group_folds(["x/a"] * len(ids), ids, seed=seed)
    check_all_held_out_once(folds, len(ids))
    for part in (0, 2):
        names = [name.partition("#")[part] for name in ids]
        assert all(set.isdisjoint(*sides(fold, names)) for fold in folds)


def test_with_one_speaker_and_no_augmentations_recordings_are_assigned():
    folds = group_folds(["x/a"] * 10, [f"x/{index}" for index in range(10)], seed=0)
    check_all_held_out_once(folds, 10)
    assert len(folds) == FOLDS


@given(st.lists(KINDS, min_size=2, max_size=12))
def test_with_one_speaker_every_recording_is_held_out_however_few_are_augmented(kinds):
    ids = [f"x/{index}{kind}" for index, own in enumerate(kinds) for kind in own]
    folds = group_folds(["x/a"] * len(ids), ids, seed=0)
    check_all_held_out_once(folds, len(ids))
    originals = [name.partition("#")[0] for name in ids]
    assert all(set.isdisjoint(*sides(fold, originals)) for fold in folds)


def test_the_assignment_depends_on_the_seed():
    ids = [f"x/{index}" for index in range(8)]
    one, same, other = (
        [fold.held_out.tolist() for fold in group_folds(list("abcdefgh"), ids, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert one == same != other


def labelled(*corpora):
    """Four recordings by two speakers of each corpus."""
    names = [(corpus, index) for corpus in corpora for index in range(4)]
    ids = tuple(f"{corpus}/{index}" for corpus, index in names)
    speakers = tuple(f"{corpus}/s{index % 2}" for corpus, index in names)
    return Labelled(InMemory({}), np.zeros(len(ids), dtype=int), 1, ids, speakers)


def test_for_other_corpora_each_corpus_is_held_out_once():
    recordings = labelled("tess", "emodb", "nemo")
    folds = inner_folds(recordings, FitContext(0, optimise_for="other"))
    held_out = [{recordings.file_ids[index].partition("/")[0] for index in fold.held_out} for fold in folds]
    assert held_out == [{"emodb"}, {"nemo"}, {"tess"}]
    check_all_held_out_once(folds, 12)
    assert all(set.isdisjoint(*sides(fold, recordings.corpora)) for fold in folds)


def test_speakers_are_held_out_for_own_corpora_and_where_there_is_one_corpus():
    for recordings, goal in ((labelled("tess", "emodb"), "own"), (labelled("tess"), "other")):
        folds = inner_folds(recordings, FitContext(0, optimise_for=goal))
        expected = group_folds(recordings.speakers, recordings.file_ids, seed=0)
        assert [fold.held_out.tolist() for fold in folds] == [fold.held_out.tolist() for fold in expected]
