"""What is too large, too long or no audio is refused in one line."""

import pytest

from ser_features.errors import AudioError, EmptyFileError, NotAudioError, TooLongError, UnsupportedAudioError
from ser_models.app import limits
from tests.serving import voice


def test_a_recording_passes():
    limits.check(voice(1.0))
    limits.check(voice(59.9))


@pytest.mark.parametrize(
    ("content", "error", "text"),
    [
        (b"", EmptyFileError, "the file has 0 bytes: expected audio: record it again"),
        (
            b"RIFF" + bytes(11 * 2**20),
            UnsupportedAudioError,
            "the file has 11.0 MB, expected at most 10 MB: cut it, or save it as FLAC, OGG or MP3",
        ),
        (voice(60.5), TooLongError, "60.5 s long, expected at most 60 s: cut it into utterances"),
        (b"a text that was renamed", NotAudioError, "it begins with b'a te"),
    ],
)
def test_what_is_refused(content, error, text):
    with pytest.raises(error) as refused:
        limits.check(content)
    assert isinstance(refused.value, AudioError)
    assert text in str(refused.value)
    assert "\n" not in str(refused.value)
