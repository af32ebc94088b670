"""Functionals (statistics over time) of low-level descriptors: columns `<descriptor>__<functional>`.

`Analysis` → `descriptors` (72 per frame; F0, HNR and ΔF0 of voiced frames) → `statistics`, `rhythm` → columns

All descriptors derive from what `core` computes anyway: power spectrum, mel spectrogram and F0.

>>> len(FUNCTIONAL_COLUMNS), FUNCTIONAL_COLUMNS[0].name
(3669, 'mel_00__mean')
"""

from ser_features.extractors.functionals.extractor import FUNCTIONAL_COLUMNS, Functionals

__all__ = ["FUNCTIONAL_COLUMNS", "Functionals"]
