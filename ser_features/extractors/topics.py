"""Topics of features: what a column or a frame family measures, such as pitch or rhythm.

column or family → `topic_of` → a key of `TOPICS`

>>> [topic_of(name) for name in ("pitch_mean", "f0__p10", "mel_07_voiced__std", "level_peak__rate", "mfcc")]
['pitch', 'pitch', 'spectrum', 'rhythm', 'MFCC']
>>> topic_of("mel_07__modulation_2_4hz"), topic_of("sample_rate")
('modulation', 'other')
"""

TOPICS: dict[str, str] = {
    "pitch": "F0: height, range and course.",
    "voice quality": "Jitter, shimmer and harmonics-to-noise ratio.",
    "rhythm": "Duration, voiced segments, pauses and tempo.",
    "level": "Level of the sound and its course.",
    "spectrum": "Mel bands, and measures of the shape of the spectrum.",
    "MFCC": "Mel-frequency cepstral coefficients: envelope of the spectrum.",
    "modulation": "Strength of slow and quick changes of all descriptors (modulation spectrum).",
    "hidden states": "Hidden states of a pretrained encoder.",
    "other": "None of the other topics.",
}
"""Description of each topic."""

OTHER = "other"

PREFIXES: dict[str, tuple[str, ...]] = {
    "pitch": ("pitch", "f0", "intonation"),
    "voice quality": ("jitter", "shimmer", "hnr"),
    "rhythm": ("duration_", "recording", "voiced", "segment", "gap", "level_peak", "tempo_"),
    "level": ("level", "rms_", "intensity_", "mean_amplitude", "peak_amplitude", "gain_db"),
    "MFCC": ("mfcc",),
    "spectrum": (
        *("mel", "loudness", "spectral_", "zcr", "centroid", "spread", "flatness", "rolloff", "entropy"),
        *("flux", "alpha", "hammarberg", "onset", "chroma", "contrast", "tonnetz"),
    ),
    "hidden states": ("ssl",),
}
"""Prefixes of the names of columns, descriptors and frame families; the first that fits counts."""

MODULATION = "modulation_"
"""Prefix of the functionals of the modulation spectrum, whatever their descriptor."""


def topic_of(name: str) -> str:
    """Topic of a column or of a frame family; "other" for those that are not in the registry."""
    descriptor, _, functional = name.partition("__")
    if functional.startswith(MODULATION):
        return "modulation"
    return topic_of_descriptor(descriptor)


def topic_of_descriptor(descriptor: str) -> str:
    """Topic of what a functional is computed of, such as "mel_07_voiced"."""
    return next((topic for topic, prefixes in PREFIXES.items() if descriptor.startswith(prefixes)), OTHER)
