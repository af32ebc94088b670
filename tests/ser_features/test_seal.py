"""A sealed file detects every flipped bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.files import BLANK_SEAL, SEAL_MARK, is_sealed, seal

text = st.binary(max_size=200).filter(lambda content: SEAL_MARK not in content)


@given(text, text)
def test_sealing_keeps_the_length(before, after):
    content = before + BLANK_SEAL + after
    assert is_sealed(seal(content))
    assert len(seal(content)) == len(content)
    assert not is_sealed(content)
    assert not is_sealed(before)


@given(text, text, st.data())
def test_a_flipped_bit_is_detected(before, after, data):
    sealed = bytearray(seal(before + BLANK_SEAL + after))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    assert not is_sealed(bytes(sealed))


def test_content_without_a_blank_seal_cannot_be_sealed():
    with pytest.raises(ValueError):
        seal(b"nothing")
