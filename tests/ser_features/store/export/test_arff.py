"""ARFF read by scipy, and by a parser of Weka's grammar where scipy cannot."""

import io
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.io import arff

from ser_features.store import open_store
from ser_features.store.export import export
from ser_features.store.export.arff import quoted

UNESCAPED = {"\\\\": "\\", "\\'": "'", '\\"': '"', "\\%": "%", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
WORD = re.compile(r"""\s*('(?:[^'\\]|\\.)*'|"[^"]*"|[^,]*)\s*(?:,|$)""")


@pytest.fixture(scope="module")
def store(store_root):
    return open_store(store_root)


@pytest.fixture(scope="module")
def text(store, tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("arff") / "speech.arff"
    export(store, "arff", out)
    return out.read_text()


def values(line: str) -> list[str | None]:
    """Values of a line by Weka's grammar; None for an unquoted ?."""
    return [_plain(word) for word in _words(line)]


def _words(line: str) -> Iterator[str]:
    position = 0
    while position < len(line):
        match = WORD.match(line, position)
        assert match
        yield match[1]
        position = match.end()


def _plain(word: str) -> str | None:
    if word == "?":
        return None
    if word[:1] == "'":
        return re.sub(r"\\.", lambda match: UNESCAPED[match[0]], word[1:-1])
    return word.strip('"')


def attributes(text: str) -> dict[str, str]:
    return dict(re.findall(r"^@attribute (\S+) (.+)$", text, re.MULTILINE))


def test_class_comes_last_with_the_emotions_in_their_order(text):
    assert list(attributes(text).items())[-1] == ("emotion", "{angry,neutral,sad}")


def test_types(text):
    types = attributes(text)
    assert types["file_id"] == types["path"] == "string"
    assert types["gender"] == "{female,male}"
    assert types["speaker"] == "{s0,s1,s2,s3,s4,s5}"
    assert types["age"] == types["pitch_mean"] == "numeric"
    assert types["source_mtime"] == "date \"yyyy-MM-dd'T'HH:mm:ss\""
    assert types["modality"] == "string"  # no recording has one: there are no values to declare


def test_description_and_unit_precede_each_attribute(text):
    assert "% Mean F0 over voiced frames; null if nothing is voiced. [Hz]\n@attribute pitch_mean" in text


def test_scipy_reads_numeric_and_nominal_attributes(store, text):
    """Scipy supports neither strings nor these dates; all other attributes equal those of the store."""
    head, _, data = text.partition("@data\n")
    types = attributes(text)
    kept = [index for index, kind in enumerate(types.values()) if kind != "string" and "date" not in kind]
    lines = [line for line in head.splitlines() if line.startswith("@attribute")]
    rows = [list(_words(line)) for line in data.splitlines()]
    chosen = ["@relation x", *(lines[index] for index in kept), "@data"]
    chosen += [",".join(row[index] for index in kept) for row in rows]
    loaded, meta = arff.loadarff(io.StringIO("\n".join(chosen)))
    expected = store.files()
    assert meta["emotion"] == ("nominal", ("angry", "neutral", "sad"))
    assert [word.decode() for word in loaded["emotion"]] == expected["emotion"].tolist()
    for name in ("pitch_mean", "duration_sec", "shimmer", "mfcc_std_12"):
        np.testing.assert_allclose(loaded[name], expected[name], rtol=1e-6)
    assert np.isnan(loaded["age"]).all()


def test_every_line_has_a_value_per_attribute(store, text):
    rows = [values(line) for line in text.partition("@data\n")[2].splitlines()]
    table = pd.DataFrame(rows, columns=list(attributes(text)))
    expected = store.files()
    assert table["file_id"].tolist() == expected["file_id"].tolist()
    assert table["age"].isna().all()
    moments = pd.to_datetime(table["source_mtime"]).astype("datetime64[s]")
    assert moments.tolist() == pd.to_datetime(expected["source_mtime"] // 10**9, unit="s").tolist()


@pytest.mark.parametrize(
    "word",
    ["a b", "it's", '"', "\\", "100 %", "a,b", "{", "?", "", "ü", "a\tb", "a\nb", "@data", "plain-1.5"],
)
def test_any_text_is_read_back(word):
    [written] = quoted(pa.array([word])).to_pylist()
    assert "\n" not in written
    assert values(f"{written},x") == [word, "x"]
    assert written == word or written[0] == written[-1] == "'"


def test_null_is_a_question_mark():
    assert quoted(pa.array([None], pa.string())).to_pylist() == ["?"]
