"""Names of members: a path inside the folder, or a refusal."""

import os
from contextlib import suppress
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ser_features.download.names import require_apart, safe_path
from ser_features.errors import UnsafeArchiveError

NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(
    r"(\.\.?|[a-cA-C]{1,3}|C:|\\|/|é|\x00)(/(\.\.?|[a-c]{0,2}|\\\.\.)){0,5}", fullmatch=True
)


@given(name=NAMES)
@example("a/..")
@example("a//b")
@example("././a")
@example("con ")
def test_names_stay_inside_or_are_refused(name):
    root = PurePosixPath("/data/raw/corpus")
    with suppress(UnsafeArchiveError):
        path = safe_path(name)
        inside = os.path.normpath(root / path)
        assert inside.startswith(f"{root}/")
        assert inside == str(root / path)


@pytest.mark.parametrize(
    "name", ["Actor_01/03-01.wav", "YAF_Fear /a b.wav", "Größe/录音.wav", "a..b/c.", "a" * 255]
)
def test_names_that_corpora_have_are_taken(name):
    assert str(safe_path(name)) == name


def test_folders_may_repeat_and_hold_files():
    paths = [PurePosixPath(name) for name in ("a/b/c.wav", "a/d.wav", "A/e.wav")]
    folders = [PurePosixPath(name) for name in ("a", "a", "a/b")]
    require_apart(paths, folders)


@pytest.mark.parametrize("folder", ["a/d.wav", "A/D.wav/e"])
def test_file_is_no_folder(folder):
    with pytest.raises(UnsafeArchiveError, match=r"'a/d\.wav' is a file and a folder"):
        require_apart([PurePosixPath("a/d.wav")], [PurePosixPath(folder)])
