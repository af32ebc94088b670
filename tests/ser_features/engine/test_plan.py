"""The cut into shards depends on the corpus alone."""

from hypothesis import given
from hypothesis import strategies as st

from ser_features.engine.plan import MAX_SHARD, shard_size, spread
from ser_features.manifest import Recording


def recordings(count: int) -> list[Recording]:
    return [Recording("x", f"{i:05d}", f"{i}.wav", "s", "sad", "sad") for i in range(count)]


@given(st.integers(0, 2_000_000))
def test_shards_are_never_larger_than_512(count):
    assert 1 <= shard_size(count) <= MAX_SHARD


@given(st.integers(0, 300), st.integers(1, 400))
def test_spread_selects_distinct_recordings(count, limit):
    chosen = spread(recordings(count), limit)
    assert len({recording.file_id for recording in chosen}) == len(chosen) == min(count, limit)
