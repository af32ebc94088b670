"""Paths of a split are matched with files and stored recordings."""

import pytest

from ser_features.errors import InputError
from ser_models.auditing.matching import files_of, match


@pytest.mark.parametrize(
    ("paths", "available", "expected"),
    [
        (["wav/a.wav"], ["emodb/wav/a.flac"], ["emodb/wav/a.flac"]),
        (["Audio/A_05.1.wav"], ["tess/a_05.1.WAV"], ["tess/a_05.1.WAV"]),
        (["u\N{COMBINING DIAERESIS}.wav"], ["x/ü.wav"], ["x/ü.wav"]),
        # names that repeat differ in as many folders as needed
        (["train/1.wav", "test/1.wav"], ["x/test/1.wav", "x/train/1.wav"], ["x/train/1.wav", "x/test/1.wav"]),
        (["train/1.wav", "test/1.wav"], ["x/test/1.wav"], [None, "x/test/1.wav"]),
        (["a/s/1.wav", "b/s/1.wav"], ["s/1.wav"], [None, None]),
        (["s/1.wav"], ["copy/1.wav", "x/s/1.wav"], ["x/s/1.wav"]),
        (["s/1.wav"], ["x/s/1.wav", "y/s/1.wav"], [None]),
        (["1.wav"], ["x/1.wav", "1.wav"], [None]),
        # a recording and its compressed copy
        (["a.wav", "a.mp3"], ["x/a.mp3", "x/a.wav"], ["x/a.wav", "x/a.mp3"]),
        (["a.wav"], ["x/a.flac", "x/a.wav"], ["x/a.wav"]),
        ([], ["a.wav"], []),
    ],
)
def test_paths_match_by_their_ends_or_not_at_all(paths, available, expected):
    matched = match(paths, available)
    assert [matched.by_path.get(path) for path in paths] == expected
    without = {path for path, one in zip(paths, expected, strict=True) if one is None}
    assert {*matched.missing, *matched.ambiguous} == without
    assert not {*matched.missing} & {*matched.ambiguous}


def test_files_below_a_folder(tmp_path):
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    for path in (
        data / "wav" / "a.flac",
        data / "wav" / "b.wav",
        data / "x" / "wav" / "b.wav",
        elsewhere / "c.wav",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (data / "linked").symlink_to(elsewhere)
    paths = ["corpus/wav/a.wav", "wav/b.wav", "c.wav", str(elsewhere / "c.wav"), "d.wav"]
    matched = files_of(paths, data)
    files = [data / "wav/a.flac", data / "wav/b.wav", data / "linked/c.wav", elsewhere / "c.wav"]
    assert matched.by_path == dict(zip(paths, map(str, files), strict=False))
    assert matched.missing == ("d.wav",)
    with pytest.raises(InputError, match="is no folder: expected that of the recordings: check the path"):
        files_of(paths, tmp_path / "nowhere")
