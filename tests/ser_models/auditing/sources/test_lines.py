"""Lists without a header."""

import pytest

from ser_models.auditing.sources.lines import read

LISTS = {
    "a b/c.wav joy\nd.WAV sad\n": ("path label", ["a b/c.wav", "joy"]),
    "a.wav|joy\r\nb.wav|sad": ("path label", ["a.wav", "joy"]),
    "a.wav\tjoy\nb.wav\tsad": ("path label", ["a.wav", "joy"]),
    "a.wav;joy;ada\nb.wav;sad;ben": ("path column_2 column_3", ["a.wav", "joy", "ada"]),
    "a.wav,train,joy\nb.wav,test,sad": ("path side label", ["a.wav", "train", "joy"]),
    "joy,a.wav\nsad,b.wav": ("label path", ["joy", "a.wav"]),
    "a.wav|well, yes | no\nb.wav|no": ("path label", ["a.wav", "well, yes | no"]),
    "mer_1 joy\nmer_2 sad": ("path label", ["mer_1", "joy"]),
    "a (5), b.wav\nc.wav": ("path", ["a (5), b.wav"]),
    "a.wav ada joy\nb.wav ben sad": ("path column_2 column_3", ["a.wav", "ada", "joy"]),
    "a.wav I am\nb.wav here": ("path label", ["a.wav", "I am"]),
    "Raw corpus (all)/a.wav\nRaw corpus (all)/b.wav": ("path", ["Raw corpus (all)/a.wav"]),
    "mer_1\n\nmer_2\n": ("path", ["mer_1"]),
}


@pytest.mark.parametrize("text", LISTS)
def test_columns_of_lines(text):
    names, first = LISTS[text]
    cells = read(text, "train.txt").cells
    assert " ".join(cells) == names
    assert cells.iloc[0].tolist() == first
    assert len(cells) == 2
