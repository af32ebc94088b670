"""The errors of files that are no audio, or that are incomplete, damaged or in an encoding that is not read.

what libsndfile or a header says of a file → `AudioError`: what it is, what was expected, what to do
"""

import soundfile

from ser_features.audio import mpeg
from ser_features.audio.stream import Lack, Sound
from ser_features.errors import AudioError, NotAudioError, TruncatedAudioError, UnsupportedAudioError
from ser_features.foreign import identify
from ser_features.formats import EXPECTED

# libsndfile's error numbers; its MP3 decoder says 7 ("not a regular file") where it finds no frame.
_UNRECOGNISED, _UNSUPPORTED, _NO_FRAME = 1, 4, 7

COPY = "expected a complete file: copy it again from its source"
"""Ends the refusal of an incomplete file."""


def not_audio(content: bytes, why: str) -> AudioError:
    """Return the error for content that is not read: its format and the remedy, where it is recognised."""
    if foreign := identify(content[mpeg.after_tags(content) :]):
        return NotAudioError(foreign.message)
    return NotAudioError(
        f"not audio ({why}; it begins with {content[:4]!r}): expected {EXPECTED}: convert it"
    )


def incomplete(lack: Lack) -> AudioError:
    """Return the error for a file whose header declares more than it holds."""
    return TruncatedAudioError(
        f"the header says {lack.declared} {lack.unit}, the file holds {lack.held}: {COPY}"
    )


def unopened(error: soundfile.LibsndfileError, content: bytes) -> AudioError:
    """Return the error for a file that libsndfile refuses.

    Args:
        error: of libsndfile.
        content: of the file.
    """
    why = reason(error)
    if error.code in (_UNRECOGNISED, _NO_FRAME):
        return not_audio(content, "no MPEG frame in it" if error.code == _NO_FRAME else why)
    if error.code == _UNSUPPORTED or "unimplemented" in why:
        return UnsupportedAudioError(f"libsndfile cannot decode it ({why}): expected {EXPECTED}: convert it")
    return TruncatedAudioError(f"truncated or damaged ({why}): {COPY}")


def undecoded(sound: Sound, decoded: int, why: str) -> AudioError:
    """Return the error for a file of which fewer samples are decoded than its header declares.

    Args:
        sound: the file.
        decoded: number of samples per channel.
        why: the decoding ended.
    """
    return TruncatedAudioError(
        f"the header says {sound.frames} samples, {decoded} could be decoded ({why}): {COPY}"
    )


def reason(error: soundfile.LibsndfileError) -> str:
    """What libsndfile says of a file."""
    return error.error_string.removeprefix("Error : ").rstrip(".")
