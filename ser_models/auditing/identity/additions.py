"""Additions to the name of a recording that make it the name of a copy: `_noise`, `aug_`, `aug/`, `-1.1`.

name → `named` (those with a word for an augmentation), `unnamed` (any last or first part) → `Addition`s

>>> [(one.base, one.spelled, one.kind) for one in named("wav/a_1_pitch_up_2")]
[('wav/a_1', '_pitch_up_2', '_pitch_up_#')]
>>> [one.base for one in unnamed("wav/a_1_xyz")], [one.base for one in unnamed("a_1_angry")]
(['wav/a_1'], [])
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ser_features.labels import KNOWN_WORDS

WORDS = (
    *("augmented", "augmentation", "augment", "augm", "aug", "specaugment", "specaug", "vtlp", "noise"),
    *("noisy", "noised", "awgn", "snr", "musan", "babble", "denoised", "pitch", "pitched", "stretch"),
    *("stretched", "speed", "tempo", "perturbed", "perturb", "warped", "warp", "shifted", "shift"),
    *("rolled", "roll", "reversed", "flipped", "inverted", "trimmed", "cropped", "reverberated"),
    *("reverberation", "reverb", "echo", "rir", "gain", "lowpass", "highpass"),
    *("bandpass", "distorted", "distortion", "clipped", "compressed", "resampled", "mixup"),
    *("cutmix", "normalized", "normalised", "copy", "kopie", "copie", "duplicate", "dup"),
)
"""Words for augmentations and copies; they name no recording of its own."""

BESIDE = (
    *("time", "white", "pink", "add", "added", "random", "rand", "gaussian", "gauss", "background", "bg"),
    *("mask", "slow", "slower", "fast", "faster", "up", "down", "low", "high", "left", "right", "with"),
    *("of", "factor", "rate", "semitones", "semitone", "steps", "step", "frequency", "freq", "dynamic"),
    *("change", "injection", "sp", "volume", "vol", "train", "training", "data", "wavs", "wav", "audio"),
)
"""Words that an addition may have beside one of `WORDS`, such as up in `_pitch_up`."""

TAKES = (
    *("take", "retake", "rep", "repeat", "repetition", "trial", "try", "part", "seg", "segment", "utt"),
    *("turn", "again", "bis", "alt", "first", "second", "third", "clip", "sent", "sentence", "text"),
    *("word", "session", "male", "female", "man", "woman", "child", "boy", "girl", "speaker", "spk"),
    *("actor", "mic", "channel", "normal", "strong", "medium", "mild", "loud", "soft", "weak", "long"),
    *("short", "whisper", "whispered", "speech", "song", "sung", "sing", "singing", "question"),
    *("statement", "low", "high", "left", "right", "train", "dev", "val", "valid", "test"),
)
"""Words for another recording: a take, a part, a person, a manner of speaking."""

_NUMBER = r"[(+-]?\d+(?:[.,]\d+)?(?:db|khz|hz|ms|st|x|k)?\)?"
_SEPARATORS = re.compile(r"((?:[_\- ]|(?<!\d)\.|\.(?!\d))+)")  # not the point of 1.1
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_WORD = re.compile(rf"{'|'.join(WORDS)}|(?:sp|vol)(?=\d[.,]\d)")  # of lower case, which is fast
_ADDITION = re.compile(
    rf"(?:{'|'.join(sorted((*WORDS, *BESIDE), key=len, reverse=True))})+(?:{_NUMBER})?", re.IGNORECASE
)
_NUMBER_ALONE = re.compile(_NUMBER, re.IGNORECASE)
_FACTOR = re.compile(r"(.+)([_\-. ](?:0[.,][5-9]\d*|1[.,]\d+|2[.,]0+))")
_LETTERS = re.compile(r"[^\W\d_]{3,}\d*")


@dataclass(frozen=True, slots=True)
class Addition:
    """What a name has in addition to that of another recording.

    Attributes:
        base: the name without it; names are paths without the suffix of the file.
        spelled: the addition as it is written, with what separates it from the base.
        kind: the same in lower case, with # for numbers; a factor of speed keeps its number.
    """

    base: str
    spelled: str
    kind: str


def named(name: str) -> Iterator[Addition]:
    """Suffixes, prefixes and folders of a name that have a word of `WORDS`; of each, the shortest first."""
    if not _WORD.search(name.lower()):
        return
    folder, slash, stem = name.rpartition("/")
    parts = _SEPARATORS.split(stem)  # part, separator, part, …
    for first in range(_first_of_suffix(parts), len(parts), 2)[::-1]:
        if _is_addition(parts[first:]):
            yield _addition(folder + slash + "".join(parts[: first - 1]), "".join(parts[first - 1 :]))
    for last in range(0, _last_of_prefix(parts) + 1, 2):
        if _is_addition(parts[: last + 1]) and last + 2 < len(parts):
            yield _addition(folder + slash + "".join(parts[last + 2 :]), "".join(parts[: last + 2]))
    folders = folder.split("/") if folder else []
    for depth, one in enumerate(folders):
        if is_folder_of_copies(one):
            yield _addition("/".join([*folders[:depth], *folders[depth + 1 :], stem]), f"{one}/")


def unnamed(name: str) -> Iterator[Addition]:
    """The last and the first part of the name of a file, unless they number recordings or describe them."""
    folder, slash, stem = name.rpartition("/")
    if stem[-1:].isdecimal() and (match := _FACTOR.fullmatch(stem)):
        yield Addition(folder + slash + match[1], match[2], match[2])
    parts = _SEPARATORS.split(stem)
    if len(parts) > 2 and _is_unusual(parts[-1]):
        yield _addition(folder + slash + "".join(parts[:-2]), "".join(parts[-2:]))
    if len(parts) > 2 and _is_unusual(parts[0]):
        yield _addition(folder + slash + "".join(parts[2:]), "".join(parts[:2]))


@cache
def is_folder_of_copies(folder: str) -> bool:
    """Whether the name of a folder is an addition alone.

    >>> is_folder_of_copies("aug_noise"), is_folder_of_copies("noise_of_cars")
    (True, False)
    """
    return _is_addition(_SEPARATORS.split(folder))


def _addition(base: str, spelled: str) -> Addition:
    return Addition(base, spelled, _DIGITS.sub("#", spelled.lower()))


def _is_addition(parts: list[str]) -> bool:
    """Whether parts and separators are an addition: a word first, no other one, some of `WORDS`."""
    own = parts[::2]
    return (
        _ADDITION.fullmatch(own[0]) is not None
        and all(map(_is_part, own))
        and any(_WORD.search(part.lower()) for part in own)
    )


def _is_part(part: str) -> bool:
    return bool(_ADDITION.fullmatch(part) or _NUMBER_ALONE.fullmatch(part))


def _first_of_suffix(parts: list[str]) -> int:
    """Position of the first part after which all may be an addition; the first part of all never is."""
    first = len(parts)
    while first > 2 and _is_part(parts[first - 1]):
        first -= 2
    return first + 1


def _last_of_prefix(parts: list[str]) -> int:
    last = -2
    while last + 2 < len(parts) and _is_part(parts[last + 2]):
        last += 2
    return last


@cache
def _is_unusual(part: str) -> bool:
    """Whether a part is letters that are neither an emotion, nor the beginning of one, nor one of `TAKES`."""
    word = part.casefold().rstrip("0123456789")
    return (
        _LETTERS.fullmatch(part) is not None
        and word not in TAKES
        and not any(emotion.startswith(word) for emotion in KNOWN_WORDS)
    )
