"""Samples on another scale than ±1: integers in a floating-point file, 16-bit values in a file of 32 bits.

signal, encoding → `restored` → signal with full scale at ±1, and a note

Programs that write floating-point WAVs without a division leave samples of up to ±32,768. The rule, by the
peak of the signal:

- up to 8 (18 dB above full scale): taken as it is, as mixing without a limiter leaves such peaks;
- up to 256: divided by 2¹⁵ if every sample is a whole number, else taken as it is, with a note, because
  recordings that were normalised to unit variance are on such a scale;
- above: divided by 2¹⁵, 2²³ or 2³¹, the smallest that leaves at most twice full scale.

>>> signal, note = restored(np.array([0, 20_000, -32_768], np.float32), "FLOAT")
>>> signal.tolist(), note
([0.0, 0.6103515625, -1.0], 'samples on the scale of 16-bit integers, divided by 2^15')
"""

import numpy as np

ENCODINGS = frozenset(["FLOAT", "DOUBLE", "PCM_32"])
"""libsndfile's names of the encodings whose samples may be on another scale."""

USUAL_PEAK = 8.0
UNSCALED_PEAK = 256.0
INTEGER_BITS = (16, 24, 32)

LOUD_NOTE = "samples above 8 times full scale, taken as they are"
NARROW_NOTE = "samples of 16 bits in a file of 32, multiplied by 2^16"


def restored(signal: np.ndarray, encoding: str) -> tuple[np.ndarray, str | None]:
    """Bring samples to the scale of ±1.

    Args:
        signal: float32, shape (n,), finite and at most 2³¹.
        encoding: of the file, one of `ENCODINGS`.

    Returns:
        The signal, and what was done; None if nothing was.
    """
    low, high = float(signal.min()), float(signal.max())
    peak = max(high, -low)
    if encoding == "PCM_32":
        return (signal * np.float32(2**16), NARROW_NOTE) if 0 < peak <= 2**-16 else (signal, None)
    if peak <= USUAL_PEAK:
        return signal, None
    is_whole = bool((signal == np.rint(signal)).all())
    if is_whole and low >= 0 and (bits := _unsigned(high, float(signal.mean(dtype=np.float64)))):
        middle = np.float32(2 ** (bits - 1))
        note = f"samples on the scale of unsigned {bits}-bit integers, centred, divided by 2^{bits - 1}"
        return (signal - middle) / middle, note
    if peak <= UNSCALED_PEAK and not is_whole:
        return signal, LOUD_NOTE
    bits = next(bits for bits in INTEGER_BITS if peak <= 2**bits)
    note = f"samples on the scale of {bits}-bit integers, divided by 2^{bits - 1}"
    return signal / np.float32(2 ** (bits - 1)), note


def _unsigned(high: float, mean: float) -> int | None:
    """Bits of unsigned integers, whose silence is at half of their range."""
    return next((bits for bits in (8, 16) if high < 2**bits and 0.25 < mean / 2**bits < 0.75), None)
