"""A sealed file tells of every flipped bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.store import seal

text = st.binary(max_size=200).filter(lambda content: seal.MARK not in content)


@given(text, text)
def test_a_sealed_file_is_whole_and_of_the_same_length(before, after):
    content = before + seal.BLANK + after
    sealed = seal.seal(content)
    assert seal.is_whole(sealed)
    assert len(sealed) == len(content)
    assert not seal.is_whole(content)


@given(text, text, st.data())
def test_no_flipped_bit_stays_unnoticed(before, after, data):
    sealed = bytearray(seal.seal(before + seal.BLANK + after))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    assert not seal.is_whole(bytes(sealed))


@given(text)
def test_a_file_without_a_seal_is_not_whole(content):
    assert not seal.is_whole(content)


def test_what_has_no_place_for_the_seal_cannot_be_sealed():
    with pytest.raises(ValueError):
        seal.seal(b"nothing")
